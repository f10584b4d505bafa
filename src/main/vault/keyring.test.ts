import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Keychain } from './keychain.ts';
import { MemoryKeychain } from './keychain.fixture.ts';
import { checkSecret, Keyring, wipeKeys } from './keyring.ts';
import { Limiter, MAX_ATTEMPTS } from './limiter.ts';

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const PIN = { kind: 'pin', minLength: 6 } as const;
const PASSPHRASE = { kind: 'passphrase', minLength: 12 } as const;
let folder: string;
let api: MemoryKeychain;
let keychain: Keychain;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyring-'));
  api = new MemoryKeychain();
  keychain = new Keychain(api);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a secret', () => {
  it.each(['12345', '48291a', '111111', '123456', '987654', '٤٨٢٩١٥'])('%s is no PIN', (secret) => {
    expect(() => checkSecret(secret, PIN)).toThrow(code('secret-too-weak'));
  });
  it.each(['short phrase', 'aaaaaaaaaaaaaaa', '👍👍👍👍👍👍'])('%s is no passphrase of 13', (secret) => {
    expect(() => checkSecret(secret, { ...PASSPHRASE, minLength: 13 })).toThrow(code('secret-too-weak'));
  });
  it('is taken when the rule allows it', () => {
    expect(() => checkSecret('482915', PIN)).not.toThrow();
    expect(() => checkSecret('four plain words here', PASSPHRASE)).not.toThrow();
  });
});

describe('the keyring', () => {
  it('gives the same keys after a new start, and only for the secret', async () => {
    const first = await Keyring.create(folder, 'a', keychain);
    const made = await first.setSecret('482915', PIN);
    const again = await Keyring.load(folder, 'a', keychain);
    expect(again.ledgerKey()).toEqual(first.ledgerKey());
    expect(again.signingSeed()).toEqual(first.signingSeed());
    expect(again.ledgerKey()).not.toEqual(again.signingSeed());
    expect(await again.tryUnlock('482915')).toEqual(made);
    expect(await again.tryUnlock('482916')).toBeNull();
    expect(again.rule).toEqual(PIN);
  });

  it('takes a passphrase in any spelling of its characters', async () => {
    const keyring = await Keyring.create(folder, 'a', keychain);
    await keyring.setSecret('caf\u00e9 au lait today', PASSPHRASE);
    expect(await keyring.tryUnlock('cafe\u0301 au lait today')).not.toBeNull();
  });

  it('needs what is in the keychain as well as the secret', async () => {
    await (await Keyring.create(folder, 'a', keychain)).setSecret('482915', PIN);
    api.entries.set('a', Buffer.alloc(32, 3).toString('base64url'));
    const stolen = await Keyring.load(folder, 'a', keychain);
    expect(await stolen.tryUnlock('482915')).toBeNull();
    expect(() => stolen.ledgerKey()).toThrow(code('vault-corrupt'));
  });

  it('sets no second secret over the first', async () => {
    const keyring = await Keyring.create(folder, 'a', keychain);
    await keyring.setSecret('482915', PIN);
    const before = readFileSync(Keyring.path(folder), 'utf8');
    await expect(keyring.setSecret('582915', PIN)).rejects.toThrow(code('bad-request'));
    expect(readFileSync(Keyring.path(folder), 'utf8')).toBe(before);
  });

  it('is never made over ciphertext, nor over a key that is in the keychain', async () => {
    writeFileSync(join(folder, 'ledger.db'), 'ciphertext');
    await expect(Keyring.create(folder, 'a', keychain)).rejects.toThrow(code('keychain-absent'));
    rmSync(join(folder, 'ledger.db'));
    api.entries.set('a', Buffer.alloc(32, 3).toString('base64url'));
    await Keyring.create(folder, 'a', keychain);
    expect(api.entries.get('a')).toBe(Buffer.alloc(32, 3).toString('base64url'));
    api.entries.set('b', 'AAAA');
    rmSync(Keyring.path(folder));
    await expect(Keyring.create(folder, 'b', keychain)).rejects.toThrow(code('vault-corrupt'));
  });

  it('is not made while the keychain is locked', async () => {
    api.state = 'locked';
    await expect(Keyring.create(folder, 'a', keychain)).rejects.toThrow(code('keychain-locked'));
    expect(() => readFileSync(Keyring.path(folder))).toThrow();
  });

  it('forgets its content’s keys for good and keeps the ledger’s', async () => {
    const keyring = await Keyring.create(folder, 'a', keychain);
    const keys = await keyring.setSecret('482915', PIN);
    const ledgerKey = keyring.ledgerKey();
    keyring.destroyContent();
    expect(readFileSync(Keyring.path(folder), 'utf8')).toContain('"secret":null');
    await expect(keyring.tryUnlock('482915')).rejects.toThrow(code('bad-request'));
    expect(keyring.ledgerKey()).toEqual(ledgerKey);
    expect(await keyring.setSecret('482915', PIN)).not.toEqual(keys);
  });

  it('asks for no more memory or time than a known ceiling, whatever the file says', async () => {
    await (await Keyring.create(folder, 'a', keychain)).setSecret('482915', PIN);
    const text = readFileSync(Keyring.path(folder), 'utf8');
    writeFileSync(Keyring.path(folder), text.replace('"memoryCost":65536', '"memoryCost":99999999'));
    await expect(Keyring.load(folder, 'a', keychain)).rejects.toThrow(code('vault-corrupt'));
  });

  it('wipes open keys', async () => {
    const keys = await (await Keyring.create(folder, 'a', keychain)).setSecret('482915', PIN);
    wipeKeys(keys);
    expect([keys.kek, keys.libraryKey]).toEqual([Buffer.alloc(32), Buffer.alloc(32)]);
  });
});

describe('the limiter', () => {
  it('waits longer after each attempt past the third, and leaves none after ten', async () => {
    const limiter = new Limiter(keychain, 'a');
    const waits: (number | null)[] = [];
    for (let i = 0; i < MAX_ATTEMPTS; i += 1) waits.push((await limiter.count(1000)).retryAt);
    expect(waits.slice(0, 5)).toEqual([null, null, 6000, 11_000, 21_000]);
    expect(waits.at(-1)).toBe(1000 + 5000 * 2 ** 7);
    expect((await limiter.state()).left).toBe(0);
    expect((await limiter.count(1000)).left).toBe(0);
    await limiter.forgive();
    expect(await limiter.state()).toEqual({ left: 10, retryAt: null });
  });

  it('keeps its count in the keychain, for each vault its own', async () => {
    await new Limiter(keychain, 'a').count(0);
    expect((await new Limiter(new Keychain(api), 'a').state()).left).toBe(9);
    expect((await new Limiter(keychain, 'b').state()).left).toBe(10);
  });

  it('gives no attempt when it cannot count', async () => {
    const limiter = new Limiter(keychain, 'a');
    await limiter.count(0);
    api.state = 'locked';
    await expect(limiter.count(0)).rejects.toThrow(code('keychain-locked'));
    await expect(limiter.state()).rejects.toThrow(code('keychain-locked'));
  });
});
