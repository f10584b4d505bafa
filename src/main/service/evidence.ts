/** Gathers what assurance needs for a set of Tasks, in batches, so that the cost follows the number of kinds and not of Tasks. */
import { localReference } from '../fhir/reference.ts';
import { Consent, DocumentReference, Encounter, Organization, Patient, Practitioner, Task, type Reference } from '../fhir/resources.ts';
import type { PracticeHttp } from './http.ts';
import { offer, type Evidence, type Offered } from './offered.ts';
import { batches, byId, search } from './search.ts';
import { statements } from './statements.ts';

/**
 * For each Task everything that it points to, directly or through its recording. What is missing is null or empty. `unread`: ids of Tasks of which a
 * statement could not be read just now, so that nobody knows what it says; one broken answer keeps no other recording away.
 */
export async function gather(http: PracticeHttp, tasks: readonly Task[]): Promise<{ offered: Offered[]; unread: ReadonlySet<string> }> {
  const local = (reference: Reference | undefined, type: string) => localReference(reference?.reference, http.fhirBase, type);
  const recordings = await byId(http, 'DocumentReference', DocumentReference, tasks.map((task) => local(task.focus, 'DocumentReference')));
  const documents = [...recordings.values()];
  const encounters = await byId(http, 'Encounter', Encounter, [...tasks.map((t) => local(t.encounter, 'Encounter')), ...documents.map((d) => local(d.context?.encounter?.[0], 'Encounter'))]);
  const consents = await byId(http, 'Consent', Consent, documents.flatMap((d) => (d.context?.related ?? []).map((r) => local(r, 'Consent'))));
  const organizations = await byId(http, 'Organization', Organization, documents.map((d) => local(d.custodian, 'Organization')));
  const authors = await byId(http, 'Practitioner', Practitioner, documents.flatMap((d) => (d.author ?? []).map((r) => local(r, 'Practitioner'))));
  const patientsOf = (task: Task, recording: DocumentReference | null, encounter: Encounter | null, agreed: Consent[]) =>
    [task.for, recording?.subject, encounter?.subject, ...agreed.map((c) => c.patient)].map((r) => local(r, 'Patient'));
  const consentsOf = (recording: DocumentReference | null) =>
    (recording?.context?.related ?? []).flatMap((r) => consents.get(local(r, 'Consent') ?? '') ?? []);
  const encounterOf = (task: Task) => encounters.get(local(task.encounter, 'Encounter') ?? '') ?? null;
  const recordingOf = (task: Task) => recordings.get(local(task.focus, 'DocumentReference') ?? '') ?? null;
  const patients = await byId(http, 'Patient', Patient, tasks.flatMap((t) => patientsOf(t, recordingOf(t), encounterOf(t), consentsOf(recordingOf(t)))));

  const transcripts = new Map<string, DocumentReference>();
  const replaced = new Set<string>();
  for (const batch of batches([...recordings.keys()])) {
    for (const resource of await search(http, `DocumentReference?relatesto=${batch.join(',')}&_count=100`)) {
      const parsed = DocumentReference.safeParse(resource);
      if (!parsed.success || parsed.data.status !== 'current') continue;
      for (const { code, target } of parsed.data.relatesTo ?? []) {
        const recording = local(target, 'DocumentReference');
        if (recording === null || !recordings.has(recording)) continue;
        if (code === 'transforms') transcripts.set(recording, parsed.data);
        if (code === 'replaces') replaced.add(recording);
      }
    }
  }
  const { found: signed, unread } = await statements(http, [
    ...recordings.keys(),
    ...[...transcripts.values()].map((t) => `DocumentReference/${t.id}`),
    ...tasks.map((t) => `Task/${t.id}`),
  ]);

  const isUnread = (task: Task) => {
    const recording = `DocumentReference/${recordingOf(task)?.id}`;
    return [`Task/${task.id}`, recording, `DocumentReference/${transcripts.get(recording)?.id}`].some((about) => unread.has(about));
  };
  const offerOf = (task: Task) => {
    const recording = recordingOf(task);
    const encounter = encounterOf(task);
    const agreed = consentsOf(recording);
    const transcript = recording ? transcripts.get(`DocumentReference/${recording.id}`) : undefined;
    const named = new Set(patientsOf(task, recording, encounter, agreed).filter((r) => r !== null));
    return offer({
      fhirBase: http.fhirBase, task, recording, replaced: recording !== null && replaced.has(`DocumentReference/${recording.id}`), encounter, consents: agreed,
      patients: [...named].flatMap((r) => patients.get(r) ?? []),
      custodian: organizations.get(local(recording?.custodian, 'Organization') ?? '') ?? null,
      authors: (recording?.author ?? []).flatMap((r) => authors.get(local(r, 'Practitioner') ?? '') ?? []),
      manifests: (recording && signed.get(`DocumentReference/${recording.id}`)) ?? [],
      assignments: signed.get(`Task/${task.id}`) ?? [],
      transcript: transcript ? { document: transcript, statements: signed.get(`DocumentReference/${transcript.id}`) ?? [] } : null,
    });
  };
  return { offered: tasks.map(offerOf), unread: new Set(tasks.filter(isUnread).map(({ id }) => id)) };
}

/** The same evidence with Task and Consents as they are now; null when the practice no longer answers with the Task. */
export async function reread(http: PracticeHttp, before: Evidence): Promise<Offered | null> {
  const [tasks, consents] = await Promise.all([
    byId(http, 'Task', Task, [`Task/${before.task.id}`]),
    byId(http, 'Consent', Consent, before.consents.map((c) => `Consent/${c.id}`)),
  ]);
  const task = tasks.get(`Task/${before.task.id}`);
  return task ? offer({ ...before, task, consents: [...consents.values()] }) : null;
}
