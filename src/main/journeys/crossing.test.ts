/** What the screens can ask for at the wrong moment, or twice at once. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Vault } from '../vault/vault.ts';
import { chooseVault } from './arrive.ts';
import { handlersFor } from './handlers.ts';
import { Gate, SECRET, TestDesk } from './journeys.fixture.ts';
import { changeSecret, lock, switchUser, unlock } from './lock.ts';
import type { Rhythm } from './rhythm.ts';
import type { SignIn } from './signIn.ts';
import { peopleHere, standUp } from './vaults.ts';
import { Failure } from '../platform/failure.ts';

const practice = practiceForTests();
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
let at: TestDesk;
beforeEach(() => {
  at = new TestDesk(practice.get());
});
afterEach(() => {
  vi.restoreAllMocks();
  at.remove();
});

describe('a vault', () => {
  test('is loaded once at a time, whoever asks', async () => {
    const { id } = await at.enter('ada');
    standUp(at.desk);
    await Vault.allLeft();
    const load = Vault.load.bind(Vault);
    let open = 0;
    let most = 0;
    vi.spyOn(Vault, 'load').mockImplementation(async (...given) => {
      open += 1;
      most = Math.max(most, open);
      const vault = await load(...given);
      const close = vault.close.bind(vault);
      let closed = false;
      vault.close = () => {
        if (!closed) open -= 1;
        closed = true;
        close();
      };
      return vault;
    });
    await Promise.all([chooseVault(at.desk, id), peopleHere(at.desk), chooseVault(at.desk, id), peopleHere(at.desk)]);
    expect(most).toBe(1);
    expect(at.desk.vault?.id).toBe(id);
  });

  test('that the disk does not give keeps nobody else out', async () => {
    const { id } = await at.enter('ada');
    const { id: other } = await at.enter('ben');
    standUp(at.desk);
    await Vault.allLeft();
    const path = join(at.profile, 'vaults', id, 'ledger.db');
    rmSync(path);
    mkdirSync(path);
    expect((await peopleHere(at.desk)).map(({ vault, broken }) => [vault, broken])).toEqual([[other, false], [id, true]]);
  });
});

describe('a vault that locks itself', () => {
  test('shows the way in and why, and the changed secret is on record', async () => {
    const vault = await at.enter('ada');
    const moveTo = vault.copies.moveTo.bind(vault.copies);
    vi.spyOn(vault.copies, 'moveTo').mockImplementationOnce((renewed) => {
      moveTo(renewed);
      throw new Failure('disk-full', 'no space left');
    });
    await expect(changeSecret(at.desk, SECRET, '730518')).rejects.toThrow(code('locked'));
    expect(at.desk.state).toMatchObject({ screen: 'unlock', notice: { code: 'disk-full' } });
    expect(at.recorded()).toContain('secret-changed');
    await unlock(at.desk, '730518');
    expect(vault.unlocked).toBe(true);
  });
});

describe('switching user', () => {
  test('goes straight to the way in: nobody is offered on a screen that is about to go', async () => {
    await at.enter('ada');
    at.pushed.length = 0;
    await switchUser(at.desk);
    const screens = at.pushed.filter(({ name }) => name === 'state').map(({ value }) => (value as { screen: string }).screen);
    expect(screens).toContain('sign-in');
    expect(screens).not.toContain('unlock');
    expect(at.desk.vault).toBeNull();
  });
});

describe('a screen that asks at the wrong moment', () => {
  const ask = (begin: () => Promise<void> = () => Promise.resolve()) =>
    handlersFor(at.desk, { watchIdle: () => undefined, enter: () => undefined } as unknown as Rhythm, { cancel: () => false } as unknown as SignIn, begin);

  test('does not put the way in before an open vault', async () => {
    await at.enter('ada');
    const begin = vi.fn(async () => undefined);
    await expect(ask(begin).rememberedSecret(1)).rejects.toThrow(code('bad-request'));
    await expect(ask(begin).retry(1)).rejects.toThrow(code('bad-request'));
    expect(begin).not.toHaveBeenCalled();
    expect(at.desk.state.screen).toBe('room');
  });

  test('unlocks nothing for a manager', async () => {
    await at.enter('ada');
    await lock(at.desk, new Failure('locked', 'by the person'));
    at.desk.person!.role.kind = 'manager';
    await expect(ask().unlock(1, '482915')).rejects.toThrow(code('bad-request'));
    expect(at.desk.vault?.unlocked).toBe(false);
  });
});

test('a lock leaves nothing of the room on the screen while the keychain takes its time', async () => {
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

test('a lock that has no answer from the keychain says so, and has a way on', async () => {
  const vault = await at.enter('ada');
  vi.spyOn(vault, 'attempts').mockRejectedValueOnce(new Failure('keychain-locked', 'test'));
  await lock(at.desk, new Failure('locked', 'idle'));
  expect(vault.unlocked).toBe(false);
  expect(at.desk.state).toMatchObject({ screen: 'problem', problem: { code: 'keychain-locked' }, canRetry: true });
});
