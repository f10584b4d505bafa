import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { bodyOf } from '../fhir/reply.ts';
import type { Lies } from '../lies.ts';
import { people } from '../people.ts';
import { CLIENT_ID } from '../site.ts';
import { consentPage, loginPage, messagePage } from './pages.ts';
import { INTERACTION_PATH, personOfSub, subOf } from './provider.ts';
import { inWords, permittedScopes } from './scopes.ts';

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The pages between the app's authorization request and the provider's answer: who are you, and do you allow this. */
export class Interactions {
  readonly #provider: Provider;
  readonly #lies: Lies;

  constructor(provider: Provider, lies: Lies) {
    this.#provider = provider;
    this.#lies = lies;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let details: Details;
    try {
      details = await this.#provider.interactionDetails(request, response);
    } catch {
      html(response, 400, messagePage('This sign-in has ended', 'Go back to Viewing Room and sign in again.'));
      return;
    }
    if (this.#lies.refuseSignIn) return this.#deny(request, response, 'The practice refuses every sign-in');
    if (request.method === 'POST') {
      const form = new URLSearchParams((await bodyOf(request, 10_000)).toString());
      return details.prompt.name === 'login' ? this.#login(request, response, form, details) : this.#consent(request, response, form, details);
    }
    if (details.prompt.name === 'login') {
      html(response, 200, loginPage(here(details)));
      return;
    }
    const { granted, refused, person } = scopesOf(details, this.#lies);
    html(response, 200, consentPage(here(details), person.name, 'Viewing Room', granted.map(inWords), refused.map(inWords)));
  }

  async #login(request: IncomingMessage, response: ServerResponse, form: URLSearchParams, details: Details): Promise<void> {
    const username = (form.get('username') ?? '').trim();
    const person = people.find((one) => one.username === username.toLowerCase());
    if (!person || !same(form.get('password') ?? '', person.password)) {
      html(response, 200, loginPage(here(details), username, 'The username or password is wrong.'));
      return;
    }
    await this.#provider.interactionFinished(request, response, { login: { accountId: subOf(person), amr: ['pwd'] } }, { mergeWithLastSubmission: false });
  }

  async #consent(request: IncomingMessage, response: ServerResponse, form: URLSearchParams, details: Details): Promise<void> {
    if (form.get('answer') !== 'allow') return this.#deny(request, response, 'The person did not allow it');
    const { granted, refused, person } = scopesOf(details, this.#lies);
    // A fresh grant each time: what an earlier session of another role was given is not carried over.
    const grant = new this.#provider.Grant({ accountId: subOf(person), clientId: CLIENT_ID });
    grant.addOIDCScope(granted.join(' '));
    if (refused.length > 0) grant.rejectOIDCScope(refused.join(' '));
    await this.#provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  }

  async #deny(request: IncomingMessage, response: ServerResponse, why: string): Promise<void> {
    await this.#provider.interactionFinished(request, response, { error: 'access_denied', error_description: why }, { mergeWithLastSubmission: false });
  }
}

function scopesOf(details: Details, { withheldScopes }: Lies) {
  const person = personOfSub(details.session?.accountId);
  if (!person) throw new Error('Consent was asked of nobody');
  const permitted = new Set([...permittedScopes(person)].filter((scope) => !withheldScopes.has(scope)));
  const asked = (typeof details.params.scope === 'string' ? details.params.scope : '').split(' ').filter(Boolean);
  return { person, granted: asked.filter((scope) => permitted.has(scope)), refused: asked.filter((scope) => !permitted.has(scope)) };
}

function here(details: Details): string {
  return `${INTERACTION_PATH}/${details.uid}`;
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function html(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    // No form-action: Chromium applies it to the redirect that follows the form, which goes to the app's own port.
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  });
  response.end(body);
}
