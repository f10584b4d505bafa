import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Assured } from '../assurance/assess.ts';
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import { Failure } from '../platform/failure.ts';
import { Keyring } from './keyring.ts';
import type { RecoveryKey } from './recovery.ts';
import { Reserve } from './reserve.ts';
import { Vault } from './vault.ts';
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
    expect(vault.destroyCopy(assured.recording, 'removed-by-person')).toBe(true);
    expect(vault.destroyCopy(assured.recording, 'removed-by-person')).toBe(false);
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
    before.ledger.set('stays', 'yes');
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
    expect(again.ledger.get('stays')).toBe('yes');
    await again.setSecret('918273', PIN);
    expect(again.library.assignments()).toEqual([]);
  });

  it('does not open after the last attempt, though it is right', async () => {
    await vaults.unlocked();
    vaults.api.entries.set(`${vaults.account()} attempts`, Buffer.from(JSON.stringify({ failed: 10, at: 0 })).toString('base64url'));
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
    await Keyring.create(vaults.place());
    expect((await vaults.load()).ledger.head()).toBeNull();
  });

  it('a library that was deleted is corruption, not a new library', async () => {
    await vaults.unlocked();
    vaults.closeAll();
    rmSync(join(vaults.folder, 'library.db'));
    const vault = await vaults.load();
    await expect(vault.unlock(SECRET, 0)).rejects.toThrow(code('library-corrupt'));
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
    const keyring = await Keyring.load(vaults.place());
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
    await Vault.allLeft();
    const kept = new Map(vaults.api.entries);
    vaults.api.entries.clear();
    await expect(vaults.load()).rejects.toThrow(code('keychain-absent'));
    expect([...vaults.api.entries.keys()]).toEqual(['probe']);
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
    vaults.api.entries.set(`${vaults.account()} odd`, Buffer.concat([randomBytes(32), vaults.place().computer]).toString('base64url'));
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
    for (const [account, value] of [...vaults.api.entries]) vaults.api.entries.set(account.replace('device/id', 'device/other'), value);
    await expect(Vault.load('id', { ...vaults.place(join(vaults.root, 'copy')), owner: 'device/other' }, null, vaults.startSealer)).rejects.toThrow(code('vault-corrupt'));
  });
});

describe('an older copy put back', () => {
  /** A copy of everything but the keychain, as a backup holds it. */
  const backup = (name: string) => cpSync(vaults.folder, join(vaults.root, name), { recursive: true });
  const putBack = (name: string, only?: RegExp) => {
    vaults.closeAll();
    for (const file of readdirSync(join(vaults.root, name))) {
      if (only && !only.test(file)) continue;
      rmSync(join(vaults.folder, file), { recursive: true, force: true });
      cpSync(join(vaults.root, name, file), join(vaults.folder, file), { recursive: true });
    }
  };
  const append = (vault: Awaited<ReturnType<typeof restart>>, seq: number) =>
    vault.ledger.append({ seq, body: Buffer.from(`{"seq":${seq}}`), hash: Buffer.alloc(32, seq), signature: Buffer.alloc(64) });

  it('of the ledger is noticed, and forgiven only when the practice was asked', async () => {
    const vault = await vaults.unlocked();
    append(vault, 1);
    await vault.settled();
    vaults.closeAll();
    backup('old');
    append(await vaults.load(), 2);
    putBack('old');
    const older = await vaults.load();
    expect(older.rolledBack).toBe(true);
    expect(JSON.parse(older.ledger.get('rolledBack') ?? '')).toMatchObject({ seq: 1, keptSeq: 2 });
    const again = await restart();
    expect(again.rolledBack).toBe(true);
    again.broughtUpToDate();
    expect((await restart()).rolledBack).toBe(false);
  });

  it('of the ledger is noticed when it went on from there as another', async () => {
    const vault = await vaults.unlocked();
    append(vault, 1);
    vaults.closeAll();
    backup('old');
    append(await vaults.load(), 2);
    vaults.closeAll();
    await Vault.allLeft();
    const kept = vaults.api.entries.get(`${vaults.account()} head`);
    putBack('old');
    const fork = await vaults.load();
    fork.ledger.append({ seq: 2, body: Buffer.from('{}'), hash: Buffer.alloc(32, 99), signature: Buffer.alloc(64) });
    fork.broughtUpToDate();
    await fork.settled();
    vaults.closeAll();
    await Vault.allLeft();
    vaults.api.entries.set(`${vaults.account()} head`, kept ?? '');
    expect((await vaults.load()).rolledBack).toBe(true);
  });

  it('of the library alone is noticed at the next unlock', async () => {
    const vault = await vaults.unlocked();
    await vault.settled();
    vaults.closeAll();
    backup('old');
    const later = await vaults.load();
    await later.unlock(SECRET, 0);
    later.library.decline('urn:1');
    await later.settled();
    putBack('old', /^library/);
    const older = await vaults.load();
    expect(older.rolledBack).toBe(false);
    await older.unlock(SECRET, 0);
    expect(older.rolledBack).toBe(true);
  });

  it('is not what a crash leaves: databases ahead of the keychain are repaired', async () => {
    const vault = await vaults.unlocked();
    append(vault, 1);
    await vault.settled();
    const kept = vaults.api.entries.get(`${vaults.account()} head`);
    append(vault, 2);
    vault.library.decline('urn:1');
    vaults.closeAll();
    await vault.settled();
    vaults.api.entries.set(`${vaults.account()} head`, kept ?? '');
    const again = await vaults.load();
    await again.unlock(SECRET, 0);
    expect(again.rolledBack).toBe(false);
    await again.settled();
    expect(vaults.api.entries.get(`${vaults.account()} head`)).not.toBe(kept);
  });

  it('is what a keychain without a head means, where there are entries', async () => {
    append(await vaults.unlocked(), 1);
    vaults.closeAll();
    const account = `${vaults.account()} head`;
    await Vault.allLeft();
    vaults.api.entries.delete(account);
    expect((await vaults.load()).rolledBack).toBe(true);
  });

  it('is not what a new library after destroyed content is', async () => {
    const vault = await vaults.unlocked();
    for (let i = 0; i < 20; i += 1) vault.library.decline(`urn:${i}`);
    vault.destroyContent();
    await vault.setSecret('593026', PIN);
    expect(vault.rolledBack).toBe(false);
    const again = await restart();
    await again.unlock('593026', 0);
    expect(again.rolledBack).toBe(false);
  });

  it('of a whole vault whose copy was destroyed opens nothing, because the keys were renewed', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    vaults.closeAll();
    backup('old');
    const later = await vaults.load();
    await later.unlock(SECRET, 0);
    later.destroyCopy(assured.recording, 'assignment-withdrawn');
    await later.renewKeys();
    putBack('old');
    await expect(vaults.load()).rejects.toThrow(code('keychain-absent'));
  });
});

describe('changing the secret', () => {
  it('keeps every recording, and neither the old secret nor an old copy of the keyring opens', async () => {
    const vault = await vaults.unlocked();
    const [{ file } = { file: '' }] = (await keep(vault, assured, bytes)).parts;
    const before = readFileSync(join(vaults.media, file));
    const oldKeyring = readFileSync(Keyring.path(vaults.folder), 'utf8');
    await vault.changeSecret(SECRET, '593026', PIN, 0);
    expect(readFileSync(join(vaults.media, file)).equals(before)).toBe(true);
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
    const again = await restart();
    await expect(again.unlock(SECRET, 0)).rejects.toThrow(code('wrong-secret'));
    await again.unlock('593026', 0);
    expect((await readRecording(again, assured)).equals(bytes)).toBe(true);
    vaults.closeAll();
    writeFileSync(Keyring.path(vaults.folder), oldKeyring);
    await expect(vaults.load()).rejects.toThrow(code('keychain-absent'));
  });

  it('asks for the present one, counts, and destroys after ten', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    await expect(vault.changeSecret('000001', '593026', PIN, 0)).rejects.toThrow(code('wrong-secret', { attemptsLeft: 9 }));
    expect(vault.unlocked).toBe(true);
    await expect(vault.changeSecret(SECRET, '123456', PIN, 0)).rejects.toThrow(code('secret-too-weak'));
    vaults.api.entries.set(`${vaults.account()} attempts`, Buffer.from(JSON.stringify({ failed: 9, at: 0 })).toString('base64url'));
    await expect(vault.changeSecret('000001', '593026', PIN, Number.MAX_SAFE_INTEGER)).rejects.toThrow(code('too-many-attempts', expect.objectContaining({ recordings: 1 })));
    expect(vault.unlocked).toBe(false);
    expect(readdirSync(vaults.media)).toEqual([]);
  });

  it('while the vault is being locked changes nothing, and wraps nothing with wiped keys', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    const changing = vault.replaceSecret('593026', PIN);
    vault.lock();
    await expect(changing).rejects.toThrow(code('locked'));
    await vault.unlock(SECRET, 0);
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
  });

  it('to another kind is what a stricter practice asks for', async () => {
    const vault = await vaults.unlocked();
    await vault.replaceSecret('four plain words here', { kind: 'passphrase', minLength: 12 });
    expect(vault.rule).toEqual({ kind: 'passphrase', minLength: 12 });
    const again = await restart();
    await again.unlock('four plain words here', 0);
  });
});

describe('renewing the keys', () => {
  /** A vault whose keychain says yes until the n-th write. */
  const failing = (n: number) => {
    const write = vaults.api.setPassword.bind(vaults.api);
    let count = 0;
    vaults.api.setPassword = async (...args) => {
      count += 1;
      if (count === n) throw new Error('Cannot create an item in a locked collection');
      return write(...args);
    };
    return () => {
      vaults.api.setPassword = write;
    };
  };

  it('happens once for what was destroyed, and not when nothing was', async () => {
    const vault = await vaults.unlocked();
    const before = readFileSync(Keyring.path(vaults.folder), 'utf8');
    await vault.renewKeys();
    expect(readFileSync(Keyring.path(vaults.folder), 'utf8')).toBe(before);
    await keep(vault, assured, bytes);
    const other = await assuredFor(randomBytes(1000));
    vault.destroyCopy('urn:uuid:other', 'assignment-withdrawn');
    await vault.renewKeys();
    expect(vault.library.epoch()).toBe(2);
    await vault.renewKeys();
    expect(vault.library.epoch()).toBe(2);
    expect(vault.copies.holds(other)).toBe(false);
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
    const again = await restart();
    await again.unlock(SECRET, 0);
    expect((await readRecording(again, assured)).equals(bytes)).toBe(true);
  });

  it('that is cut short by a lock is finished later, and nothing is lost', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    vault.destroyCopy('urn:uuid:other', 'assignment-withdrawn');
    const renewing = vault.renewKeys();
    vault.lock();
    await renewing;
    await vault.unlock(SECRET, 0);
    expect(vault.library.epoch()).toBe(1);
    await vault.renewKeys();
    expect(vault.library.epoch()).toBe(2);
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
  });

  it('that the keychain refuses is owed, and paid at the next chance', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    await vault.settled();
    vault.destroyCopy('urn:uuid:other', 'assignment-withdrawn');
    await vault.settled();
    const repair = failing(1);
    await expect(vault.renewKeys()).rejects.toThrow(code('keychain-locked'));
    repair();
    const again = await restart();
    await again.unlock(SECRET, 0);
    await again.renewKeys();
    expect(again.library.epoch()).toBe(2);
    expect((await readRecording(again, assured)).equals(bytes)).toBe(true);
  });

  it('that finds the content destroyed before it could write leaves it destroyed', async () => {
    const vault = await vaults.unlocked();
    await vault.settled();
    vault.destroyCopy('urn:uuid:other', 'assignment-withdrawn');
    await vault.settled();
    const write = vaults.api.setPassword.bind(vaults.api);
    vaults.api.setPassword = async (service, account, password) => {
      if (account.endsWith(' even')) vault.destroyContent();
      return write(service, account, password);
    };
    await expect(vault.renewKeys()).rejects.toThrow(code('locked'));
    vaults.api.setPassword = write;
    expect(vault.rule).toBeNull();
    expect(readFileSync(Keyring.path(vaults.folder), 'utf8')).not.toContain('"kek"');
    expect((await restart()).rule).toBeNull();
  });

  it('that fails after the library has moved loses no copy', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    vault.destroyCopy('urn:uuid:other', 'assignment-withdrawn');
    const moveTo = vault.copies.moveTo.bind(vault.copies);
    vi.spyOn(vault.copies, 'moveTo').mockImplementationOnce((renewed) => {
      moveTo(renewed);
      throw new Failure('disk-fault', 'the log could not be truncated');
    });
    await expect(vault.renewKeys()).rejects.toThrow(code('disk-fault'));
    expect(vault.unlocked).toBe(false);
    // Whoever asks is told what is wrong, and not only that it is locked.
    expect(() => vault.library).toThrow(code('disk-fault'));
    expect(vault.lockedBy?.code).toBe('disk-fault');
    await vault.unlock(SECRET, 0);
    expect(vault.lockedBy).toBeNull();
    vault.lock();
    expect(() => vault.library).toThrow(code('locked'));
    await vault.unlock(SECRET, 0);
    await vault.renewKeys();
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
    const again = await restart();
    await again.unlock(SECRET, 0);
    expect((await readRecording(again, assured)).equals(bytes)).toBe(true);
  });

  it('is owed again by what is destroyed meanwhile', async () => {
    const vault = await vaults.unlocked();
    vault.destroyCopy('urn:uuid:one', 'assignment-withdrawn');
    const renewing = vault.renewKeys();
    await Promise.resolve();
    vault.destroyCopy('urn:uuid:two', 'assignment-withdrawn');
    await renewing;
    await vault.renewKeys();
    expect(vault.library.epoch()).toBe(3);
  });
});

describe('destroying a copy', () => {
  it('works while locked, and is finished at the next unlock', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    vault.lock();
    expect(vault.destroyCopy(assured.recording, 'assignment-withdrawn')).toBe(true);
    expect(readdirSync(vaults.media)).toEqual([]);
    const again = await restart();
    expect(await again.unlock(SECRET, 0)).toEqual([{ recording: assured.recording, cause: 'assignment-withdrawn' }]);
    expect(again.copies.holds(assured)).toBe(false);
    expect(again.ledger.doomed()).toEqual([]);
    await again.renewKeys();
    expect(again.library.epoch()).toBe(2);
  });

  it('says how much went, also of a vault that cannot be opened', async () => {
    const vault = await vaults.unlocked();
    await keep(vault, assured, bytes);
    vault.lock();
    const destroyed = vault.destroyContent();
    expect(destroyed.recordings).toBe(1);
    expect(destroyed.bytes).toBeGreaterThan(bytes.length);
  });
});

describe('a damaged library', () => {
  it('is set aside with the ledger as it was, and made anew under the same secret', async () => {
    const before = await vaults.unlocked();
    before.ledger.set('unsent', 'work');
    await keep(before, assured, bytes);
    vaults.closeAll();
    writeFileSync(join(vaults.folder, 'library.db'), randomBytes(8192));
    const vault = await vaults.load();
    await expect(vault.unlock(SECRET, 0)).rejects.toThrow(code('library-corrupt'));
    expect(vault.setLibraryAside(17).recordings).toBe(1);
    expect(readdirSync(vaults.folder)).toContain('unreadable-17-library.db');
    await vault.unlock(SECRET, 0);
    expect([vault.ledger.get('unsent'), vault.rolledBack, vault.copies.holds(assured)]).toEqual(['work', false, false]);
    vault.destroyContent();
    expect(readdirSync(vaults.folder).filter((name) => name.startsWith('unreadable'))).toEqual([]);
  });
});

describe('what the practice can open', () => {
  it('is the ledger of a vault whose keychain is lost, and work that nobody here can read', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
    const recoveryKey = { ...await exportJWK(publicKey), kid: 'recovery-1', alg: 'ECDH-ES' } as RecoveryKey;
    const vault = await Vault.load('id', vaults.place(), recoveryKey, vaults.startSealer);
    vault.ledger.append({ seq: 1, body: Buffer.from('{"seq":1}'), hash: Buffer.alloc(32), signature: Buffer.alloc(64) });
    expect(await vault.keepWork('note-1', 'note', Buffer.from('what the clinician wrote'), '2026-11-20T12:00:00Z')).toBe(true);
    vault.close();
    const { keyring } = JSON.parse(readFileSync(Keyring.path(vaults.folder), 'utf8')) as { keyring: { recovery: string } };
    const ledgerKey = Buffer.from((await compactDecrypt(keyring.recovery, privateKey)).plaintext);
    const db = new Database(join(vaults.folder, 'ledger.db'), { readonly: true });
    db.pragma(`cipher='chacha20'`);
    db.key(Buffer.concat([Buffer.from('raw:'), ledgerKey]));
    expect(db.prepare('SELECT body FROM entry').pluck().get()).toEqual(Buffer.from('{"seq":1}'));
    const { plaintext } = await compactDecrypt(String(db.prepare('SELECT sealed FROM work').pluck().get()), privateKey);
    db.close();
    expect(Buffer.from(plaintext).toString()).toBe('what the clinician wrote');
  });

  it('is nothing where the site file names no key', async () => {
    const vault = await vaults.load();
    expect(await vault.keepWork('note-1', 'note', Buffer.from('x'), '2026-11-20T12:00:00Z')).toBe(false);
    expect(vault.ledger.unsentWork()).toEqual([]);
  });
});

describe('the reserve', () => {
  it('lets an entry be written on a full disk', async () => {
    await vaults.load();
    expect(existsSync(join(vaults.folder, 'reserve'))).toBe(true);
    const reserve = new Reserve(vaults.folder);
    let full = true;
    const work = () => {
      if (full) throw new Failure('disk-full', 'no space left');
      return 'written';
    };
    expect(() => reserve.spend(work)).toThrow(code('disk-full'));
    expect(existsSync(join(vaults.folder, 'reserve'))).toBe(false);
    reserve.take();
    expect(reserve.spend(() => {
      full = existsSync(join(vaults.folder, 'reserve'));
      return work();
    })).toBe('written');
    expect(() => reserve.spend(() => { throw new Failure('internal', 'other'); })).toThrow(code('internal'));
  });
});

describe('a vault that was closed in order', () => {
  /** Exchanges one page of a database for what it was before. */
  const oldPage = (name: string, before: Buffer) => {
    const path = join(vaults.folder, name);
    const now = readFileSync(path);
    const page = [...Array(Math.min(now.length, before.length) / 4096).keys()].find((n) => !now.subarray(n * 4096, (n + 1) * 4096).equals(before.subarray(n * 4096, (n + 1) * 4096)));
    expect(page).toBeDefined();
    before.copy(now, page! * 4096, page! * 4096, (page! + 1) * 4096);
    writeFileSync(path, now);
  };

  it('shows that a single older page of its ledger was put back', async () => {
    const vault = await vaults.unlocked();
    vault.ledger.set('lease', 'long');
    vaults.closeAll();
    await vault.settled();
    const before = readFileSync(join(vaults.folder, 'ledger.db'));
    const later = await vaults.load();
    later.ledger.set('lease', 'over');
    vaults.closeAll();
    await later.settled();
    expect((await vaults.load()).rolledBack).toBe(false);
    vaults.closeAll();
    oldPage('ledger.db', before);
    const older = await vaults.load().catch((error: unknown) => error as { code: string });
    expect('code' in older ? older.code : older.rolledBack).toSatisfy((answer) => answer === true || answer === 'vault-corrupt');
  });

  it('shows that a single older page of its library was put back', async () => {
    const vault = await vaults.unlocked();
    vault.library.set('note', 'before');
    vaults.closeAll();
    await vault.settled();
    const before = readFileSync(join(vaults.folder, 'library.db'));
    const later = await vaults.load();
    await later.unlock(SECRET, 0);
    later.library.set('note', 'after');
    vaults.closeAll();
    await later.settled();
    oldPage('library.db', before);
    const older = await vaults.load();
    const opened = await older.unlock(SECRET, 0).catch((error: unknown) => error as { code: string });
    expect('code' in opened ? opened.code : older.rolledBack).toSatisfy((answer) => answer === true || answer === 'library-corrupt');
  });

  it('that was cut short instead opens as it was left', async () => {
    const vault = await vaults.unlocked();
    await vault.settled();
    vault.library.set('note', 'written');
    cpSync(vaults.folder, join(vaults.root, 'cut'), { recursive: true });
    const entries = new Map(vaults.api.entries);
    vaults.closeAll();
    await vault.settled();
    rmSync(vaults.folder, { recursive: true });
    cpSync(join(vaults.root, 'cut'), vaults.folder, { recursive: true });
    for (const [account, value] of entries) vaults.api.entries.set(account, value);
    const again = await vaults.load();
    await again.unlock(SECRET, 0);
    expect([again.rolledBack, again.library.get('note')]).toEqual([false, 'written']);
  });
});

it('a database that was emptied is damage, not a new one', async () => {
  await vaults.unlocked();
  vaults.closeAll();
  writeFileSync(join(vaults.folder, 'library.db'), '');
  const vault = await vaults.load();
  await expect(vault.unlock(SECRET, 0)).rejects.toThrow(code('library-corrupt'));
  vaults.closeAll();
  writeFileSync(join(vaults.folder, 'ledger.db'), '');
  await expect(vaults.load()).rejects.toThrow(code('vault-corrupt'));
});
