/** A site file for tests: an invented practice at addresses that answer nobody. */
import { parseSite, type Site } from './site.ts';

export const JOB_ROLE = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName';

/** A key in the form of a site file; it belongs to nobody. */
const unused = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid: 'unused', x: Buffer.alloc(32, 1).toString('base64url') };

export const siteFile = {
  version: 1,
  practice: { name: 'Test Surgery', odsCode: 'Z12345' },
  fhirBase: 'https://practice.example/fhir',
  issuer: 'https://practice.example/oidc',
  clientId: 'viewing-room',
  userIdClaim: 'nhsid_useruid',
  roles: { clinician: [{ system: JOB_ROLE, code: 'R8000' }], manager: [{ system: JOB_ROLE, code: 'R8006' }] },
  assurance: 'signed',
  manifestKeys: [unused], transcriberKeys: [unused], assignmentKeys: [unused],
  purposes: { TREAT: { consent: null }, HQUALIMP: { consent: 'HQUALIMP' }, TRAIN: { consent: 'TRAIN' } },
  offline: { leaseHours: 72 },
  sharedLogin: false,
  secret: { pinMinLength: 6, passphraseMinLength: 12 },
  idleLockMinutes: 10,
  completedVisibleDays: 7,
  captureToleranceMinutes: 10,
  largestRecordingBytes: 1_000_000_000,
  diskBudgetBytes: 2_000_000_000,
  updates: { by: 'it' },
  support: { name: 'Test Surgery IT', contact: 'it@practice.example' },
};

export function testSite(change: Record<string, unknown> = {}): Site {
  return parseSite(JSON.stringify({ ...siteFile, ...change }));
}
