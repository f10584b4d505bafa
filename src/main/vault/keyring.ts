/**
 * The key hierarchy of one clinician's vault on one computer (docs/formats.md, "Keys").
 *
 *   S    32 random bytes in the OS keychain, bound to this computer
 *   W    HKDF(Argon2id(secret, salt), salt = S): from what the computer has and what the person knows
 *   KEK  random, wrapped by W; wraps the library's key and every recording's key
 *   ledger key and signing seed: wrapped by HKDF(S), because audit must run while locked
 *
 * Wrapped keys are in `keyring.json`; nothing in it opens anything without S, and nothing in it can be changed without S. S and the KEK
 * are renewed together: for a moment the file has two slots, one for each S, and whichever the library belongs to is the one that stays.
 */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SecretRule } from '../../preload/contract.ts';
import { Failure } from '../platform/failure.ts';
import { replaceFile } from './atomicFile.ts';
import { diskFailure } from './diskFailure.ts';
import type { Keychain } from './keychain.ts';
import type { Attempts } from './limiter.ts';
import { SealBroken } from './segments.ts';
import { deriveKey, unwrap, wrap } from './wrap.ts';

/** OWASP's floor is 19 MiB, t=2; this is above it and takes about an eighth of a second. */
const ARGON = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 1 };

const base64url = z.string().regex(/^[\w-]+$/);
const Secret = z.object({
  rule: z.object({ kind: z.enum(['pin', 'passphrase']), minLength: z.number() }),
  salt: base64url, memoryCost: z.number().max(1 << 20), timeCost: z.number().max(20), parallelism: z.number().max(4),
  kek: base64url, libraryKey: base64url,
});
const Slot = z.object({ epoch: z.number().int().positive(), ledgerKey: base64url, signingSeed: base64url, secret: Secret.nullable() });
type Slot = z.infer<typeof Slot>;
const Content = z.object({
  version: z.literal(1),
  /** Part of the keychain accounts: a vault made anew never meets the entries of one that was set aside. */
  instance: z.uuid(),
  /** Set once the file is there: from then on its absence is corruption, whatever became of the secret. */
  ledgerMade: z.boolean(),
  libraryMade: z.boolean(),
  /** Ledger key, sealed to the practice's recovery key (JWE), or null where the site file names none. */
  recovery: z.string().nullable(),
  slots: z.array(Slot).min(1).max(2),
});
type Content = z.infer<typeof Content>;
const KeyringFile = z.object({ keyring: z.unknown(), macs: z.array(base64url) });

/** What opens the library and the recordings. Exists only while unlocked; {@link wipeKeys} ends it. */
export interface OpenKeys {
  kek: Buffer;
  libraryKey: Buffer;
  /** What Argon2id made of the secret: with a new S it makes the new W, so that keys can be renewed without asking again. */
  stretched: Buffer;
  epoch: number;
}

export function wipeKeys(keys: OpenKeys): void {
  keys.kek.fill(0);
  keys.libraryKey.fill(0);
  keys.stretched.fill(0);
}

/** Refuses a secret that the practice's rule does not allow, before anything is derived from it. */
export function checkSecret(secret: string, rule: SecretRule): void {
  const weak = (why: string) => new Failure('secret-too-weak', why, { kind: rule.kind, minLength: rule.minLength });
  if (Array.from(secret).length < rule.minLength) throw weak('too short');
  if (rule.kind === 'pin' && !/^\d+$/.test(secret)) throw weak('a PIN is digits');
  // 111111 and 123456 are the first guesses of anyone.
  if (/^(.)\1*$/u.test(secret) || '01234567890123456789'.includes(secret) || '98765432109876543210'.includes(secret)) throw weak('easily guessed');
}

const none = Buffer.alloc(0);

/** Where a keyring is and what it belongs to. */
export interface Place {
  folder: string;
  /** `<device>/<vault id>`: first part of its keychain accounts. */
  owner: string;
  /** 32 bytes that name this computer; see platform/computer.ts. */
  computer: Buffer;
  keychain: Keychain;
}

/** Text that keys are bound to: the same key of another person, device or vault does not open. */
const accountOf = (place: Place, instance: string) => `${place.owner}/${instance}`;
/** Two accounts in turn, so that the new S is stored before the old one goes. */
const slotAccount = (account: string, epoch: number) => `${account} ${epoch % 2 === 0 ? 'even' : 'odd'}`;

/** S as the keychain keeps it, with the computer that it was made on. */
async function readS(place: Place, account: string): Promise<Buffer | null> {
  const entry = await place.keychain.read(account);
  if (!entry) return null;
  if (entry.length !== 64) throw new Failure('vault-corrupt', 'keychain entry is no key');
  // A keychain can roam with the profile; two computers going on with one vault would fork its audit chain.
  if (!entry.subarray(32).equals(place.computer)) throw new Failure('vault-elsewhere', 'vault of another computer');
  return entry.subarray(0, 32);
}

function macOf(s: Buffer, content: unknown): Buffer {
  const key = deriveKey(s, none, 'viewing-room keyring');
  return createHmac('sha256', key).update(JSON.stringify(content)).digest();
}

function serialize(content: Content, all: readonly Buffer[]): string {
  return JSON.stringify({ keyring: content, macs: all.map((s) => macOf(s, content).toString('base64url')) });
}

function wrapSlot(s: Buffer, account: string, epoch: number, ledgerKey: Buffer, signingSeed: Buffer, secret: Slot['secret']): Slot {
  const under = deriveKey(s, none, 'viewing-room ledger');
  const slot = {
    epoch, secret,
    ledgerKey: wrap(under, ledgerKey, `${account} ledger`).toString('base64url'),
    signingSeed: wrap(under, signingSeed, `${account} signing`).toString('base64url'),
  };
  under.fill(0);
  return slot;
}

/** `disk-fault` for a file that is there and cannot be read now: that is no damage. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? error : diskFailure(error);
  }
}

/** Slots of the file, each with its S where the keychain has it. */
interface Held {
  slot: Slot;
  s: Buffer | null;
}

export class Keyring {
  readonly #place: Place;
  readonly #path: string;
  /** What keys, limiter and anchor are bound to and stored under. */
  readonly account: string;
  #content: Content;
  #held: Held[];
  #closed = false;

  private constructor(place: Place, content: Content, held: Held[]) {
    this.#place = place;
    this.#path = Keyring.path(place.folder);
    this.account = accountOf(place, content.instance);
    this.#content = content;
    this.#held = held;
  }

  static path(folder: string): string {
    return join(folder, 'keyring.json');
  }

  /** A new hierarchy for an empty folder. Never over existing ciphertext: that is `keychain-absent`, for a person to decide. */
  static async create(place: Place): Promise<Keyring> {
    const path = Keyring.path(place.folder);
    if (existsSync(path) || existsSync(join(place.folder, 'ledger.db'))) throw new Failure('keychain-absent', 'ciphertext exists');
    const instance = randomUUID();
    const account = accountOf(place, instance);
    const epoch = 1;
    const s = randomBytes(32);
    await place.keychain.write(slotAccount(account, epoch), Buffer.concat([s, place.computer]));
    const ledgerKey = randomBytes(32);
    const signingSeed = randomBytes(32);
    const slot = wrapSlot(s, account, epoch, ledgerKey, signingSeed, null);
    const content: Content = { version: 1, instance, ledgerMade: false, libraryMade: false, recovery: null, slots: [slot] };
    ledgerKey.fill(0);
    signingSeed.fill(0);
    replaceFile(path, serialize(content, [s]));
    return new Keyring(place, content, [{ slot, s }]);
  }

  /**
   * Throws `keychain-absent` when S is gone, `vault-elsewhere` when it was made on another computer, `vault-corrupt` or `vault-newer` for a
   * file that cannot be used, or the keychain's own state.
   */
  static async load(place: Place): Promise<Keyring> {
    let raw: unknown;
    let macs: string[];
    let content: Content;
    try {
      const file = KeyringFile.parse(JSON.parse(readText(Keyring.path(place.folder))));
      raw = file.keyring;
      macs = file.macs;
      const { version } = raw as { version?: unknown };
      if (typeof version === 'number' && version > 1) throw new Failure('vault-newer', 'keyring of a newer version');
      content = Content.parse(raw);
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure('vault-corrupt', 'keyring unreadable', {}, { cause: error });
    }
    const account = accountOf(place, content.instance);
    const held: Held[] = [];
    for (const [index, slot] of content.slots.entries()) {
      const s = await readS(place, slotAccount(account, slot.epoch));
      held.push({ slot, s });
      const mac = Buffer.from(macs[index] ?? '', 'base64url');
      if (s && !(mac.length === 32 && timingSafeEqual(mac, macOf(s, raw)))) throw new Failure('vault-corrupt', 'keyring does not belong to the keychain entry');
    }
    if (held.every(({ s }) => s === null)) throw new Failure('keychain-absent', 'no entry for this vault');
    return new Keyring(place, content, held);
  }

  /** Whether the keychain, which works, has none of the keys of the vault in this folder. What cannot be read of the vault is no answer, and not this one. */
  static async lacksKeys(place: Place): Promise<boolean> {
    let content: Content;
    try {
      content = Content.parse(KeyringFile.parse(JSON.parse(readText(Keyring.path(place.folder)))).keyring);
    } catch {
      return false;
    }
    for (const { epoch } of content.slots) if (await place.keychain.has(slotAccount(accountOf(place, content.instance), epoch))) return false;
    return true;
  }

  /** The first slot that can be used; while keys are renewed both can, and they hold the same ledger key and seed. */
  #usable(): { slot: Slot; s: Buffer } {
    for (const { slot, s } of this.#held) if (s) return { slot, s };
    throw new Failure('keychain-absent', 'no entry for this vault');
  }

  #underS(name: 'ledgerKey' | 'signingSeed', context: string): Buffer {
    const { slot, s } = this.#usable();
    const under = deriveKey(s, none, 'viewing-room ledger');
    try {
      return unwrap(under, Buffer.from(slot[name], 'base64url'), `${this.account} ${context}`);
    } catch (error) {
      throw new Failure('vault-corrupt', 'keyring does not belong to the keychain entry', {}, { cause: error });
    } finally {
      under.fill(0);
    }
  }

  ledgerKey(): Buffer {
    return this.#underS('ledgerKey', 'ledger');
  }

  signingSeed(): Buffer {
    return this.#underS('signingSeed', 'signing');
  }

  get ledgerMade(): boolean {
    return this.#content.ledgerMade;
  }

  get libraryMade(): boolean {
    return this.#content.libraryMade;
  }

  mark(made: 'ledgerMade' | 'libraryMade'): void {
    if (!this.#content[made]) this.#write({ ...this.#content, [made]: true });
  }

  /** The rule that the present secret was made under; null when none was set, or the keys were destroyed. */
  get rule(): SecretRule | null {
    return this.#content.slots[0]?.secret?.rule ?? null;
  }

  async #stretch(secret: string, salt: Buffer, cost: typeof ARGON): Promise<Buffer> {
    // Not before the start has looked at the environment, which can name another file to load in its place: platform/arguments.ts.
    const { hashRaw } = await import('@node-rs/argon2');
    // Unicode has several spellings of one character; keyboards differ in which they send.
    // The library's default algorithm is Argon2id, version 0x13 (RFC 9106).
    return hashRaw(secret.normalize('NFKC'), { salt, outputLen: 32, ...cost });
  }

  #w(stretched: Buffer, s: Buffer): Buffer {
    return deriveKey(stretched, s, `viewing-room secret ${this.account}`);
  }

  #wrapSecret(keys: OpenKeys, s: Buffer, rule: SecretRule, salt: string, cost: typeof ARGON): NonNullable<Slot['secret']> {
    const w = this.#w(keys.stretched, s);
    const secret = {
      rule, salt, ...cost,
      kek: wrap(w, keys.kek, `${this.account} kek ${keys.epoch}`).toString('base64url'),
      libraryKey: wrap(keys.kek, keys.libraryKey, `${this.account} library ${keys.epoch}`).toString('base64url'),
    };
    w.fill(0);
    return secret;
  }

  /** First secret of this vault, or of what follows destroyed content: makes the KEK and the library's key. */
  async setSecret(secret: string, rule: SecretRule): Promise<OpenKeys> {
    checkSecret(secret, rule);
    if (this.rule) throw new Failure('bad-request', 'a secret is set');
    const { slot, s } = this.#usable();
    const salt = randomBytes(16);
    const stretched = await this.#stretch(secret, salt, ARGON);
    const keys: OpenKeys = { kek: randomBytes(32), libraryKey: randomBytes(32), stretched, epoch: slot.epoch };
    try {
      this.#write({ ...this.#content, libraryMade: false, slots: [{ ...slot, secret: this.#wrapSecret(keys, s, rule, salt.toString('base64url'), ARGON) }] });
    } catch (error) {
      wipeKeys(keys);
      throw error;
    }
    return keys;
  }

  /** First half of a change of secret: checks and stretches it. Takes a moment, in which the vault may be locked. */
  async prepareSecret(secret: string, rule: SecretRule): Promise<{ stretched: Buffer; salt: string; rule: SecretRule }> {
    checkSecret(secret, rule);
    const salt = randomBytes(16);
    return { stretched: await this.#stretch(secret, salt, ARGON), salt: salt.toString('base64url'), rule };
  }

  /** Second half: wraps the same KEK under it, in one small file; no recording is touched. Wipes what the old secret made. */
  changeSecret(keys: OpenKeys, { stretched, salt, rule }: { stretched: Buffer; salt: string; rule: SecretRule }): void {
    const held = this.#held.find(({ slot }) => slot.epoch === keys.epoch);
    if (!held?.s) throw new Failure('internal', 'no slot of this epoch');
    this.#write({ ...this.#content, slots: [{ ...held.slot, secret: this.#wrapSecret({ ...keys, stretched }, held.s, rule, salt, ARGON) }] });
    keys.stretched.fill(0);
    keys.stretched = stretched;
  }

  /**
   * The keys that this secret opens, or null when it is the wrong one; two sets when renewing was cut short. Counting attempts is
   * the limiter's.
   * @param counted this attempt, by the limiter: until then the secret is stretched, and tried on nothing. Where it rejects, so does this; `locked` where the content was destroyed meanwhile.
   */
  async tryUnlock(secret: string, counted: Promise<Attempts>): Promise<OpenKeys[] | null> {
    // It may reject before it is waited for.
    counted.catch(() => undefined);
    const opened: OpenKeys[] = [];
    try {
      for (const { slot, s } of this.#held) {
        if (!s || !slot.secret) continue;
        const { memoryCost, timeCost, parallelism, salt, kek, libraryKey } = slot.secret;
        const keys: OpenKeys = { kek: none, libraryKey: none, epoch: slot.epoch, stretched: await this.#stretch(secret, Buffer.from(salt, 'base64url'), { memoryCost, timeCost, parallelism }) };
        opened.push(keys);
        await counted;
        if (this.#closed || this.rule === null) throw new Failure('locked', 'closed, or content destroyed, while it was counted');
        const w = this.#w(keys.stretched, s);
        try {
          keys.kek = unwrap(w, Buffer.from(kek, 'base64url'), `${this.account} kek ${slot.epoch}`);
        } finally {
          w.fill(0);
        }
        keys.libraryKey = this.#libraryKey(keys.kek, libraryKey, slot.epoch);
      }
    } catch (error) {
      opened.forEach(wipeKeys);
      if (error instanceof SealBroken) return null;
      throw error;
    }
    if (opened.length === 0) throw new Failure('bad-request', 'no secret is set');
    return opened;
  }

  #libraryKey(kek: Buffer, wrapped: string, epoch: number): Buffer {
    try {
      return unwrap(kek, Buffer.from(wrapped, 'base64url'), `${this.account} library ${epoch}`);
    } catch (error) {
      throw new Failure('vault-corrupt', 'library key unreadable', {}, { cause: error });
    }
  }

  /** Forgets the KEK: every recording and the library are unreadable from now on; the ledger stays. */
  destroyContent(): void {
    const { slot } = this.#usable();
    this.#write({ ...this.#content, libraryMade: false, slots: [{ ...slot, secret: null }] });
  }

  /**
   * First half of renewing S and the KEK: the new ones are in the keychain and, beside the old ones, in the file. The caller moves the
   * library to the new KEK, in one transaction that names the new epoch, and then calls {@link settle}.
   * @param keys null where there is no secret: then S alone is renewed.
   */
  async renew(keys: OpenKeys | null): Promise<{ epoch: number; keys: OpenKeys | null }> {
    const { slot, s } = this.#usable();
    if (this.#held.length > 1) throw new Failure('internal', 'renewing is not finished');
    const epoch = slot.epoch + 1;
    const next = randomBytes(32);
    // All of the new slot is made before the first wait: locking wipes `keys`.
    let renewedKeys: OpenKeys | null = null;
    let secret: Slot['secret'] = null;
    if (keys && slot.secret) {
      const { rule, salt, memoryCost, timeCost, parallelism } = slot.secret;
      renewedKeys = { kek: randomBytes(32), libraryKey: Buffer.from(keys.libraryKey), stretched: Buffer.from(keys.stretched), epoch };
      secret = this.#wrapSecret(renewedKeys, next, rule, salt, { memoryCost, timeCost, parallelism });
    }
    const ledgerKey = this.ledgerKey();
    const signingSeed = this.signingSeed();
    const second = wrapSlot(next, this.account, epoch, ledgerKey, signingSeed, secret);
    ledgerKey.fill(0);
    signingSeed.fill(0);
    await this.#place.keychain.write(slotAccount(this.account, epoch), Buffer.concat([next, this.#place.computer]));
    // Destroying content does not wait for a keychain: what it has forgotten meanwhile must not come back.
    if (!this.#held.some((held) => held.slot === slot)) {
      if (renewedKeys) wipeKeys(renewedKeys);
      throw new Failure('locked', 'content was destroyed meanwhile');
    }
    this.#save({ ...this.#content, slots: [slot, second] }, [{ slot, s }, { slot: second, s: next }]);
    return { epoch, keys: renewedKeys };
  }

  /** Second half, also after a crash between the two: the slot of this epoch stays, the other one's S leaves the keychain. */
  async settle(epoch: number): Promise<void> {
    const stays = this.#held.find(({ slot }) => slot.epoch === epoch);
    if (!stays?.s) throw new Failure('vault-corrupt', 'keyring is of another epoch than the library');
    if (this.#held.length > 1) this.#write({ ...this.#content, slots: [stays.slot] });
    // Also where only one is left: a crash may have come before the other S went.
    await this.#place.keychain.remove(slotAccount(this.account, epoch + 1));
  }

  /** Epochs of the slots in the file: two while renewing is not finished. */
  get epochs(): number[] {
    return this.#content.slots.map(({ epoch }) => epoch);
  }

  /** The library is to be made anew, under the same keys. */
  forgetLibrary(): void {
    this.#write({ ...this.#content, libraryMade: false });
  }

  /** Ledger key, sealed to the practice's recovery key (JWE); null where there was none. */
  get recovery(): string | null {
    return this.#content.recovery;
  }

  keepRecovery(sealed: string): void {
    this.#write({ ...this.#content, recovery: sealed });
  }

  /** Nothing is written any more: another may load this folder. */
  close(): void {
    this.#closed = true;
  }

  /** Writes content whose slots are among those held. */
  #write(content: Content): void {
    this.#save(content, content.slots.map((slot) => ({ slot, s: this.#held.find((held) => held.slot.epoch === slot.epoch)?.s ?? null })));
  }

  #save(content: Content, held: Held[]): void {
    if (this.#closed) throw new Failure('locked', 'keyring was closed');
    const all = held.flatMap(({ s }) => s ?? []);
    if (all.length !== held.length) throw new Failure('internal', 'a slot without its key cannot be written');
    replaceFile(this.#path, serialize(content, all));
    this.#content = content;
    this.#held = held;
  }
}
