import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Keychain } from './keychain.ts';
import { MemoryKeychain } from './keychain.fixture.ts';
import { computerTag } from '../platform/computer.ts';
import { checkSecret, Keyring, wipeKeys, type Place } from './keyring.ts';
import { Limiter, MAX_ATTEMPTS, type Attempts } from './limiter.ts';

// Here the secret is stretched at its real cost.
vi.unmock('@node-rs/argon2');

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const PIN = { kind: 'pin', minLength: 6 } as const;
const PASSPHRASE = { kind: 'passphrase', minLength: 12 } as const;
/** An attempt that may be tried. */
const counted: Promise<Attempts> = Promise.resolve({ left: 9, retryAt: null });
let folder: string;
let api: MemoryKeychain;
let keychain: Keychain;
let place: Place;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyring-'));
  api = new MemoryKeychain();
  keychain = new Keychain(api);
  place = { folder, owner: 'a', computer: computerTag('test'), keychain };
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
    const first = await Keyring.create(place);
    const made = await first.setSecret('482915', PIN);
    const again = await Keyring.load(place);
    expect(again.ledgerKey()).toEqual(first.ledgerKey());
    expect(again.signingSeed()).toEqual(first.signingSeed());
    expect(again.ledgerKey()).not.toEqual(again.signingSeed());
    expect(await again.tryUnlock('482915', counted)).toEqual([made]);
    expect(await again.tryUnlock('482916', counted)).toBeNull();
    expect(again.rule).toEqual(PIN);
  });

  it('takes a passphrase in any spelling of its characters', async () => {
    const keyring = await Keyring.create(place);
    await keyring.setSecret('caf\u00e9 au lait today', PASSPHRASE);
    expect(await keyring.tryUnlock('cafe\u0301 au lait today', counted)).not.toBeNull();
  });

  it('needs what is in the keychain as well as the secret', async () => {
    await (await Keyring.create(place)).setSecret('482915', PIN);
    const [account] = [...api.entries.keys()];
    api.entries.set(account!, Buffer.concat([Buffer.alloc(32, 3), place.computer]).toString('base64url'));
    await expect(Keyring.load(place)).rejects.toThrow(code('vault-corrupt'));
    api.entries.set(account!, Buffer.alloc(12).toString('base64url'));
    await expect(Keyring.load(place)).rejects.toThrow(code('vault-corrupt'));
  });

  it('is not opened on another computer to which keychain and folder came along', async () => {
    await Keyring.create(place);
    await expect(Keyring.load({ ...place, computer: computerTag('other') })).rejects.toThrow(code('vault-elsewhere'));
  });

  it('takes no change of any member that was not made with S', async () => {
    await (await Keyring.create(place)).setSecret('482915', PIN);
    const good = readFileSync(Keyring.path(folder), 'utf8');
    for (const [from, to] of [['"minLength":6', '"minLength":4'], ['"ledgerMade":false', '"ledgerMade":true'], ['"recovery":null', '"recovery":"x"'], ['"timeCost":3', '"timeCost":1'], ['"macs":["', '"macs":["A']] as const) {
      expect(good).toContain(from);
      writeFileSync(Keyring.path(folder), good.replace(from, to));
      await expect(Keyring.load(place)).rejects.toThrow(code('vault-corrupt'));
    }
  });

  it('sets no second secret over the first', async () => {
    const keyring = await Keyring.create(place);
    await keyring.setSecret('482915', PIN);
    const before = readFileSync(Keyring.path(folder), 'utf8');
    await expect(keyring.setSecret('582915', PIN)).rejects.toThrow(code('bad-request'));
    expect(readFileSync(Keyring.path(folder), 'utf8')).toBe(before);
  });

  it('is never made over ciphertext, and meets no entry of a vault that was before', async () => {
    writeFileSync(join(folder, 'ledger.db'), 'ciphertext');
    await expect(Keyring.create(place)).rejects.toThrow(code('keychain-absent'));
    rmSync(join(folder, 'ledger.db'));
    await Keyring.create(place);
    const before = new Map(api.entries);
    rmSync(Keyring.path(folder));
    await Keyring.create(place);
    for (const [account, value] of before) expect(api.entries.get(account)).toBe(value);
    expect(api.entries.size).toBe(before.size + 1);
  });

  describe('renewed', () => {
    it('opens with the same secret, and neither file nor keychain of before is of use', async () => {
      const keyring = await Keyring.create(place);
      const keys = await keyring.setSecret('482915', PIN);
      const before = { file: readFileSync(Keyring.path(folder), 'utf8'), entries: new Map(api.entries) };
      const { keys: renewed } = await keyring.renew(keys);
      await keyring.settle(2);
      expect(renewed?.kek).not.toEqual(keys.kek);
      expect(renewed?.libraryKey).toEqual(keys.libraryKey);
      const again = await Keyring.load(place);
      expect(await again.tryUnlock('482915', counted)).toEqual([renewed]);
      expect(again.ledgerKey()).toEqual(keyring.ledgerKey());
      // S of before is gone from the keychain, and the file of before opens with nothing that is in it.
      for (const value of before.entries.values()) expect([...api.entries.values()]).not.toContain(value);
      writeFileSync(Keyring.path(folder), before.file);
      await expect(Keyring.load(place)).rejects.toThrow(code('keychain-absent'));
    });

    it.each([1, 2])('half way opens both ways, and settles on either (%i)', async (epoch) => {
      const keyring = await Keyring.create(place);
      const keys = await keyring.setSecret('482915', PIN);
      const { keys: renewed } = await keyring.renew(keys);
      const again = await Keyring.load(place);
      expect(again.epochs).toEqual([1, 2]);
      expect(await again.tryUnlock('482915', counted)).toEqual([keys, renewed]);
      expect(await again.tryUnlock('482916', counted)).toBeNull();
      await again.settle(epoch);
      const settled = await Keyring.load(place);
      expect(settled.epochs).toEqual([epoch]);
      expect(await settled.tryUnlock('482915', counted)).toEqual([epoch === 1 ? keys : renewed]);
      expect([...api.entries.keys()].filter((name) => name !== 'probe')).toHaveLength(1);
    });

    it('makes whole keys, though the open ones are wiped while the keychain is asked', async () => {
      const keyring = await Keyring.create(place);
      const keys = await keyring.setSecret('482915', PIN);
      const libraryKey = Buffer.from(keys.libraryKey);
      const renewing = keyring.renew(keys);
      wipeKeys(keys);
      await renewing;
      for (const opened of await (await Keyring.load(place)).tryUnlock('482915', counted) ?? []) expect(opened.libraryKey).toEqual(libraryKey);
    });

    it('changes nothing when the keychain refuses', async () => {
      const keyring = await Keyring.create(place);
      const keys = await keyring.setSecret('482915', PIN);
      const before = readFileSync(Keyring.path(folder), 'utf8');
      api.state = 'locked';
      await expect(keyring.renew(keys)).rejects.toThrow(code('keychain-locked'));
      api.state = 'open';
      expect(readFileSync(Keyring.path(folder), 'utf8')).toBe(before);
      expect((await keyring.renew(keys)).keys).not.toBeNull();
    });
  });

  it('changes its secret without changing a key', async () => {
    const keyring = await Keyring.create(place);
    const keys = await keyring.setSecret('482915', PIN);
    const { kek, libraryKey } = { kek: Buffer.from(keys.kek), libraryKey: Buffer.from(keys.libraryKey) };
    keyring.changeSecret(keys, await keyring.prepareSecret('four plain words here', PASSPHRASE));
    const again = await Keyring.load(place);
    expect(again.rule).toEqual(PASSPHRASE);
    expect(await again.tryUnlock('482915', counted)).toBeNull();
    expect(await again.tryUnlock('four plain words here', counted)).toEqual([expect.objectContaining({ kek, libraryKey })]);
    await expect(keyring.prepareSecret('123456', PIN)).rejects.toThrow(code('secret-too-weak'));
  });

  it('writes nothing after it was closed', async () => {
    const keyring = await Keyring.create(place);
    keyring.close();
    expect(() => keyring.mark('ledgerMade')).toThrow(code('locked'));
  });

  it('is not made while the keychain is locked', async () => {
    api.state = 'locked';
    await expect(Keyring.create(place)).rejects.toThrow(code('keychain-locked'));
    expect(() => readFileSync(Keyring.path(folder))).toThrow();
  });

  it('forgets its content’s keys for good and keeps the ledger’s', async () => {
    const keyring = await Keyring.create(place);
    const keys = await keyring.setSecret('482915', PIN);
    const ledgerKey = keyring.ledgerKey();
    keyring.destroyContent();
    expect(readFileSync(Keyring.path(folder), 'utf8')).toContain('"secret":null');
    await expect(keyring.tryUnlock('482915', counted)).rejects.toThrow(code('bad-request'));
    expect(keyring.ledgerKey()).toEqual(ledgerKey);
    expect(await keyring.setSecret('482915', PIN)).not.toEqual(keys);
  });

  it('asks for no more memory or time than a known ceiling, whatever the file says', async () => {
    await (await Keyring.create(place)).setSecret('482915', PIN);
    const text = readFileSync(Keyring.path(folder), 'utf8');
    writeFileSync(Keyring.path(folder), text.replace('"memoryCost":65536', '"memoryCost":99999999'));
    await expect(Keyring.load(place)).rejects.toThrow(code('vault-corrupt'));
  });

  it('wipes open keys', async () => {
    const keys = await (await Keyring.create(place)).setSecret('482915', PIN);
    wipeKeys(keys);
    expect([keys.kek, keys.libraryKey, keys.stretched]).toEqual([Buffer.alloc(32), Buffer.alloc(32), Buffer.alloc(32)]);
  });
});

describe('an attempt', () => {
  it('is tried on nothing before it was counted, and not at all where it cannot be', async () => {
    const keyring = await Keyring.create(place);
    const keys = await keyring.setSecret('482915', PIN);
    const order: string[] = [];
    let count: (left: Attempts) => void = () => undefined;
    const counting = new Promise<Attempts>((resolve) => {
      count = resolve;
    });
    const tried = keyring.tryUnlock('482915', counting).then((opened) => {
      order.push('tried');
      return opened;
    });
    // Longer than one stretching takes.
    for (let attempt = 0; attempt < 3; attempt += 1) await keyring.tryUnlock('482915', counted);
    order.push('counted');
    count(await counted);
    expect(await tried).toEqual([keys]);
    expect(order).toEqual(['counted', 'tried']);
    await expect(keyring.tryUnlock('482915', Promise.reject(new Error('not counted')))).rejects.toThrow('not counted');
  });

  it('opens nothing of content that was destroyed while it was counted', async () => {
    const keyring = await Keyring.create(place);
    await keyring.setSecret('482915', PIN);
    const counting = counted.then((left) => {
      keyring.destroyContent();
      return left;
    });
    await expect(keyring.tryUnlock('482915', counting)).rejects.toThrow(code('locked'));
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
