/** The demo practice's own seed in a FHIR server that names what it stores: by transaction, then what is signed over the names that it gave. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { WithId } from '@medplum/core';
import type { BundleEntry, Consent, List, Resource, Task } from '@medplum/fhirtypes';
import { utcMidnight } from '../../practice/days.ts';
import type { Content } from '../../practice/fhir/binaries.ts';
import { DEMO_MEDIA, readClips } from '../../practice/media/clips.ts';
import { largeRecording } from '../../practice/media/large.ts';
import type { Media, RecordingSpec, TaskSpec } from '../../practice/seed/recording-spec.ts';
import { type Person } from '../../practice/people.ts';
import { demoPatients, patientResource } from '../../practice/seed/patients.ts';
import { plannedRecordings } from '../../practice/seed/plan.ts';
import { questionnaires } from '../../practice/seed/questionnaires.ts';
import { mediaId, recordingResources, signedAssignment } from '../../practice/seed/recording-resources.ts';
import { staff } from '../../practice/seed/staff.ts';
import { STOP_REASON, VR } from '../../practice/systems.ts';
import { FhirClient } from './fhirClient.ts';

/** A recording above the 10 MB that HAPI treats otherwise unless it is told not to; Ada's own. */
export const LARGE = 'large-20mb';

/** One recording as a journey needs to know it; references are those of the server, "Type/id". */
export interface SeededRecording {
  /** `01` to `30`, and {@link LARGE}, as in the demo practice. */
  key: string;
  masterIdentifier: string;
  document: string;
  binary: string;
  transcript: string | null;
  encounter: string;
  consent: string;
  patient: string;
  patientName: string;
  title: string;
  contentType: string;
  size: number;
  /** Of the media, base64url. */
  sha256: string;
  /** In the order they were made. */
  tasks: { reference: string; /** Username, as it is now. */ owner: string; status: Task['status'] }[];
}

export interface Seeded {
  fhir: FhirClient;
  /** "Practitioner/id". */
  practitioner: (person: Person) => string;
  recordings: SeededRecording[];
  /** The signed assignment of a Task to someone who has it from now on, where the recording is not their own consultation's. */
  assignTo(task: string, owner: Person): Promise<void>;
  /** Resources and Binaries that were loaded, and how long it took. */
  loaded: { resources: number; binaries: number; seconds: number };
}

/** @param otherWork Tasks of someone that are no reviews, as a practice's system is full of: before all others in the server's own order */
export async function seed(base: string, otherWork?: { of: Person; count: number }, today = utcMidnight()): Promise<Seeded> {
  const started = performance.now();
  const fhir = new FhirClient(base);
  const clips = readClips(DEMO_MEDIA);
  const specs = [...plannedRecordings(today, clips), await largeRecording('20MB', clips, today, true)];
  /** What the demo practice calls it → what the server does, or the `urn:uuid` of its entry until then. */
  const names = new Map<string, string>();
  const made = specs.map((spec) => recordingResources(spec));
  const binaries = made.flatMap(({ binaries: some }) => [...some]).filter(([id]) => !id.startsWith('assignment-'));
  const queue = [...binaries];
  const next = async (): Promise<void> => {
    for (let one = queue.shift(); one; one = queue.shift()) names.set(`Binary/${one[0]}`, await fhir.createBinary(bytesOf(one[1]), one[1].contentType));
  };
  await Promise.all([next(), next()]);

  const people: WithId<Resource>[] = [...staff(today.toISOString()), ...questionnaires(), ...demoPatients().map(patientResource)];
  await load(people);
  const other = otherWork ? Array.from({ length: otherWork.count }, (_, number) => otherTask(number, otherWork.of)) : [];
  if (other.length > 0) await load(other);
  const resources = made.flatMap(({ resources: some }) => some.map(({ resource }) => resource)).filter(({ id }) => !id.startsWith('prov-task-'));
  await load(resources);

  /** Whoever reviews what is another's has a signed assignment, over the name that the server gave to the Task. */
  const assignment = async (spec: RecordingSpec, task: TaskSpec, reference: string): Promise<WithId<Resource>[]> => {
    if (task.owner.practitionerId === spec.clinician.practitionerId) return [];
    const { bytes, provenance } = signedAssignment(spec, task, reference.split('/')[1]);
    names.set(`Binary/assignment-${task.id}`, await fhir.createBinary(bytes, 'application/json'));
    return [provenance];
  };
  const signed: WithId<Resource>[] = [];
  for (const spec of specs) {
    for (const task of spec.tasks) signed.push(...await assignment(spec, task, nameOf(`Task/${task.id}`)));
  }
  await load(signed);

  return {
    fhir,
    practitioner: ({ practitionerId }) => nameOf(`Practitioner/${practitionerId}`),
    recordings: specs.map(({ key, masterIdentifier, title, media, patient, transcript, tasks }) => ({
      key, masterIdentifier, title, contentType: media.contentType, size: media.size, sha256: media.sha256,
      document: nameOf(`DocumentReference/rec-${key}`), binary: nameOf(`Binary/${mediaId(key)}`), transcript: transcript === undefined ? null : nameOf(`DocumentReference/tr-${key}`),
      encounter: nameOf(`Encounter/enc-${key}`), consent: nameOf(`Consent/con-${key}`), patient: nameOf(`Patient/${patient.id}`), patientName: `${patient.given} ${patient.family}`,
      tasks: tasks.map(({ id, owner, status }) => ({ reference: nameOf(`Task/${id}`), owner: owner.username, status })),
    })),
    assignTo: async (task, owner) => {
      for (const spec of specs) {
        for (const one of spec.tasks.filter(({ id }) => nameOf(`Task/${id}`) === task)) await load(await assignment(spec, { ...one, owner }, task));
      }
    },
    loaded: { resources: people.length + other.length + resources.length + signed.length, binaries: binaries.length + signed.length, seconds: Math.round((performance.now() - started) / 100) / 10 },
  };

  async function load(some: readonly WithId<Resource>[]): Promise<void> {
    const own = some.map(({ resourceType, id }) => `${resourceType}/${id}`);
    for (const name of own) names.set(name, `urn:uuid:${randomUUID()}`);
    const given = await fhir.transaction(some.map((resource, at) => entryOf(resource, nameOf(own[at] ?? ''))));
    for (const [at, name] of own.entries()) names.set(name, given[at] ?? '');
  }

  function entryOf(resource: WithId<Resource>, fullUrl: string): BundleEntry {
    const { id: _ours, ...rest } = resource;
    return { fullUrl, resource: renamed(rest) as Resource, request: { method: 'POST', url: resource.resourceType } };
  }

  /** With every reference, and the address of every attachment, as the server calls it. */
  function renamed(value: unknown, key = ''): unknown {
    if (Array.isArray(value)) return value.map((one) => renamed(one));
    if (typeof value === 'string') return (key === 'reference' || key === 'url') && /^[A-Z]\w+\/[\w-]+$/.test(value) ? nameOf(value) : value;
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamed(inner, name)]));
  }

  function nameOf(name: string): string {
    const given = names.get(name);
    if (given === undefined) throw new Error(`The seed refers to ${name}, which it does not contain`);
    return given;
  }
}

function otherTask(number: number, { practitionerId, name }: Person): WithId<Task> {
  return {
    resourceType: 'Task', id: `other-${number + 1}`, status: 'requested', intent: 'order', code: { text: 'Telephone the patient' }, description: `Telephone call ${number + 1}`,
    owner: { reference: `Practitioner/${practitionerId}`, display: name },
  };
}

function bytesOf(content: Content | Media): Buffer {
  return 'bytes' in content ? content.bytes : readFileSync(content.file);
}

/** What a practice's staff do in their own system. `changed`: told after each. */
export class Staff {
  readonly #seeded: Seeded;
  readonly #changed: () => void;

  constructor(seeded: Seeded, changed: () => void) {
    this.#seeded = seeded;
    this.#changed = changed;
  }

  async cancel(task: string, reason = 'consent-withdrawn'): Promise<void> {
    await this.#update<Task>(task, (resource) => {
      resource.status = 'cancelled';
      resource.statusReason = { coding: [{ system: `${VR}/CodeSystem/task-status-reason`, code: reason }] };
    });
  }

  async reassign(task: string, to: Person): Promise<void> {
    await this.#seeded.assignTo(task, to);
    await this.#update<Task>(task, (resource) => {
      resource.owner = { reference: this.#seeded.practitioner(to), display: to.name };
    });
    for (const one of this.#seeded.recordings.flatMap(({ tasks }) => tasks)) if (one.reference === task) one.owner = to.username;
  }

  async withdrawConsent(consent: string): Promise<void> {
    await this.#update<Consent>(consent, (resource) => {
      resource.status = 'inactive';
    });
  }

  async stop(identifier: { system: string; value: string }, reason = 'other'): Promise<void> {
    const [list] = await this.#seeded.fhir.search<List>(`List?code=${encodeURIComponent(`${VR}/CodeSystem/list|stop-list`)}`);
    if (!list) throw new Error('There is no stop list');
    await this.#update<List>(`List/${list.id}`, (resource) => {
      const date = new Date().toISOString();
      resource.date = date;
      resource.entry = [...(resource.entry ?? []), { date, flag: { coding: [{ system: STOP_REASON, code: reason }] }, item: { identifier } }];
    });
  }

  /** More Tasks for someone, after all that are there. */
  async assign(owner: Person, count: number, kind: (number: number) => Omit<Task, 'resourceType' | 'owner'>): Promise<void> {
    const { fhir, practitioner } = this.#seeded;
    const entry = Array.from({ length: count }, (_, number): BundleEntry => ({
      fullUrl: `urn:uuid:${randomUUID()}`, request: { method: 'POST', url: 'Task' }, resource: { resourceType: 'Task', ...kind(number), owner: { reference: practitioner(owner), display: owner.name } },
    }));
    for (let at = 0; at < entry.length; at += 250) await fhir.transaction(entry.slice(at, at + 250));
    this.#changed();
  }

  async #update<T extends Resource>(reference: string, change: (resource: WithId<T>) => void): Promise<void> {
    await this.#seeded.fhir.update<T>(reference, change);
    this.#changed();
  }
}
