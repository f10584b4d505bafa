/** Sensitive recordings: not here before they are asked for, and locked sooner while they are open. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import type { Vault } from '../vault/vault.ts';
import { TestDesk, WINDOW } from './journeys.fixture.ts';
import { fetchWaiting } from './downloads/prefetch.ts';
import { fetchCopy } from './fetchCopy.ts';
import { lock } from './lock.ts';
import { syncWorklist } from './sync.ts';
import { openRecording } from './watch.ts';

const practice = practiceForTests();
const nothing = () => undefined;
let at: TestDesk;
let vault: Vault;
beforeEach(async () => {
  at = new TestDesk(practice.get());
  vault = await at.enter('ada');
});
afterEach(() => at.remove());

it('a label of the site file alone keeps a recording from being downloaded by itself', async () => {
  const { repo } = practice.get();
  const labelled = await repo.addRecording({ owner: 'ada', sensitivity: ['child'] });
  const other = await repo.addRecording({ owner: 'ada', sensitivity: ['a label that the site file does not name'] });
  await syncWorklist(at.desk);
  await fetchWaiting(at.desk, nothing);
  await at.downloaded();
  expect(vault.copies.stored(labelled.masterIdentifier)).toBeNull();
  expect(vault.copies.stored(other.masterIdentifier)).toMatchObject({ partial: false });
  await fetchCopy(at.desk, vault.library.assignment(at.rowOf(labelled.taskIds[0] ?? ''))!, nothing);
  expect(vault.copies.stored(labelled.masterIdentifier)).toMatchObject({ partial: false });
});

it('the idle lock is the shorter one, for as long as a sensitive recording is open', async () => {
  await syncWorklist(at.desk);
  const open = async (task: string) => {
    await fetchCopy(at.desk, vault.library.assignment(at.rowOf(task))!, nothing);
    return openRecording(at.desk, WINDOW, at.rowOf(task), nothing);
  };
  expect((await open('task-01')).sensitive).toBe(false);
  expect(at.desk.idleMinutes()).toBe(10);
  expect(await open('task-08')).toMatchObject({ sensitive: true, sensitiveKinds: ['safeguarding'] });
  expect(at.desk.idleMinutes()).toBe(2);
  at.desk.site = { ...at.desk.site, idleLockMinutes: 1 };
  expect(at.desk.idleMinutes()).toBe(1);
  at.desk.site = { ...at.desk.site, idleLockMinutes: 10 };
  await lock(at.desk, new Failure('locked', 'test'));
  expect(at.desk.idleMinutes()).toBe(10);
});
