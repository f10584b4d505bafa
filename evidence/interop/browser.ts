/** Signs in as a browser would: follows redirects, keeps cookies, fills in the forms that it is given. */
import type { Person } from '../../practice/people.ts';

export interface Answers {
  person: Pick<Person, 'username' | 'password'>;
  /** The code of the second factor, when it is asked for. */
  code?: () => string | Promise<string>;
  consent: 'accept' | 'cancel';
}

export interface Page {
  title: string;
  fields: string[];
}

export class Browser {
  readonly #cookies = new Map<string, string>();
  /** The forms that were filled in, in order. */
  readonly pages: Page[] = [];

  /** From an address of the identity provider to the redirect that leaves it for `redirectUri`. */
  async signIn(address: string, redirectUri: string, answers: Answers): Promise<URL> {
    let response = await this.#send(address);
    let at = address;
    let before = '';
    for (let step = 0; step < 20; step++) {
      const location = response.headers.get('location');
      if (location !== null) {
        at = new URL(location, at).href;
        await response.arrayBuffer();
        if (at.startsWith(redirectUri)) return new URL(at);
        response = await this.#send(at);
        continue;
      }
      const html = await response.text();
      const form = formIn(html);
      if (response.status !== 200 || !form) throw new Error(`${response.status} and no form at ${new URL(at).pathname}: ${titleOf(html)}`);
      const page = { title: titleOf(html), fields: [...form.fields.keys()] };
      // The form comes back: what was filled in was refused.
      if (page.fields.join() === before) throw new Error(`Asked again for ${page.fields.join(', ')}`);
      before = page.fields.join();
      this.pages.push(page);
      at = new URL(form.action, at).href;
      response = await this.#send(at, await filledIn(form.fields, answers));
    }
    throw new Error(`No end of forms and redirects at ${new URL(at).pathname}`);
  }

  async #send(address: string, body?: URLSearchParams): Promise<Response> {
    const response = await fetch(address, {
      redirect: 'manual', method: body ? 'POST' : 'GET', ...(body ? { body } : {}),
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '), accept: 'text/html' },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/;\s*max-age=0/i.test(cookie)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }
}

async function filledIn(fields: ReadonlyMap<string, string>, { person, code, consent }: Answers): Promise<URLSearchParams> {
  const form = new URLSearchParams([...fields].filter(([name]) => name !== 'accept' && name !== 'cancel'));
  if (fields.has('username')) form.set('username', person.username);
  if (fields.has('password')) form.set('password', person.password);
  if (fields.has('otp')) {
    if (!code) throw new Error(`${person.username} is asked for a second factor`);
    form.set('otp', await code());
  }
  if (fields.has(consent)) form.set(consent, fields.get(consent) ?? '');
  return form;
}

/** The first form that is posted. */
function formIn(html: string): { action: string; fields: Map<string, string> } | null {
  for (const [, attributes = '', content = ''] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    const action = attributeOf(attributes, 'action');
    if (action === undefined || attributeOf(attributes, 'method')?.toLowerCase() !== 'post') continue;
    const inputs = [...content.matchAll(/<(?:input|button)\b([^>]*)>/g)].map(([, input = '']) => [attributeOf(input, 'name'), attributeOf(input, 'value') ?? ''] as const);
    return { action, fields: new Map(inputs.flatMap(([name, value]) => (name === undefined ? [] : [[name, value]]))) };
  }
  return null;
}

function attributeOf(attributes: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1]?.replace(/&amp;/g, '&');
}

function titleOf(html: string): string {
  return (/<title>([\s\S]*?)<\/title>/.exec(html)?.[1] ?? html.slice(0, 200)).replace(/\s+/g, ' ').trim();
}
