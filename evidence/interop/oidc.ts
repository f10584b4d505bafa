/** The part of a sign-in that is the app's, in Node: PKCE (RFC 7636), a redirect to loopback (RFC 8252), a code for tokens. */
import { strict as assert } from 'node:assert';
import { createHash, randomBytes } from 'node:crypto';
import type { Person } from '../../practice/people.ts';
import { CLIENT_ID } from '../../practice/site.ts';
import type { Answers, Browser } from './browser.ts';
import { secondFactor } from './realm.ts';
import { OneTimeCodes } from './totp.ts';

export const REDIRECT = 'http://127.0.0.1:49152/callback';

export interface Tokens {
  access_token: string;
  /** Not with every refresh. */
  id_token?: string;
  refresh_token?: string;
  scope: string;
}

const codes = new OneTimeCodes(secondFactor.secret);

export class Provider {
  readonly issuer: string;
  readonly #audience: string;

  /** @param audience the FHIR base that tokens are for */
  constructor(issuer: string, audience: string) {
    [this.issuer, this.#audience] = [issuer, audience];
  }

  /** @param changes of the parameters; undefined: without it */
  authorization(scope: string, changes: Record<string, string | undefined> = {}): string {
    const all: Record<string, string | undefined> = {
      response_type: 'code', client_id: CLIENT_ID, redirect_uri: REDIRECT, scope, state: 'state', nonce: 'nonce', aud: this.#audience, prompt: 'consent',
      code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', ...changes,
    };
    const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return `${this.issuer}/protocol/openid-connect/auth?${new URLSearchParams(given).toString()}`;
  }

  async signIn(browser: Browser, person: Person, scope: string, answers: Partial<Answers> = {}): Promise<Tokens> {
    const verifier = randomBytes(32).toString('base64url');
    const address = this.authorization(scope, { code_challenge: createHash('sha256').update(verifier).digest('base64url') });
    const code = person.username === secondFactor.username ? { code: () => codes.next() } : {};
    const back = await browser.signIn(address, REDIRECT, { person, ...code, consent: 'accept', ...answers });
    assert.equal(back.searchParams.get('error'), null, back.search);
    return tokensOf(await this.token({ grant_type: 'authorization_code', code: back.searchParams.get('code') ?? '', redirect_uri: REDIRECT, code_verifier: verifier }));
  }

  async refresh(refreshToken: string | undefined): Promise<Response> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken ?? '' });
  }

  async revoke(refreshToken: string | undefined): Promise<Response> {
    return fetch(`${this.issuer}/protocol/openid-connect/revoke`, { method: 'POST', body: new URLSearchParams({ client_id: CLIENT_ID, token: refreshToken ?? '', token_type_hint: 'refresh_token' }) });
  }

  private async token(form: Record<string, string>): Promise<Response> {
    return fetch(`${this.issuer}/protocol/openid-connect/token`, { method: 'POST', body: new URLSearchParams({ client_id: CLIENT_ID, ...form }) });
  }
}

/** @throws Error with what the token endpoint said, when it refused */
export async function tokensOf(answer: Response): Promise<Tokens> {
  const said = await answer.text();
  if (!answer.ok) throw new Error(`The token endpoint answered ${answer.status}: ${said}`);
  return JSON.parse(said) as Tokens;
}
