import { expect, it } from 'vitest';
import { testSite } from '../site.fixture.ts';
import { discover } from './discovery.ts';

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
  expect((await found({}, {})).configuration.serverMetadata()).toMatchObject({ token_endpoint: `${ISSUER}/token` });
});

it.each([[{ token_endpoint: 'http://practice.example/token' }, {}], [{}, { token_endpoint: 'http://practice.example/token' }], [{}, { issuer: 'https://elsewhere.example' }], [{ issuer: 'https://elsewhere.example' }, {}]])(
  'refuses %j of the FHIR server and %j of the issuer', async (smart, provider) => {
    await expect(found(smart as Record<string, string>, provider as Record<string, string>)).rejects.toMatchObject({ code: 'practice-unsupported' });
  });

it.each([[404, 'practice-unsupported'], [500, 'practice-unsupported'], [502, 'practice-unreachable'], [503, 'practice-unreachable'], [504, 'practice-unreachable']])('an answer of %i is %s', async (status, code) => {
  await expect(discover(site, async () => new Response(null, { status }))).rejects.toMatchObject({ code });
});
