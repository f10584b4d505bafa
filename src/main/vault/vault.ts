/**
 * One clinician's vault on this computer: keyring, ledger (open from the start), library (open while unlocked) and the sealed
 * copies. It opens, locks and destroys them together.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretRule } from '../../preload/contract.ts';
import { Failure } from '../platform/failure.ts';
import { Copies, type Opened } from './copies.ts';
import { openDatabase } from './database.ts';
import type { Keychain } from './keychain.ts';
import { type OpenKeys, Keyring, wipeKeys } from './keyring.ts';
import { Ledger, ledgerMigrations } from './ledger.ts';
import { Library, libraryMigrations } from './library.ts';
import { type Attempts, Limiter } from './limiter.ts';
import type { StartSealer } from './sealer/messages.ts';
import { deriveKey } from './wrap.ts';

export class Vault {
  readonly id: string;
  readonly ledger: Ledger;
  readonly copies: Copies;
  readonly #folder: string;
  readonly #keyring: Keyring;
  readonly #limiter: Limiter;
  #open: { keys: OpenKeys; library: Library } | null = null;
  #closed = false;
  #lastAttempt: Promise<unknown> = Promise.resolve();

  private constructor(id: string, folder: string, keyring: Keyring, limiter: Limiter, ledger: Ledger, copies: (opened: Opened) => Copies) {
    this.id = id;
    this.#folder = folder;
    this.#keyring = keyring;
    this.#limiter = limiter;
    this.ledger = ledger;
    this.copies = copies(() => this.#opened());
  }

  static exists(folder: string): boolean {
    return existsSync(Keyring.path(folder)) || existsSync(join(folder, 'ledger.db'));
  }

  /** Opens the vault as far as it opens without a secret; makes an empty one where there is nothing at all. */
  static async load(id: string, folder: string, account: string, keychain: Keychain, startSealer: StartSealer): Promise<Vault> {
    const fresh = !Vault.exists(folder);
    if (fresh) mkdirSync(join(folder, 'media'), { recursive: true, mode: 0o700 });
    const keyring = fresh ? await Keyring.create(folder, account, keychain) : await Keyring.load(folder, account, keychain);
    const path = join(folder, 'ledger.db');
    // Only a crash between keyring and ledger leaves none: nothing can have been written to it yet.
    const ledger = new Ledger(openDatabase(path, keyring.ledgerKey(), ledgerMigrations, keyring.ledgerMade));
    keyring.markLedgerMade();
    const ledgerKey = keyring.ledgerKey();
    const nameKey = deriveKey(ledgerKey, Buffer.alloc(0), 'viewing-room media names');
    ledgerKey.fill(0);
    return new Vault(id, folder, keyring, new Limiter(keychain, account), ledger, (opened) => new Copies(folder, account, nameKey, startSealer, opened));
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
      this.copies.removeStrays();
    } catch (error) {
      wipeKeys(keys);
      throw error;
    }
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
    this.copies.removeAll();
  }
}
