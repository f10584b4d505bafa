/** Every line of the site check: what is looked for, what to do where it is not there, and where more is said. For whoever looks after a practice's systems. */
import type { Group, Mark, SiteCheckLine } from '../../preload/siteCheck.ts';
import { plainLine } from '../platform/plainLine.ts';
import { asked } from './asked.ts';

interface Entry {
  group: Group;
  looked: string;
  fix: string;
  see: string;
}

const SIGN_IN = 'docs/backend.md#sign-in';
const REQUESTS = 'docs/backend.md#requests';
const RESOURCES = 'docs/backend.md#resources';
const RECORDS = 'docs/backend.md#access-records';
const SITE_FILE = 'docs/site-file.md';

const entry = (group: Group, see: string, looked: string, fix: string): Entry => ({ group, looked, fix, see });
const resources = asked.map(({ type }) => [resourceId(type), entry('fhir', REQUESTS, `${type}: interactions and searches`,
  `Switch them on for ${type} in the FHIR server, and have its CapabilityStatement say so. If the server offers them and does not say so, sign in with --sign-in: that tries them.`)] as const);

/** "DocumentReference" → "fhir.document-reference" */
export function resourceId(type: string): string {
  return `fhir.${type.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}`;
}

/** By id, in the order in which they are shown. */
export const entries: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ['site.file', entry('site', SITE_FILE, 'a site file without a mistake', 'Put the site file right, or in its place, and run the check again.')],
  ['site.keys', entry('site', SITE_FILE, 'a manifest key that is good today', 'Add the public key of the system that records the calls to manifestKeys, without a notAfter that is over.')],
  ['site.key-files', entry('site', SITE_FILE, 'the key files, with the SHA-256 that the site file names', 'Put exactly the named file at its address, or correct url and sha256 in keyFiles. The SHA-256 is of the file’s bytes, in base64url.')],

  ['network.issuer', entry('network', SIGN_IN, 'an answer of the identity provider', 'See that this computer reaches the address of issuer, with the system’s proxy and certificates.')],
  ['network.fhir', entry('network', REQUESTS, 'an answer of the FHIR server', 'See that this computer reaches the address of fhirBase, with the system’s proxy and certificates.')],
  ['network.clock', entry('network', SIGN_IN, 'one time on this computer and on the servers', 'Set the clock of this computer by the network, or that of the servers. Periods of assignments and leases are judged by this computer’s clock.')],
  ['network.updates', entry('network', SITE_FILE, 'an answer of the address that updates come from', 'See that this computer reaches the address of updates.feed, or set updates.by to "it".')],

  ['sign-in.provider', entry('sign-in', SIGN_IN, 'OpenID Provider metadata at <issuer>/.well-known/openid-configuration', 'Correct issuer in the site file, or have the provider publish its metadata there, with issuer and jwks_uri.')],
  ['sign-in.smart', entry('sign-in', SIGN_IN, 'SMART configuration at <fhirBase>/.well-known/smart-configuration', 'Have the FHIR server, or the gateway before it, publish SMART configuration with authorization_endpoint and token_endpoint, open to all.')],
  ['sign-in.issuer', entry('sign-in', SIGN_IN, 'the issuer of the site file in both documents', 'Open <issuer>/.well-known/openid-configuration in a browser and copy its issuer into the site file, to the letter. The SMART configuration names the same one or none.')],
  ['sign-in.endpoints', entry('sign-in', SIGN_IN, 'endpoints under https', 'Publish authorization_endpoint, token_endpoint, revocation_endpoint and jwks_uri as https addresses.')],
  ['sign-in.code-flow', entry('sign-in', SIGN_IN, 'the authorization code flow', 'Allow response_type "code" and grant_type "authorization_code" for the client of the site file, as a public client with loopback redirects.')],
  ['sign-in.pkce', entry('sign-in', SIGN_IN, 'PKCE with S256', 'Switch PKCE with S256 on, and name it in code_challenge_methods_supported.')],
  ['sign-in.keys', entry('sign-in', SIGN_IN, 'keys that ID tokens can be checked with', 'Have jwks_uri answer a JWK Set with the signing key, and sign ID tokens with RS256, PS256, ES256 or EdDSA.')],
  ['sign-in.refresh', entry('sign-in', SIGN_IN, 'refresh tokens (offline_access)', 'Allow offline_access and refresh tokens for this client. Without them people sign in again whenever a token ends.')],
  ['sign-in.revocation', entry('sign-in', SIGN_IN, 'a revocation endpoint', 'Publish revocation_endpoint (RFC 7009). Without it a token is good until it ends, after sign-out too.')],

  ['scopes.identity', entry('scopes', SIGN_IN, 'the scopes that say who signs in', 'Offer openid, fhirUser, profile, user/Practitioner.rs, user/PractitionerRole.rs and user/Organization.rs, and list them in scopes_supported.')],
  ['scopes.clinician', entry('scopes', SIGN_IN, 'the scopes of a clinician', 'Offer these scopes to clinicians, and list them in scopes_supported of the SMART configuration: what it does not list is not asked for.')],
  ['scopes.manager', entry('scopes', SIGN_IN, 'the scopes of a manager', 'Offer these scopes to managers, and list them in scopes_supported of the SMART configuration.')],
  ['scopes.second-reader', entry('scopes', SIGN_IN, 'the scopes of a second reader', 'Offer these scopes to the people of secondReaders, and list them in scopes_supported of the SMART configuration.')],

  ['fhir.metadata', entry('fhir', REQUESTS, 'a CapabilityStatement at <fhirBase>/metadata', 'Let everyone read metadata. The app works without it, question by question; without it the lines below cannot be tried before somebody signs in.')],
  ['fhir.version', entry('fhir', REQUESTS, 'FHIR R4', 'Name the base of an R4 server (4.0.1) in fhirBase.')],
  ...resources,
  ['fhir.conditional-create', entry('fhir', REQUESTS, 'creation on a condition (If-None-Exist)', 'Switch conditional creation on for these types. Without it one thing that is sent twice is there twice.')],
  ['fhir.versioned-update', entry('fhir', 'docs/backend.md#what-a-clinician-writes', 'changes held against a version (If-Match)', 'Switch versions on, and hold If-Match against them (versioning "versioned-update"). Without it one person overwrites another.')],
  ['fhir.batch', entry('fhir', REQUESTS, 'many reads in one request (batch)', 'Switch batch on, and name it in rest.interaction of the CapabilityStatement. Without it each read is a request of its own: a sync costs more of them, and comes to the same.')],

  ['person.sign-in', entry('person', SIGN_IN, 'a sign-in through the browser', 'Look at the client of the site file in the provider: public, PKCE, redirect http://127.0.0.1 with any port and the path /callback.')],
  ['person.claims', entry('person', SIGN_IN, 'the claims of the ID token', 'Have the provider put these claims into the ID token, or name another in userIdClaim. fhirUser is Practitioner/<id>, relative or under fhirBase.')],
  ['person.practitioner', entry('person', SIGN_IN, 'a Practitioner with the SDS user id of the ID token', 'Give the Practitioner that fhirUser names an identifier https://fhir.nhs.uk/Id/sds-user-id with this person’s number, and see that it is active and that this person may read it.')],
  ['person.role', entry('person', SITE_FILE, 'a PractitionerRole that the site file maps to a role', 'Add the code of this person’s PractitionerRole to roles in the site file, or make the PractitionerRole active, current and theirs.')],
  ['person.scopes', entry('person', SIGN_IN, 'the scopes that were granted', 'Grant this person these scopes in the provider.')],
  ['person.refresh', entry('person', SIGN_IN, 'a renewal of the tokens', 'Allow offline_access and the refresh_token grant for this client and this person.')],
  ['person.revocation', entry('person', SIGN_IN, 'revocation of the tokens at the end', 'Have revocation_endpoint take tokens of this public client.')],

  ['record.create', entry('record', RECORDS, 'an entry into the access record', 'Let this person create AuditEvents, and keep each entity with its details as it was sent. Where it is refused nothing can be recorded.')],
  ['record.once', entry('record', RECORDS, 'one entry where it is sent twice', 'Have POST AuditEvent heed If-None-Exist: entity-name=<uuid>, and answer the entry that is there.')],
  ['record.read', entry('record', REQUESTS, 'the access record, read by a manager', 'Let managers and second readers search AuditEvents, sorted by _lastUpdated.')],

  ['worklist.search', entry('worklist', REQUESTS, 'this person’s assignments, and nobody else’s', 'Have Task?owner= answer with the Tasks of this Practitioner and PractitionerRole alone.')],
  ['worklist.changes', entry('worklist', REQUESTS, 'what has changed (_lastUpdated)', 'Support _lastUpdated=gt… with _sort=_lastUpdated on Task, and give each Task meta.lastUpdated. Without it all is listed every day.')],
  ['worklist.pages', entry('worklist', REQUESTS, 'all pages of an answer', 'See that next links stay under fhirBase (behind a gateway: X-Forwarded-Host and X-Forwarded-Proto) and that the pages together have everything.')],

  ['evidence.recording', entry('evidence', RESOURCES, 'the recording of an assignment', 'Give the DocumentReference a urn:uuid masterIdentifier and exactly one video or audio attachment with contentType, size and a Binary, and let this person read it.')],
  ['evidence.encounter', entry('evidence', RESOURCES, 'its Encounter', 'Let this person read the Encounter that Task and recording name.')],
  ['evidence.patient', entry('evidence', RESOURCES, 'its Patient', 'Let this person read the Patient that Task, recording, Encounter and Consents name.')],
  ['evidence.organisation', entry('evidence', RESOURCES, 'its custodian, with the ODS code of the site file', 'Name the practice’s Organization as custodian of the recording, with its ODS code as identifier https://fhir.nhs.uk/Id/ods-organization-code.')],
  ['evidence.consent', entry('evidence', RESOURCES, 'the consent that its purpose needs', 'Name the Consent in context.related of the recording, active, for this recording and purpose, with a period that holds now; or look at purposes in the site file.')],
  ['evidence.manifest', entry('evidence', 'docs/backend.md#signed-statements', 'a manifest that a key of the site file signed', 'Have the system that records the calls sign a manifest, and put its public key into manifestKeys. npm run manifest -- verify says what is wrong with one.')],
  ['evidence.decision', entry('evidence', 'docs/assurance.md#the-checks', 'the app’s own decision', 'Put right what the reasons name. Each is explained in the document.')],

  ['media.range', entry('media', REQUESTS, 'the last bytes of a recording (Range)', 'Answer Range: bytes=<n>- of a Binary with 206 and Content-Range. Without it a download that breaks off begins anew.')],
  ['media.version', entry('media', REQUESTS, 'a strong ETag, and If-Range', 'Give each Binary a strong ETag, and heed If-Range. Without it the rest of a download may be of another version, which is noticed only at its end.')],

  ['stops.list', entry('stops', 'docs/backend.md#stop-list', 'the stop list', 'Let everyone search List?code=<VR>/CodeSystem/list|stop-list, and keep only entries that can be read.')],

  ['reviews.forms', entry('reviews', 'docs/backend.md#forms-of-the-practice', 'the practice’s forms', 'Let clinicians search Questionnaire?status=active. Without it there are notes and messages, and no forms.')],
  ['reviews.read', entry('reviews', 'docs/backend.md#what-a-clinician-writes', 'reviews and messages', 'Let clinicians search QuestionnaireResponse by subject, and Communication by sender and recipient.')],

  ['console.assignments', entry('console', REQUESTS, 'the practice’s assignments', 'Let managers and second readers search Task?code=<VR>/CodeSystem/task-type|review-recording.')],
  ['console.lists', entry('console', 'docs/backend.md#what-a-manager-writes', 'the lists of computers and of stops to be lifted', 'Let managers and second readers search List by code, and keep only entries that can be read.')],
]);

/** So many of a server's codes are shown. */
const FEW = 10;
const isCode = (name: string): boolean => /^[\w.:/#|+-]{1,120}$/.test(name) && !/\d{10}/.test(name);

/** What a server calls its things, as far as these are codes: whatever it says comes to a terminal and into a ticket. Ten digits may be somebody's NHS number. */
export function called(names: readonly string[]): string {
  const codes = names.filter(isCode).slice(0, FEW);
  if (codes.length === 0) return names.length === 0 ? 'nothing' : 'something that is no code';
  return codes.join(', ') + (names.length > codes.length ? ` and ${names.length - codes.length} more` : '');
}

export type Outcome = Pick<SiteCheckLine, 'mark' | 'found'> & { fix?: string };

/** @param fix in place of the entry's own */
export function line(id: string, { mark, found, fix }: Outcome): SiteCheckLine {
  const known = entries.get(id);
  if (!known) throw new Error(`no line ${id}`);
  const toDo = mark === 'missing' || mark === 'warning';
  // In `found` is what others wrote: a field of a site file can be called anything.
  return { id, group: known.group, mark, looked: known.looked, found: plainLine(found), fix: toDo ? fix ?? known.fix : null, see: known.see };
}

const outcome = (mark: Mark) => (found: string, fix?: string): Outcome => ({ mark, found, ...(fix === undefined ? {} : { fix }) });
export const ok = outcome('ok');
export const missing = outcome('missing');
export const warning = outcome('warning');
export const notTried = outcome('not-tried');

/** All lines in their order: those that were found, and the rest as not tried. @param why nothing is known of them */
export function inOrder(found: readonly SiteCheckLine[], why: (id: string, group: Group, found: ReadonlyMap<string, SiteCheckLine>) => string): SiteCheckLine[] {
  const byId = new Map(found.map((one) => [one.id, one]));
  return [...entries].map(([id, { group }]) => byId.get(id) ?? line(id, notTried(why(id, group, byId))));
}
