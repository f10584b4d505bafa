/**
 * The key hierarchy of one clinician's vault on one computer (docs/formats.md, "Keys").
 *
 *   S    32 random bytes in the OS keychain
 *   W    HKDF(Argon2id(secret, salt), salt = S): from what the computer has and what the person knows
 *   KEK  random, wrapped by W; wraps the library's key and every recording's key
 *   ledger key and signing seed: wrapped by HKDF(S), because audit must run while locked
 *
 * Wrapped keys are in `keyring.json`; nothing in it opens anything without S.
 */
import { hashRaw } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SecretRule } from '../../preload/contract.ts';
import { Failure } from '../platform/failure.ts';
import { replaceFile } from './atomicFile.ts';
import type { Keychain } from './keychain.ts';
import { SealBroken } from './segments.ts';
import { deriveKey, unwrap, wrap } from './wrap.ts';

/** OWASP's floor is 19 MiB, t=2; this is above it and takes about an eighth of a second. */
const ARGON = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 1 };

const base64url = z.string().regex(/^[\w-]+$/);
const KeyringFile = z.object({
  version: z.literal(1),
  /** Set once the ledger is there: from then on its absence is corruption, whatever became of the secret. */
  ledgerMade: z.boolean(),
  ledgerKey: base64url,
  signingSeed: base64url,
  secret: z.object({
    rule: z.object({ kind: z.enum(['pin', 'passphrase']), minLength: z.number() }),
    salt: base64url, memoryCost: z.number().max(1 << 20), timeCost: z.number().max(20), parallelism: z.number().max(4),
    epoch: z.number().int(), kek: base64url, libraryKey: base64url,
  }).nullable(),
});
type KeyringFile = z.infer<typeof KeyringFile>;

/** What opens the library and the recordings. Exists only while unlocked; {@link wipeKeys} ends it. */
export interface OpenKeys {
  kek: Buffer;
  libraryKey: Buffer;
  epoch: number;
}

export function wipeKeys(keys: OpenKeys): void {
  keys.kek.fill(0);
  keys.libraryKey.fill(0);
}

/** Refuses a secret that the practice's rule does not allow, before anything is derived from it. */
export function checkSecret(secret: string, rule: SecretRule): void {
  const weak = (why: string) => new Failure('secret-too-weak', why, { kind: rule.kind, minLength: rule.minLength });
  if (Array.from(secret).length < rule.minLength) throw weak('too short');
  if (rule.kind === 'pin' && !/^\d+$/.test(secret)) throw weak('a PIN is digits');
  // 111111 and 123456 are the first guesses of anyone.
  if (/^(.)\1*$/u.test(secret) || '01234567890123456789'.includes(secret) || '98765432109876543210'.includes(secret)) throw weak('easily guessed');
}

export class Keyring {
  readonly #path: string;
  readonly #account: string;
  readonly #s: Buffer;
  #file: KeyringFile;

  private constructor(path: string, account: string, s: Buffer, file: KeyringFile) {
    this.#path = path;
    this.#account = account;
    this.#s = s;
    this.#file = file;
  }

  static path(folder: string): string {
    return join(folder, 'keyring.json');
  }

  /** A new hierarchy for an empty folder. Never over existing ciphertext: that is `keychain-absent`, for a person to decide. */
  static async create(folder: string, account: string, keychain: Keychain): Promise<Keyring> {
    const path = Keyring.path(folder);
    if (existsSync(path) || existsSync(join(folder, 'ledger.db'))) throw new Failure('keychain-absent', 'ciphertext exists');
    // A vault that was set aside still needs the S that is there: it is used again, never replaced.
    const kept = await keychain.read(account);
    if (kept && kept.length !== 32) throw new Failure('vault-corrupt', 'keychain entry is no key');
    const s = kept ?? randomBytes(32);
    if (!kept) await keychain.write(account, s);
    const under = deriveKey(s, Buffer.alloc(0), 'viewing-room ledger');
    const file: KeyringFile = {
      version: 1,
      ledgerMade: false,
      ledgerKey: wrap(under, randomBytes(32), `${account} ledger`).toString('base64url'),
      signingSeed: wrap(under, randomBytes(32), `${account} signing`).toString('base64url'),
      secret: null,
    };
    replaceFile(path, JSON.stringify(file));
    return new Keyring(path, account, s, file);
  }

  /** Throws `keychain-absent` when S is gone, `vault-corrupt` or `vault-newer` for a file that cannot be used, or the keychain's own state. */
  static async load(folder: string, account: string, keychain: Keychain): Promise<Keyring> {
    const path = Keyring.path(folder);
    let file: KeyringFile;
    try {
      const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
      const { version } = json as { version?: unknown };
      if (typeof version === 'number' && version > 1) throw new Failure('vault-newer', 'keyring of a newer version');
      file = KeyringFile.parse(json);
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure('vault-corrupt', 'keyring unreadable', {}, { cause: error });
    }
    const s = await keychain.read(account);
    if (!s) throw new Failure('keychain-absent', 'no entry for this vault');
    return new Keyring(path, account, s, file);
  }

  #underS(wrapped: string, context: string): Buffer {
    const under = deriveKey(this.#s, Buffer.alloc(0), 'viewing-room ledger');
    try {
      return unwrap(under, Buffer.from(wrapped, 'base64url'), `${this.#account} ${context}`);
    } catch (error) {
      throw new Failure('vault-corrupt', 'keyring does not belong to the keychain entry', {}, { cause: error });
    } finally {
      under.fill(0);
    }
  }

  ledgerKey(): Buffer {
    return this.#underS(this.#file.ledgerKey, 'ledger');
  }

  signingSeed(): Buffer {
    return this.#underS(this.#file.signingSeed, 'signing');
  }

  get ledgerMade(): boolean {
    return this.#file.ledgerMade;
  }

  markLedgerMade(): void {
    if (!this.#file.ledgerMade) this.#write({ ...this.#file, ledgerMade: true });
  }

  /** The rule that the present secret was made under; null when none was set, or the keys were destroyed. */
  get rule(): SecretRule | null {
    return this.#file.secret?.rule ?? null;
  }

  async #w(secret: string, salt: Buffer, cost: typeof ARGON): Promise<Buffer> {
    // Unicode has several spellings of one character; keyboards differ in which they send.
    // The library's default algorithm is Argon2id, version 0x13 (RFC 9106).
    const output = await hashRaw(secret.normalize('NFKC'), { salt, outputLen: 32, ...cost });
    const w = deriveKey(output, this.#s, `viewing-room secret ${this.#account}`);
    output.fill(0);
    return w;
  }

  /** First secret of this vault: makes the KEK and the library's key. */
  async setSecret(secret: string, rule: SecretRule): Promise<OpenKeys> {
    checkSecret(secret, rule);
    if (this.#file.secret) throw new Failure('bad-request', 'a secret is set');
    const keys: OpenKeys = { kek: randomBytes(32), libraryKey: randomBytes(32), epoch: 1 };
    const salt = randomBytes(16);
    const w = await this.#w(secret, salt, ARGON);
    this.#write({
      ...this.#file,
      secret: {
        rule, salt: salt.toString('base64url'), ...ARGON, epoch: keys.epoch,
        kek: wrap(w, keys.kek, `${this.#account} kek ${keys.epoch}`).toString('base64url'),
        libraryKey: wrap(keys.kek, keys.libraryKey, `${this.#account} library ${keys.epoch}`).toString('base64url'),
      },
    });
    w.fill(0);
    return keys;
  }

  /** The keys that this secret opens, or null when it is the wrong one. Counting attempts is the limiter's. */
  async tryUnlock(secret: string): Promise<OpenKeys | null> {
    const stored = this.#file.secret;
    if (!stored) throw new Failure('bad-request', 'no secret is set');
    const { memoryCost, timeCost, parallelism, epoch } = stored;
    const w = await this.#w(secret, Buffer.from(stored.salt, 'base64url'), { memoryCost, timeCost, parallelism });
    let kek: Buffer;
    try {
      kek = unwrap(w, Buffer.from(stored.kek, 'base64url'), `${this.#account} kek ${epoch}`);
    } catch (error) {
      if (error instanceof SealBroken) return null;
      throw error;
    } finally {
      w.fill(0);
    }
    try {
      return { kek, libraryKey: unwrap(kek, Buffer.from(stored.libraryKey, 'base64url'), `${this.#account} library ${epoch}`), epoch };
    } catch (error) {
      kek.fill(0);
      throw new Failure('vault-corrupt', 'library key unreadable', {}, { cause: error });
    }
  }

  /** Forgets the KEK: every recording and the library are unreadable from now on; the ledger stays. */
  destroyContent(): void {
    this.#write({ ...this.#file, secret: null });
  }

  #write(file: KeyringFile): void {
    replaceFile(this.#path, JSON.stringify(file));
    this.#file = file;
  }
}
