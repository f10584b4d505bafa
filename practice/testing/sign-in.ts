import { createHash, randomBytes } from 'node:crypto';
import { CLIENT_ID } from '../site.ts';
import { personCalled } from '../people.ts';

/** The scopes the app asks for, by the step of its sign-in. */
export const FIRST_STEP = 'openid fhirUser profile user/Practitioner.rs user/PractitionerRole.rs user/Organization.rs';
export const AS_CLINICIAN =
  'openid fhirUser profile offline_access user/Task.rs user/Task.u user/DocumentReference.rs user/Binary.r user/Patient.rs user/Encounter.rs user/Practitioner.rs user/PractitionerRole.rs user/Organization.rs user/Consent.rs user/Provenance.rs user/Questionnaire.rs user/QuestionnaireResponse.rs user/QuestionnaireResponse.cu user/Communication.rs user/Communication.c user/AuditEvent.c user/List.rs';
export const AS_MANAGER =
  'openid fhirUser profile offline_access user/Task.rs user/DocumentReference.rs user/Patient.rs user/Encounter.rs user/Practitioner.rs user/PractitionerRole.rs user/Organization.rs user/Consent.rs user/Provenance.rs user/AuditEvent.c user/List.rs user/Task.c user/Task.u user/AuditEvent.rs user/List.cu user/Provenance.c user/Binary.c';
export const AS_GUARDIAN =
  'openid fhirUser profile offline_access user/Task.rs user/DocumentReference.rs user/Patient.rs user/Encounter.rs user/Practitioner.rs user/PractitionerRole.rs user/Organization.rs user/Consent.rs user/Provenance.rs user/AuditEvent.c user/List.rs user/AuditEvent.rs';

export type Tokens = { access_token: string; id_token: string; refresh_token?: string; scope: string; expires_in: number; token_type: string };
/** What a browser ended with at the app's loopback address, or the page it stopped at. */
export type Landing = { callback: URL } | { page: string; status: number };

const REDIRECT_URI = 'http://127.0.0.1:51234/callback';

/** A browser of one person: keeps cookies, follows redirects, fills in the practice's forms. For tests without one. */
export class TestBrowser {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  /** Goes through the whole sign-in of the app for some scopes and gives its tokens. */
  async signIn(url: string, username: string, scope: string, { answer = 'allow', password = personCalled(username).password } = {}): Promise<Tokens> {
    const verifier = randomBytes(32).toString('base64url');
    const landing = await this.authorise(url, { username, password, answer, scope, verifier });
    if (!('callback' in landing)) throw new Error(`The sign-in stopped at a page (${landing.status}): ${landing.page}`);
    const code = landing.callback.searchParams.get('code');
    if (!code) throw new Error(`The sign-in was refused: ${landing.callback.search}`);
    const form = { grant_type: 'authorization_code', client_id: CLIENT_ID, code, redirect_uri: REDIRECT_URI, code_verifier: verifier };
    return (await tokenRequest(url, form)).json() as Promise<Tokens>;
  }

  /** Only the part in the browser: ends where the practice sends the browser back to the app. */
  async authorise(url: string, { username, password, answer, scope, verifier, more = {} }: { username: string; password: string; answer: string; scope: string; verifier: string; more?: Record<string, string> }): Promise<Landing> {
    const parameters = new URLSearchParams({
      response_type: 'code', client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, scope, state: 'state-1', nonce: 'nonce-1',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', aud: `${url}/fhir`,
      ...(scope.includes('offline_access') ? { prompt: 'consent' } : {}), ...more,
    });
    return this.#answer(url, `${url}/oidc/auth?${parameters.toString()}`, { username, password, answer }, REDIRECT_URI);
  }

  /** From an address that the app opened to the last page, which is the app's own: it listens on a port of its own choice. */
  async open(url: string, address: string, username: string): Promise<Landing> {
    return this.#answer(url, address, { username, password: personCalled(username).password, answer: 'allow' }, null);
  }

  async #answer(url: string, address: string, { username, password, answer }: { username: string; password: string; answer: string }, until: string | null): Promise<Landing> {
    let landing = await this.#go(address, undefined, until);
    while ('page' in landing) {
      const action = /<form method="post" action="([^"]+)"/.exec(landing.page)?.[1];
      if (!action || landing.page.includes('role="alert"')) return landing;
      const form: Record<string, string> = landing.page.includes('id="password"') ? { username, password } : { answer };
      landing = await this.#go(new URL(action, url).href, new URLSearchParams(form), until);
    }
    return landing;
  }

  /** @param until an address that begins so is not asked */
  async #go(target: string, form: URLSearchParams | undefined, until: string | null): Promise<Landing> {
    let [url, body] = [new URL(target), form];
    for (let step = 0; step < 20; step++) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { Cookie: this.#cookiesFor(url) },
        ...(body ? { method: 'POST', body } : {}),
      });
      for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
      const location = response.headers.get('location');
      if (!location) return { page: await response.text(), status: response.status };
      url = new URL(location, url);
      body = undefined;
      if (until !== null && url.href.startsWith(until)) return { callback: url };
    }
    throw new Error('Too many redirects');
  }

  #keep(header: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
    const path = /;\s*path=([^;]+)/i.exec(header)?.[1] ?? '/';
    if (value === '') this.#cookies.delete(`${name} ${path}`);
    else this.#cookies.set(`${name} ${path}`, { value, path });
  }

  #cookiesFor(url: URL): string {
    return [...this.#cookies].filter(([, { path }]) => url.pathname.startsWith(path)).map(([key, { value }]) => `${key.split(' ')[0] ?? ''}=${value}`).join('; ');
  }
}

export function tokenRequest(url: string, form: Record<string, string>): Promise<Response> {
  return fetch(`${url}/oidc/token`, { method: 'POST', body: new URLSearchParams(form) });
}

export async function bearerOf(url: string, username: string, scope: string): Promise<Record<string, string>> {
  const { access_token: token } = await new TestBrowser().signIn(url, username, scope);
  return { Authorization: `Bearer ${token}` };
}
