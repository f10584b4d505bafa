import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Assured } from '../assurance/assess.ts';
import { Keychain } from './keychain.ts';
import { Keyring } from './keyring.ts';
import { assuredFor, confirmed, gives, keep, PIN, readRecording, seal, SECRET, TestVaults } from './vault.fixture.ts';

const code = (expected: string, detail?: unknown): unknown => expect.objectContaining({ code: expected, ...(detail === undefined ? {} : { detail }) });
const bytes = randomBytes(600_000);
let vaults: TestVaults;
let assured: Assured;
beforeEach(async () => {
  vaults = new TestVaults();
  assured = await assuredFor(bytes);
});
afterEach(() => vaults.remove());

/** The vault as a new start of the app finds it. */
async function restart() {
  vaults.closeAll();
  return vaults.load();
}

describe('a recording in the vault', () => {
  it('comes back byte for byte after a new start', async () => {
    await keep(await vaults.unlocked(), assured, bytes);
    const vault = await restart();
    await vault.unlock(SECRET, 0);
    expect(vault.copies.holds(assured)).toBe(true);
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
  });

  it('is on no disk in plaintext', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    vault.library.set('note', 'patient of this consultation');
    vaults.closeAll();
    for (const name of readdirSync(vaults.folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile())) {
      const content = readFileSync(join(name.parentPath, name.name));
      expect(content.includes(bytes.subarray(1000, 1032))).toBe(false);
      expect(content.includes('patient of this consultation')).toBe(false);
      expect(content.includes('SQLite format')).toBe(false);
    }
  });

  it('is out of reach while locked', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    vault.lock();
    expect(vault.unlocked).toBe(false);
    expect(() => vault.library).toThrow(code('locked'));
    await expect(vault.copies.open(assured)).rejects.toThrow(code('locked'));
    await expect(seal(vault, assured, gives(bytes))).rejects.toThrow(code('locked'));
    expect(() => vault.copies.holds(assured)).toThrow(code('locked'));
  });

  it('belongs to exactly the manifest it was sealed for', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    for (const other of [{ manifestSha256: 'N'.repeat(43) }, { media: { ...assured.media, size: 1 } }, { media: { ...assured.media, sha256: 'N'.repeat(43) } }, { recording: 'urn:uuid:other' }]) {
      expect(vault.copies.holds({ ...assured, ...other })).toBe(false);
      await expect(vault.copies.open({ ...assured, ...other })).rejects.toThrow(code('recording-not-here'));
    }
  });

  it('is corrupt when its file is changed, cut, gone or another’s', async () => {
    const vault = await vaults.unlocked();
    const file = (await keep(vault, assured, bytes)).parts[0]!.file;
    const path = join(vaults.media, file);
    const good = readFileSync(path);
    for (const bad of [good.subarray(0, 1000), good.subarray(0, good.length - 1), Buffer.concat([good, good])]) {
      writeFileSync(path, bad);
      await expect(vault.copies.open(assured)).rejects.toThrow(code('recording-corrupt'));
    }
    const flipped = Buffer.from(good);
    flipped[100_000] = (flipped[100_000] ?? 0) ^ 1;
    writeFileSync(path, flipped);
    await expect(readRecording(vault, assured)).rejects.toThrow(code('recording-corrupt'));
    rmSync(path);
    await expect(vault.copies.open(assured)).rejects.toThrow(code('recording-corrupt'));
  });

  it('is gone after a purge, key and ciphertext', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    expect(vault.copies.purge(assured.recording)).toBe(true);
    expect(vault.copies.purge(assured.recording)).toBe(false);
    expect(readdirSync(vaults.media)).toEqual([]);
    await expect(vault.copies.open(assured)).rejects.toThrow(code('recording-not-here'));
    await keep(vault, assured, bytes);
    expect(vault.copies.holds(assured)).toBe(true);
  });

  it('is not published as another download than the one that was confirmed', async () => {
    const vault = await vaults.unlocked();
    const wrong = await seal(vault, assured, gives(randomBytes(bytes.length)));
    const sha256 = createHash('sha256').update(bytes).digest('base64url');
    expect(() => vault.copies.publish(confirmed(assured, { ...wrong, sha256 }), wrong, null, '2026-11-20T12:00:00Z')).toThrow();
    expect(vault.copies.holds(assured)).toBe(false);
    expect(readdirSync(vaults.media)).toEqual([]);
  });

  it('that could not be published leaves nothing behind', async () => {
    const vault = await vaults.unlocked();
    const first = await keep(vault, assured, bytes);
    const second = await seal(vault, assured, gives(bytes));
    expect(() => vault.copies.publish(confirmed(assured, second), second, null, '2026-11-20T12:00:00Z')).toThrow();
    expect(readdirSync(vaults.media)).toEqual([first.parts[0]!.file]);
    expect(second.key.equals(Buffer.alloc(32))).toBe(true);
  });
});

describe('a download', () => {
  it('that does not fit is refused before a byte is asked for', async () => {
    const vault = await vaults.unlocked();
    const asked = vi.fn();
    const huge = await assuredFor(bytes, 2 ** 52);
    await expect(seal(vault, huge, asked)).rejects.toThrow(expect.objectContaining({ code: 'disk-full', detail: expect.objectContaining({ needed: 2 ** 52 }) }));
    expect(asked).not.toHaveBeenCalled();
    expect(vault.library.partial(huge.recording)).toBeNull();
  });

  it('that a destruction left half done loses its files at the next unlock', async () => {
    const vault = await vaults.unlocked();
    const { parts } = await keep(vault, assured, bytes);
    writeFileSync(join(vaults.media, 'stray.sealed'), 'left by a crash');
    const again = await restart();
    await again.unlock(SECRET, 0);
    expect(readdirSync(vaults.media)).toEqual([parts[0]!.file]);
  });
});

describe('the secret', () => {
  it('opens nothing when it is wrong, and says how many attempts are left', async () => {
    await vaults.unlocked();
    const vault = await restart();
    await expect(vault.unlock('000001', 0)).rejects.toThrow(code('wrong-secret', { attemptsLeft: 9 }));
    expect(vault.unlocked).toBe(false);
    await vault.unlock(SECRET, 0);
    expect(await vault.attempts()).toEqual({ left: 10, retryAt: null });
  });

  it('guessed ten times destroys media and keys, and keeps the ledger', async () => {
    const before = await vaults.unlocked();
    before.ledger.set('kept', 'yes');
    await keep(before, assured, bytes);
    const keyringBefore = readFileSync(Keyring.path(vaults.folder), 'utf8');
    const vault = await restart();
    let now = 0;
    for (let i = 1; i < 10; i += 1) {
      await expect(vault.unlock('000001', now)).rejects.toThrow(code('wrong-secret', { attemptsLeft: 10 - i }));
      now = (await vault.attempts()).retryAt ?? now;
    }
    await expect(vault.unlock('000001', now - 1)).rejects.toThrow(code('wait-before-retry'));
    await expect(vault.unlock('000001', now)).rejects.toThrow(code('too-many-attempts'));
    expect(vault.rule).toBeNull();
    expect(readdirSync(vaults.media)).toEqual([]);
    expect(existsSync(join(vaults.folder, 'library.db'))).toBe(false);
    expect(readFileSync(Keyring.path(vaults.folder), 'utf8')).not.toBe(keyringBefore);
    const again = await restart();
    expect(again.ledger.get('kept')).toBe('yes');
    await again.setSecret('918273', PIN);
    expect(again.library.assignments()).toEqual([]);
  });

  it('does not open after the last attempt, though it is right', async () => {
    await vaults.unlocked();
    vaults.api.entries.set('device/id attempts', Buffer.from(JSON.stringify({ failed: 10, at: 0 })).toString('base64url'));
    const vault = await restart();
    await expect(vault.unlock(SECRET, Number.MAX_SAFE_INTEGER)).rejects.toThrow(code('too-many-attempts'));
    expect(vault.rule).toBeNull();
  });

  it('cannot be guessed many times at once for the price of one', async () => {
    await vaults.unlocked();
    const vault = await restart();
    const answers = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => vault.unlock(`00000${i}`, 0)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    const tried = answers.filter((a) => a.status === 'rejected' && (a.reason as { code?: string }).code === 'wrong-secret').length;
    expect(tried).toBe(10 - (await vault.attempts()).left);
  });

  it('set twice at once is the first, and the library stays readable', async () => {
    const vault = await vaults.load();
    const [first, second] = await Promise.allSettled([vault.setSecret(SECRET, PIN), vault.setSecret('593026', PIN)]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
    vault.library.set('kept', 'yes');
    const again = await restart();
    await again.unlock(SECRET, 0);
    expect(again.library.get('kept')).toBe('yes');
  });

  it('that is being tried when the vault is closed opens nothing', async () => {
    await vaults.unlocked();
    const vault = await restart();
    const trying = vault.unlock(SECRET, 0);
    vault.close();
    await expect(trying).rejects.toThrow(code('locked'));
    expect(vault.unlocked).toBe(false);
  });

  it('is counted before it is tried', async () => {
    await vaults.unlocked();
    const vault = await restart();
    vaults.api.state = new Error('Access is denied.');
    await expect(vault.unlock(SECRET, 0)).rejects.toThrow(code('keychain-denied'));
    expect(vault.unlocked).toBe(false);
  });
});

describe('what is missing or damaged', () => {
  it('a ledger that was deleted is corruption, with a secret, before one and after its destruction', async () => {
    const remove = () => {
      vaults.closeAll();
      rmSync(join(vaults.folder, 'ledger.db'));
    };
    await vaults.load();
    remove();
    await expect(vaults.load()).rejects.toThrow(code('vault-corrupt'));
    vaults.remove();
    vaults = new TestVaults();
    (await vaults.unlocked()).destroyContent();
    remove();
    await expect(vaults.load()).rejects.toThrow(code('vault-corrupt'));
    vaults.remove();
    vaults = new TestVaults();
    await vaults.unlocked();
    remove();
    await expect(vaults.load()).rejects.toThrow(code('vault-corrupt'));
  });

  it('a crash between keyring and ledger can be gone on from', async () => {
    const vault = await vaults.load();
    vault.close();
    vaults.remove();
    vaults = new TestVaults();
    const { mkdirSync } = await import('node:fs');
    mkdirSync(vaults.media, { recursive: true });
    await Keyring.create(vaults.folder, 'device/id', new Keychain(vaults.api));
    expect((await vaults.load()).ledger.head()).toBeNull();
  });

  it('a library that was deleted is corruption, not a new library', async () => {
    await vaults.unlocked();
    vaults.closeAll();
    rmSync(join(vaults.folder, 'library.db'));
    const vault = await vaults.load();
    await expect(vault.unlock(SECRET, 0)).rejects.toThrow(code('vault-corrupt'));
    expect(vault.unlocked).toBe(false);
  });

  it('a database of random bytes is corruption', async () => {
    await vaults.unlocked();
    vaults.closeAll();
    writeFileSync(join(vaults.folder, 'ledger.db'), randomBytes(8192));
    await expect(vaults.load()).rejects.toThrow(code('vault-corrupt'));
  });

  it('a keyring that cannot be read, or of a newer version, says so and is left as it is', async () => {
    await vaults.unlocked();
    vaults.closeAll();
    const path = Keyring.path(vaults.folder);
    const good = readFileSync(path, 'utf8');
    for (const [text, expected] of [['{', 'vault-corrupt'], ['{}', 'vault-corrupt'], [good.replace('"version":1', '"version":2'), 'vault-newer']] as const) {
      writeFileSync(path, text);
      await expect(vaults.load()).rejects.toThrow(code(expected));
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    rmSync(path);
    await expect(vaults.load()).rejects.toThrow(code('vault-corrupt'));
  });

  it('a ledger of a newer version is left alone', async () => {
    const vault = await vaults.load();
    vault.close();
    const keyring = await Keyring.load(vaults.folder, 'device/id', new Keychain(vaults.api));
    const db = new Database(join(vaults.folder, 'ledger.db'));
    db.pragma(`cipher='chacha20'`);
    db.key(Buffer.concat([Buffer.from('raw:'), keyring.ledgerKey()]));
    db.pragma('user_version = 99');
    db.close();
    await expect(vaults.load()).rejects.toThrow(code('vault-newer'));
  });

  it('a keychain without the entry is not a reason for a new key', async () => {
    await vaults.unlocked();
    vaults.closeAll();
    const kept = new Map(vaults.api.entries);
    vaults.api.entries.clear();
    await expect(vaults.load()).rejects.toThrow(code('keychain-absent'));
    expect(vaults.api.entries.has('device/id')).toBe(false);
    vaults.api.state = 'locked';
    await expect(vaults.load()).rejects.toThrow(code('keychain-locked'));
    vaults.api.state = 'open';
    for (const [account, value] of kept) vaults.api.entries.set(account, value);
    const vault = await vaults.load();
    await vault.unlock(SECRET, 0);
    expect(vault.unlocked).toBe(true);
  });

  it('another computer’s keychain opens nothing', async () => {
    await vaults.unlocked();
    vaults.closeAll();
    vaults.api.entries.set('device/id', randomBytes(32).toString('base64url'));
    await expect(vaults.load()).rejects.toThrow(code('vault-corrupt'));
  });

  it('a folder set aside can still be opened after a new vault was made in its place', async () => {
    const old = await vaults.unlocked();
    old.ledger.set('unsent', 'work');
    vaults.closeAll();
    const aside = `${vaults.folder}.unreadable`;
    renameSync(vaults.folder, aside);
    await vaults.unlocked();
    vaults.closeAll();
    expect((await vaults.load(aside)).ledger.get('unsent')).toBe('work');
  });

  it('a copy of the folder is no second vault under another account', async () => {
    await vaults.unlocked();
    vaults.closeAll();
    cpSync(vaults.folder, join(vaults.root, 'copy'), { recursive: true });
    const { Vault } = await import('./vault.ts');
    vaults.api.entries.set('device/other', vaults.api.entries.get('device/id') ?? '');
    await expect(Vault.load('id', join(vaults.root, 'copy'), 'device/other', new Keychain(vaults.api), vaults.startSealer)).rejects.toThrow(code('vault-corrupt'));
  });
});
