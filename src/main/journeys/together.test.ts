/** A round in which what is read comes in batches: it reads the same, and comes to the same, as one that asks question by question; and nothing is gone because a batch lacks it. */
import type { Bundle, BundleEntry, Consent, DocumentReference, Encounter, Patient, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Practice, RecordingInfo } from '../../../practice/index.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { MOST_TOGETHER } from '../service/batch.ts';
import { fetchCopy } from './fetchCopy.ts';
import { changeAtPractice, TestDesk } from './journeys.fixture.ts';
import { inLibraryOf, learnReviews } from './reviewing/reviewing.ts';
import { confirmRole } from './role.ts';
import { syncWorklist } from './sync.ts';

const shared = practiceForTests();
let practice: Practice;
let desks: TestDesk[];
const undo: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  practice = shared.get();
  desks = [];
});
afterEach(async () => {
  practice.lies.answer = null;
  for (const back of undo.splice(0).reverse()) await back();
  for (const at of desks) at.remove();
});

/** @param most reads in one request */
async function sitDown(most: number): Promise<TestDesk> {
  const at = new TestDesk(practice);
  desks.push(at);
  await at.enter('ada');
  at.desk.session!.http.mostTogether = most;
  await syncWorklist(at.desk);
  return at;
}
const change = <T extends Task | DocumentReference | Consent | Encounter | Patient>(type: T['resourceType'], id: string, to: (before: T) => T) => changeAtPractice(practice, undo, type, id, to);
const taskOf = ({ taskIds: [task = ''] }: RecordingInfo) => task;
const libraryOf = ({ desk }: TestDesk) => desk.vaultOrThrow().library;
const rowOf = (at: TestDesk, task: string) => libraryOf(at).assignmentOf(`Task/${task}`);
/** How the practice was asked meanwhile. */
async function asking(work: () => Promise<unknown>) {
  const from = practice.accessLog.length;
  await work();
  const log = practice.accessLog.slice(from);
  return { reads: log.filter(({ method }) => method === 'GET').map(({ path }) => path).sort(), requests: log.filter(({ inBatch }) => !inBatch).length };
}

/** What a batch answers, as this makes of it. @param to by what was asked: null leaves the entry as it is */
function batchesSay(to: (entry: BundleEntry) => BundleEntry): void {
  practice.lies.answer = ({ method, path }, honest) => {
    if (method !== 'POST' || path !== '') return honest;
    const bundle = JSON.parse(honest.body.toString()) as Bundle;
    return { ...honest, body: Buffer.from(JSON.stringify({ ...bundle, entry: (bundle.entry ?? []).map(to) })) };
  };
}
const emptied = (entry: BundleEntry): BundleEntry => (entry.resource?.resourceType === 'Bundle' ? { ...entry, resource: { resourceType: 'Bundle', type: 'searchset' } } : entry);

it('reads the same where nothing has changed, in few requests', async () => {
  const [one, other] = [await sitDown(MOST_TOGETHER), await sitDown(1)];
  const [together, alone] = [await asking(() => syncWorklist(one.desk)), await asking(() => syncWorklist(other.desk))];
  expect(together.reads).toEqual(alone.reads);
  // What has changed, the stop list, Tasks, and the rest.
  expect(together.requests).toBe(4);
  expect(alone.requests).toBe(alone.reads.length);
});

it('comes to the same, whatever was withdrawn, taken away, changed or cannot be read', async () => {
  const all: Record<string, RecordingInfo> = {};
  const to: Record<string, (info: RecordingInfo) => Promise<unknown>> = {
    cancelled: (info) => change<Task>('Task', taskOf(info), (task) => ({ ...task, status: 'cancelled' })),
    'given to somebody else': (info) => change<Task>('Task', taskOf(info), (task) => ({ ...task, owner: { reference: 'Practitioner/gp-2' } })),
    removed: (info) => practice.repo.remove('Task', taskOf(info)),
    'without consent': (info) => change<Consent>('Consent', info.consentId, (consent) => ({ ...consent, status: 'inactive' })),
    superseded: (info) => change<DocumentReference>('DocumentReference', info.id, (document) => ({ ...document, status: 'superseded' })),
    'recording removed': (info) => practice.repo.remove('DocumentReference', info.id),
    replaced: async (info) => {
      const document = await practice.repo.read<DocumentReference>('DocumentReference', info.id);
      const newer = `${info.id}-newer`;
      await practice.repo.update<DocumentReference>({ ...document, id: newer, relatesTo: [{ code: 'replaces', target: { reference: `DocumentReference/${info.id}` } }] });
      undo.push(() => practice.repo.remove('DocumentReference', newer));
    },
    'consultation cancelled': (info) => change<Encounter>('Encounter', info.encounterId, (encounter) => ({ ...encounter, status: 'cancelled' })),
    'another consent': (info) => change<DocumentReference>('DocumentReference', info.id, (document) => ({ ...document, context: { ...document.context, related: [{ reference: 'Consent/none' }] } })),
    'signed by a stranger': (info) => practice.repo.signManifest(info.id, () => undefined, { signWith: 'stranger' }),
    'signed anew': (info) => practice.repo.signManifest(info.id, (manifest) => {
      manifest.revision += 1;
    }),
    retitled: (info) => change<Task>('Task', taskOf(info), (task) => ({ ...task, description: 'Retitled' })),
    unreadable: async () => undefined, unchanged: async () => undefined,
  };
  for (const name of Object.keys(to)) all[name] = await practice.repo.addRecording({ owner: 'ada', title: name, media: Buffer.from(name), purpose: 'TRAIN' });
  const [one, other] = [await sitDown(MOST_TOGETHER), await sitDown(1)];
  for (const at of desks) for (const info of Object.values(all)) await fetchCopy(at.desk, rowOf(at, taskOf(info))!, () => undefined);
  for (const [name, work] of Object.entries(to)) await work(all[name]!);
  const fresh = await practice.repo.addRecording({ owner: 'ada', title: 'new', media: Buffer.from('new') });
  practice.lies.answer = ({ path, query }, honest) => (path === 'Encounter' && query.get('_id')?.split(',').includes(all.unreadable!.encounterId) ? { ...honest, status: 500 } : honest);
  for (const { desk } of [one, other]) await expect(syncWorklist(desk)).rejects.toMatchObject({ code: 'practice-error' });
  practice.lies.answer = null;

  const outcomeOf = async (at: TestDesk, info: RecordingInfo) => {
    const row = rowOf(at, taskOf(info));
    return { evidence: row?.evidence, standing: row && await at.standingOf(taskOf(info)), copy: at.desk.vaultOrThrow().copies.stored(info.masterIdentifier) !== null };
  };
  for (const info of [...Object.values(all), fresh]) expect(await outcomeOf(one, info)).toEqual(await outcomeOf(other, info));
  const standings = await Promise.all(Object.entries(all).map(async ([name, info]) => [name, (await outcomeOf(one, info)).standing]));
  expect(Object.fromEntries(standings)).toEqual({
    cancelled: null, 'given to somebody else': null, removed: null, 'without consent': ['consent-missing'], superseded: ['recording-status'], 'recording removed': ['recording-missing'], replaced: ['recording-status'],
    'consultation cancelled': ['encounter-not-held'], 'another consent': ['consent-missing'], 'signed by a stranger': ['manifest-untrusted'], 'signed anew': 'shown', retitled: 'shown', unreadable: 'shown', unchanged: 'shown',
  });
  expect(one.recorded().filter((event) => event !== 'session').sort()).toEqual(other.recorded().filter((event) => event !== 'session').sort());
});

it('takes nothing away because a batch lacks it, and asks for no more batches then', async () => {
  const at = await sitDown(MOST_TOGETHER);
  await fetchCopy(at.desk, rowOf(at, 'task-01')!, () => undefined);
  const [before, recorded] = [libraryOf(at).assignments(), at.recorded()];
  batchesSay(emptied);
  await syncWorklist(at.desk);
  expect([libraryOf(at).assignments(), at.recorded()]).toEqual([before, recorded]);
  expect(at.desk.session!.http.mostTogether).toBe(1);
});

it.each(['DocumentReference', 'Encounter', 'Consent', 'Organization', 'Patient', 'Provenance'])('nor where it lacks one kind alone: %s', async (type) => {
  const at = await sitDown(MOST_TOGETHER);
  const before = libraryOf(at).assignments();
  batchesSay((entry) => ((entry.resource as Bundle | undefined)?.entry?.some(({ resource }) => resource?.resourceType === type) ? emptied(entry) : entry));
  await syncWorklist(at.desk);
  expect(libraryOf(at).assignments()).toEqual(before);
});

it('lets no batch hide for longer than until all is asked for what replaces a recording', async () => {
  const at = await sitDown(MOST_TOGETHER);
  const document = await practice.repo.read<DocumentReference>('DocumentReference', 'rec-01');
  await practice.repo.update<DocumentReference>({ ...document, id: 'rec-01-newer', relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/rec-01' } }] });
  undo.push(() => practice.repo.remove('DocumentReference', 'rec-01-newer'));
  batchesSay((entry) => {
    const bundle = entry.resource as Bundle | undefined;
    return bundle?.entry ? { ...entry, resource: { ...bundle, entry: bundle.entry.filter(({ resource }) => resource?.id !== 'rec-01-newer') } } : entry;
  });
  await syncWorklist(at.desk);
  expect(await at.standingOf('task-01')).toBe('shown');
  await syncWorklist(at.desk, true);
  expect(await at.standingOf('task-01')).toEqual(['recording-status']);
});

it('brings nothing back because a batch hides what has replaced it', async () => {
  const at = await sitDown(MOST_TOGETHER);
  const document = await practice.repo.read<DocumentReference>('DocumentReference', 'rec-01');
  await practice.repo.update<DocumentReference>({ ...document, id: 'rec-01-newer', relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/rec-01' } }] });
  undo.push(() => practice.repo.remove('DocumentReference', 'rec-01-newer'));
  await syncWorklist(at.desk, true);
  batchesSay((entry) => {
    const bundle = entry.resource as Bundle | undefined;
    return bundle?.entry ? { ...entry, resource: { ...bundle, entry: bundle.entry.filter(({ resource }) => resource?.id !== 'rec-01-newer') } } : entry;
  });
  at.desk.session!.http.mostTogether = MOST_TOGETHER;
  await syncWorklist(at.desk);
  expect(await at.standingOf('task-01')).toEqual(['recording-status']);
});

it('takes no form away because a batch lacks it', async () => {
  const at = await sitDown(MOST_TOGETHER);
  const rows = libraryOf(at).assignmentNames().map(({ rowId }) => rowId);
  const forms = () => inLibraryOf(at.desk)((db) => db.prepare('SELECT id FROM form ORDER BY id').pluck().all());
  await learnReviews(at.desk, rows);
  const before = forms();
  expect(before.length).toBeGreaterThan(0);
  batchesSay((entry) => ((entry.resource as Bundle | undefined)?.entry?.some(({ resource }) => resource?.resourceType === 'Questionnaire') ? emptied(entry) : entry));
  await learnReviews(at.desk, rows);
  expect(forms()).toEqual(before);
});

it('ends no role because a batch lacks it, and does where the practice says so by itself', async () => {
  const at = await sitDown(MOST_TOGETHER);
  batchesSay(emptied);
  await confirmRole(at.desk, true);
  expect(at.desk.roleEnded).toBe(false);
  practice.lies.answer = ({ path }, honest) => (path === 'PractitionerRole' ? { ...honest, body: Buffer.from('{"resourceType":"Bundle","type":"searchset"}') } : honest);
  await expect(confirmRole(at.desk, true)).rejects.toMatchObject({ code: 'role-ended' });
});

it('keeps what others wrote, and what is to be hidden, though a batch lacks it', async () => {
  const at = await sitDown(MOST_TOGETHER);
  const rows = libraryOf(at).assignmentNames().map(({ rowId }) => rowId);
  const theirs = () => inLibraryOf(at.desk)((db) => db.prepare('SELECT body FROM theirs ORDER BY task').pluck().all()) as string[];
  const { requests } = await asking(() => learnReviews(at.desk, rows));
  const before = theirs();
  expect([before.some((body) => /"(notes|responses|messages)":\[\{/.test(body)), requests < 3]).toEqual([true, true]);
  batchesSay(emptied);
  await learnReviews(at.desk, rows);
  expect(theirs()).toEqual(before);
});
