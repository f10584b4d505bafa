/** Gathers what assurance needs for a set of Tasks, in batches, so that the cost follows the number of kinds and not of Tasks. */
import { Failure, problemOf } from '../platform/failure.ts';
import { type PracticeHttp, readBytes } from './http.ts';
import { offer, type Evidence, type Offered, type SignedStatement } from './offered.ts';
import { localReference } from '../fhir/reference.ts';
import { Consent, DocumentReference, Encounter, Organization, Patient, Practitioner, Provenance, Task, type Reference } from '../fhir/resources.ts';
import { batches, byId, search } from './search.ts';

/** A signed statement is a page of JSON; a manifest with block digests for 8 GiB is about 400 kB. */
export const STATEMENT_LIMIT = 1024 * 1024;

/** How long one statement may take; and how many in a row may fail until it is the practice that does not answer. */
const STATEMENT_MS = 15_000;
const FAILED_IN_A_ROW = 5;

/** The exact bytes of a small Binary: raw where the server answers raw, else from the resource's base64 `data`. Null when it is refused, gone or too large for a statement; throws when the practice cannot say. */
async function statementBytes(http: PracticeHttp, reference: string): Promise<Buffer | null> {
  const response = await http.send(reference, { accept: 'application/octet-stream, */*;q=0.1', timeoutMs: STATEMENT_MS });
  if (!response.ok) {
    await response.body?.cancel();
    if ([403, 404, 410].includes(response.status)) return null;
    throw new Failure('practice-error', 'unexpected status', { status: response.status });
  }
  const bytes = await readBytes(response, STATEMENT_LIMIT).catch((error: unknown) => {
    if (problemOf(error).code === 'practice-error') return null;
    throw error;
  });
  if (!bytes) return null;
  if (!(response.headers.get('content-type') ?? '').includes('fhir+json')) return bytes;
  try {
    const { data } = JSON.parse(bytes.toString('utf8')) as { data?: unknown };
    return typeof data === 'string' ? Buffer.from(data, 'base64') : null;
  } catch {
    return null;
  }
}

/**
 * Signed statements by what they are about, and about what there is one that could not be read just now. A Provenance that has no source or no JOSE
 * signature is no statement.
 */
async function statements(http: PracticeHttp, targets: string[]): Promise<{ found: Map<string, SignedStatement[]>; unread: Set<string> }> {
  const found = new Map<string, SignedStatement[]>();
  const unread = new Set<string>();
  let failed = 0;
  for (const batch of batches(targets)) {
    for (const resource of await search(http, `Provenance?target=${batch.join(',')}&_count=100`)) {
      const parsed = Provenance.safeParse(resource);
      if (!parsed.success) continue;
      const source = parsed.data.entity?.find((e) => e.role === 'source')?.what.reference;
      const binary = localReference(source, http.fhirBase, 'Binary');
      const data = parsed.data.signature?.find((s) => s.sigFormat === 'application/jose')?.data;
      if (binary === null || data === undefined) continue;
      const about = parsed.data.target.flatMap(({ reference }) => localReference(reference, http.fhirBase, reference?.includes('Task/') ? 'Task' : 'DocumentReference') ?? []);
      let bytes: Buffer | null;
      try {
        bytes = await statementBytes(http, binary);
        failed = 0;
      } catch (error) {
        failed += 1;
        if (!['practice-unreachable', 'practice-error'].includes(problemOf(error).code) || failed >= FAILED_IN_A_ROW) throw error;
        for (const target of about) unread.add(target);
        continue;
      }
      if (!bytes) continue;
      const statement = { bytes: bytes.toString('base64'), jws: Buffer.from(data, 'base64').toString('latin1') };
      for (const target of about) found.set(target, [...(found.get(target) ?? []), statement]);
    }
  }
  return { found, unread };
}

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

  const isUnread = (task: Task) => unread.has(`Task/${task.id}`) || unread.has(`DocumentReference/${recordingOf(task)?.id}`);
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
