/** What the practice says of several assignments at once is acted on for each of them, whatever fails with one. */
import type { Consent, DocumentReference, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Worklist } from '../../preload/contract.ts';
import type { ListQuery } from '../../preload/review.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { SearchIndex } from '../review/search.ts';
import { offer } from '../service/offered.ts';
import type { Vault } from '../vault/vault.ts';
import { decisionsOf } from './decisions.ts';
import { fetchCopy } from './fetchCopy.ts';
import { changeAtPractice, moveAtPractice, patientAnew, TestDesk, WINDOW } from './journeys.fixture.ts';
import { lock } from './lock.ts';
import { findRows } from './reviewing/finding.ts';
import { syncWorklist } from './sync.ts';
import { refreshRow, takeInAnyway } from './takeIn.ts';
import { openRecording } from './watch.ts';
import { showWorklist } from './worklist.ts';

const practice = practiceForTests();
let at: TestDesk;
let vault: Vault;
const undo: (() => Promise<unknown>)[] = [];
/** Three that hang on a consent: whichever is settled first, others come after the failure. */
const tasks = ['task-02', 'task-03', 'task-04'];
const failing = (code: 'audit-unwritable' | 'disk-fault' | 'internal') => (): never => {
  throw new Failure(code, 'test');
};
const revokeAllConsents = async () => {
  for (const task of tasks) {
    const { consentId } = practice.get().repo.recordings().find(({ taskIds }) => taskIds.includes(task))!;
    await changeAtPractice<Consent>(practice.get(), undo, 'Consent', consentId, (before) => ({ ...before, status: 'inactive' }));
  }
};
const isPlayed = (task: string) => [...at.desk.watching.values()].some(({ subject }) => subject.task === `Task/${task}`);
/** As the page has it. */
const isOnList = (task: string) => (at.pushed.findLast(({ name }) => name === 'worklist')!.value as Worklist).ids.includes(at.rowOf(task));
const isFound = (task: string) => new SearchIndex((work) => vault.library.work(work)).find(titleOf(task)).has(`Task/${task}`);
const titleOf = (task: string) => `Retitled${task.slice(-1)}`;
const anything = { text: '', progress: [], due: 'any', copy: 'any', review: 'any', refused: false, sort: 'due', descending: false } satisfies ListQuery;
const sync = () => syncWorklist(at.desk);

beforeEach(async () => {
  at = new TestDesk(practice.get());
  vault = await at.enter('ada');
  for (const task of tasks) await changeAtPractice<Task>(practice.get(), undo, 'Task', task, (before) => ({ ...before, description: titleOf(task) }));
  await sync();
  await showWorklist(at.desk);
  for (const task of tasks) at.onScreen(at.rowOf(task));
  expect(tasks.map((task) => [isPlayed(task), isOnList(task), isFound(task)])).toEqual(tasks.map(() => [true, true, true]));
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const back of undo.splice(0).reverse()) await back();
  at.remove();
});

describe('of rows that are withheld together', () => {
  const expectAllGone = () => expect(tasks.map((task) => [isPlayed(task), isOnList(task), isFound(task)])).toEqual(tasks.map(() => [false, false, false]));

  it('all go, also where their copies cannot be destroyed', async () => {
    await revokeAllConsents();
    vi.spyOn(vault, 'destroyCopy').mockImplementation(failing('disk-fault'));
    await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
    expectAllGone();
  });

  it('all go, also where that they do cannot be recorded; it is recorded when it can', async () => {
    await revokeAllConsents();
    const full = vi.spyOn(at.desk.journal!, 'write').mockImplementation(failing('audit-unwritable'));
    await expect(sync()).rejects.toMatchObject({ code: 'audit-unwritable' });
    expectAllGone();
    full.mockRestore();
    await sync();
    expect(at.recorded().filter((event) => event === 'withheld')).toHaveLength(tasks.length);
  });

  it.each([['what is said of them', () => vi.spyOn(vault.library, 'takeEvidence')], ['that a manifest was seen', () => vi.spyOn(vault.ledger, 'saw')]])('all go, also where %s cannot be kept, and come back when it can', async (_what, failingIn) => {
    await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-02'))!, () => undefined);
    await revokeAllConsents();
    const cannot = failingIn().mockImplementation(failing('disk-fault'));
    await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
    expect(tasks.map((task) => [isPlayed(task), isOnList(task)])).toEqual(tasks.map(() => [false, false]));
    expect((await findRows(at.desk, { ...anything, text: 'Retitled' })).ids).toEqual([]);
    cannot.mockRestore();
    for (const back of undo.splice(0).reverse()) await back();
    const { session } = at.desk;
    at.desk.session = null;
    await expect(openRecording(at.desk, WINDOW, at.rowOf('task-02'), () => undefined)).rejects.toMatchObject({ code: 'recording-withheld' });
    at.desk.session = session;
    await sync();
    await showWorklist(at.desk);
    expect(tasks.map(isOnList)).toEqual([true, true, true]);
  });

  it('all go, also where other rows that are over cannot be removed', async () => {
    await revokeAllConsents();
    await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-01', (before) => ({ ...before, status: 'cancelled' }));
    vi.spyOn(vault.library, 'removeAssignment').mockImplementation(failing('disk-fault'));
    await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
    expectAllGone();
    expect(isOnList('task-01')).toBe(false);
  });

  it('all go, also where the practice’s answer to another question overtook one of them', async () => {
    await revokeAllConsents();
    vi.spyOn(vault, 'destroyCopy').mockImplementation(failing('disk-fault'));
    const gate = at.hold(/Consent\?/);
    const syncing = sync();
    await gate.reached;
    at.desk.took('Task/task-03');
    gate.open();
    await expect(syncing).rejects.toMatchObject({ code: 'disk-fault' });
    expectAllGone();
  });

  it('the first thing that failed is what is said, whatever fails after it', async () => {
    await revokeAllConsents();
    vi.spyOn(at.desk.journal!, 'write').mockImplementation(failing('audit-unwritable'));
    vi.spyOn(decisionsOf(at.desk), 'growing').mockImplementation(failing('internal'));
    await expect(sync()).rejects.toMatchObject({ code: 'audit-unwritable' });
  });
});

describe('a recording that was taken back, which could not be kept', () => {
  const TASK = 'task-02';
  const openOffline = async () => {
    const { session } = at.desk;
    at.desk.session = null;
    try {
      return await openRecording(at.desk, WINDOW, at.rowOf(TASK), () => undefined).then(() => 'opened', (error: unknown) => (error instanceof Failure ? error.code : String(error)));
    } finally {
      at.desk.session = session;
    }
  };
  let cannot: { mockRestore: () => void };
  beforeEach(async () => {
    await fetchCopy(at.desk, vault.library.assignment(at.rowOf(TASK))!, () => undefined);
    expect(await openOffline()).toBe('opened');
    await changeAtPractice<DocumentReference>(practice.get(), undo, 'DocumentReference', 'rec-02', (before) => ({ ...before, status: 'entered-in-error' }));
    cannot = vi.spyOn(vault.library, 'takeEvidence').mockImplementation(failing('disk-fault'));
    await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
    cannot.mockRestore();
    expect(await openOffline()).toBe('recording-withheld');
  });

  it('stays closed whatever is asked of it, until all of it was read anew', async () => {
    await refreshRow(at.desk, vault.library.assignmentOf(`Task/${TASK}`)!);
    expect([await openOffline(), await at.standingOf(TASK)]).toEqual(['recording-withheld', ['recording-status']]);
  });

  it('stays closed where a part of it is given as it was known', async () => {
    practice.get().lies.answer = (asked, honest) => (asked.path === 'DocumentReference' && asked.query.get('_id')?.split(',').includes('rec-02') ? { ...honest, status: 500 } : honest);
    await expect(sync()).rejects.toBeInstanceOf(Failure);
    practice.get().lies.answer = null;
    expect([await openOffline(), await at.standingOf(TASK)]).toEqual(['recording-withheld', ['not-kept']]);
  });

  it('stays closed where what was asked before is answered after', async () => {
    const { evidence } = vault.library.assignmentOf(`Task/${TASK}`)!;
    await takeInAnyway(at.desk, vault, [offer(evidence)], 0).catch(() => undefined);
    expect(await openOffline()).toBe('recording-withheld');
  });

  it('stays closed while others are here, and is asked for in each round', async () => {
    await lock(at.desk, new Failure('locked', 'test'));
    const ada = at.desk.vault;
    await at.enter('ben');
    await syncWorklist(at.desk);
    expect(at.desk.vault).not.toBe(ada);
    vault = await at.enter('ada');
    expect(await openOffline()).toBe('recording-withheld');
    await undo.pop()?.();
    await expect(sync()).resolves.toBeUndefined();
    at.desk.couldNotKeep(vault, `Task/${TASK}`);
    vi.spyOn(vault.library, 'readLongestAgo').mockReturnValue([]);
    vi.spyOn(vault.library, 'tasksHere').mockReturnValue([]);
    await sync();
    expect(await openOffline()).toBe('opened');
  });
});

it('a lock while a row is decided closes nothing', async () => {
  const decided = vi.spyOn(vault.ledger, 'wrongRevision').mockImplementation(() => {
    decided.mockRestore();
    vault.lock();
    throw new Failure('internal', 'closed');
  });
  await expect(sync()).rejects.toMatchObject({ code: 'locked' });
  expect(at.desk.unkeptOf(vault).tasks.size).toBe(0);
});

it('a copy that is of another manifest by now goes, also where its words cannot be removed', async () => {
  await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-02'))!, () => undefined);
  await practice.get().repo.signManifest('rec-02', (manifest) => {
    manifest.revision += 1;
  });
  vi.spyOn(SearchIndex.prototype, 'remove').mockImplementation(failing('disk-fault'));
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect([isPlayed('task-02'), vault.library.recordingsHere()]).toEqual([false, []]);
});

it('where evidence cannot be kept, playback ends only of rows that changed', async () => {
  await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-03', (before) => ({ ...before, description: 'Another' }));
  vi.spyOn(vault.library, 'takeEvidence').mockImplementation(failing('disk-fault'));
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(tasks.map(isPlayed)).toEqual([true, false, true]);
});

it('where a row cannot be decided, its playback ends, and the others are on the list', async () => {
  const wrong = vault.ledger.wrongRevision.bind(vault.ledger);
  const { recording } = vault.library.assignment(at.rowOf('task-03'))!;
  await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-03', (before) => ({ ...before, description: 'Another' }));
  vi.spyOn(vault.ledger, 'wrongRevision').mockImplementation((one) => (one === recording ? failing('disk-fault')() : wrong(one)));
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(tasks.map((task) => [isPlayed(task), isOnList(task)])).toEqual([[true, true], [false, false], [true, true]]);
});

it('copies that were left behind as their rows moved go in a later round, each whatever fails with another', async () => {
  await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-02'))!, () => undefined);
  const { recording } = vault.library.assignment(at.rowOf('task-02'))!;
  await moveAtPractice(practice.get(), undo, 'task-02', 'task-04');
  const full = vi.spyOn(vault.ledger, 'doom').mockImplementation(failing('disk-fault'));
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(vault.library.recordingsHere()).toContain(recording);
  full.mockRestore();
  await sync();
  expect(vault.library.recordingsHere()).not.toContain(recording);
  expect(vault.copies.hasFiles(recording!)).toBe(false);
});

it('what a row was found by is gone as it becomes another patient’s, also where what it is found by now cannot be written', async () => {
  await patientAnew(practice.get(), undo, 'task-02', 'rec-02');
  vi.spyOn(SearchIndex.prototype, 'put').mockImplementation(failing('disk-fault'));
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(isFound('task-02')).toBe(false);
});

it('nothing that was said in a recording is found under the one that its row moves to, also where the copy cannot be destroyed', async () => {
  const saidIn = (task: string) => new SearchIndex((work) => vault.library.work(work)).find('the').get(`Task/${task}`)?.has('transcript') ?? false;
  await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-02'))!, () => undefined);
  expect(saidIn('task-02')).toBe(true);
  await moveAtPractice(practice.get(), undo, 'task-02', 'task-04');
  vi.spyOn(vault, 'destroyCopy').mockImplementation(failing('disk-fault'));
  const before = at.rowOf('task-02');
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(at.rowOf('task-02')).not.toBe(before);
  expect([saidIn('task-02'), isPlayed('task-02')]).toEqual([false, false]);
});
