/** Gathers what assurance needs for a set of Tasks, many in one question, so that the cost follows the number of kinds and not of Tasks. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { localReference } from '../fhir/reference.ts';
import { Consent, DocumentReference, Encounter, Organization, Patient, Practitioner, Task, type Reference } from '../fhir/resources.ts';
import { Ahead } from './batch.ts';
import type { PracticeHttp, Reader } from './http.ts';
import { offer, type Evidence, type Offered, type SignedStatement } from './offered.ts';
import { byId, eachById, portions, questionsById, search } from './search.ts';
import { statementQuestions, statements } from './statements.ts';

export interface Gathered {
  offered: Offered[];
  unread: ReadonlySet<string>;
}

/** What is known of the practice's resources, by "Type/id". */
const resourcesOf = ({ recording, encounter, patients, consents, custodian, authors }: Evidence) =>
  [recording, encounter, custodian, ...patients, ...consents, ...authors].flatMap((resource): [string, unknown][] => (resource ? [[`${resource.resourceType}/${resource.id}`, resource]] : []));

/** "Consent/id" of each that a recording names. */
export const consentsNamed = (recording: DocumentReference | null, fhirBase: string): string[] =>
  (recording?.context?.related ?? []).flatMap(({ reference }) => localReference(reference, fhirBase, 'Consent') ?? []);

/** Only the relation: a document that cannot be read in full still says that it replaces another. */
const Relating = z.object({ resourceType: z.literal('DocumentReference'), status: z.unknown(), relatesTo: z.array(z.unknown()) });
const Relation = z.object({ code: z.unknown(), target: z.object({ reference: z.string().optional() }) });

/** What was read, or what is known from before, of what points to something else; by "Type/id". */
interface Pointing {
  recordings: Map<string, DocumentReference>;
  encounters: Map<string, Encounter>;
  consents: Map<string, Consent>;
}

/** What is to be read for these Tasks, type by type, as far as what points to it was read. */
function pointersOf(tasks: readonly Task[], fhirBase: string, { recordings, encounters, consents }: Pointing) {
  const local = (reference: Reference | undefined, type: string) => localReference(reference?.reference, fhirBase, type);
  const documents = () => [...recordings.values()];
  const recordingOf = (task: Task) => recordings.get(local(task.focus, 'DocumentReference') ?? '') ?? null;
  const encounterOf = (task: Task) => encounters.get(local(task.encounter, 'Encounter') ?? '') ?? null;
  const patientsOf = (task: Task) => {
    const recording = recordingOf(task);
    const agreed = consentsNamed(recording, fhirBase).flatMap((named) => consents.get(named)?.patient ?? []);
    return [task.for, recording?.subject, encounterOf(task)?.subject, ...agreed].flatMap((r) => local(r, 'Patient') ?? []);
  };
  return {
    local, recordingOf, encounterOf, patientsOf,
    focused: tasks.map((task) => local(task.focus, 'DocumentReference')),
    encounters: () => [...tasks.map((t) => local(t.encounter, 'Encounter')), ...documents().map((d) => local(d.context?.encounter?.[0], 'Encounter'))],
    consents: () => documents().flatMap((d) => consentsNamed(d, fhirBase)),
    organizations: () => documents().map((d) => local(d.custodian, 'Organization')),
    authors: () => documents().flatMap((d) => (d.author ?? []).map((r) => local(r, 'Practitioner'))),
    patients: () => tasks.flatMap(patientsOf),
    /** @param transcripts by recording */
    signed: (transcripts: ReadonlyMap<string, DocumentReference>) => {
      const named = [...recordings.keys()];
      return [...named, ...named.flatMap((recording) => transcripts.get(recording) ?? []).map((t) => `DocumentReference/${t.id}`), ...tasks.map((t) => `Task/${t.id}`)];
    },
  };
}

/** Every question that is asked for these Tasks, as long as the practice says what it said the last time. */
function foreseen(tasks: readonly Task[], fhirBase: string, known: readonly Evidence[]): string[] {
  const before: Pointing = { recordings: new Map(), encounters: new Map(), consents: new Map() };
  const was = pointersOf(tasks, fhirBase, before);
  const documents = new Map(known.flatMap(({ recording }) => (recording ? [[`DocumentReference/${recording.id}`, recording]] : [])));
  for (const named of was.focused) {
    const document = documents.get(named ?? '');
    if (named !== null && document) before.recordings.set(named, document);
  }
  const transcripts = new Map<string, DocumentReference>();
  for (const { encounter, consents, recording, transcript } of known) {
    if (encounter) before.encounters.set(`Encounter/${encounter.id}`, encounter);
    for (const consent of consents) before.consents.set(`Consent/${consent.id}`, consent);
    if (recording && transcript) transcripts.set(`DocumentReference/${recording.id}`, transcript.document);
  }
  return [
    ...questionsById('DocumentReference', was.focused), ...questionsById('Encounter', was.encounters()), ...questionsById('Consent', was.consents()), ...questionsById('Organization', was.organizations()),
    ...questionsById('Practitioner', was.authors()), ...questionsById('Patient', was.patients()), ...relationQuestions([...before.recordings.keys()]), ...statementQuestions(was.signed(transcripts)),
  ];
}

/**
 * For each Task everything that it points to, directly or through its recording. What is missing is null or empty. `unread`: ids of Tasks of which
 * something could not be read just now, so that nobody knows what it says: it is then as it was `known`. One broken answer keeps no other recording away.
 * @param known evidence of these Tasks as it was taken in before. @param trusted such of it as passed: while a signature on it stays, so do the bytes that it is over
 */
export async function gather(http: Reader, tasks: readonly Task[], known: readonly Evidence[] = [], trusted: readonly Evidence[] = []): Promise<Gathered> {
  const knownOf = new Map(known.map((one) => [one.task.id, one]));
  // What is known first: what is new then changes only the last questions of those that are foreseen.
  const inOrder = [...tasks.filter(({ id }) => knownOf.has(id)), ...tasks.filter(({ id }) => !knownOf.has(id))];
  await http.ahead?.(foreseen(inOrder, http.fhirBase, known));
  const unread = new Set<string>();
  const read = async <T extends { resourceType: string; id: string }>(type: T['resourceType'], schema: z.ZodType<T>, references: Iterable<string | null>, into = new Map<string, T>()): Promise<Map<string, T>> => {
    const answered = await eachById(http, type, schema, references);
    const before = answered.unread.size > 0 ? known.flatMap(resourcesOf) : [];
    for (const reference of answered.unread) {
      unread.add(reference);
      // Known in two ways it is known in none: one of the two is older.
      const [resource, ...others] = before.flatMap(([of, one]) => (of === reference ? [one] : []));
      if (resource && others.every((other) => isDeepStrictEqual(other, resource))) answered.found.set(reference, resource as T);
    }
    for (const [reference, resource] of answered.found) into.set(reference, resource);
    return into;
  };
  const [recordings, encounters, consents] = [new Map<string, DocumentReference>(), new Map<string, Encounter>(), new Map<string, Consent>()];
  const pointers = pointersOf(inOrder, http.fhirBase, { recordings, encounters, consents });
  const { local, recordingOf, encounterOf, patientsOf } = pointers;
  await read('DocumentReference', DocumentReference, pointers.focused, recordings);
  await read('Encounter', Encounter, pointers.encounters(), encounters);
  await read('Consent', Consent, pointers.consents(), consents);
  const organizations = await read('Organization', Organization, pointers.organizations());
  const authors = await read('Practitioner', Practitioner, pointers.authors());
  const patients = await read('Patient', Patient, pointers.patients());
  const { transcripts, replaced } = await relatedTo(http, [...recordings.keys()]);
  const signed = await statements(http, pointers.signed(transcripts),
    new Map(trusted.flatMap(({ manifests, assignments, transcript }) => [...manifests, ...assignments, ...transcript?.statements ?? []]).map(({ jws, bytes }) => [jws, bytes])));
  for (const target of signed.unread) unread.add(target);

  const offerOf = (task: Task): Offered => {
    const recording = recordingOf(task);
    const reference = local(task.focus, 'DocumentReference') ?? '';
    const transcript = recording ? transcripts.get(reference) : undefined;
    const of = knownOf.get(task.id);
    // What could not be read just now is as it was known; what could be counts beside it.
    const statementsOn = (target: string, as: SignedStatement[] = []) => {
      const read = signed.found.get(target) ?? [];
      return unread.has(target) ? [...as, ...read.filter((one) => !as.some((other) => isDeepStrictEqual(one, other)))] : read;
    };
    const text = `DocumentReference/${transcript?.id}`;
    return offer({
      fhirBase: http.fhirBase, task, recording, replaced: replaced.has(reference), encounter: encounterOf(task),
      consents: consentsNamed(recording, http.fhirBase).flatMap((named) => consents.get(named) ?? []),
      patients: [...new Set(patientsOf(task))].flatMap((r) => patients.get(r) ?? []),
      custodian: organizations.get(local(recording?.custodian, 'Organization') ?? '') ?? null,
      authors: (recording?.author ?? []).flatMap((r) => authors.get(local(r, 'Practitioner') ?? '') ?? []),
      manifests: recording ? statementsOn(reference, of?.manifests) : [], assignments: statementsOn(`Task/${task.id}`, of?.assignments),
      transcript: transcript ? { document: transcript, statements: statementsOn(text, of?.transcript?.statements) } : null,
    });
  };
  const isUnread = (task: Task) => {
    const recording = recordingOf(task);
    const reference = local(task.focus, 'DocumentReference') ?? '';
    return [
      `Task/${task.id}`, reference, local(task.encounter, 'Encounter'), ...(recording?.context?.encounter ?? []).map((r) => local(r, 'Encounter')), ...consentsNamed(recording, http.fhirBase), ...patientsOf(task),
      local(recording?.custodian, 'Organization'), ...(recording?.author ?? []).map((r) => local(r, 'Practitioner')), `DocumentReference/${transcripts.get(reference)?.id}`,
    ].some((named) => named !== null && unread.has(named));
  };
  return { offered: tasks.map(offerOf), unread: new Set(tasks.filter(isUnread).map(({ id }) => id)) };
}

/** What a batch has of one Task less than is known of it. */
function lacks(now: Evidence, before: Evidence | undefined): boolean {
  if (!before) return false;
  if (before.replaced && !now.replaced) return true;
  const namesIn = (one: Evidence) => [
    ...resourcesOf(one).map(([named]) => named), ...(one.transcript ? [`transcript ${one.transcript.document.id}`] : []),
    ...[...one.manifests, ...one.assignments, ...one.transcript?.statements ?? []].map(({ jws }) => jws),
  ];
  const here = new Set(namesIn(now));
  return namesIn(before).some((named) => !here.has(named));
}

/**
 * As {@link gather}, in one request where the practice allows it and says what it said the last time. Nothing is gone because a batch lacks it: for these Tasks the practice is asked once more, question by
 * question, and where it then has what the batch did not, it is asked no more batches in this session.
 */
export async function gatherTogether(http: PracticeHttp, tasks: readonly Task[], known: readonly Evidence[], trusted: readonly Evidence[]): Promise<Gathered> {
  const ahead = new Ahead(http);
  const gathered = await gather(ahead, tasks, known, trusted);
  if (!ahead.isUsed) return gathered;
  const before = new Map(known.map((one) => [one.task.id, one]));
  const less = new Set(gathered.offered.filter((one) => lacks(one, before.get(one.task.id))).map(({ task }) => task.id));
  if (less.size === 0) return gathered;
  const alone = await gather(http, tasks.filter(({ id }) => less.has(id)), known.filter(({ task }) => less.has(task.id)), trusted);
  if (alone.offered.some((one) => !alone.unread.has(one.task.id) && !lacks(one, before.get(one.task.id)))) http.mostTogether = 1;
  const said = new Map(alone.offered.map((one) => [one.task.id, one]));
  return { offered: gathered.offered.map((one) => said.get(one.task.id) ?? one), unread: new Set([...[...gathered.unread].filter((id) => !less.has(id)), ...alone.unread]) };
}

const relationQuestions = (recordings: readonly string[]): string[] => [...portions(recordings)].map((portion) => `DocumentReference?relatesto=${portion.join(',')}&_count=200`);

/** Transcripts of recordings, and which recordings another document replaces. @param recordings "DocumentReference/id" */
async function relatedTo(http: Reader, recordings: readonly string[]): Promise<{ transcripts: Map<string, DocumentReference>; replaced: Set<string> }> {
  const transcripts = new Map<string, DocumentReference>();
  const replaced = new Set<string>();
  const wanted = new Set(recordings);
  const questions = relationQuestions(recordings);
  await http.ahead?.(questions);
  for (const question of questions) {
    for (const resource of await search(http, question)) {
      const relating = Relating.safeParse(resource);
      if (!relating.success || relating.data.status !== 'current') continue;
      const whole = DocumentReference.safeParse(resource);
      for (const one of relating.data.relatesTo) {
        const relation = Relation.safeParse(one);
        if (!relation.success) continue;
        const { code, target } = relation.data;
        const recording = localReference(target.reference, http.fhirBase, 'DocumentReference');
        if (recording === null || !wanted.has(recording)) continue;
        if (code === 'transforms' && whole.success) transcripts.set(recording, whole.data);
        if (code === 'replaces') replaced.add(recording);
      }
    }
  }
  return { transcripts, replaced };
}

/** All of it as it is now, and as it was where that cannot be read (`isWhole` is false then); null when the practice no longer answers with the Task. */
export async function rereadWhole(http: PracticeHttp, before: Evidence): Promise<{ offered: Offered; isWhole: boolean } | null> {
  const task = (await byId(http, 'Task', Task, [`Task/${before.task.id}`])).get(`Task/${before.task.id}`);
  if (!task) return null;
  const { offered: [offered], unread } = await gather(http, [task], [before]);
  return offered ? { offered, isWhole: unread.size === 0 } : null;
}

/** The same evidence with Task and Consents as they are now; null when the practice no longer answers with the Task. */
export async function reread(http: PracticeHttp, before: Evidence): Promise<Offered | null> {
  const [tasks, consents] = await Promise.all([
    byId(http, 'Task', Task, [`Task/${before.task.id}`]),
    byId(http, 'Consent', Consent, consentsNamed(before.recording, http.fhirBase)),
  ]);
  const task = tasks.get(`Task/${before.task.id}`);
  return task ? offer({ ...before, task, consents: [...consents.values()] }) : null;
}
