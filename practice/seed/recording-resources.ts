import type { WithId } from '@medplum/core';
import type { Attachment, Consent, DocumentReference, Encounter, Provenance, Resource, Task } from '@medplum/fhirtypes';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { inMemory, type Content } from '../fhir/binaries.ts';
import { instant, plusMinutes, plusSeconds } from '../days.ts';
import { demoKeys, type DemoKey } from '../keys.ts';
import { detachedJws } from '../signing.ts';
import { statementBytes, type AssignmentStatement, type Manifest, type TranscriptStatement } from '../statements.ts';
import { ACT_CODE, ACT_REASON, CONFIDENTIALITY, DURATION_EXTENSION, ENCOUNTER_ID, SENSITIVITY, SHA256_EXTENSION, VR } from '../systems.ts';
import { stated } from './patients.ts';
import type { Media, RecordingSpec, TaskSpec } from './recording-spec.ts';
import { roleId } from './staff.ts';

export type Resources = { resources: { resource: WithId<Resource>; lastUpdated: string }[]; binaries: Map<string, Content>; manifest: Manifest };

/** Everything that a recording consists of at the practice, signed. */
export function recordingResources(spec: RecordingSpec): Resources {
  const binaries = new Map<string, Content>([[mediaId(spec.key), spec.media]]);
  const issuedAt = instant(plusMinutes(plusSeconds(spec.startedAt, spec.seconds), 1));
  const made: Resources['resources'] = [];
  const add = (resource: WithId<Resource>, lastUpdated = issuedAt): void => void made.push({ resource, lastUpdated });
  const addStatement = (id: string, bytes: Buffer, provenance: WithId<Provenance>): void => {
    binaries.set(id, inMemory(bytes, 'application/json'));
    add(provenance, provenance.recorded);
  };

  add(encounter(spec));
  add(consent(spec), instant(spec.encounterStart));
  add(recording(spec, issuedAt));
  const manifest = manifestOf(spec, issuedAt);
  const manifestBytes = statementBytes(manifest);
  addStatement(`manifest-${spec.key}`, manifestBytes, manifestProvenance(spec.key, manifestBytes, issuedAt, spec.transcript !== undefined));
  if (spec.transcript !== undefined) {
    const vtt = Buffer.from(spec.transcript);
    binaries.set(`vtt-${spec.key}`, inMemory(vtt, 'text/vtt'));
    add(transcript(spec, vtt, issuedAt));
    const statement: TranscriptStatement = {
      version: 1, recording: spec.masterIdentifier, mediaSha256: manifest.media.sha256, transcriptSha256: digest(vtt, 'sha256', 'base64url'), language: 'en-GB', issuedAt,
    };
    const bytes = statementBytes(statement);
    const targets = [`DocumentReference/tr-${spec.key}`];
    addStatement(`statement-${spec.key}`, bytes, signedProvenance(`prov-tr-${spec.key}`, targets, `Binary/statement-${spec.key}`, bytes, demoKeys.transcriber, 'consult-transcript+jws', issuedAt, 'Organization/org-1'));
  }
  for (const task of spec.tasks) {
    add(taskResource(spec, task), instant(task.lastModified));
    if (task.owner.practitionerId === spec.clinician.practitionerId) continue;
    const { bytes, provenance } = signedAssignment(spec, task);
    addStatement(`assignment-${task.id}`, bytes, provenance);
  }
  return { resources: made, binaries, manifest };
}

export const mediaId = (key: string): string => `media-${key}`;

export function manifestProvenance(key: string, bytes: Buffer, signedAt: string, withTranscript: boolean, signer: DemoKey = demoKeys.manifest): WithId<Provenance> {
  const targets = [`DocumentReference/rec-${key}`, ...(withTranscript ? [`DocumentReference/tr-${key}`] : [])];
  return signedProvenance(`prov-${key}`, targets, `Binary/manifest-${key}`, bytes, signer, 'consult-manifest+jws', signedAt, 'Organization/org-1');
}

/** @param taskId what the server that holds the Task calls it: the statement names it, so it is signed once the Task is there */
export function signedAssignment(spec: RecordingSpec, task: TaskSpec, taskId = task.id): { bytes: Buffer; provenance: WithId<Provenance> } {
  const signedAt = instant(task.authoredOn);
  const bytes = statementBytes({ ...assignmentOf(spec, task, signedAt), task: taskId });
  const who = `PractitionerRole/${roleId(task.assigner, 'manager')}`;
  return { bytes, provenance: signedProvenance(`prov-${task.id}`, [`Task/${task.id}`], `Binary/assignment-${task.id}`, bytes, demoKeys.assignment, 'consult-assignment+jws', signedAt, who) };
}

function signedProvenance(id: string, targets: string[], binary: string, bytes: Buffer, key: DemoKey, type: string, signedAt: string, who: string): WithId<Provenance> {
  return {
    resourceType: 'Provenance',
    id,
    target: targets.map((reference) => ({ reference })),
    recorded: signedAt,
    agent: [{ who: { reference: who } }],
    entity: [{ role: 'source', what: { reference: binary } }],
    signature: [
      {
        type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.14', display: 'Source Signature' }],
        when: signedAt,
        who: { reference: who },
        targetFormat: 'application/json',
        sigFormat: 'application/jose',
        data: Buffer.from(detachedJws(bytes, key, type, signedAt)).toString('base64'),
      },
    ],
  };
}

function manifestOf(spec: RecordingSpec, issuedAt: string): Manifest {
  const { media, declared, inBlocks = false, clinician, startedAt, seconds } = spec;
  return {
    version: 1,
    recording: spec.masterIdentifier,
    revision: 1,
    issuedAt,
    encounter: { system: ENCOUNTER_ID, value: encounterNumber(spec.key) },
    patient: stated(spec.patient),
    clinicians: [clinician.sdsUserId],
    joined: [
      { role: 'clinician', id: clinician.sdsUserId, at: instant(plusSeconds(startedAt, -20)) },
      { role: 'patient', at: instant(plusSeconds(startedAt, -5)) },
    ],
    startedAt: instant(startedAt),
    endedAt: instant(plusSeconds(startedAt, seconds)),
    media: {
      contentType: declared?.contentType ?? media.contentType, size: declared?.size ?? media.size, sha256: declared?.sha256 ?? media.sha256,
      ...(inBlocks ? { blocks: { size: BLOCK_BYTES, sha256: blocksOf(media) } } : {}),
    },
  };
}

const BLOCK_BYTES = 1_048_576;

/** SHA-256 of each block, base64url. */
function blocksOf(media: Media): string[] {
  const count = Math.ceil(media.size / BLOCK_BYTES);
  if ('bytes' in media) return Array.from({ length: count }, (_, n) => digest(media.bytes.subarray(n * BLOCK_BYTES, (n + 1) * BLOCK_BYTES), 'sha256', 'base64url'));
  const file = openSync(media.file, 'r');
  try {
    const block = Buffer.alloc(BLOCK_BYTES);
    return Array.from({ length: count }, (_, n) => digest(block.subarray(0, readSync(file, block, 0, BLOCK_BYTES, n * BLOCK_BYTES)), 'sha256', 'base64url'));
  } finally {
    closeSync(file);
  }
}

function assignmentOf(spec: RecordingSpec, task: TaskSpec, issuedAt: string): AssignmentStatement {
  return {
    version: 1,
    task: task.id,
    recording: spec.masterIdentifier,
    patient: stated(spec.patient),
    owner: task.owner.sdsUserId,
    purpose: task.purpose,
    period: { start: instant(task.period.start), end: instant(task.period.end) },
    issuedAt,
    assigner: task.assigner.sdsUserId,
  };
}

export function encounterNumber(key: string): string {
  return `DS-${key.toUpperCase()}`;
}

function encounter({ key, patient, clinician, encounterStart, encounterMinutes, media }: RecordingSpec): WithId<Encounter> {
  return {
    resourceType: 'Encounter',
    id: `enc-${key}`,
    identifier: [{ system: ENCOUNTER_ID, value: encounterNumber(key) }],
    status: 'finished',
    class: { system: ACT_CODE, code: 'VR', display: 'virtual' },
    type: [{ text: media.contentType.startsWith('audio/') ? 'Telephone consultation' : 'Video consultation' }],
    subject: { reference: `Patient/${patient.id}` },
    participant: [
      {
        type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'PPRF' }] }],
        individual: { reference: `Practitioner/${clinician.practitionerId}`, display: clinician.name },
      },
    ],
    period: { start: instant(encounterStart), end: instant(plusMinutes(encounterStart, encounterMinutes)) },
    serviceProvider: { reference: 'Organization/org-1' },
  };
}

function consent({ key, patient, encounterStart, consent: given }: RecordingSpec): WithId<Consent> {
  const at = instant(encounterStart);
  return {
    resourceType: 'Consent',
    id: `con-${key}`,
    status: given.status,
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [
      { coding: [{ system: 'http://loinc.org', code: '59284-0', display: 'Consent Document' }] },
      { coding: [{ system: `${VR}/CodeSystem/consent-category`, code: 'recording-of-consultation' }] },
    ],
    patient: { reference: `Patient/${patient.id}` },
    dateTime: at,
    performer: [{ reference: `Patient/${patient.id}` }],
    organization: [{ reference: 'Organization/org-1' }],
    policyRule: { coding: [{ system: ACT_CODE, code: 'OPTIN' }] },
    verification: [{ verified: true, verifiedWith: { reference: `Patient/${patient.id}` }, verificationDate: at }],
    provision: {
      type: 'permit',
      period: { start: at, end: instant(given.end) },
      action: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentaction', code: 'access' }] }],
      purpose: given.purposes.map((code) => ({ system: ACT_REASON, code })),
      data: [{ meaning: 'instance', reference: { reference: `DocumentReference/rec-${key}` } }],
    },
  };
}

function recording(spec: RecordingSpec, date: string): WithId<DocumentReference> {
  const { key, media, declared, clinician, startedAt, seconds } = spec;
  const contentType = declared?.contentType ?? media.contentType;
  const sha256 = Buffer.from(declared?.sha256 ?? media.sha256, 'base64url').toString('base64');
  return {
    resourceType: 'DocumentReference',
    id: `rec-${key}`,
    masterIdentifier: { system: 'urn:ietf:rfc:3986', value: spec.masterIdentifier },
    status: 'current',
    docStatus: 'final',
    type: { text: 'Consultation recording' },
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/media-type', code: contentType.startsWith('audio/') ? 'audio' : 'video' }] }],
    subject: { reference: `Patient/${spec.patient.id}` },
    date,
    author: [{ reference: `Practitioner/${clinician.practitionerId}`, display: clinician.name }],
    custodian: { reference: 'Organization/org-1' },
    description: spec.title,
    securityLabel: [{ coding: [{ system: CONFIDENTIALITY, code: spec.confidentiality }] }, ...(spec.sensitivity ?? []).map((code) => ({ coding: [{ system: SENSITIVITY, code }] }))],
    content: [
      {
        attachment: {
          contentType,
          url: `Binary/${mediaId(key)}`,
          size: declared?.size ?? media.size,
          hash: media.sha1,
          title: spec.title,
          creation: date,
          extension: [{ url: SHA256_EXTENSION, valueBase64Binary: sha256 }, { url: DURATION_EXTENSION, valueDecimal: seconds }],
        },
      },
    ],
    context: {
      encounter: [{ reference: `Encounter/enc-${key}` }],
      period: { start: instant(startedAt), end: instant(plusSeconds(startedAt, seconds)) },
      related: [{ reference: `Consent/con-${key}` }],
    },
  };
}

function transcript({ key, patient, confidentiality }: RecordingSpec, vtt: Buffer, date: string): WithId<DocumentReference> {
  const attachment: Attachment = {
    contentType: 'text/vtt',
    language: 'en-GB',
    url: `Binary/vtt-${key}`,
    size: vtt.length,
    hash: digest(vtt, 'sha1', 'base64'),
    title: 'Transcript',
    creation: date,
    extension: [{ url: SHA256_EXTENSION, valueBase64Binary: digest(vtt, 'sha256', 'base64') }],
  };
  return {
    resourceType: 'DocumentReference',
    id: `tr-${key}`,
    status: 'current',
    docStatus: 'preliminary',
    type: { text: 'Transcript' },
    subject: { reference: `Patient/${patient.id}` },
    date,
    author: [{ reference: 'Device/asr-1' }],
    custodian: { reference: 'Organization/org-1' },
    relatesTo: [{ code: 'transforms', target: { reference: `DocumentReference/rec-${key}` } }],
    securityLabel: [{ coding: [{ system: CONFIDENTIALITY, code: confidentiality }] }],
    content: [{ attachment }],
    context: { encounter: [{ reference: `Encounter/enc-${key}` }] },
  };
}

function taskResource({ key, patient }: RecordingSpec, task: TaskSpec): WithId<Task> {
  return {
    resourceType: 'Task',
    id: task.id,
    status: task.status,
    ...(task.statusReason ? { statusReason: { coding: [{ system: `${VR}/CodeSystem/task-status-reason`, code: task.statusReason }] } } : {}),
    intent: 'order',
    priority: 'routine',
    code: { coding: [{ system: `${VR}/CodeSystem/task-type`, code: 'review-recording' }], text: 'Review consultation recording' },
    description: task.description,
    focus: { reference: `DocumentReference/rec-${key}` },
    for: { reference: `Patient/${patient.id}` },
    encounter: { reference: `Encounter/enc-${key}` },
    authoredOn: instant(task.authoredOn),
    lastModified: instant(task.lastModified),
    requester: { reference: `PractitionerRole/${roleId(task.assigner, 'manager')}`, display: task.assigner.name },
    owner: { reference: `Practitioner/${task.owner.practitionerId}`, display: task.owner.name },
    reasonCode: { coding: [{ system: ACT_REASON, code: task.purpose }] },
    restriction: { period: { start: instant(task.period.start), end: instant(task.period.end) } },
    input: [{ type: { coding: [{ system: `${VR}/CodeSystem/task-input`, code: 'offline-permitted' }] }, valueBoolean: task.offlinePermitted }],
  };
}

function digest(bytes: Buffer, algorithm: 'sha1' | 'sha256', encoding: 'base64' | 'base64url'): string {
  return createHash(algorithm).update(bytes).digest(encoding);
}
