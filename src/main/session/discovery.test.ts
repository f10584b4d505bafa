import { generateKeyPairSync, sign } from 'node:crypto';
import { refreshTokenGrant } from 'openid-client';
import { describe, expect, it } from 'vitest';
import { testSite } from '../site.fixture.ts';
import { discover, upToDate } from './discovery.ts';

const site = testSite();
const ISSUER = site.issuer;

const found = (smart: Record<string, string>, provider: Record<string, string>) => discover(site, async (url) => Response.json(url.includes('smart-configuration')
  ? { authorization_endpoint: `${ISSUER}/auth`, token_endpoint: `${ISSUER}/token`, ...smart }
  : { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks`, ...provider }));

it('sends code and verifier where the issuer says, whatever a FHIR server names', async () => {
  const own = { authorization_endpoint: `${ISSUER}/auth`, token_endpoint: `${ISSUER}/token`, revocation_endpoint: `${ISSUER}/revoke` };
  const { configuration } = await found({ authorization_endpoint: 'https://elsewhere.example/auth', token_endpoint: 'https://elsewhere.example/token', revocation_endpoint: 'https://elsewhere.example/revoke' }, own);
  expect(configuration.serverMetadata()).toMatchObject(own);
});

it('takes the FHIR server’s word where the issuer says nothing', async () => {
  const { configuration } = await found({ revocation_endpoint: `${ISSUER}/revoke` }, {});
  expect(configuration.serverMetadata()).toMatchObject({ token_endpoint: `${ISSUER}/token`, revocation_endpoint: `${ISSUER}/revoke` });
});

it.each(['https://elsewhere.example/revoke', 'https://practice.example:8443/revoke'])('gives no token to another host than the one that tokens come from, for a FHIR server’s word alone: %s', async (elsewhere) => {
  const { configuration } = await found({ revocation_endpoint: elsewhere }, { token_endpoint: `${ISSUER}/token` });
  expect(configuration.serverMetadata().revocation_endpoint).toBeUndefined();
});

it.each([[{ token_endpoint: 'http://practice.example/token' }, {}], [{}, { token_endpoint: 'http://practice.example/token' }], [{}, { jwks_uri: 'http://practice.example/jwks' }], [{ revocation_endpoint: 'http://practice.example/revoke' }, {}], [{ authorization_endpoint: 'http://practice.example/auth' }, { authorization_endpoint: undefined }], [{}, { issuer: 'https://elsewhere.example' }], [{ issuer: 'https://elsewhere.example' }, {}]])(
  'refuses %j of the FHIR server and %j of the issuer', async (smart, provider) => {
    await expect(found(smart as Record<string, string>, provider as Record<string, string>)).rejects.toMatchObject({ code: 'practice-unsupported' });
  });

it.each([
  ['a page', () => new Response('<!doctype html><p>Sign in to Guest Wi-Fi', { headers: { 'content-type': 'text/html; charset=utf-8' } }), 'page'],
  ['a page that says 404, as of a web server whose application is away', () => new Response('<h1>Not Found</h1>', { status: 404, headers: { 'content-type': 'text/html' } }), 'page'],
  ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://portal.example/' } }), 'page'],
  ['that the network wants to know who is there', () => new Response('{}', { status: 511 }), 'page'],
  ['a proxy that wants to know who is there', () => new Response('', { status: 407 }), 'proxy'],
])('an answer of %s is nothing that the practice said', async (_what, answer, why) => {
  await expect(discover(site, async () => answer())).rejects.toMatchObject({ code: 'practice-unreachable', detail: { why } });
});

it.each<[string, Error, string | undefined]>([
  ['net::ERR_CERT_AUTHORITY_INVALID', new Error('net::ERR_CERT_AUTHORITY_INVALID'), 'certificate'], ['net::ERR_CERT_COMMON_NAME_INVALID', new Error('net::ERR_CERT_COMMON_NAME_INVALID'), 'certificate'],
  ['net::ERR_CERT_DATE_INVALID', new Error('net::ERR_CERT_DATE_INVALID'), 'certificate-date'], ['net::ERR_TUNNEL_CONNECTION_FAILED', new Error('net::ERR_TUNNEL_CONNECTION_FAILED'), 'proxy'],
  ['net::ERR_PROXY_CONNECTION_FAILED', new Error('net::ERR_PROXY_CONNECTION_FAILED'), 'proxy'], ['a redirect (Electron)', new Error("Attempted to redirect, but redirect policy was 'error'"), 'page'],
  ['net::ERR_INTERNET_DISCONNECTED', new Error('net::ERR_INTERNET_DISCONNECTED'), undefined], ['net::ERR_CONNECTION_REFUSED', new TypeError('net::ERR_CONNECTION_REFUSED'), undefined],
])('%s is no answer, and its cause is told where it is known', async (_what, error, why) => {
  await expect(discover(site, () => Promise.reject(error))).rejects.toMatchObject({ code: 'practice-unreachable', detail: why === undefined ? {} : { why } });
});

it('is not heard out where the answer does not end', async () => {
  let [sent, isOver] = [0, false];
  const endless = () => new Response(new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 1024 * 1024;
      controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
      if (sent >= 200 * 1024 * 1024) controller.close();
    },
    cancel: () => {
      isOver = true;
    },
  }));
  await expect(discover(site, async (url) => (url.includes('smart') ? endless() : Response.json({})))).rejects.toMatchObject({ code: 'practice-unsupported' });
  expect([isOver, sent < 40 * 1024 * 1024]).toEqual([true, true]);
});

it('lets a practice on this very machine name no plain http elsewhere', async () => {
  const local = testSite({ issuer: 'http://127.0.0.1:8080/oidc', fhirBase: 'http://127.0.0.1:8080/fhir' });
  const own = { authorization_endpoint: `${local.issuer}/auth`, token_endpoint: `${local.issuer}/token` };
  for (const field of ['jwks_uri', 'token_endpoint', 'authorization_endpoint', 'revocation_endpoint']) {
    const answer = (url: string) => Response.json(url.includes('smart-configuration') ? own : { issuer: local.issuer, jwks_uri: `${local.issuer}/jwks`, ...own, [field]: 'http://elsewhere.example/x' });
    await expect(discover(local, async (url) => answer(url)), field).rejects.toMatchObject({ code: 'practice-unsupported', detail: { missing: 'TLS' } });
  }
});

it.each([[404, 'practice-unsupported'], [500, 'practice-unsupported'], [502, 'practice-unreachable'], [503, 'practice-unreachable'], [504, 'practice-unreachable']])('an answer of %i is %s', async (status, code) => {
  await expect(discover(site, async () => new Response(null, { status }))).rejects.toMatchObject({ code });
});

describe('through a cache that kept the provider’s answers for an hour', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = (claims: Record<string, number>) => {
    const text = `${part({ alg: 'RS256', kid: 'one' })}.${part({ iss: ISSUER, aud: site.clientId, sub: 'ada', iat: now, exp: now + 600, ...claims })}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const renewed = async (claims: Record<string, number>) => {
    const kept = { headers: { date: new Date((now - 3600) * 1000).toUTCString(), age: '3600' } };
    const { configuration } = await discover(site, async (url) => {
      if (url.endsWith('/token')) return Response.json({ access_token: 'a', token_type: 'Bearer', expires_in: 600, id_token: signed(claims) });
      return Response.json(url.endsWith('/jwks') ? { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] }
        : { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks`, authorization_endpoint: `${ISSUER}/auth`, token_endpoint: `${ISSUER}/token` }, kept);
    });
    return refreshTokenGrant(await upToDate(configuration), 'r');
  };

  it('a token that has run out since is not taken for one that is still good', async () => {
    await expect(renewed({ iat: now - 2400, exp: now - 1800 })).rejects.toThrow();
  });

  it('a token that holds from now on is not one of the future', async () => {
    await expect(renewed({ nbf: now - 5 })).resolves.toMatchObject({ access_token: 'a' });
  });
});
