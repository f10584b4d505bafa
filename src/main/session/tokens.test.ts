import { beforeEach, describe, expect, it } from 'vitest';
import { testSite } from '../site.fixture.ts';
import { sameAs } from './identity.ts';
import { idToken, providerFor } from './tokens.fixture.ts';
import { Tokens } from './tokens.ts';

const ADA = { subject: 'sub-ada', sds: '555000000001', practitioner: 'gp-1' };
let requests: { path: string; form: URLSearchParams }[];
let answer: (path: string, form: URLSearchParams) => Response | Promise<Response>;
let kept: (string | null)[];
let mismatches: number;

function tokens(expiresAt: number, refresh: string | null = 'r0'): Tokens {
  const configuration = providerFor((path, form) => {
    requests.push({ path, form });
    return answer(path, form);
  });
  return new Tokens(configuration, { token: 'a0', expiresAt }, refresh, sameAs(ADA, testSite()), (token) => kept.push(token), () => (mismatches += 1));
}
const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
const FAR = Date.now() + 3_600_000;

beforeEach(() => {
  requests = [];
  kept = [];
  mismatches = 0;
  let n = 0;
  answer = (path) => {
    if (path === 'revoke') return new Response(null, { status: 200 });
    n += 1;
    return json({ access_token: `a${n}`, token_type: 'Bearer', expires_in: 600, refresh_token: `r${n}` });
  };
});

describe('tokens', () => {
  it('are used while they last, and renewed once for all who ask', async () => {
    const held = tokens(FAR);
    expect(await held.get(null)).toBe('a0');
    expect(requests).toEqual([]);
    expect(await Promise.all([held.get('a0'), held.get('a0'), held.get('a0')])).toEqual(['a1', 'a1', 'a1']);
    expect(requests.map(({ form }) => form.get('refresh_token'))).toEqual(['r0']);
    expect(kept).toEqual(['r1']);
    await held.get('a1');
    expect(requests.at(-1)?.form.get('refresh_token')).toBe('r1');
  });

  it('are not renewed again for one who was refused before and says so after', async () => {
    const held = tokens(FAR);
    await held.get('a0');
    expect(await held.get('a0')).toBe('a1');
    expect(requests).toHaveLength(1);
  });

  it('are renewed shortly before they end', async () => {
    expect(await tokens(Date.now() + 29_000).get(null)).toBe('a1');
  });

  it('that the practice no longer renews are forgotten', async () => {
    answer = () => json({ error: 'invalid_grant' }, 400);
    const held = tokens(0);
    await expect(held.get(null)).rejects.toThrow(expect.objectContaining({ code: 'session-expired' }));
    expect(kept).toEqual([null]);
    await expect(held.get(null)).rejects.toThrow(expect.objectContaining({ code: 'session-expired' }));
    expect(requests).toHaveLength(1);
  });

  it.each<[string, () => Response]>([
    // Electron's fetch throws another error than Node's, and openid-client wraps what it does not know.
    ['does not answer (Node)', () => { throw new TypeError('fetch failed'); }], ['does not answer (Electron)', () => { throw new Error('net::ERR_CONNECTION_REFUSED'); }],
    ['is a page of the network that wants somebody to sign in', () => new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } })], ['is a redirect to such a page', () => new Response(null, { status: 302, headers: { location: 'https://portal.example/' } })],
    ['is a proxy that asks who is there', () => new Response('', { status: 407 })],
    ['is a gateway that has nobody to ask', () => new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } })], ['is away for a while', () => json({ error: 'temporarily_unavailable' }, 503)],
  ])('outlive a provider that %s', async (_what, given) => {
    const before = answer;
    answer = given;
    const held = tokens(0);
    await expect(held.get(null)).rejects.toThrow(expect.objectContaining({ code: 'practice-unreachable' }));
    expect(kept).toEqual([]);
    answer = before;
    expect(await held.get(null)).toBe('a1');
  });

  it.each([['other JSON', () => json({ token: 1 })], ['no JSON', () => new Response('token', { status: 200, headers: { 'content-type': 'text/plain' } })], ['500', () => json({ error: 'server_error' }, 500)]])('are not renewed by an answer of %s, which is no missing connection', async (_what, given) => {
    answer = given;
    await expect(tokens(0).get(null)).rejects.toThrow(expect.objectContaining({ code: 'sign-in-failed' }));
  });

  it('are revoked at sign-out, the refresh token first, and forgotten in any case', async () => {
    const held = tokens(FAR);
    expect(await held.revoke()).toBe(true);
    expect(requests.map(({ path, form }) => [path, form.get('token')])).toEqual([['revoke', 'r0'], ['revoke', 'a0']]);
    await expect(held.get(null)).rejects.toThrow(expect.objectContaining({ code: 'session-expired' }));
    answer = () => Promise.reject(new TypeError('no route'));
    const offline = tokens(FAR);
    expect(await offline.revoke()).toBe(false);
    expect(offline.refreshToken).toBeNull();
  });

  it('that were being renewed during sign-out do not come back', async () => {
    let reply: (response: Response) => void = () => undefined;
    const honest = answer;
    answer = (path, form) => (path === 'token' ? new Promise((resolve) => (reply = resolve)) : honest(path, form));
    const held = tokens(0);
    const renewing = held.get(null);
    await new Promise(setImmediate);
    const signedOut = held.revoke();
    reply(json({ access_token: 'late', token_type: 'Bearer', expires_in: 600, refresh_token: 'late-refresh' }));
    await expect(renewing).rejects.toThrow(expect.objectContaining({ code: 'session-expired' }));
    await signedOut;
    expect([held.refreshToken, kept.at(-1)]).toEqual([null, null]);
    expect(requests.filter(({ path }) => path === 'revoke').map(({ form }) => form.get('token'))).toContain('late-refresh');
  });

  it.each([
    ['another subject', { sub: 'sub-ben' }],
    ['another user id', { sub: 'sub-ada', nhsid_useruid: '555000000002' }],
    ['another fhirUser', { sub: 'sub-ada', fhirUser: 'https://practice.example/fhir/Practitioner/gp-2' }],
    ['a fhirUser elsewhere', { sub: 'sub-ada', fhirUser: 'https://elsewhere.example/fhir/Practitioner/gp-1' }],
    ['a patient as fhirUser', { sub: 'sub-ada', fhirUser: 'Patient/gp-1' }],
  ])('that are renewed for %s are given back, and end the session', async (_what, claims) => {
    answer = (path) => (path === 'revoke' ? new Response(null, { status: 200 }) : json({ access_token: 'b1', token_type: 'Bearer', expires_in: 600, refresh_token: 'rb', id_token: idToken(claims) }));
    const held = tokens(0);
    await expect(held.get(null)).rejects.toThrow(expect.objectContaining({ code: 'identity-mismatch' }));
    expect(requests.filter(({ path }) => path === 'revoke').map(({ form }) => form.get('token'))).toEqual(['rb', 'b1']);
    expect(kept).toEqual([null]);
    await expect(held.get(null)).rejects.toThrow(expect.objectContaining({ code: 'session-expired' }));
    expect(mismatches).toBe(1);
  });

  it.each([
    ['the same claims', { sub: 'sub-ada', nhsid_useruid: '555000000001', fhirUser: 'https://practice.example/fhir/Practitioner/gp-1' }],
    ['the subject alone', { sub: 'sub-ada' }],
  ])('that are renewed with %s go on', async (_what, claims) => {
    answer = () => json({ access_token: 'a1', token_type: 'Bearer', expires_in: 600, refresh_token: 'r1', id_token: idToken(claims) });
    expect(await tokens(0).get(null)).toBe('a1');
    expect(kept).toEqual(['r1']);
  });
});
