/** What is on the screen while a lock waits for the keychain. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { Gate, TestDesk } from './journeys.fixture.ts';
import { lock } from './lock.ts';

const practice = practiceForTests();
let at: TestDesk;
beforeEach(() => {
  at = new TestDesk(practice.get());
});
afterEach(() => {
  vi.restoreAllMocks();
  at.remove();
});

it('a lock leaves nothing of the room on the screen while the keychain takes its time', async () => {
  const vault = await at.enter('ada');
  const gate = new Gate();
  const attempts = vault.attempts.bind(vault);
  vi.spyOn(vault, 'attempts').mockImplementationOnce(async () => {
    await gate.pass();
    return attempts();
  });
  const locking = lock(at.desk, new Failure('locked', 'idle'));
  await gate.reached;
  const { screen } = at.desk.state;
  gate.open();
  await locking;
  expect(screen).toBe('closed');
  expect(at.desk.state.screen).toBe('unlock');
});

it('a lock that has no answer from the keychain says so, and has a way on', async () => {
  const vault = await at.enter('ada');
  vi.spyOn(vault, 'attempts').mockRejectedValueOnce(new Failure('keychain-locked', 'test'));
  await lock(at.desk, new Failure('locked', 'idle'));
  expect(vault.unlocked).toBe(false);
  expect(at.desk.state).toMatchObject({ screen: 'problem', problem: { code: 'keychain-locked' }, canRetry: true });
});
