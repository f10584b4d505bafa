import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { describe, expect, it } from 'vitest';
import { permittedScopes } from './oidc/scopes.ts';
import { personCalled } from './people.ts';
import { practiceForTests } from './testing/fixture.ts';
import { AS_CLINICIAN, AS_GUARDIAN, AS_MANAGER, FIRST_STEP, TestBrowser, tokenRequest } from './testing/sign-in.ts';

const practice = practiceForTests();
const verifier = 'a'.repeat(43);
const attempt = { username: 'ada', password: personCalled('ada').password, answer: 'allow', scope: FIRST_STEP, verifier };
const scopesOf = (scope: string): string[] => scope.split(' ').sort();
const refresh = (token = ''): Promise<Response> => tokenRequest(practice.get().url, { grant_type: 'refresh_token', client_id: 'viewing-room-desktop', refresh_token: token });

describe('signing in', () => {
  it('says who it is in an ID token that verifies', async () => {
    const { url, issuer, fhirBase } = practice.get();
    const config = (await (await fetch(`${fhirBase}/.well-known/smart-configuration`)).json()) as { issuer: string; jwks_uri: string };
    expect(config.issuer).toBe(issuer);
    const tokens = await new TestBrowser().signIn(url, 'ada', FIRST_STEP);
    const keys = createLocalJWKSet((await (await fetch(config.jwks_uri)).json()) as JSONWebKeySet);
    const { payload } = await jwtVerify(tokens.id_token, keys, { issuer, audience: 'viewing-room-desktop' });
    expect(payload).toMatchObject({ fhirUser: `${fhirBase}/Practitioner/gp-1`, nhsid_useruid: '555000000001', name: 'Dr Ada Sampleton', nonce: 'nonce-1' });
    expect(tokens.refresh_token).toBeUndefined();
    expect(scopesOf(tokens.scope)).toEqual(scopesOf(FIRST_STEP));
    expect(tokens.expires_in).toBe(600);
  });

  it('names the issuer beside the code, on whatever loopback port', async () => {
    const landing = await new TestBrowser().authorise(practice.get().url, attempt);
    const callback = 'callback' in landing ? landing.callback : undefined;
    expect(callback?.searchParams.get('iss')).toBe(practice.get().issuer);
    expect(callback?.searchParams.get('state')).toBe('state-1');
    expect(callback?.port).toBe('51234');
  });

  it('grants a clinician what a clinician asks for and no manager scopes', async () => {
    const { url } = practice.get();
    const asClinician = await new TestBrowser().signIn(url, 'ada', AS_CLINICIAN);
    expect(scopesOf(asClinician.scope)).toEqual(scopesOf(AS_CLINICIAN));
    const tooMuch = await new TestBrowser().signIn(url, 'ada', AS_MANAGER);
    for (const scope of ['user/AuditEvent.rs', 'user/Task.c', 'user/List.cu', 'user/Binary.c']) expect(tooMuch.scope.split(' ')).not.toContain(scope);
  });

  it('never lets a manager fetch media or read reviews', async () => {
    const { scope } = await new TestBrowser().signIn(practice.get().url, 'pat', AS_CLINICIAN);
    for (const refused of ['user/Binary.r', 'user/QuestionnaireResponse.rs', 'user/Communication.rs']) expect(scope.split(' ')).not.toContain(refused);
    expect([...permittedScopes(personCalled('pat'))]).not.toContain('user/Binary.r');
  });

  it('lets a second reader read what a manager reads, and write nothing but access records', async () => {
    const { scope } = await new TestBrowser().signIn(practice.get().url, 'cal', `${AS_MANAGER} user/Binary.r`);
    expect(scopesOf(scope)).toEqual(scopesOf(AS_GUARDIAN));
    expect([...permittedScopes(personCalled('cal'))].filter((one) => /\.[rs]*[cud]/.test(one))).toEqual(['user/AuditEvent.c']);
  });

  it('gives a partner the role of this session only, in one browser after the other role', async () => {
    const browser = new TestBrowser();
    await browser.signIn(practice.get().url, 'dee', AS_CLINICIAN);
    expect(scopesOf((await browser.signIn(practice.get().url, 'dee', AS_MANAGER)).scope)).toEqual(scopesOf(AS_MANAGER));
  });

  it('gives someone without a role nothing but who they are', async () => {
    const tokens = await new TestBrowser().signIn(practice.get().url, 'noel', AS_CLINICIAN);
    expect(scopesOf(tokens.scope)).toEqual(scopesOf(FIRST_STEP));
    expect(tokens.refresh_token).toBeUndefined();
  });

  it('stays on the page after a wrong password', async () => {
    const landing = await new TestBrowser().authorise(practice.get().url, { ...attempt, password: 'wrong' });
    expect('page' in landing && landing.page).toContain('The username or password is wrong.');
  });

  it('ends in access_denied when the person denies or the practice refuses', async () => {
    const denied = await new TestBrowser().authorise(practice.get().url, { ...attempt, answer: 'deny' });
    expect('callback' in denied && denied.callback.searchParams.get('error')).toBe('access_denied');
    practice.get().lies.refuseSignIn = true;
    const refused = await new TestBrowser().authorise(practice.get().url, attempt);
    expect('callback' in refused && refused.callback.searchParams.get('error')).toBe('access_denied');
  });

  it('insists on PKCE and on the client’s own redirect', async () => {
    const { url } = practice.get();
    const base = { response_type: 'code', client_id: 'viewing-room-desktop', scope: 'openid', state: 's' };
    const withoutPkce = await fetch(`${url}/oidc/auth?${new URLSearchParams({ ...base, redirect_uri: 'http://127.0.0.1:1/callback' }).toString()}`, { redirect: 'manual' });
    expect(withoutPkce.headers.get('location')).toContain('error=invalid_request');
    const elsewhere = await fetch(`${url}/oidc/auth?${new URLSearchParams({ ...base, redirect_uri: 'https://elsewhere.example/callback' }).toString()}`, { redirect: 'manual' });
    expect(elsewhere.status).toBe(400);
  });

  it('rotates refresh tokens and ends everything when an old one comes back', async () => {
    const first = await new TestBrowser().signIn(practice.get().url, 'ben', AS_CLINICIAN);
    const second = (await (await refresh(first.refresh_token)).json()) as { refresh_token: string };
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await refresh(first.refresh_token)).status).toBe(400);
    expect((await refresh(second.refresh_token)).status).toBe(400);
  });

  it('forgets everybody’s sessions, as a restart does', async () => {
    const { url, fhirBase, forgetSessions } = practice.get();
    const tokens = await new TestBrowser().signIn(url, 'ben', AS_CLINICIAN);
    forgetSessions();
    expect((await fetch(`${fhirBase}/Task`, { headers: { Authorization: `Bearer ${tokens.access_token}` } })).status).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(400);
    const again = await new TestBrowser().signIn(url, 'ben', AS_CLINICIAN);
    expect((await fetch(`${fhirBase}/Task`, { headers: { Authorization: `Bearer ${again.access_token}` } })).status).toBe(200);
  });

  it('revokes a refresh token, and the access token with it', async () => {
    const { url, fhirBase } = practice.get();
    const tokens = await new TestBrowser().signIn(url, 'cara', AS_CLINICIAN);
    const ask = (): Promise<Response> => fetch(`${fhirBase}/Task`, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
    expect((await ask()).status).toBe(200);
    const revoked = await fetch(`${url}/oidc/token/revocation`, { method: 'POST', body: new URLSearchParams({ client_id: 'viewing-room-desktop', token: tokens.refresh_token ?? '', token_type_hint: 'refresh_token' }) });
    expect(revoked.status).toBe(200);
    expect((await refresh(tokens.refresh_token)).status).toBe(400);
    expect((await ask()).status).toBe(401);
  });
});
