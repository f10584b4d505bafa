/** What the practice says of several assignments at once is acted on for each of them, whatever fails with one. */
import type { Consent, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Worklist } from '../../preload/contract.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { SearchIndex } from '../review/search.ts';
import type { Vault } from '../vault/vault.ts';
import { decisionsOf } from './decisions.ts';
import { changeAtPractice, TestDesk } from './journeys.fixture.ts';
import { enforceStops } from './stops.ts';
import { syncWorklist } from './sync.ts';
import { showWorklist } from './worklist.ts';

const practice = practiceForTests();
let at: TestDesk;
let vault: Vault;
const undo: (() => Promise<unknown>)[] = [];
/** Of those that hang on a consent. What fails with all of them fails before each but one, in whichever order they are settled. */
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

  it('all go, also where what becomes of them cannot be kept', async () => {
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

it('what cannot be decided is not played on, and what cannot be kept is while it says the same', async () => {
  await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-03', (before) => ({ ...before, description: 'Another' }));
  const kept = vi.spyOn(vault.library, 'takeEvidence').mockImplementation(failing('disk-fault'));
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(tasks.map(isPlayed)).toEqual([true, false, true]);
  kept.mockRestore();
  vi.spyOn(vault.ledger, 'wrongRevision').mockImplementation(failing('disk-fault'));
  await expect(sync()).rejects.toMatchObject({ code: 'disk-fault' });
  expect(tasks.map(isPlayed)).toEqual([false, false, false]);
});

it('what is stopped goes, each, whatever fails with another', async () => {
  vi.spyOn(vault.ledger, 'anyStops').mockReturnValue(true);
  vi.spyOn(vault.ledger, 'isStopped').mockReturnValue(true);
  vi.spyOn(vault, 'destroyCopy').mockImplementation(failing('disk-fault'));
  await expect(enforceStops(at.desk, vault)).rejects.toMatchObject({ code: 'disk-fault' });
  expect(tasks.map((task) => [isPlayed(task), isOnList(task)])).toEqual(tasks.map(() => [false, false]));
});
