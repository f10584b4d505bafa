/** Names for a manager's screens: whose recording, which consultation, who. What the practice refuses is null; nothing here is evidence. */
import { z } from 'zod';
import type { PatientRef } from '../../preload/console.ts';
import { latest } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import { Bundle, displayName, DocumentReference, identifiersOf, Patient, Practitioner, PractitionerRole, Task } from '../fhir/resources.ts';
import { NHS_NUMBER, SDS_USER_ID, TASK_TYPE, URI } from '../fhir/systems.ts';
import { Failure } from '../platform/failure.ts';
import type { PracticeHttp } from './http.ts';
import { eachById, oneOfEach, portions, refuseOutcome, search } from './search.ts';

export interface NamedPatient {
  /** "Patient/id". */
  patient: string;
  name: string;
  family: string | null;
  dateOfBirth: string | null;
  nhsNumber: string | null;
}

export interface NamedStaff {
  /** "Practitioner/id". */
  practitioner: string;
  /** SDS user id; null where there is none or more than one. */
  sds: string | null;
  name: string;
}

export interface NamedRecording {
  /** "DocumentReference/id". */
  document: string;
  /** urn:uuid. */
  recording: string | null;
  title: string | null;
  consultedAt: string | null;
  /** "Patient/id". */
  patient: string | null;
  clinicians: NamedStaff[];
}

const Described = DocumentReference.extend({ description: z.string().max(4000).optional() });
type Described = z.infer<typeof Described>;

const sole = (values: readonly string[]): string | null => (values.length === 1 ? values[0] ?? null : null);

/** For a screen or a page: the reference stays where nothing is known of it. */
export const patientView = (patient: string, named: NamedPatient | null | undefined): PatientRef =>
  ({ patient, name: named?.name ?? null, dateOfBirth: named?.dateOfBirth ?? null, nhsNumber: named?.nhsNumber ?? null });

function namedPatient(patient: Patient): NamedPatient {
  const official = patient.name?.find(({ use }) => use === 'official') ?? patient.name?.[0];
  return {
    patient: `Patient/${patient.id}`, name: displayName(patient.name), family: official?.family ?? null, dateOfBirth: z.iso.date().safeParse(patient.birthDate).data ?? null,
    nhsNumber: identifiersOf(patient, NHS_NUMBER)[0]?.replace(/\s/g, '') ?? null,
  };
}

/** What a manager knows of a patient: ten digits, an ISO date, or the beginnings of names. */
export type PatientQuestion = { by: 'nhs-number' | 'date-of-birth'; value: string } | { by: 'name'; value: readonly string[] };

/**
 * Patients of whom that is true, by name; `more` where there are others. One page, because a wider question is to be narrowed. What the answer says is held against the
 * question: a server that ignores a parameter answers everybody.
 */
export async function findPatients(http: PracticeHttp, question: PatientQuestion, most: number): Promise<{ patients: NamedPatient[]; more: boolean }> {
  const terms = question.by === 'name' ? question.value.map((word) => `name=${encodeURIComponent(word)}`) : [question.by === 'nhs-number' ? `identifier=${encodeURIComponent(`${NHS_NUMBER}|${question.value}`)}` : `birthdate=${question.value}`];
  const answer = await http.json(`Patient?${terms.join('&')}&_count=${most + 1}`);
  if (answer === null) return { patients: [], more: false };
  const bundle = Bundle.safeParse(answer);
  if (!bundle.success) throw new Failure('practice-error', 'answer is no Bundle');
  const resources = (bundle.data.entry ?? []).map(({ resource }) => resource);
  for (const resource of resources) refuseOutcome(resource);
  const found = [...oneOfEach('Patient', Patient, resources).byId.values()].filter((patient) => fits(patient, question)).map(namedPatient);
  const more = found.length > most || bundle.data.link?.some(({ relation }) => relation === 'next') === true;
  return { patients: found.slice(0, most).sort((a, b) => a.name.localeCompare(b.name, 'en-GB')), more };
}

const plain = (text: string): string => text.normalize('NFD').replace(/[\p{M}'’]/gu, '').toLowerCase();

function fits(patient: Patient, question: PatientQuestion): boolean {
  switch (question.by) {
    case 'nhs-number': return identifiersOf(patient, NHS_NUMBER).some((number) => number.replace(/\s/g, '') === question.value);
    case 'date-of-birth': return patient.birthDate === question.value;
    case 'name': {
      const parts = (patient.name ?? []).flatMap(({ text, family, given, prefix }) => [text, family, ...(given ?? []), ...(prefix ?? [])]).flatMap((part) => [plain(part ?? ''), ...plain(part ?? '').split(/[\s-]+/)]);
      return question.value.every((word) => parts.some((part) => part.startsWith(plain(word))));
    }
  }
}

/** "DocumentReference/id" of the recordings that the practice has under this patient. @param patient "Patient/id" */
export async function recordingsAbout(http: PracticeHttp, patient: string): Promise<string[]> {
  const { byId } = oneOfEach('DocumentReference', Described, await search(http, `DocumentReference?subject=${encodeURIComponent(patient)}&_count=100`));
  return [...byId.values()].filter(({ subject }) => localReference(subject?.reference, http.fhirBase, 'Patient') === patient).map(({ id }) => `DocumentReference/${id}`);
}

export class Subjects {
  readonly #http: PracticeHttp;
  readonly #patients = new Map<string, NamedPatient | null>();
  readonly #staff = new Map<string, NamedStaff | null>();
  readonly #recordings = new Map<string, NamedRecording | null>();
  /** "DocumentReference/id" by urn; null for one that no recording has, or two. */
  readonly #documents = new Map<string, string | null>();

  constructor(http: PracticeHttp) {
    this.#http = http;
  }

  /** @param references "Patient/id" */
  patients(references: Iterable<string>): Promise<Map<string, NamedPatient | null>> {
    return this.#named('Patient', Patient, this.#patients, references, namedPatient);
  }

  /** @param references "Practitioner/id" */
  staff(references: Iterable<string>): Promise<Map<string, NamedStaff | null>> {
    return this.#named('Practitioner', Practitioner, this.#staff, references, (one) => ({ practitioner: `Practitioner/${one.id}`, sds: sole(identifiersOf(one, SDS_USER_ID)), name: displayName(one.name) }));
  }

  /** Whose roles these are. @param references "PractitionerRole/id" or "Practitioner/id" */
  async holders(references: Iterable<string>): Promise<Map<string, NamedStaff | null>> {
    const wanted = [...references];
    const { found: roles } = await eachById(this.#http, 'PractitionerRole', PractitionerRole, wanted.filter((one) => one.startsWith('PractitionerRole/')));
    const personOf = (reference: string) => localReference(roles.get(reference)?.practitioner?.reference ?? reference, this.#http.fhirBase, 'Practitioner');
    const people = await this.staff(wanted.flatMap((one) => personOf(one) ?? []));
    return new Map(wanted.map((one) => [one, people.get(personOf(one) ?? '') ?? null]));
  }

  /** @param references "DocumentReference/id" */
  async recordings(references: Iterable<string>): Promise<Map<string, NamedRecording | null>> {
    const wanted = [...references];
    const documents = new Map<string, Described | null>();
    // What is not kept yet is read whole first, because it names its clinicians.
    await this.#named('DocumentReference', Described, documents, wanted.filter((one) => !this.#recordings.has(one)), (document) => document);
    await this.#keep(documents);
    return new Map(wanted.map((one) => [one, this.#recordings.get(one) ?? null]));
  }

  /** @param names urn:uuid */
  async recordingsNamed(names: Iterable<string>): Promise<Map<string, NamedRecording | null>> {
    const wanted = [...new Set(names)];
    const tokenOf = (name: string) => encodeURIComponent(`${URI}|${name}`);
    for (const portion of portions(wanted.filter((name) => !this.#documents.has(name)), (name) => tokenOf(name).length)) {
      const query = `identifier=${portion.map(tokenOf).join(',')}`;
      const { byId } = oneOfEach('DocumentReference', Described, await search(this.#http, `DocumentReference?${query}&_count=100`));
      const documents = [...byId.values()];
      for (const name of portion) this.#documents.set(name, sole(documents.filter(({ masterIdentifier }) => masterIdentifier?.value?.toLowerCase() === name).map(({ id }) => `DocumentReference/${id}`)));
      await this.#keep(new Map(documents.map((document) => [`DocumentReference/${document.id}`, document])));
    }
    return new Map(wanted.map((name) => [name, this.#recordings.get(this.#documents.get(name) ?? '') ?? null]));
  }

  async #keep(documents: ReadonlyMap<string, Described | null>): Promise<void> {
    const authors = ({ author }: Described) => (author ?? []).flatMap(({ reference }) => localReference(reference, this.#http.fhirBase, 'Practitioner') ?? []);
    const staff = await this.staff([...documents.values()].flatMap((document) => (document ? authors(document) : [])));
    for (const [reference, document] of documents) {
      const started = document?.context?.period?.start;
      this.#recordings.set(reference, document && {
        document: reference, recording: document.masterIdentifier?.value?.toLowerCase() ?? null, title: document.description ?? document.type?.text ?? null,
        consultedAt: z.iso.datetime({ offset: true }).safeParse(started).data ?? null, patient: localReference(document.subject?.reference, this.#http.fhirBase, 'Patient'),
        clinicians: authors(document).flatMap((author) => staff.get(author) ?? []),
      });
    }
  }

  /** What could not be read just now is null too, and asked for again the next time. */
  async #named<R extends { resourceType: string; id: string }, T>(type: R['resourceType'], schema: z.ZodType<R>, kept: Map<string, T | null>, references: Iterable<string>, nameOf: (resource: R) => T): Promise<Map<string, T | null>> {
    const wanted = [...new Set(references)].filter((reference) => localReference(reference, this.#http.fhirBase, type) === reference);
    const { found, unread } = await eachById(this.#http, type, schema, wanted.filter((reference) => !kept.has(reference)));
    for (const reference of wanted) {
      const resource = found.get(reference);
      if (resource) kept.set(reference, nameOf(resource));
      else if (!kept.has(reference) && !unread.has(reference)) kept.set(reference, null);
    }
    return new Map(wanted.map((reference) => [reference, kept.get(reference) ?? null]));
  }
}

/** Reviews of one recording, of one person, or all; newest first. */
export interface ReviewQuery {
  /** "DocumentReference/id". */
  document: string | null;
  /** "Practitioner/id" and "PractitionerRole/id"; empty for everyone. */
  owners: readonly string[];
}

export interface ReviewPage {
  tasks: Task[];
  /** Entries that cannot be read. */
  unread: number;
  /** Of the page that follows; the server's own address. */
  next: string | null;
}

/** @param next what the page before gave */
export async function reviewPage(http: PracticeHttp, { document, owners }: ReviewQuery, next: string | null): Promise<ReviewPage> {
  const parts = [
    `code=${encodeURIComponent(`${TASK_TYPE}|review-recording`)}`, ...(document === null ? [] : [`focus=${encodeURIComponent(document)}`]),
    ...(owners.length === 0 ? [] : [`owner=${owners.map(encodeURIComponent).join(',')}`]), '_sort=-_lastUpdated', '_count=50',
  ];
  const answer = await http.json(next ?? `Task?${parts.join('&')}`);
  const bundle = Bundle.safeParse(answer);
  if (!bundle.success) throw new Failure('practice-error', 'answer is no Bundle');
  const resources = (bundle.data.entry ?? []).map(({ resource }) => resource).filter((one) => (one as { resourceType?: unknown } | null | undefined)?.resourceType === 'Task');
  const { byId, unclear } = oneOfEach('Task', Task, resources);
  return { tasks: [...byId.values()], unread: unclear.size, next: bundle.data.link?.find(({ relation }) => relation === 'next')?.url ?? null };
}

/** Both ends of when a review may be done, as moments; null where it is open or cannot be read. */
export function reviewPeriod({ restriction }: Task): { from: string | null; until: string | null } {
  const { start, end } = restriction?.period ?? {};
  const iso = (at: number) => (Number.isNaN(at) ? null : new Date(at).toISOString());
  return { from: iso(start === undefined ? NaN : Date.parse(start)), until: iso(latest(end)) };
}
