import { demoKeys, type PublicJwk } from './keys.ts';
import { people } from './people.ts';
import { JOB_ROLE, SENSITIVITY } from './systems.ts';

export const CLIENT_ID = 'viewing-room-desktop';
export const ODS = 'Z99999';
export const ROLE_CODES = {
  clinician: { code: 'R8000', display: 'Clinical Practitioner Access Role' },
  manager: { code: 'R8006', display: 'Admin/Clinical Support Access Role' },
  guardian: { code: 'R8003', display: 'Health Professional Access Role' },
} as const;

export type SiteFile = ReturnType<typeof siteFile>;

/** What the practice's IT would place on each computer. It holds no secrets: only public keys. */
export function siteFile(url: string) {
  const keys = (...used: { publicJwk: PublicJwk }[]): PublicJwk[] => used.map(({ publicJwk }) => publicJwk);
  return {
    version: 1,
    practice: { name: 'Demo Surgery', odsCode: ODS },
    fhirBase: `${url}/fhir`,
    issuer: `${url}/oidc`,
    clientId: CLIENT_ID,
    userIdClaim: 'nhsid_useruid',
    roles: {
      clinician: [{ system: JOB_ROLE, code: ROLE_CODES.clinician.code }],
      manager: [{ system: JOB_ROLE, code: ROLE_CODES.manager.code }],
    },
    secondReaders: people.filter(({ roles }) => roles.includes('guardian')).map(({ sdsUserId }) => sdsUserId),
    assurance: 'signed',
    manifestKeys: [
      ...keys(demoKeys.manifest, demoKeys.manifestES256), { ...demoKeys.revoked.publicJwk, revoked: true },
      { ...demoKeys.retired.publicJwk, notAfter: '2020-12-31T23:59:59Z' },
    ],
    transcriberKeys: keys(demoKeys.transcriber),
    assignmentKeys: keys(demoKeys.assignment),
    recoveryKey: demoKeys.recovery.publicJwk,
    purposes: { TREAT: { consent: null }, HQUALIMP: { consent: 'HQUALIMP' }, TRAIN: { consent: 'TRAIN' } },
    offline: { leaseHours: 72 },
    sharedLogin: false,
    secret: { pinMinLength: 6, passphraseMinLength: 12 },
    idleLockMinutes: 10,
    sensitiveLabels: (['intimate', 'child', 'safeguarding'] as const).map((kind) => ({ system: SENSITIVITY, code: kind, kind })),
    sensitiveIdleLockMinutes: 2,
    completedVisibleDays: 7,
    captureToleranceMinutes: 10,
    largestRecordingBytes: 8_589_934_592,
    diskBudgetBytes: 21_474_836_480,
    updates: { by: 'it' },
    support: { name: 'Demo Surgery IT', contact: '01632 960 123, it@demo-surgery.example' },
  };
}
