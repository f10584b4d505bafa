/**
 * One consultation that is in order in every respect, for tests that change one thing about it. Invented people; keys are made
 * anew for each test file.
 */
import { createHash } from 'node:crypto';
import { exportJWK, FlattenedSign, generateKeyPair, type CryptoKey } from 'jose';
import type { Consent, DocumentReference, Encounter, Organization, Patient, Practitioner, Task } from '../fhir/resources.ts';
import { offer, type Evidence, type SignedStatement } from '../service/offered.ts';
import type { Site, TrustedKey } from '../site.ts';
import { testSite } from '../site.fixture.ts';
import type { Reviewer } from './admit.ts';
import { assess, type Assessment } from './assess.ts';
import type { SeenManifest } from './manifest.ts';
import type { Sighting } from './sighting.ts';
import type { Assignment, Manifest, TranscriptStatement } from './statements.ts';

export const NOW = Date.parse('2026-11-20T12:00:00Z');
export const URN = 'urn:uuid:0f5f0c4e-53a3-4d7a-9c38-6a1e1d6b7f01';
export const OTHER_URN = 'urn:uuid:0f5f0c4e-53a3-4d7a-9c38-6a1e1d6b7f02';
export const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
export const LOCAL = 'https://practice.example/Id/patient';
const SDS = 'https://fhir.nhs.uk/Id/sds-user-id';
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
export const digest = (letter: string): string => letter.repeat(43);

export interface Signer {
  trusted: TrustedKey;
  private: CryptoKey;
}

export async function newSigner(kid: string, alg: 'EdDSA' | 'ES256' = 'EdDSA'): Promise<Signer> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const { kty, crv, x, y } = await exportJWK(pair.publicKey);
  return { private: pair.privateKey, trusted: { kty, crv, x, ...(y === undefined ? {} : { y }), kid, alg } as TrustedKey };
}

/** Signs exact bytes, detached. `header` is added to alg and kid. */
export async function signed(statement: unknown, by: Signer, header: Record<string, unknown> = {}): Promise<SignedStatement> {
  const bytes = Buffer.from(typeof statement === 'string' ? statement : JSON.stringify(statement));
  const jws = await new FlattenedSign(bytes).setProtectedHeader({ alg: by.trusted.alg, kid: by.trusted.kid, ...header }).sign(by.private);
  return { bytes: bytes.toString('base64'), jws: `${jws.protected ?? ''}..${jws.signature}` };
}

export interface Signers {
  recorder: Signer;
  recorderES256: Signer;
  transcriber: Signer;
  manager: Signer;
  stranger: Signer;
}

export async function newSigners(): Promise<Signers> {
  const [recorder, recorderES256, transcriber, manager, stranger] = await Promise.all([
    newSigner('recorder'), newSigner('recorder-es256', 'ES256'), newSigner('transcriber'), newSigner('manager'), newSigner('stranger')]);
  return { recorder, recorderES256, transcriber, manager, stranger };
}

const person = { identifiers: [{ system: NHS, value: '9990000018' }], birthDate: '1980-02-03', family: 'Testperson' };

/** Everything of one recording, as plain objects that a test may change before {@link Scene.assess}. */
export class Scene {
  readonly signers: Signers;
  site: Site;
  reviewer: Reviewer = { sds: '555000000001', owners: ['Practitioner/gp-1', 'PractitionerRole/role-1'] };
  now = NOW;
  /** The newest manifest of this recording that was seen before. */
  seen: SeenManifest | null = null;
  /** What other assignments here claim. */
  rivals: Sighting[] = [];
  /** Keys of what is stopped. */
  stops = new Set<string>();
  wrong: number | null = null;
  /** What the recorder signs; replaced as a whole by {@link manifests} when a test sets that. */
  manifest: Manifest = {
    version: 1, recording: URN, revision: 3, issuedAt: '2026-11-10T09:20:00Z', encounter: { system: 'https://practice.example/Id/consultation', value: 'c-1' },
    patient: structuredClone(person), clinicians: ['555000000001'],
    joined: [{ role: 'clinician', id: '555000000001', at: '2026-11-10T09:02:00Z' }, { role: 'patient', at: '2026-11-10T09:02:30Z' }],
    startedAt: '2026-11-10T09:03:00Z', endedAt: '2026-11-10T09:11:00Z', media: { contentType: 'video/mp4', size: 5000, sha256: digest('M') },
  };
  assignment: Assignment = {
    version: 1, task: 'task-1', recording: URN, patient: structuredClone(person), owner: '555000000002', purpose: 'HQUALIMP',
    period: { start: '2026-11-15T00:00:00Z', end: '2026-12-15T00:00:00Z' }, issuedAt: '2026-11-15T08:00:00Z', assigner: '555000000009',
  };
  transcriptStatement: TranscriptStatement = { version: 1, recording: URN, mediaSha256: digest('M'), transcriptSha256: digest('T'), language: 'en-GB', issuedAt: '2026-11-10T10:00:00Z' };
  manifests: SignedStatement[] | null = null;
  assignments: SignedStatement[] = [];
  transcripts: SignedStatement[] | null = null;

  task: Task = {
    resourceType: 'Task', id: 'task-1', status: 'requested', intent: 'order', description: 'Video consultation',
    code: { coding: [{ system: 'https://viewing-room.example/fhir/CodeSystem/task-type', code: 'review-recording' }] },
    focus: { reference: 'DocumentReference/rec-1' }, for: { reference: 'Patient/pat-1' }, encounter: { reference: 'Encounter/enc-1' }, owner: { reference: 'Practitioner/gp-1' },
    reasonCode: { coding: [{ system: ACT_REASON, code: 'HQUALIMP' }] }, lastModified: '2026-11-15T08:00:00Z',
    restriction: { period: { start: '2026-11-15', end: '2026-12-15T18:00:00Z' } },
    input: [{ type: { coding: [{ system: 'https://viewing-room.example/fhir/CodeSystem/task-input', code: 'offline-permitted' }] }, valueBoolean: true }],
  };
  recording: DocumentReference | null = {
    resourceType: 'DocumentReference', id: 'rec-1', masterIdentifier: { system: 'urn:ietf:rfc:3986', value: URN }, status: 'current', subject: { reference: 'Patient/pat-1' },
    author: [{ reference: 'Practitioner/gp-1' }], custodian: { reference: 'Organization/org-1' },
    content: [{ attachment: { contentType: 'video/mp4', url: 'Binary/media-1', size: 5000 } }],
    context: { encounter: [{ reference: 'Encounter/enc-1' }], period: { start: '2026-11-10T09:03:00Z', end: '2026-11-10T09:11:00Z' }, related: [{ reference: 'Consent/con-1' }] },
  };
  replaced = false;
  encounter: Encounter | null = {
    resourceType: 'Encounter', id: 'enc-1', status: 'finished', subject: { reference: 'Patient/pat-1' }, identifier: [{ system: 'https://practice.example/Id/consultation', value: 'c-1' }],
    period: { start: '2026-11-10T09:00:00Z', end: '2026-11-10T09:12:00Z' },
  };
  patients: Patient[] = [{
    resourceType: 'Patient', id: 'pat-1', identifier: [{ system: NHS, value: '999 000 0018' }, { system: LOCAL, value: '17' }],
    name: [{ use: 'official', family: 'Testperson', given: ['Tess'] }], birthDate: '1980-02-03',
  }];
  consents: Consent[] = [consent()];
  custodian: Organization | null = { resourceType: 'Organization', id: 'org-1', identifier: [{ system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'Z12345' }] };
  authors: Practitioner[] = [{ resourceType: 'Practitioner', id: 'gp-1', identifier: [{ system: SDS, value: '555000000001' }], name: [{ text: 'Dr Grace Tester' }] }];
  transcript: DocumentReference | null = {
    resourceType: 'DocumentReference', id: 'tra-1', status: 'current', content: [{ attachment: { contentType: 'text/vtt', url: 'Binary/vtt-1' } }],
    relatesTo: [{ code: 'transforms', target: { reference: 'DocumentReference/rec-1' } }],
  };

  constructor(signers: Signers) {
    this.signers = signers;
    this.site = testSite({
      manifestKeys: [signers.recorder.trusted, signers.recorderES256.trusted], transcriberKeys: [signers.transcriber.trusted], assignmentKeys: [signers.manager.trusted],
    });
  }

  /** The call was another clinician's. */
  heldBy(sds: string): void {
    this.manifest.clinicians = [sds];
    this.manifest.joined[0]!.id = sds;
  }

  /** The same recording for a colleague who was not there, with a signed assignment. */
  async asPeer(): Promise<this> {
    this.reviewer = { sds: '555000000002', owners: ['Practitioner/gp-2'] };
    this.task.owner = { reference: 'Practitioner/gp-2' };
    this.assignments = [await signed(this.assignment, this.signers.manager)];
    return this;
  }

  async evidence(): Promise<Evidence> {
    const { recorder, transcriber } = this.signers;
    return {
      fhirBase: this.site.fhirBase, task: this.task, recording: this.recording, replaced: this.replaced, encounter: this.encounter, patients: this.patients, consents: this.consents,
      custodian: this.custodian, authors: this.authors, manifests: this.manifests ?? [await signed(this.manifest, recorder)], assignments: this.assignments,
      transcript: this.transcript && { document: this.transcript, statements: this.transcripts ?? [await signed(this.transcriptStatement, transcriber)] },
    };
  }

  async assess(): Promise<Assessment> {
    const { reviewer, site, now } = this;
    return assess(offer(await this.evidence()), {
      reviewer, site, now, seen: (urn) => (urn === URN ? this.seen : null), rivals: () => this.rivals, stopped: (key) => this.stops.has(key), wrongRevision: (urn) => (urn === URN ? this.wrong : null),
    });
  }

  /** Reason codes, or `assured`. */
  async outcome(): Promise<string[] | 'assured'> {
    const decision = await this.assess();
    return decision.ok ? 'assured' : decision.reasons;
  }
}

export const sha256 = ({ bytes }: SignedStatement): string => createHash('sha256').update(Buffer.from(bytes, 'base64')).digest('base64url');

export function consent(provision: Partial<NonNullable<Consent['provision']>> = {}, more: Partial<Consent> = {}): Consent {
  return {
    resourceType: 'Consent', id: 'con-1', status: 'active', patient: { reference: 'Patient/pat-1' }, ...more,
    provision: {
      type: 'permit', period: { start: '2026-11-10T09:00:00Z', end: '2027-11-10T09:00:00Z' }, purpose: [{ system: ACT_REASON, code: 'HQUALIMP' }],
      data: [{ meaning: 'instance', reference: { reference: 'DocumentReference/rec-1' } }], ...provision,
    },
  };
}
