/**
 * The sealed copies of one vault: files under `media/`, and what the library knows of them. The only code that turns ciphertext into
 * recordings, and that destroys them.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assured } from '../assurance/assess.ts';
import type { Confirmed } from '../assurance/confirm.ts';
import { Failure } from '../platform/failure.ts';
import { syncFolder } from './atomicFile.ts';
import type { OpenKeys } from './keyring.ts';
import type { Library } from './library.ts';
import { type Received, sealToFile } from './sealedFile.ts';
import { SealedRecording } from './sealedRecording.ts';
import { unwrap, wrap } from './wrap.ts';

/** Kept free for the audit trail and unsent work: a download never takes the last of the disk. */
export const DISK_RESERVE_BYTES = 256 * 1024 * 1024;

/** A download that is sealed on disk and belongs to nobody yet: {@link Copies.publish} or {@link Copies.discard}. */
export interface Sealing extends Received {
  file: string;
  key: Buffer;
}

/** AAD of a recording's segments: format version ‖ recording ‖ manifest digest. */
function associatedData(recording: string, manifestSha256: string): Buffer {
  return Buffer.concat([Buffer.of(1), Buffer.from(recording, 'utf8'), Buffer.from(manifestSha256, 'base64url')]);
}

/** What is open while the vault is unlocked; throws `locked` otherwise. */
export type Opened = () => { keys: OpenKeys; library: Library };

export class Copies {
  readonly #folder: string;
  readonly #account: string;
  readonly #nameKey: Buffer;
  readonly #opened: Opened;

  /** @param folder the vault's. @param account what its wrapped keys are bound to. */
  constructor(folder: string, account: string, nameKey: Buffer, opened: Opened) {
    this.#folder = join(folder, 'media');
    this.#account = account;
    this.#nameKey = nameKey;
    this.#opened = opened;
  }

  /** Makes the folder where there is none. */
  prepare(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Deletes every file, whatever it is. */
  removeAll(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    this.prepare();
  }

  /** Ciphertext that no row names: left by a crash during a download or a destruction. */
  removeStrays(): void {
    const known = new Set(this.#opened().library.partFiles());
    for (const file of readdirSync(this.#folder)) if (!known.has(file)) rmSync(join(this.#folder, file), { force: true });
  }

  /** Seals a download under a fresh key. Throws `disk-full` {needed, free} before the first byte is asked for, or while writing. */
  async seal(assured: Assured, source: AsyncIterable<Uint8Array>, progress: (plainBytes: number) => void): Promise<Sealing> {
    this.#opened();
    const { bavail, bsize } = await statfs(this.#folder);
    const free = Math.max(0, bavail * bsize - DISK_RESERVE_BYTES);
    if (assured.media.size > free) throw new Failure('disk-full', 'recording does not fit', { needed: assured.media.size, free });
    const file = `${this.#tag(assured.recording)}-${randomUUID()}.sealed`;
    const key = randomBytes(32);
    try {
      const received = await sealToFile(join(this.#folder, file), key, associatedData(assured.recording, assured.manifestSha256), source, assured.media.size, progress);
      return { ...received, file, key };
    } catch (error) {
      this.discard({ file, key });
      throw error;
    }
  }

  discard({ file, key }: Pick<Sealing, 'file' | 'key'>): void {
    key.fill(0);
    rmSync(join(this.#folder, file), { force: true });
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

  /** Puts every recording's key under a new KEK. A key that does not open stays as it is: opening its copy will say so. */
  moveTo(renewed: OpenKeys): void {
    const { keys, library } = this.#opened();
    library.moveTo(renewed.epoch, (row) => {
      try {
        const key = unwrap(keys.kek, row.wrappedKey, this.#keyContext(row.recording, row.epoch, row.plainBytes));
        const wrapped = wrap(renewed.kek, key, this.#keyContext(row.recording, renewed.epoch, row.plainBytes));
        key.fill(0);
        return wrapped;
      } catch {
        return null;
      }
    });
  }

  /** Is there a sealed copy of exactly what was assured? */
  holds(assured: Assured): boolean {
    const row = this.#opened().library.sealed(assured.recording);
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
      const paths = row.parts.map(({ file }) => join(this.#folder, file));
      return await SealedRecording.open(paths, key, associatedData(row.recording, row.manifestSha256), row.plainBytes, assured.media.contentType);
    } finally {
      key.fill(0);
    }
  }

  forget(recording: string): boolean {
    const { library } = this.#opened();
    const had = library.sealed(recording) !== null;
    library.removeSealed(recording);
    return had;
  }

  #tag(recording: string): string {
    return createHmac('sha256', this.#nameKey).update(recording).digest('hex').slice(0, 32);
  }

  removeFiles(recording: string): { files: number; bytes: number } {
    const tag = this.#tag(recording);
    let files = 0;
    let bytes = 0;
    for (const name of readdirSync(this.#folder)) {
      if (!name.startsWith(tag)) continue;
      bytes += statSync(join(this.#folder, name)).size;
      rmSync(join(this.#folder, name), { force: true });
      files += 1;
    }
    syncFolder(this.#folder);
    return { files, bytes };
  }

  counts(): { recordings: number; bytes: number } {
    const names = readdirSync(this.#folder);
    return { recordings: new Set(names.map((name) => name.split('-')[0])).size, bytes: this.usedBytes() };
  }

  usedBytes(): number {
    return readdirSync(this.#folder).reduce((sum, name) => sum + statSync(join(this.#folder, name)).size, 0);
  }

  /** What is here of a recording, whole or part way, or null. */
  stored(recording: string): { bytes: number; partial: boolean; lastOpened: string | null } | null {
    const row = this.#opened().library.sealed(recording);
    return row && { bytes: row.plainBytes, partial: false, lastOpened: row.lastOpened };
  }
}
