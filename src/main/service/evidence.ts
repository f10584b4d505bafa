/** Gathers what assurance needs for a set of Tasks, in batches, so that the cost follows the number of kinds and not of Tasks. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { localReference } from '../fhir/reference.ts';
import { Consent, DocumentReference, Encounter, Organization, Patient, Practitioner, Task, type Reference } from '../fhir/resources.ts';
import type { PracticeHttp } from './http.ts';
import { offer, type Evidence, type Offered, type SignedStatement } from './offered.ts';
import { batches, byId, eachById, search } from './search.ts';
import { statements } from './statements.ts';

/** What is known of the practice's resources, by "Type/id". */
const resourcesOf = ({ recording, encounter, patients, consents, custodian, authors }: Evidence) =>
  [recording, encounter, custodian, ...patients, ...consents, ...authors].flatMap((resource): [string, unknown][] => (resource ? [[`${resource.resourceType}/${resource.id}`, resource]] : []));

/** "Consent/id" of each that a recording names. */
export const consentsNamed = (recording: DocumentReference | null, fhirBase: string): string[] =>
  (recording?.context?.related ?? []).flatMap(({ reference }) => localReference(reference, fhirBase, 'Consent') ?? []);

/** Only the relation: a document that cannot be read in full still says that it replaces another. */
const Relating = z.object({ resourceType: z.literal('DocumentReference'), status: z.unknown(), relatesTo: z.array(z.unknown()) });
const Relation = z.object({ code: z.unknown(), target: z.object({ reference: z.string().optional() }) });

/**
 * For each Task everything that it points to, directly or through its recording. What is missing is null or empty. `unread`: ids of Tasks of which
 * something could not be read just now, so that nobody knows what it says: it is then as it was `known`. One broken answer keeps no other recording away.
 * @param known evidence of these Tasks as it was taken in before. @param trusted such of it as passed: while a signature on it stays, so do the bytes that it is over
 */
export async function gather(http: PracticeHttp, tasks: readonly Task[], known: readonly Evidence[] = [], trusted: readonly Evidence[] = []): Promise<{ offered: Offered[]; unread: ReadonlySet<string> }> {
  const local = (reference: Reference | undefined, type: string) => localReference(reference?.reference, http.fhirBase, type);
  const knownOf = new Map(known.map((one) => [one.task.id, one]));
  const unread = new Set<string>();
  const read = async <T extends { resourceType: string; id: string }>(type: T['resourceType'], schema: z.ZodType<T>, references: Iterable<string | null>): Promise<Map<string, T>> => {
    const answered = await eachById(http, type, schema, references);
    const before = answered.unread.size > 0 ? known.flatMap(resourcesOf) : [];
    for (const reference of answered.unread) {
      unread.add(reference);
      // Known in two ways it is known in none: one of the two is older.
      const [resource, ...others] = before.flatMap(([of, one]) => (of === reference ? [one] : []));
      if (resource && others.every((other) => isDeepStrictEqual(other, resource))) answered.found.set(reference, resource as T);
    }
    return answered.found;
  };
  const recordings = await read('DocumentReference', DocumentReference, tasks.map((task) => local(task.focus, 'DocumentReference')));
  const documents = [...recordings.values()];
  const encounters = await read('Encounter', Encounter, [...tasks.map((t) => local(t.encounter, 'Encounter')), ...documents.map((d) => local(d.context?.encounter?.[0], 'Encounter'))]);
  const consents = await read('Consent', Consent, documents.flatMap((d) => consentsNamed(d, http.fhirBase)));
  const organizations = await read('Organization', Organization, documents.map((d) => local(d.custodian, 'Organization')));
  const authors = await read('Practitioner', Practitioner, documents.flatMap((d) => (d.author ?? []).map((r) => local(r, 'Practitioner'))));
  const recordingOf = (task: Task) => recordings.get(local(task.focus, 'DocumentReference') ?? '') ?? null;
  const encounterOf = (task: Task) => encounters.get(local(task.encounter, 'Encounter') ?? '') ?? null;
  const patientsNamed = (task: Task) => {
    const recording = recordingOf(task);
    const agreed = consentsNamed(recording, http.fhirBase).flatMap((named) => consents.get(named)?.patient ?? []);
    return [task.for, recording?.subject, encounterOf(task)?.subject, ...agreed].flatMap((r) => local(r, 'Patient') ?? []);
  };
  const patients = await read('Patient', Patient, tasks.flatMap(patientsNamed));
  const { transcripts, replaced } = await relatedTo(http, [...recordings.keys()]);
  const signed = await statements(http, [...recordings.keys(), ...[...transcripts.values()].map((t) => `DocumentReference/${t.id}`), ...tasks.map((t) => `Task/${t.id}`)],
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
      patients: [...new Set(patientsNamed(task))].flatMap((r) => patients.get(r) ?? []),
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
      `Task/${task.id}`, reference, local(task.encounter, 'Encounter'), ...(recording?.context?.encounter ?? []).map((r) => local(r, 'Encounter')), ...consentsNamed(recording, http.fhirBase), ...patientsNamed(task),
      local(recording?.custodian, 'Organization'), ...(recording?.author ?? []).map((r) => local(r, 'Practitioner')), `DocumentReference/${transcripts.get(reference)?.id}`,
    ].some((named) => named !== null && unread.has(named));
  };
  return { offered: tasks.map(offerOf), unread: new Set(tasks.filter(isUnread).map(({ id }) => id)) };
}

/** Transcripts of recordings, and which recordings another document replaces. @param recordings "DocumentReference/id" */
async function relatedTo(http: PracticeHttp, recordings: readonly string[]): Promise<{ transcripts: Map<string, DocumentReference>; replaced: Set<string> }> {
  const transcripts = new Map<string, DocumentReference>();
  const replaced = new Set<string>();
  const wanted = new Set(recordings);
  for (const batch of batches(recordings)) {
    for (const resource of await search(http, `DocumentReference?relatesto=${batch.join(',')}&_count=100`)) {
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

/** All of it as it is now, and as it was where that cannot be read; null when the practice no longer answers with the Task. */
export async function rereadWhole(http: PracticeHttp, before: Evidence): Promise<Offered | null> {
  const task = (await byId(http, 'Task', Task, [`Task/${before.task.id}`])).get(`Task/${before.task.id}`);
  return task ? (await gather(http, [task], [before])).offered[0] ?? null : null;
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
