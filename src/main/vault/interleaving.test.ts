/** Calls that cross each other, and a keychain that fails or stops in the middle of one. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problemOf } from '../platform/failure.ts';
import { PIN, SECRET, TestVaults } from './vault.fixture.ts';

// Destroyed while the secret is being stretched: that has to take a while.
vi.unmock('@node-rs/argon2');

const NOW = Date.parse('2026-11-20T12:00:00Z');
const NEXT = '593026';

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

/** Writes to such entries fail from now on. */
function failWrites(ending: string): () => void {
  const { api } = vaults;
  const write = api.setPassword.bind(api);
  api.setPassword = async (service, account, password) => {
    if (account.endsWith(ending)) throw new Error('keychain went away');
    return write(service, account, password);
  };
  return () => {
    api.setPassword = write;
  };
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

describe('a keychain that fails in the middle', () => {
  test('a secret that was changed is not reported as unchanged', async () => {
    const vault = await vaults.unlocked();
    const mend = failWrites(' even');
    expect(await codeOf(vault.changeSecret(SECRET, NEXT, PIN, NOW))).toBe('done');
    mend();
    expect(vault.ledger.get('renewalDue')).not.toBeNull();
    vault.lock();
    expect(await codeOf(vault.unlock(NEXT, NOW))).toBe('done');
    await vault.renewKeys();
    expect(vault.ledger.get('renewalDue')).toBeNull();
  });

  test('an entry that a locked keychain did not delete is not taken for deleted', async () => {
    const { keychain } = vaults.place();
    await keychain.write('one', Buffer.from('key'));
    vaults.api.state = 'locked';
    expect(await codeOf(keychain.remove('one'))).toBe('keychain-locked');
  });

  test('a first secret whose attempts cannot be forgiven is not set, and can be set again', async () => {
    const vault = await vaults.load();
    const mend = failWrites(' attempts');
    expect(await codeOf(vault.setSecret(SECRET, PIN))).toBe('keychain-unavailable');
    expect(vault.unlocked).toBe(false);
    mend();
    expect(await codeOf(vault.setSecret(SECRET, PIN))).toBe('done');
  });
});

describe('an unlocking that does not end well', () => {
  test('leaves the vault locked', async () => {
    const vault = await vaults.unlocked();
    vault.lock();
    vault.ledger.doom('urn:uuid:6f9619ff-8b86-4011-b42d-00c04fc964ff', 'withheld');
    const gone = vault.ledger.gone.bind(vault.ledger);
    vault.ledger.gone = () => {
      throw new Error('disk is full');
    };
    expect(await codeOf(vault.unlock(SECRET, NOW))).not.toBe('done');
    expect(vault.unlocked).toBe(false);
    vault.ledger.gone = gone;
    expect(await codeOf(vault.unlock(SECRET, NOW))).toBe('done');
  });

  test('a folder among the copies keeps nobody out', async () => {
    const vault = await vaults.unlocked();
    vault.lock();
    mkdirSync(join(vaults.media, 'put here'));
    expect(await codeOf(vault.unlock(SECRET, NOW))).toBe('done');
  });
});

test('ciphertext without keyring and ledger is not taken for an empty folder', async () => {
  await vaults.unlocked();
  vaults.closeAll();
  for (const name of ['keyring.json', 'ledger.db', 'ledger.db-wal', 'ledger.db-shm']) rmSync(join(vaults.folder, name), { force: true });
  expect(await codeOf(vaults.load())).toBe('vault-corrupt');
  expect(existsSync(join(vaults.folder, 'library.db'))).toBe(true);
  rmSync(join(vaults.folder, 'library.db'));
  writeFileSync(join(vaults.media, 'a.sealed'), 'ciphertext');
  expect(await codeOf(vaults.load())).toBe('vault-corrupt');
});
