/**
 * One clinician's vault on this computer: keyring, ledger (open from the start), library (open while unlocked) and the sealed
 * copies. It opens, locks and destroys them together, and notices when an older copy of them was put back.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SecretRule } from '../../preload/contract.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { Anchor, fileDigest, fileDigestBeside, type Heads } from './anchor.ts';
import { syncFolder } from './atomicFile.ts';
import { Copies } from './copies.ts';
import { openDatabase } from '../platform/database.ts';
import { onDisk } from './diskFailure.ts';
import { type OpenKeys, Keyring, type Place, wipeKeys } from './keyring.ts';
import { Ledger, ledgerMigrations } from './ledger.ts';
import { Library, libraryMigrations } from './library.ts';
import { type Attempts, Limiter } from './limiter.ts';
import { isSealedFor, type RecoveryKey, sealForPractice } from './recovery.ts';
import { Reserve } from './reserve.ts';
import type { StartSealer } from './sealer/messages.ts';
import { deriveKey } from './wrap.ts';

/** What a library that does not open is renamed to. */
const ASIDE = 'unreadable-';
/** In the ledger: what of the library is kept for its own sake (journeys/kept.ts). It goes with the library. */
export const KEPT_NOTE = 'kept';
const databaseFiles = (name: string) => [name, `${name}-wal`, `${name}-shm`];

/** Vaults that were closed and still have something under way with the keychain, by folder. */
const leaving = new Map<string, Promise<void>>();

function removeFiles(folder: string, names: readonly string[]): void {
  onDisk(() => {
    for (const name of names) rmSync(join(folder, name), { force: true });
  });
}

/** The folders of a new vault, in their parents for good before anything is in them. */
function makeFolders(folder: string): void {
  onDisk(() => {
    mkdirSync(join(folder, 'media'), { recursive: true, mode: 0o700 });
    for (const made of [folder, dirname(folder), dirname(dirname(folder))]) syncFolder(made);
  });
}

/** What was destroyed, as far as it can be told without opening it. */
export interface Destroyed {
  recordings: number;
  bytes: number;
}

export class Vault {
  readonly id: string;
  readonly ledger: Ledger;
  readonly copies: Copies;
  readonly #place: Place;
  readonly #keyring: Keyring;
  readonly #limiter: Limiter;
  readonly #anchor: Anchor;
  readonly #recoveryKey: RecoveryKey | null;
  #open: { keys: OpenKeys; library: Library } | null = null;
  /** Why it locked itself, until it is unlocked again. */
  #lockedBy: Failure | null = null;
  /** Where the databases stood when they were last looked at. */
  #stood: Heads;
  #closed = false;
  /** What waits for its turn: secrets, and the renewal of keys, one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(id: string, place: Place, keyring: Keyring, ledger: Ledger, anchor: Anchor, recoveryKey: RecoveryKey | null, startSealer: StartSealer) {
    this.id = id;
    this.#place = place;
    this.#keyring = keyring;
    this.#limiter = new Limiter(place.keychain, keyring.account);
    this.ledger = ledger;
    this.#anchor = anchor;
    this.#recoveryKey = recoveryKey;
    this.#stood = anchor.stored ?? { seq: 0, hash: '', ledger: 0, library: 0, ledgerFile: null, libraryFile: null };
    this.copies = new Copies(place.folder, keyring.account, deriveKey(keyring.ledgerKey(), Buffer.alloc(0), 'viewing-room media names'), startSealer, () => this.#opened());
  }

  /** Resolves when every vault that was closed has left the keychain alone: the app may end. */
  static async allLeft(): Promise<void> {
    await Promise.all(leaving.values());
  }

  /** Anything that keys were made for counts: what is left of a vault is never begun anew by itself. */
  static exists(folder: string): boolean {
    const media = join(folder, 'media');
    return existsSync(Keyring.path(folder)) || ['ledger.db', 'library.db'].some((name) => existsSync(join(folder, name)))
      || (existsSync(media) && onDisk(() => readdirSync(media)).length > 0);
  }

  /** Opens the vault as far as it opens without a secret; makes an empty one where there is nothing at all. */
  static async load(id: string, place: Place, recoveryKey: RecoveryKey | null, startSealer: StartSealer): Promise<Vault> {
    const { folder, keychain } = place;
    await leaving.get(folder);
    const fresh = !Vault.exists(folder);
    if (fresh) makeFolders(folder);
    const keyring = fresh
      ? await Keyring.create(place)
      : await Keyring.load(place);
    const path = join(folder, 'ledger.db');
    const reserve = new Reserve(folder);
    let vault: Vault | null = null;
    const touched = () => vault?.touched();
    // Only a crash between keyring and ledger leaves none, or half of one: nothing can have been written to it yet.
    if (!keyring.ledgerMade) removeFiles(folder, databaseFiles('ledger.db'));
    const anchor = new Anchor(keychain, keyring.account);
    const stored = await anchor.read();
    const sameFile = stored?.ledgerFile == null || stored.ledgerFile === fileDigest(path);
    if (stored) {
      // Before it is opened: a crash from here on leaves another file.
      anchor.touch(() => ({ ...stored, ledgerFile: null }));
      await anchor.settled();
    }
    const ledger = new Ledger(openDatabase(path, keyring.ledgerKey(), ledgerMigrations, keyring.ledgerMade, 'vault-corrupt'), touched, reserve);
    try {
      if (keyring.ledgerMade) noticeOlder(ledger, stored, sameFile);
      vault = new Vault(id, place, keyring, ledger, anchor, recoveryKey, startSealer);
      // The anchor is there before the first entry can be, so that a missing one is always a missing one.
      vault.touched();
      await anchor.settled();
      keyring.mark('ledgerMade');
      reserve.take();
      await vault.#sealKeyForPractice();
      await vault.#finishDestruction();
      await vault.#renewAfterDestruction();
      return vault;
    } catch (error) {
      ledger.close();
      throw error;
    }
  }

  /** The practice may have named another recovery key since. */
  async #sealKeyForPractice(): Promise<void> {
    const key = this.#recoveryKey;
    if (!key || (this.#keyring.recovery !== null && isSealedFor(key, this.#keyring.recovery))) return;
    const ledgerKey = this.#keyring.ledgerKey();
    this.#keyring.keepRecovery(await sealForPractice(key, ledgerKey));
    ledgerKey.fill(0);
  }

  /** Destroying content is three steps; a crash between them is made good here. */
  async #finishDestruction(): Promise<void> {
    if (this.rule !== null) return;
    const latest = this.#keyring.epochs.at(-1);
    if (this.#keyring.epochs.length > 1 && latest !== undefined) await this.#keyring.settle(latest);
    this.#removeContent();
  }

  /** S is still owed where the keychain failed, or the app ended, right after content was destroyed: no unlocking would come to make it good. */
  async #renewAfterDestruction(): Promise<void> {
    if (this.rule !== null) return;
    try {
      await this.renewKeys();
    } catch (error) {
      // Still owed; the next start tries again.
      if (!/^(keychain|disk)-/.test(problemOf(error).code)) throw error;
    }
  }

  get rule(): SecretRule | null {
    return this.#keyring.rule;
  }

  get unlocked(): boolean {
    return this.#open !== null;
  }

  /** What made it lock itself, while nobody asked for that; null when somebody did. */
  get lockedBy(): Failure | null {
    return this.#lockedBy;
  }

  /** An older copy of ledger or library was put back: nothing may be shown until the practice has been asked about all of it. */
  get rolledBack(): boolean {
    return this.ledger.get('rolledBack') !== null;
  }

  /** The practice has answered for everything that is here. */
  broughtUpToDate(): void {
    if (this.rolledBack) this.ledger.set('rolledBack', null);
  }

  signingSeed(): Buffer {
    return this.#keyring.signingSeed();
  }

  /**
   * Seed of the key with which a manager signs assignments on this computer: another one than that of the record, and as lasting. The caller wipes it.
   */
  assignmentSeed(): Buffer {
    const seed = this.#keyring.signingSeed();
    try {
      return deriveKey(seed, Buffer.alloc(0), 'viewing-room assignment key');
    } finally {
      seed.fill(0);
    }
  }

  get library(): Library {
    return this.#opened().library;
  }

  #opened(): { keys: OpenKeys; library: Library } {
    if (!this.#open) throw this.#lockedBy ?? new Failure('locked', 'vault is locked');
    return this.#open;
  }

  attempts(): Promise<Attempts> {
    return this.#limiter.state();
  }

  #heads(): Heads {
    if (!this.#closed) {
      const { head, changes } = this.ledger.peek();
      this.#stood = { ...this.#stood, seq: head?.seq ?? 0, hash: head?.hash.toString('base64url') ?? '', ledger: changes, ledgerFile: null };
    }
    if (this.#open) this.#stood = { ...this.#stood, library: this.#open.library.peekChanges(), libraryFile: null };
    return this.#stood;
  }

  /** Something was written in one of the databases. */
  touched(): void {
    this.#anchor.touch(() => this.#heads());
  }

  /** Resolves when the keychain knows where the databases stand. */
  settled(): Promise<void> {
    return this.#anchor.settled();
  }

  /** One at a time: secrets are counted before they are tried, and keys are not renewed while they are changed. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** The first secret. A second call meanwhile must not make other keys for the library that the first has made. */
  setSecret(secret: string, rule: SecretRule): Promise<void> {
    return this.#inTurn(async () => {
      if (this.rule) throw new Failure('bad-request', 'a secret is set');
      // Without keys whatever an earlier library held cannot be read: it goes, so that a new one can be made.
      this.#removeContent();
      await this.#aboutToOpen();
      // Before there is anything to lose: a count that is left from destroyed content would destroy the new at the first try.
      await this.#limiter.forgive();
      this.#openLibrary([await this.#keyring.setSecret(secret, rule)], true);
    });
  }

  /**
   * Opens the library. `wrong-secret` {attemptsLeft}, `wait-before-retry` {seconds}, or `too-many-attempts` {recordings, bytes} when this was
   * the last allowed: the media and its keys are then destroyed, the ledger stays. `library-corrupt` when the secret is right and the library
   * does not open. Returns what was still to be destroyed, and is now.
   */
  unlock(secret: string, now: number): Promise<{ recording: string; cause: string }[]> {
    return this.#inTurn(async () => {
      if (this.#open) throw new Failure('bad-request', 'vault is open');
      const kept = this.#stood.libraryFile;
      // Of a long list it takes as long as the stretching of the secret, which is another thread's.
      const found = kept === null ? null : fileDigestBeside(this.#libraryPath);
      found?.catch(() => undefined);
      const keys = await this.#try(secret, now).catch(async (error: unknown) => {
        // Whoever tries again and again has one reading at a time.
        await found?.catch(() => undefined);
        throw error;
      });
      try {
        const sameFile = kept === null || kept === await found;
        await this.#aboutToOpen();
        const epoch = this.#openLibrary(keys, sameFile);
        // A renewal that was cut short has left a second slot, or only its S in the keychain: for that nobody has to wait.
        if (this.#keyring.epochs.length > 1) await this.#settle(epoch);
        else void this.#inTurn(() => this.#settle(epoch)).catch(() => undefined);
        // It may have been locked while the keychain was asked.
        return this.unlocked ? this.#finishDooming() : [];
      } catch (error) {
        // The screen still asks for the secret: nothing may be open behind it.
        this.lock();
        for (const tried of keys) wipeKeys(tried);
        throw error;
      }
    });
  }

  /** What is left of a former renewal goes; where the keychain refuses, at the next unlock. */
  async #settle(epoch: number): Promise<void> {
    try {
      if (!this.#closed) await this.#keyring.settle(epoch);
    } catch (error) {
      if (!problemOf(error).code.startsWith('keychain-')) throw error;
    }
  }

  /** Another secret, or another rule for it. No recording is touched; and what the old secret opened is renewed. As {@link unlock} when `present` is wrong. */
  changeSecret(present: string, next: string, rule: SecretRule, now: number): Promise<void> {
    return this.#inTurn(async () => {
      const { keys } = this.#opened();
      for (const tried of await this.#try(present, now)) wipeKeys(tried);
      await this.#change(keys, next, rule);
    });
  }

  /** Another secret for who has just given the present one, because the practice's rule asks for another kind. */
  replaceSecret(next: string, rule: SecretRule): Promise<void> {
    return this.#inTurn(() => this.#change(this.#opened().keys, next, rule));
  }

  async #change(keys: OpenKeys, next: string, rule: SecretRule): Promise<void> {
    const prepared = await this.#keyring.prepareSecret(next, rule);
    try {
      // Locked meanwhile: the keys are wiped, and nothing may be wrapped with them.
      if (this.#open?.keys !== keys) throw new Failure('locked', 'locked while the secret was changed');
      // An old copy of the keyring would still open with the old secret, as long as S is the same. Owed first: a crash leaves the debt.
      this.ledger.oweRenewal();
      this.#keyring.changeSecret(keys, prepared);
    } catch (error) {
      prepared.stretched.fill(0);
      throw error;
    }
    try {
      await this.#renewKeys();
    } catch {
      // The secret is another one already: who is told that it is not would spend their attempts on the old one. Renewal stays owed.
    }
  }

  async #try(secret: string, now: number): Promise<OpenKeys[]> {
    const tooMany = (why: string) => new Failure('too-many-attempts', why, { ...this.destroyContent() });
    const before = await this.#limiter.state();
    if (before.left === 0) throw tooMany('no attempts left');
    if (before.retryAt !== null && now < before.retryAt) throw new Failure('wait-before-retry', 'too soon', { seconds: Math.ceil((before.retryAt - now) / 1000) });
    // The keychain keeps the count while the secret is stretched; nothing is tried before it is kept. Both are waited for: no write goes on after this turn.
    const counted = this.#limiter.count(now);
    const [counting, trying] = await Promise.allSettled([counted, this.#keyring.tryUnlock(secret, counted)]);
    if (counting.status === 'rejected') throw counting.reason;
    if (trying.status === 'rejected') throw trying.reason;
    const after = counting.value;
    const keys = trying.value;
    if (!keys) {
      if (after.left > 0) throw new Failure('wrong-secret', 'wrong secret', { attemptsLeft: after.left });
      throw tooMany('last attempt was wrong');
    }
    try {
      await this.#limiter.forgive();
    } catch (error) {
      for (const tried of keys) wipeKeys(tried);
      throw error;
    }
    return keys;
  }

  get #libraryPath(): string {
    return join(this.#place.folder, 'library.db');
  }

  /** The library's file is about to change: from here on a crash leaves another. */
  async #aboutToOpen(): Promise<void> {
    this.#stood = { ...this.#stood, libraryFile: null };
    this.touched();
    await this.settled();
  }

  /**
   * Opens the library with the keys of its own epoch, of which there are two after a crash. Returns that epoch.
   * @param sameFile false when the file is not the one that was closed in order.
   */
  #openLibrary(candidates: OpenKeys[], sameFile: boolean): number {
    try {
      // Deriving takes a moment, in which the person may have gone, or have given up the content.
      if (this.#closed || this.rule === null) throw new Failure('locked', 'vault was closed, or its content destroyed');
      const [first] = candidates;
      if (!first) throw new Failure('internal', 'no keys');
      const made = this.#keyring.libraryMade;
      if (!made) this.#removeContent();
      const library = new Library(openDatabase(this.#libraryPath, Buffer.from(first.libraryKey), libraryMigrations, made, 'library-corrupt'), () => this.touched());
      if (!made) library.begin(first.epoch, this.#stood.library + 1);
      const epoch = library.epoch();
      const changes = library.peekChanges();
      const keys = candidates.find((candidate) => candidate.epoch === epoch);
      if (!keys) {
        library.close();
        throw new Failure('library-corrupt', 'library is of another epoch than the keyring');
      }
      for (const other of candidates) if (other !== keys) wipeKeys(other);
      this.#open = { keys, library };
      this.#lockedBy = null;
      this.#keyring.mark('libraryMade');
      if (made && !this.rolledBack && (!sameFile || changes < this.#stood.library)) this.ledger.set('rolledBack', JSON.stringify({ library: changes, keptLibrary: this.#stood.library }));
      this.touched();
      this.copies.removeStrays();
      return epoch;
    } catch (error) {
      this.lock();
      for (const keys of candidates) wipeKeys(keys);
      throw error;
    }
  }

  /** Puts a library that does not open aside, and its copies away: what is in the ledger stays. The secret makes a new one at the next unlock. */
  setLibraryAside(now: number): Destroyed {
    this.lock();
    const destroyed = this.copies.counts();
    const { folder } = this.#place;
    this.#keyring.forgetLibrary();
    onDisk(() => {
      for (const name of databaseFiles('library.db')) {
        if (existsSync(join(folder, name))) renameSync(join(folder, name), join(folder, `${ASIDE}${now}-${name}`));
      }
    });
    this.#removeContent();
    return destroyed;
  }

  lock(): void {
    if (!this.#open) return;
    const { library, keys } = this.#open;
    this.#look();
    this.#open = null;
    wipeKeys(keys);
    library.close();
    this.#closedAs('libraryFile', this.#libraryPath);
  }

  close(): void {
    if (this.#closed) return;
    this.lock();
    this.#look();
    this.#closed = true;
    this.#keyring.close();
    this.ledger.close();
    this.#closedAs('ledgerFile', join(this.#place.folder, 'ledger.db'));
    // Whoever loads this folder next waits until the keychain has been left alone.
    const { folder } = this.#place;
    const left = Promise.allSettled([this.#last, this.settled()]).then(() => {
      if (leaving.get(folder) === left) leaving.delete(folder);
    });
    leaving.set(folder, left);
  }

  /** A last look at where the databases stand; closing goes on whatever becomes of it. */
  #look(): void {
    try {
      this.#heads();
    } catch {
      // Damage shows when it is next opened.
    }
  }

  #closedAs(file: 'ledgerFile' | 'libraryFile', path: string): void {
    try {
      // SQLite has removed the log; a power cut must not bring it back beside the file that is now held to its digest.
      syncFolder(this.#place.folder);
      this.#stood = { ...this.#stood, [file]: fileDigest(path) };
    } catch {
      // What cannot be read now is held against its counts alone.
    }
    this.touched();
  }

  /** Destroys keys, library and media. Audit and unsent work stay. */
  destroyContent(): Destroyed {
    this.lock();
    const destroyed = this.copies.counts();
    // Before the keys go, so that a crash leaves the debt; a ledger that cannot be written saves no key.
    const owe = () => this.ledger.oweRenewal();
    let owed = true;
    try {
      owe();
    } catch {
      owed = false;
    }
    this.#keyring.destroyContent();
    this.#removeContent();
    if (!owed) owe();
    const { folder } = this.#place;
    removeFiles(folder, readdirSync(folder).filter((name) => name.startsWith(ASIDE)));
    return destroyed;
  }

  #removeContent(): void {
    removeFiles(this.#place.folder, databaseFiles('library.db'));
    this.#stood = { ...this.#stood, libraryFile: null };
    this.copies.removeAll();
    onDisk(() => syncFolder(this.#place.folder));
    // What comes after is not what was doomed.
    if (this.ledger.get('doomedAll') !== null) this.ledger.set('doomedAll', null);
    if (this.ledger.get(KEPT_NOTE) !== null) this.ledger.set(KEPT_NOTE, null);
  }

  /**
   * Destroys the local copy of a recording, locked or not: once this has begun it is finished at the next unlock at the latest. True when
   * there was one. {@link renewKeys} then makes old copies of the files useless too.
   */
  destroyCopy(recording: string, cause: string): boolean {
    this.ledger.doom(recording, cause);
    const had = this.#open ? this.copies.forget(recording) : false;
    const { files } = this.copies.removeFiles(recording);
    if (this.#open) this.ledger.gone(recording);
    return had || files > 0;
  }

  /**
   * Destroys every copy while locked, when nobody can say of which recordings they are: the files go at once, the keys at the next unlock, which
   * then names them.
   */
  destroyEveryCopyLocked(cause: string): Destroyed {
    if (this.#open) throw new Failure('internal', 'vault is open');
    const destroyed = this.copies.counts();
    if (destroyed.recordings === 0) return destroyed;
    this.ledger.set('doomedAll', cause);
    this.ledger.oweRenewal();
    this.copies.removeAll();
    return destroyed;
  }

  /** What was doomed while the vault was locked, or when the app was killed in the middle. */
  #finishDooming(): { recording: string; cause: string }[] {
    const everything = this.ledger.get('doomedAll');
    const doomed = this.ledger.doomed();
    if (everything !== null) {
      const named = new Set(doomed.map(({ recording }) => recording));
      for (const recording of this.library.recordingsHere()) if (!named.has(recording)) doomed.push({ recording, cause: everything });
    }
    for (const { recording } of doomed) {
      this.copies.forget(recording);
      this.copies.removeFiles(recording);
      this.ledger.gone(recording);
    }
    if (everything !== null) {
      this.ledger.oweRenewal();
      this.ledger.set('doomedAll', null);
    }
    return doomed;
  }

  /** Renews S and the KEK where something was destroyed since they were last: old copies of the files then open with neither. */
  renewKeys(): Promise<void> {
    return this.#inTurn(() => this.#renewKeys());
  }

  async #renewKeys(): Promise<void> {
    if (this.#closed) return;
    const owed = this.ledger.get('renewalDue');
    if (owed === null || (this.rule !== null && !this.#open)) return;
    const before = this.#open?.keys ?? null;
    if (this.#keyring.epochs.length > 1 && before) await this.#keyring.settle(before.epoch);
    const { epoch, keys } = await this.#keyring.renew(before);
    if (keys && !this.#moveTo(keys, before)) return;
    await this.#keyring.settle(epoch);
    // What was destroyed meanwhile owes another; who closed the vault meanwhile leaves the debt to the next start.
    if (this.ledger.isOpen && this.ledger.get('renewalDue') === owed) this.ledger.set('renewalDue', null);
  }

  /** Is the library still under these keys, as far as it can be asked? */
  #isOf(keys: OpenKeys): boolean {
    try {
      return this.library.epoch() === keys.epoch;
    } catch {
      return false;
    }
  }

  /** Puts the library under renewed keys. False when the person has gone meanwhile: the next unlock finds two slots and the library under the old one. */
  #moveTo(renewed: OpenKeys, before: OpenKeys | null): boolean {
    if (!this.#open || this.#open.keys !== before) {
      wipeKeys(renewed);
      return false;
    }
    try {
      this.copies.moveTo(renewed);
    } catch (error) {
      wipeKeys(renewed);
      // The library may have moved all the same; then the next unlock finds both slots, and opens the one that the library is of.
      if (!this.#isOf(before)) {
        this.lock();
        this.#lockedBy = error instanceof Failure ? error : null;
      }
      throw error;
    }
    this.#open.keys = renewed;
    wipeKeys(before);
    return true;
  }

  /**
   * Keeps something that a person made until the practice has it: sealed to the practice's recovery key, so that it outlives the secret
   * and can be sent while locked, but is read by nobody here. Without a recovery key it is not kept, and false is returned.
   * @param isWanted asked once it is sealed, which takes its time
   */
  async keepWork(id: string, kind: string, body: Buffer, at: string, isWanted: () => boolean = () => true): Promise<boolean> {
    if (!this.#recoveryKey) return false;
    const sealed = await sealForPractice(this.#recoveryKey, body);
    if (!isWanted()) return false;
    this.ledger.keepWork({ id, kind, sealed, keptAt: at });
    return true;
  }
}

/** Compares the ledger with what the keychain kept of it, and remembers in the ledger when it is an older copy. */
function noticeOlder(ledger: Ledger, kept: Heads | null, sameFile: boolean): void {
  const { head, changes } = ledger.peek();
  const older = kept === null
    ? head !== null
    : !sameFile || changes < kept.ledger || (kept.seq > 0 && ledger.entryHash(kept.seq)?.toString('base64url') !== kept.hash);
  if (older) ledger.set('rolledBack', JSON.stringify({ seq: head?.seq ?? 0, keptSeq: kept?.seq ?? null, ledger: changes, keptLedger: kept?.ledger ?? null }));
}
