/** What each field of the site file means, for docs/site-file.md. A field that is new in the schema and has no meaning here does not compile. */
import type { z } from 'zod';
import type { Site } from '../../src/main/site.ts';

/** A text for each field, and an object of texts where the schema has an object of fields. */
export type Meanings<Schema> = Schema extends z.ZodObject<infer Shape, z.core.$ZodObjectConfig> ? { [Name in keyof Shape]: Meanings<Shape[Name]> } : string;

export const meanings: Meanings<typeof Site> = {
  version: 'of this format',
  practice: {
    name: 'shown on the screens, and on what is printed',
    odsCode: 'a recording must have an Organization with this ODS code as custodian',
  },
  fhirBase: 'FHIR R4 base of the practice’s server. Plain `http` is taken on this computer’s loopback only; a fragment or user name is refused too',
  issuer: 'the practice’s OpenID provider, exactly as it calls itself; same rules as `fhirBase`',
  clientId: 'public client that is registered with the provider ([backend.md](backend.md#sign-in))',
  userIdClaim: 'ID token claim with the SDS user id',
  roles: {
    clinician: 'which PractitionerRole codes count as clinicians',
    manager: 'which count as managers; may be `[]`',
  },
  secondReaders: 'SDS user ids of the second readers (the Caldicott Guardian), who see what the managers looked at, exported and did, and change nothing. Each needs any active PractitionerRole here, whatever its code, and is offered the role at sign-in. Name somebody who is no manager: whoever is both reads their own actions, marked as such',
  assurance: '`signed`; or `unsigned-permitted`, for a practice whose recorder cannot sign. The list then marks every recording, and a review one without a manifest',
  recoveryKey: 'of the practice: [below](#keys). What is not sent yet is sealed to it, and so is what opens the access record of a computer whose keychain is lost; `npm run recover` opens both with the private half, which stays with the practice',
  manifestKeys: 'of the recorders. At least one, here or in `keyFiles`, when `assurance` is `signed`',
  transcriberKeys: 'of the transcribers; may be `[]`',
  assignmentKeys: 'of those who assign peer reviews; may be `[]`',
  keyFiles: 'more keys, each set in a file elsewhere: [below](#keys)',
  purposes: 'PurposeOfUse code → the Consent purpose that it needs, or `null` where none is needed. Other purposes are withheld',
  offline: { leaseHours: 'how long the app may be used without the practice. It is also the longest time that a withdrawal or a stop may take to reach a computer' },
  sharedLogin: '`true` where clinicians share an OS login: a passphrase instead of a PIN',
  secret: { pinMinLength: 'digits of a PIN', passphraseMinLength: 'characters of a passphrase' },
  idleLockMinutes: 'without activity, until the app locks. Watching with the window in front is activity. A warning comes 60 seconds before, or half way where the time is shorter than two minutes',
  sensitiveLabels: 'labels in a recording’s `securityLabel` that make it sensitive, besides confidentiality `V`; `kind` is `intimate`, `child` or `safeguarding`. Sensitive recordings are marked and never downloaded by themselves',
  sensitiveIdleLockMinutes: 'the same while a sensitive recording is open. Where it is longer than `idleLockMinutes`, that counts',
  completedVisibleDays: 'how long a completed review stays open',
  captureToleranceMinutes: 'how far capture may lie outside the encounter',
  largestRecordingBytes: 'larger recordings are withheld',
  diskBudgetBytes: 'how much all copies of one clinician on one computer may take. Beyond it nothing is downloaded until the clinician removes copies ([downloads.md](downloads.md#room))',
  updates: { by: 'who brings new versions: the practice’s IT, or a feed ([updates.md](updates.md))', feed: 'address of the feed’s folder; needed when `by` is `feed`' },
  support: { name: 'whom the screens tell people to ask', contact: 'and how: an address or number, as it is to be shown' },
};
