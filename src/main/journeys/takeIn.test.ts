/** What the practice says of several assignments at once is acted on for each of them, whatever fails with one. */
import type { Consent, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Worklist } from '../../preload/contract.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { SearchIndex } from '../review/search.ts';
import type { Vault } from '../vault/vault.ts';
import { decisionsOf } from './decisions.ts';
import { fetchCopy } from './fetchCopy.ts';
import { changeAtPractice, TestDesk } from './journeys.fixture.ts';
import { syncWorklist } from './sync.ts';
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
const isFound = (task: string) => new SearchIndex((work) => vault.library.work(work)).find(titleOf(task)).some((found) => found.task === `Task/${task}`);
const titleOf = (task: string) => `Retitled${task.slice(-1)}`;
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

  it('are played no more, also where what becomes of them cannot be kept', async () => {
    await revokeAllConsents();
    vi.spyOn(vault.library, 'takeEvidence').mockImplementation(failing('disk-fault'));
    await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
    expect(tasks.map(isPlayed)).toEqual([false, false, false]);
  });

  it('all go, also where other rows that are over cannot be removed', async () => {
    await revokeAllConsents();
    await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-01', (before) => ({ ...before, status: 'cancelled' }));
    vi.spyOn(vault.library, 'removeAssignment').mockImplementation(failing('disk-fault'));
    await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
    expectAllGone();
  });

  it('the first thing that failed is what is said, whatever fails after it', async () => {
    await revokeAllConsents();
    vi.spyOn(at.desk.journal!, 'write').mockImplementation(failing('audit-unwritable'));
    vi.spyOn(decisionsOf(at.desk), 'growing').mockImplementation(failing('internal'));
    await expect(sync()).rejects.toMatchObject({ code: 'audit-unwritable' });
  });
});

it('where evidence cannot be kept, playback ends only of rows that changed', async () => {
  await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-03', (before) => ({ ...before, description: 'Another' }));
  vi.spyOn(vault.library, 'takeEvidence').mockImplementation(failing('disk-fault'));
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(tasks.map(isPlayed)).toEqual([true, false, true]);
});

it('where a row cannot be decided, its playback ends', async () => {
  vi.spyOn(vault.ledger, 'wrongRevision').mockImplementation(failing('disk-fault'));
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(tasks.map(isPlayed)).toEqual([false, false, false]);
});

it('nothing that was said in a recording is found under the one that its row moves to, also where the copy cannot be destroyed', async () => {
  const saidIn = (task: string) => new SearchIndex((work) => vault.library.work(work)).find('the').some((found) => found.task === `Task/${task}` && found.field === 'transcript');
  await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-02'))!, () => undefined);
  expect(saidIn('task-02')).toBe(true);
  const { for: patient, focus, encounter } = await practice.get().repo.read<Task>('Task', 'task-04');
  await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-02', (before) => ({ ...before, for: patient, focus, encounter }));
  vi.spyOn(vault, 'destroyCopy').mockImplementation(failing('disk-fault'));
  const before = at.rowOf('task-02');
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(at.rowOf('task-02')).not.toBe(before);
  expect([saidIn('task-02'), isPlayed('task-02')]).toEqual([false, false]);
});
