/**
 * Everything that a practice holds about one assignment, valid in every respect, under the names by which the evidence table speaks of it; and beside it the same
 * of other patients, whose values are what a wrong link would bring.
 */
import { randomUUID } from 'node:crypto';
import type { Resource } from '@medplum/fhirtypes';
import { instant, plusDays, plusMinutes } from '../../../practice/days.ts';
import { demoKeys, type DemoKey } from '../../../practice/keys.ts';
import { personCalled, type Person } from '../../../practice/people.ts';
import { mediaOf } from '../../../practice/seed/plan.ts';
import { patientResource } from '../../../practice/seed/patients.ts';
import { recordingResources } from '../../../practice/seed/recording-resources.ts';
import type { RecordingSpec, TaskSpec } from '../../../practice/seed/recording-spec.ts';
import { staff } from '../../../practice/seed/staff.ts';
import { detachedJws } from '../../../practice/signing.ts';
import type { Random } from '../../fuzz/random.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Fields = Record<string, Json>;

/** What a resource is in its graph; the table's paths begin with it. */
export const parts = ['task', 'recording', 'encounter', 'patient', 'formerPatient', 'consent', 'custodian', 'author', 'manifestProvenance', 'assignmentProvenance', 'transcript', 'transcriptProvenance'] as const;
export type Part = (typeof parts)[number];
type StatementName = 'manifest' | 'assignment' | 'transcriptStatement';

export interface Statement {
  binary: string;
  provenance: Part;
  key: DemoKey;
  type: string;
  signedAt: string;
}

export interface Graph {
  name: string;
  owner: Person;
  /** References under which a Task is this clinician's. */
  owners: string[];
  review: 'own' | 'peer';
  /** Null for direct care. */
  consentNeeded: string | null;
  now: number;
  resources: Map<Part, Fields>;
  binaries: Map<string, Buffer>;
  media: string;
  statements: Map<StatementName, Statement>;
}

type Kind = {
  name: string;
  review?: 'own' | 'peer';
  purpose?: 'TREAT' | 'HQUALIMP' | 'TRAIN';
  status?: TaskSpec['status'];
  confidentiality?: 'V';
  contentType?: string;
  adapt?: (graph: Graph, spec: RecordingSpec) => void;
};

const LOCAL = 'https://demo-surgery.example/Id/patient';

const kinds: readonly Kind[] = [
  { name: 'own', purpose: 'HQUALIMP' },
  { name: 'own, for direct care', purpose: 'TREAT' },
  { name: 'peer', review: 'peer', purpose: 'TRAIN' },
  { name: 'labelled V', purpose: 'TRAIN', confidentiality: 'V' },
  { name: 'owned by a PractitionerRole', purpose: 'HQUALIMP', adapt: (graph) => {
    (part(graph, 'task').owner as Fields).reference = `PractitionerRole/role-${graph.owner.practitionerId}`;
  } },
  { name: 'completed', purpose: 'HQUALIMP', status: 'completed' },
  { name: 'audio', purpose: 'TREAT', contentType: 'audio/mp4' },
  { name: 'merged patient', review: 'peer', purpose: 'HQUALIMP', adapt: (graph) => {
    const present = part(graph, 'patient');
    present.identifier = [...(present.identifier as Json[]), { system: LOCAL, value: 'L-17' }];
    const former: Fields = { ...structuredClone(present), id: `${idOf(present)}-former`, active: false, link: [{ other: { reference: `Patient/${idOf(present)}` }, type: 'replaced-by' }] };
    graph.resources.set('formerPatient', former);
    part(graph, 'encounter').subject = { reference: `Patient/${idOf(former)}` };
    part(graph, 'consent').patient = { reference: `Patient/${idOf(former)}` };
  } },
  { name: 'temporary patient', purpose: 'HQUALIMP', adapt: (graph) => {
    const identifier = [{ system: LOCAL, value: 'TEMP-3' }];
    part(graph, 'patient').identifier = identifier;
    restate(graph, 'manifest', (manifest) => ((manifest.patient as Fields).identifiers = identifier));
  } },
];

/** The graphs that are changed, each with a twin of another patient from which wrong values are taken. */
export function baseGraphs(random: Random, now: number): { base: Graph; others: Graph[] }[] {
  let serial = 999_300_100 + random.int(90_000) * 2;
  const make = (kind: Kind, owner: string): Graph => graphOf(kind, personCalled(owner), (serial += 1), random, now);
  return kinds.map((kind) => ({ base: make(kind, 'ada'), others: [make(kind, 'ada'), make({ ...kind, name: `${kind.name}, of a colleague` }, 'ben')] }));
}

function graphOf(kind: Kind, owner: Person, serial: number, random: Random, now: number): Graph {
  const key = `g${serial - 999_300_000}`;
  const startedAt = plusMinutes(plusDays(new Date(now), -20 - (serial % 60)), 9 * 60 + (serial % 200));
  const review = kind.review ?? 'own';
  const purpose = kind.purpose ?? 'HQUALIMP';
  const letters = Array.from(random.bytes(6), (byte) => String.fromCharCode(97 + (byte % 26))).join('');
  const patient = { id: `pat-${key}`, given: `G${letters}`, family: `F${letters}`, gender: 'other' as const, birthDate: `19${50 + (serial % 45)}-0${1 + (serial % 9)}-1${serial % 10}`, nhsNumber: nhsNumber(serial) };
  const spec: RecordingSpec = {
    key, masterIdentifier: `urn:uuid:${randomUUID()}`, title: `Title ${letters}`, media: mediaOf(random.bytes(900 + random.int(200)), kind.contentType ?? 'video/mp4'), seconds: 40 + random.int(60), patient,
    clinician: review === 'own' ? owner : personCalled(owner.username === 'ben' ? 'cara' : 'ben'), encounterStart: plusMinutes(startedAt, -3), encounterMinutes: 14, startedAt,
    confidentiality: kind.confidentiality ?? 'R', transcript: `WEBVTT\n\n00:00.000 --> 00:05.000\n<v Doctor>${letters}\n`,
    consent: { status: 'active', purposes: ['HQUALIMP', 'TRAIN'], end: plusDays(new Date(now), 300) },
    tasks: [{
      id: `task-${key}`, owner, status: kind.status ?? 'requested', purpose, description: `Video consultation ${letters}`, authoredOn: plusDays(new Date(now), -3), lastModified: plusDays(new Date(now), -2),
      period: { start: plusDays(new Date(now), -3), end: plusDays(new Date(now), 20) }, offlinePermitted: true, assigner: personCalled('pat'),
    }],
  };
  const { resources, binaries } = recordingResources(spec);
  const byId = new Map([...resources.map(({ resource }) => resource), patientResource(patient), ...staff(instant(new Date(now)))].map((resource: Resource & { id: string }) => [`${resource.resourceType}/${resource.id}`, resource]));
  const graph: Graph = {
    name: kind.name, owner, owners: [`Practitioner/${owner.practitionerId}`, `PractitionerRole/role-${owner.practitionerId}`], review, consentNeeded: purpose === 'TREAT' ? null : purpose, now,
    resources: new Map(), binaries: new Map([...binaries].map(([id, content]) => [id, 'bytes' in content ? content.bytes : Buffer.alloc(0)])), media: `media-${key}`,
    statements: new Map<StatementName, Statement>([
      ['manifest', { binary: `manifest-${key}`, provenance: 'manifestProvenance', key: demoKeys.manifest, type: 'consult-manifest+jws', signedAt: instant(startedAt) }],
      ['transcriptStatement', { binary: `statement-${key}`, provenance: 'transcriptProvenance', key: demoKeys.transcriber, type: 'consult-transcript+jws', signedAt: instant(startedAt) }],
      ...(review === 'peer' ? [['assignment', { binary: `assignment-task-${key}`, provenance: 'assignmentProvenance', key: demoKeys.assignment, type: 'consult-assignment+jws', signedAt: instant(new Date(now)) }] as const] : []),
    ]),
  };
  const named: [Part, string][] = [
    ['task', `Task/task-${key}`], ['recording', `DocumentReference/rec-${key}`], ['encounter', `Encounter/enc-${key}`], ['patient', `Patient/pat-${key}`], ['consent', `Consent/con-${key}`],
    ['custodian', 'Organization/org-1'], ['author', `Practitioner/${spec.clinician.practitionerId}`], ['manifestProvenance', `Provenance/prov-${key}`], ['assignmentProvenance', `Provenance/prov-task-${key}`],
    ['transcript', `DocumentReference/tr-${key}`], ['transcriptProvenance', `Provenance/prov-tr-${key}`],
  ];
  for (const [name, id] of named) {
    const found = byId.get(id);
    if (found) graph.resources.set(name, { ...structuredClone(found) as unknown as Fields, meta: { versionId: `v${serial}`, lastUpdated: instant(plusDays(new Date(now), -2)) } });
  }
  kind.adapt?.(graph, spec);
  return graph;
}

export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
export const idOf = (resource: Fields): string => textOf(resource.id);
/** `Type/id`. */
export const addressOf = (resource: Fields): string => `${textOf(resource.resourceType)}/${idOf(resource)}`;

export function part(graph: Graph, name: Part): Fields {
  const found = graph.resources.get(name);
  if (!found) throw new Error(`${graph.name} has no ${name}`);
  return found;
}

export function statementOf(graph: Graph, name: StatementName): { statement: Statement; bytes: Buffer } {
  const statement = graph.statements.get(name);
  const bytes = statement && graph.binaries.get(statement.binary);
  if (!statement || !bytes) throw new Error(`${graph.name} has no ${name}`);
  return { statement, bytes };
}

/** Puts other bytes in a statement's place. @param sign null leaves the signature that was there */
export function putStatement(graph: Graph, name: StatementName, bytes: Buffer, sign: ((bytes: Buffer) => string) | null): void {
  const { statement } = statementOf(graph, name);
  graph.binaries.set(statement.binary, bytes);
  if (sign) putSignature(graph, name, sign(bytes));
}

export function putSignature(graph: Graph, name: StatementName, jws: string): void {
  const { statement } = statementOf(graph, name);
  const provenance = structuredClone(part(graph, statement.provenance));
  const [first] = provenance.signature as Fields[];
  if (first) first.data = Buffer.from(jws).toString('base64');
  graph.resources.set(statement.provenance, provenance);
}

export const signatureOf = (graph: Graph, name: StatementName): string =>
  Buffer.from(textOf((part(graph, statementOf(graph, name).statement.provenance).signature as Fields[])[0]?.data), 'base64').toString('latin1');

/** Changes a statement and signs it again with its own key, as a signer would who had stated that. */
function restate(graph: Graph, name: StatementName, change: (statement: Fields) => void): void {
  const { statement, bytes } = statementOf(graph, name);
  const changed = JSON.parse(bytes.toString()) as Fields;
  change(changed);
  putStatement(graph, name, Buffer.from(JSON.stringify(changed)), (signed) => detachedJws(signed, statement.key, statement.type, statement.signedAt));
}

/** A graph that can be changed without changing the one that it was made from. */
export function copyOf(graph: Graph): Graph {
  return { ...graph, resources: new Map(graph.resources), binaries: new Map(graph.binaries) };
}

/** Valid and of the range that is kept for tests (modulus 11); every other stem has one for sure within a few. */
function nhsNumber(stem: number): string {
  for (let serial = stem; ; serial += 100_000) {
    const digits = String(serial > 999_999_999 ? serial - 900_000 : serial);
    const sum = Array.from(digits).reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${digits}${check}`;
  }
}
