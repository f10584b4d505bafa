/** Calls that cross each other, and a keychain that fails or stops in the middle of one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { problemOf } from '../platform/failure.ts';
import { PIN, SECRET, TestVaults } from './vault.fixture.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

let vaults: TestVaults;
beforeEach(() => {
  vaults = new TestVaults();
});
afterEach(() => vaults.remove());

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: unknown) => problemOf(error).code);

/** Holds the first write to such an entry back until the returned function is called. */
function holdWrite(ending: string): { reached: Promise<void>; go: () => void } {
  const { api } = vaults;
  const write = api.setPassword.bind(api);
  let go = (): void => undefined;
  let arrive = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  api.setPassword = async (service, account, password) => {
    if (account.endsWith(ending)) {
      api.setPassword = write;
      arrive();
      await gate;
    }
    return write(service, account, password);
  };
  return { reached, go };
}

describe('content that is destroyed while something else is under way', () => {
  test('a renewal that waits for the keychain does not bring the destroyed keys back', async () => {
    const vault = await vaults.unlocked();
    vault.ledger.oweRenewal();
    const held = holdWrite(' even');
    const renewed = codeOf(vault.renewKeys());
    await held.reached;
    vault.destroyContent();
    held.go();
    await renewed;
    expect(vault.rule).toBeNull();
    await vault.renewKeys();
    expect(vault.rule).toBeNull();
    expect(vault.ledger.get('renewalDue')).toBeNull();
    vaults.closeAll();
    expect((await vaults.load()).rule).toBeNull();
  });

  test('an unlocking that is deriving meanwhile opens nothing', async () => {
    const vault = await vaults.unlocked();
    vault.lock();
    const held = holdWrite(' attempts');
    const unlocked = codeOf(vault.unlock(SECRET, NOW));
    await held.reached;
    held.go();
    // Counted; the secret is being stretched.
    await new Promise((resolve) => setTimeout(resolve, 20));
    vault.destroyContent();
    expect(await unlocked).not.toBe('done');
    expect(vault.unlocked).toBe(false);
    expect(existsSync(join(vaults.folder, 'library.db'))).toBe(false);
  });

  test('S is renewed at the next start when it could not be at once', async () => {
    const vault = await vaults.unlocked();
    const before = [...vaults.api.entries].filter(([name]) => /(odd|even)$/.test(name)).map(([, s]) => s);
    vault.lock();
    vault.destroyContent();
    vaults.closeAll();
    await vaults.load();
    const after = [...vaults.api.entries].filter(([name]) => /(odd|even)$/.test(name)).map(([, s]) => s);
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });
});
