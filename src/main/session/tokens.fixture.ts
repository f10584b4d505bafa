/** An identity provider that gives whatever tokens a test wants. */
import { Configuration, customFetch, None } from 'openid-client';
import { heard } from '../platform/heard.ts';

const ISSUER = 'https://practice.example/oidc';

/** @param answer to a form that was sent to `token` or `revoke`. */
export function providerFor(answer: (path: string, form: URLSearchParams) => Response | Promise<Response>): Configuration {
  const configuration = new Configuration({ issuer: ISSUER, token_endpoint: `${ISSUER}/token`, revocation_endpoint: `${ISSUER}/revoke` }, 'app', undefined, None());
  configuration[customFetch] = heard(async (url, init) => answer(new URL(url).pathname.replace('/oidc/', ''), new URLSearchParams(init?.body as string | URLSearchParams)));
  return configuration;
}

/** As it comes from a token endpoint over TLS, where nobody checks its signature (OpenID Connect Core §3.1.3.7). */
export function idToken(claims: Record<string, unknown>): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ iss: ISSUER, aud: 'app', iat: now, exp: now + 600, ...claims })}.${part('signature')}`;
}
