/** A profile may be on a slow disk: what was asked for one person is not told to the next. */
import type * as Files from 'node:fs/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { fetchCopy } from './fetchCopy.ts';
import { Gate, TestDesk } from './journeys.fixture.ts';
import { switchUser } from './lock.ts';
import { storage } from './storage.ts';
import { syncWorklist } from './sync.ts';

const disk = vi.hoisted(() => ({ answers: () => Promise.resolve() }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof Files>();
  return {
    ...real,
    statfs: async (path: string) => {
      await disk.answers();
      return real.statfs(path);
    },
  };
});

const practice = practiceForTests();
let at: TestDesk;
beforeEach(() => {
  at = new TestDesk(practice.get());
});
afterEach(() => at.remove());

it('the copies of one person are not told to whoever sat down meanwhile', async () => {
  const ada = await at.enter('ada');
  await syncWorklist(at.desk);
  await fetchCopy(at.desk, ada.library.assignment(at.rowOf('task-01'))!, () => undefined);
  expect((await storage(at.desk)).copies).toHaveLength(1);
  const gate = new Gate();
  disk.answers = () => gate.pass();
  const asked = storage(at.desk);
  const refused = expect(asked).rejects.toMatchObject({ code: 'locked' });
  await gate.reached;
  disk.answers = () => Promise.resolve();
  await switchUser(at.desk);
  await at.enter('ben');
  gate.open();
  await refused;
});
