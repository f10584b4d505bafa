/**
 * One clinician's vault on this computer: keyring, ledger (open from the start) and library (open while unlocked), and the
 * sealed files. The only code that turns ciphertext into recordings, and that destroys them.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretRule } from '../../preload/contract.ts';
import type { Assured } from '../assurance/assess.ts';
import type { Confirmed } from '../assurance/confirm.ts';
import { Failure } from '../platform/failure.ts';
import { openDatabase } from './database.ts';
import type { Keychain } from './keychain.ts';
import { type OpenKeys, Keyring, wipeKeys } from './keyring.ts';
import { Ledger, ledgerMigrations } from './ledger.ts';
import { Library, libraryMigrations } from './library.ts';
import { type Attempts, Limiter } from './limiter.ts';
import { type Received, sealToFile } from './sealedFile.ts';
import { SealedRecording } from './sealedRecording.ts';
import { unwrap, wrap } from './wrap.ts';

/** Kept free for the audit trail and unsent work: a download never takes the last of the disk. */
export const DISK_RESERVE_BYTES = 256 * 1024 * 1024;

/** A download that is sealed on disk and belongs to nobody yet: {@link Vault.publish} or {@link Vault.discard}. */
export interface Sealing extends Received {
  file: string;
  key: Buffer;
}

/** AAD of a recording's segments: format version ‖ recording ‖ manifest digest. */
function associatedData(recording: string, manifestSha256: string): Buffer {
  return Buffer.concat([Buffer.of(1), Buffer.from(recording, 'utf8'), Buffer.from(manifestSha256, 'base64url')]);
}

export class Vault {
  readonly id: string;
  readonly ledger: Ledger;
  readonly #folder: string;
  readonly #account: string;
  readonly #keyring: Keyring;
  readonly #limiter: Limiter;
  #open: { keys: OpenKeys; library: Library } | null = null;
  #closed = false;
  #lastAttempt: Promise<unknown> = Promise.resolve();

  private constructor(id: string, folder: string, account: string, keyring: Keyring, limiter: Limiter, ledger: Ledger) {
    this.id = id;
    this.#folder = folder;
    this.#account = account;
    this.#keyring = keyring;
    this.#limiter = limiter;
    this.ledger = ledger;
  }

  static exists(folder: string): boolean {
    return existsSync(Keyring.path(folder)) || existsSync(join(folder, 'ledger.db'));
  }

  /** Opens the vault as far as it opens without a secret; makes an empty one where there is nothing at all. */
  static async load(id: string, folder: string, account: string, keychain: Keychain): Promise<Vault> {
    const fresh = !Vault.exists(folder);
    if (fresh) mkdirSync(join(folder, 'media'), { recursive: true, mode: 0o700 });
    const keyring = fresh ? await Keyring.create(folder, account, keychain) : await Keyring.load(folder, account, keychain);
    const path = join(folder, 'ledger.db');
    // Only a crash between keyring and ledger leaves none: nothing can have been written to it yet.
    const ledger = new Ledger(openDatabase(path, keyring.ledgerKey(), ledgerMigrations, keyring.ledgerMade));
    keyring.markLedgerMade();
    return new Vault(id, folder, account, keyring, new Limiter(keychain, account), ledger);
  }

  get rule(): SecretRule | null {
    return this.#keyring.rule;
  }

  get unlocked(): boolean {
    return this.#open !== null;
  }

  signingSeed(): Buffer {
    return this.#keyring.signingSeed();
  }

  get library(): Library {
    return this.#opened().library;
  }

  #opened(): { keys: OpenKeys; library: Library } {
    if (!this.#open) throw new Failure('locked', 'vault is locked');
    return this.#open;
  }

  attempts(): Promise<Attempts> {
    return this.#limiter.state();
  }

  /** The first secret. One call at a time: a second one must not make other keys for the library that the first has made. */
  setSecret(secret: string, rule: SecretRule): Promise<void> {
    const attempt = this.#lastAttempt.then(() => this.#setSecret(secret, rule));
    this.#lastAttempt = attempt.catch(() => undefined);
    return attempt;
  }

  async #setSecret(secret: string, rule: SecretRule): Promise<void> {
    if (this.rule) throw new Failure('bad-request', 'a secret is set');
    // Without keys whatever an earlier library held cannot be read: it goes, so that a new one can be made.
    this.#removeContent();
    this.#openLibrary(await this.#keyring.setSecret(secret, rule), false);
    await this.#limiter.forgive();
  }

  /**
   * Opens the library. `wrong-secret` {attemptsLeft}, `wait-before-retry` {seconds}, or `too-many-attempts` when this was the last
   * allowed: the media and its keys are then destroyed, the ledger stays. One attempt at a time, because counting reads before it writes.
   */
  unlock(secret: string, now: number): Promise<void> {
    const attempt = this.#lastAttempt.then(() => this.#unlock(secret, now));
    this.#lastAttempt = attempt.catch(() => undefined);
    return attempt;
  }

  async #unlock(secret: string, now: number): Promise<void> {
    if (this.#open) throw new Failure('bad-request', 'vault is open');
    const before = await this.#limiter.state();
    if (before.left === 0) {
      this.destroyContent();
      throw new Failure('too-many-attempts', 'no attempts left');
    }
    if (before.retryAt !== null && now < before.retryAt) throw new Failure('wait-before-retry', 'too soon', { seconds: Math.ceil((before.retryAt - now) / 1000) });
    const after = await this.#limiter.count(now);
    const keys = await this.#keyring.tryUnlock(secret);
    if (!keys) {
      if (after.left > 0) throw new Failure('wrong-secret', 'wrong secret', { attemptsLeft: after.left });
      this.destroyContent();
      throw new Failure('too-many-attempts', 'last attempt was wrong');
    }
    await this.#limiter.forgive();
    this.#openLibrary(keys, true);
  }

  #openLibrary(keys: OpenKeys, mustExist: boolean): void {
    try {
      // Deriving takes a moment, in which the person may have gone.
      if (this.#closed) throw new Failure('locked', 'vault was closed');
      const library = new Library(openDatabase(join(this.#folder, 'library.db'), Buffer.from(keys.libraryKey), libraryMigrations, mustExist));
      this.#open = { keys, library };
      this.#removeStrays();
    } catch (error) {
      wipeKeys(keys);
      throw error;
    }
  }

  /** Ciphertext that no row names: left by a crash during a download or a destruction. */
  #removeStrays(): void {
    const known = new Set(this.library.partFiles());
    for (const file of readdirSync(this.#mediaFolder())) if (!known.has(file)) rmSync(join(this.#mediaFolder(), file), { force: true });
  }

  #mediaFolder(): string {
    return join(this.#folder, 'media');
  }

  lock(): void {
    if (!this.#open) return;
    this.#open.library.close();
    wipeKeys(this.#open.keys);
    this.#open = null;
  }

  close(): void {
    this.#closed = true;
    this.lock();
    this.ledger.close();
  }

  /** Destroys keys, library and media. Audit and unsent work stay. */
  destroyContent(): void {
    this.lock();
    this.#keyring.destroyContent();
    this.#removeContent();
  }

  #removeContent(): void {
    for (const name of ['library.db', 'library.db-wal', 'library.db-shm']) rmSync(join(this.#folder, name), { force: true });
    rmSync(this.#mediaFolder(), { recursive: true, force: true });
    mkdirSync(this.#mediaFolder(), { recursive: true, mode: 0o700 });
  }

  /** Seals a download under a fresh key. Throws `disk-full` {needed, free} before the first byte is asked for, or while writing. */
  async seal(assured: Assured, source: AsyncIterable<Uint8Array>, progress: (plainBytes: number) => void): Promise<Sealing> {
    this.#opened();
    const { bavail, bsize } = await statfs(this.#folder);
    const free = Math.max(0, bavail * bsize - DISK_RESERVE_BYTES);
    if (assured.media.size > free) throw new Failure('disk-full', 'recording does not fit', { needed: assured.media.size, free });
    const file = `${randomUUID()}.sealed`;
    const key = randomBytes(32);
    try {
      const received = await sealToFile(join(this.#mediaFolder(), file), key, associatedData(assured.recording, assured.manifestSha256), source, assured.media.size, progress);
      return { ...received, file, key };
    } catch (error) {
      this.discard({ file, key });
      throw error;
    }
  }

  discard({ file, key }: Pick<Sealing, 'file' | 'key'>): void {
    key.fill(0);
    rmSync(join(this.#mediaFolder(), file), { force: true });
  }

  /**
   * Makes a sealed download openable: its key, wrapped for this clinician, this recording and this size, goes into the library. A
   * download that cannot be published is discarded.
   */
  publish(confirmed: Confirmed, sealing: Sealing, at: string): void {
    const { recording, manifestSha256 } = confirmed;
    try {
      const { keys, library } = this.#opened();
      if (sealing.sha256 !== confirmed.receivedSha256) throw new Failure('internal', 'another download was confirmed');
      library.saveSealed({
        recording, epoch: keys.epoch, manifestSha256, plainBytes: sealing.plainBytes, mediaSha256: confirmed.receivedSha256,
        wrappedKey: wrap(keys.kek, sealing.key, this.#keyContext(recording, keys.epoch, sealing.plainBytes)),
        parts: [{ file: sealing.file, plainBytes: sealing.plainBytes }],
      }, at);
    } catch (error) {
      this.discard(sealing);
      throw error;
    }
    sealing.key.fill(0);
  }

  #keyContext(recording: string, epoch: number, plainBytes: number): string {
    return `${this.#account} ${recording} ${epoch} ${plainBytes}`;
  }

  /** Is there a sealed copy of exactly what was assured? */
  holds(assured: Assured): boolean {
    const row = this.library.sealed(assured.recording);
    return row !== null && row.manifestSha256 === assured.manifestSha256 && row.plainBytes === assured.media.size
      && (assured.media.sha256 === null || assured.media.sha256 === row.mediaSha256);
  }

  /** The recording, readable. `recording-not-here` without a copy; `recording-corrupt` when the copy does not open. */
  async open(assured: Assured): Promise<SealedRecording> {
    const { keys, library } = this.#opened();
    const row = library.sealed(assured.recording);
    if (!row || !this.holds(assured)) throw new Failure('recording-not-here', 'no sealed copy');
    let key: Buffer;
    try {
      key = unwrap(keys.kek, row.wrappedKey, this.#keyContext(row.recording, row.epoch, row.plainBytes));
    } catch (error) {
      throw new Failure('recording-corrupt', 'recording key does not open', {}, { cause: error });
    }
    try {
      const paths = row.parts.map(({ file }) => join(this.#mediaFolder(), file));
      return await SealedRecording.open(paths, key, associatedData(row.recording, row.manifestSha256), row.plainBytes, assured.media.contentType);
    } finally {
      key.fill(0);
    }
  }

  /** Destroys the local copy: wrapped key first, then ciphertext and transcript. True when there was one. */
  purge(recording: string): boolean {
    const row = this.library.sealed(recording);
    this.library.removeSealed(recording);
    for (const { file } of row?.parts ?? []) rmSync(join(this.#mediaFolder(), file), { force: true });
    return row !== null;
  }
}
