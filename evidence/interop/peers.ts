/** The first layer: HAPI FHIR and Keycloak alone, what docs/backend.md says of them. */
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { people, personCalled, type Person } from '../../practice/people.ts';
import { permittedScopes } from '../../practice/oidc/scopes.ts';
import { CLIENT_ID } from '../../practice/site.ts';
import { demoPatients, patientResource } from '../../practice/seed/patients.ts';
import { say } from '../../scripts/lib/process.ts';
import { Browser } from './browser.ts';
import { startHapi } from './hapi.ts';
import { journey, type Journey } from './journeys.ts';
import { startKeycloak } from './keycloak.ts';
import { Provider, tokensOf } from './oidc.ts';
import { alive, freePort, runFolder, type Peer, type Where } from './peer.ts';

const FHIR_BASE = 'http://127.0.0.1:9/fhir';
type Check = (name: string, body: () => Promise<string>) => Promise<void>;
const practitionerId = (person: Person): string => `assigned-${person.practitionerId}`;

/** Each of the two is started twice, looked at, and stopped. */
export async function peers(done: Journey[]): Promise<void> {
  const check: Check = (name, body) => journey(done, 'peers', name, body);
  await twice('hapi', (where) => startHapi(where), checkHapi, check);
  await twice('keycloak', (where) => startKeycloak({ fhirBase: FHIR_BASE, practitionerId, ...where }), checkKeycloak, check);
}

/** Once with all checks; again in the same place, where it must still have what it had. */
async function twice(name: string, start: (where: Where) => Promise<Peer>, body: (peer: Peer, check: Check) => Promise<() => Promise<void>>, check: Check): Promise<void> {
  const where = { port: await freePort(), folder: runFolder(name) };
  let afterRestart = async (): Promise<void> => undefined;
  await withPeer(await start(where), async (peer) => {
    afterRestart = await body(peer, check);
  }, check);
  await withPeer(await start(where), async () => check(`${name} has what it had`, async () => afterRestart().then(() => 'after a restart')), check);
}

async function withPeer(peer: Peer, body: (peer: Peer) => Promise<void>, check: Check): Promise<void> {
  say(`${peer.name} ${peer.version} at ${peer.url}, pid ${peer.pid}, ready after ${peer.seconds} s`);
  try {
    await body(peer);
  } finally {
    await peer.stop();
  }
  await check(`${peer.name} has stopped`, async () => {
    assert.equal(alive(peer.pid), false, 'something of it still runs');
    await assert.rejects(fetch(peer.url), 'its port still answers');
    return `nothing of pid ${peer.pid} is left`;
  });
}

async function checkHapi({ url, version }: Peer, check: Check): Promise<() => Promise<void>> {
  let patientUrl = url;
  await check('HAPI says what it is', async () => {
    const statement = await json(`${url}/metadata`) as { fhirVersion?: string; software?: { version?: string } };
    assert.deepEqual([statement.fhirVersion, statement.software?.version], ['4.0.1', version]);
    return `R4, ${statement.software?.version ?? ''}`;
  });
  await check('a Patient in a transaction comes back', async () => {
    const [patient] = demoPatients();
    assert(patient);
    const { id: _ours, ...resource } = patientResource(patient);
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: { ...resource, managingOrganization: undefined }, request: { method: 'POST', url: 'Patient' } }] };
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/fhir+json' }, body: JSON.stringify(bundle) });
    const { entry } = await answer.json() as { entry?: { response: { status: string; location: string } }[] };
    assert.equal(answer.status, 200);
    const location = /^Patient\/([^/]+)\/_history\/1$/.exec(entry?.[0]?.response.location ?? '');
    assert(location?.[1] !== undefined, `location ${String(entry?.[0]?.response.location)}`);
    const back = await json(`${url}/Patient/${location[1]}`) as { birthDate?: string; name?: unknown };
    assert.deepEqual([back.birthDate, back.name], [resource.birthDate, resource.name]);
    patientUrl = `${url}/Patient/${location[1]}`;
    return `as Patient/${location[1]}`;
  });
  await check('a Binary of 12 MB comes back to the byte', async () => {
    const bytes = randomBytes(12_000_000);
    const answer = await fetch(`${url}/Binary`, { method: 'POST', headers: { 'content-type': 'video/mp4', prefer: 'return=minimal' }, body: bytes });
    await answer.arrayBuffer();
    const location = /^(.+)\/_history\/1$/.exec(answer.headers.get('location') ?? '');
    assert(location?.[1] !== undefined, `${answer.status} without a location`);
    const back = await fetch(location[1], { headers: { accept: 'video/mp4', range: 'bytes=1000-' } });
    assert(bytes.equals(Buffer.from(await back.arrayBuffer())), 'other bytes');
    assert.match(back.headers.get('etag') ?? '', /^W\//);
    return `${back.status}, whatever the Range, a weak ETag`;
  });
  await check('HAPI has no SMART configuration', async () => {
    const { status } = await fetch(`${url}/.well-known/smart-configuration`);
    assert(status >= 400, `it answered ${status}`);
    return String(status);
  });
  await check('HAPI takes no ids of ours', async () => {
    const { status } = await fetch(`${url}/Patient/pat-1`, { method: 'PUT', headers: { 'content-type': 'application/fhir+json' }, body: JSON.stringify({ resourceType: 'Patient', id: 'pat-1' }) });
    assert(status >= 400 && status < 500, `it answered ${status}`);
    return String(status);
  });
  return async () => {
    await json(patientUrl);
  };
}

async function checkKeycloak({ url }: Peer, check: Check): Promise<() => Promise<void>> {
  const known = await json(`${url}/.well-known/openid-configuration`) as { issuer: string; jwks_uri: string; code_challenge_methods_supported: string[] };
  const provider = new Provider(url, FHIR_BASE);
  const refresh = ({ refresh_token: token }: { refresh_token?: string }) => provider.refresh(token);
  const keys = createRemoteJWKSet(new URL(known.jwks_uri));
  await check('Keycloak names itself as the issuer, and S256', async () => {
    assert.equal(known.issuer, url);
    assert(known.code_challenge_methods_supported.includes('S256'));
    return known.issuer;
  });
  for (const person of people) {
    const browser = new Browser();
    await check(`${person.username} signs in`, async () => {
      const asked = [...permittedScopes({ roles: ['clinician', 'manager'] })];
      const tokens = await provider.signIn(browser, person, asked.join(' '));
      const issued = await jwtVerify(tokens.id_token ?? '', keys, { issuer: url, audience: CLIENT_ID });
      const { sub, name, fhirUser, nhsid_useruid: sds } = issued.payload;
      assert.deepEqual({ name, fhirUser, sds }, { name: person.name, fhirUser: `${FHIR_BASE}/Practitioner/${practitionerId(person)}`, sds: person.sdsUserId });
      const access = await jwtVerify(tokens.access_token, keys, { issuer: url, audience: FHIR_BASE });
      assert.deepEqual([access.payload.fhirUser, access.payload.nhsid_useruid, access.payload.sub], [fhirUser, sds, sub]);
      const granted = tokens.scope.split(' ');
      const expected = [...permittedScopes(person), 'offline_access'];
      assert.deepEqual(granted.toSorted(), [...new Set(expected)].toSorted());
      return `${String(fhirUser)}, ${String(sds)}, ${granted.length} of ${asked.length} scopes, ${decodeProtectedHeader(tokens.id_token ?? '').alg ?? ''}; ${browser.pages.map(({ title, fields }) => `${title} (${fields.join(' ')})`).join(' → ')}`;
    });
  }
  await check('a wrong password and a wrong code are refused', async () => {
    const ben = personCalled('ben');
    await assert.rejects(provider.signIn(new Browser(), { ...ben, password: 'not-it' }, 'openid'), /Asked again for username, password/);
    await assert.rejects(provider.signIn(new Browser(), ben, 'openid', { code: () => '000000' }), /Asked again for selectedCredentialId, otp/);
    return 'the form comes back';
  });
  await check('a second authorization in one browser', async () => {
    const browser = new Browser();
    const cara = personCalled('cara');
    await provider.signIn(browser, cara, 'openid fhirUser user/Practitioner.rs');
    await provider.signIn(browser, cara, 'openid fhirUser offline_access user/Task.rs');
    const fields = browser.pages.map(({ fields }) => fields.filter((field) => field === 'password' || field === 'accept').join());
    assert.deepEqual(fields, ['password', 'accept', 'accept']);
    return 'asks for consent alone';
  });
  await check('consent that is not given', async () => {
    await assert.rejects(provider.signIn(new Browser(), personCalled('ada'), 'openid fhirUser', { consent: 'cancel' }), /error=access_denied/);
    return 'access_denied';
  });
  await check('no code without PKCE, none for another address', async () => {
    const without = await fetch(provider.authorization('openid', { code_challenge: undefined }), { redirect: 'manual' });
    assert.equal(new URL(without.headers.get('location') ?? 'about:blank').searchParams.get('error'), 'invalid_request');
    const elsewhere = await fetch(provider.authorization('openid', { redirect_uri: 'http://127.0.0.2:49152/callback' }), { redirect: 'manual' });
    assert.equal(elsewhere.status, 400);
    return 'invalid_request, 400';
  });
  await check('an unknown scope', async () => {
    const answer = await fetch(provider.authorization('openid user/Observation.rs'), { redirect: 'manual' });
    const error = new URL(answer.headers.get('location') ?? 'about:blank').searchParams.get('error');
    assert.equal(error, 'invalid_scope');
    return error;
  });
  await check('a refresh token is good once', async () => {
    const browser = new Browser();
    const first = await provider.signIn(browser, personCalled('ada'), 'openid fhirUser offline_access');
    const second = await refresh(first);
    const renewed = await tokensOf(second);
    assert.notEqual(renewed.refresh_token, first.refresh_token);
    const again = await refresh(first);
    assert.equal(again.status, 400);
    const afterwards = await refresh(renewed);
    return `used again: 400 ${((await again.json()) as { error: string }).error}; the newer one then: ${afterwards.status}; a renewed ID token ${renewed.id_token ? 'comes' : 'does not come'}`;
  });
  await check('a revoked refresh token is over, and so is the browser’s session', async () => {
    const browser = new Browser();
    const signIn = () => provider.signIn(browser, personCalled('ada'), 'openid fhirUser offline_access');
    const tokens = await signIn();
    const revoked = await provider.revoke(tokens.refresh_token);
    assert.equal(revoked.status, 200);
    const after = await refresh(tokens);
    assert.equal(after.status, 400);
    const pages = browser.pages.length;
    await signIn();
    assert(browser.pages.slice(pages).some(({ fields }) => fields.includes('password')), 'the browser is still signed in');
    return `${((await after.json()) as { error: string }).error}; asked for the password again`;
  });
  const kept = await provider.signIn(new Browser(), personCalled('ada'), 'openid fhirUser offline_access');
  return async () => assert.equal((await refresh(kept)).status, 200, 'the offline session is gone');
}

async function json(address: string): Promise<unknown> {
  const answer = await fetch(address, { headers: { accept: 'application/json' } });
  assert.equal(answer.status, 200, `${address} answered ${answer.status}`);
  return answer.json();
}
