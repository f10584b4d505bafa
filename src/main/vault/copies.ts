/**
 * The sealed copies of one vault: files under `media/`, and what the library knows of them. The only code that turns ciphertext into
 * recordings, and that destroys them.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Assured } from '../assurance/assess.ts';
import type { Confirmed } from '../assurance/confirm.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { Arriving } from './arriving.ts';
import { ArrivingCopy } from './arrivingCopy.ts';
import { Download, refuseStopped, type AskFrom, type Downloaded } from './download.ts';
import type { OpenKeys } from './keyring.ts';
import type { Library, PartialRow } from './library.ts';
import { MediaFolder } from './mediaFolder.ts';
import { boundTo, plainBytesOf } from './sealedPart.ts';
import { SealedCopy, type SealedRecording, type Transcript } from './sealedRecording.ts';
import type { StartSealer } from './sealer/messages.ts';
import { Sealer } from './sealer/sealer.ts';
import { deriveKey, unwrap, wrap } from './wrap.ts';

/** Kept free for the audit trail and unsent work: a download never takes the last of the disk. */
export const DISK_RESERVE_BYTES = 256 * 1024 * 1024;

/** What a download that was stopped may take to close what came; then it is ended, and the next download closes it. */
const CLOSING_MS = 2000;

/** A download that is sealed on disk, whole, and opens for nobody yet: {@link Copies.publish} or {@link Copies.discard}. */
export interface Sealing extends Downloaded {
  recording: string;
  key: Buffer;
}

/** What of a decision says of which bytes a copy has to be. */
export type Held = Pick<Assured, 'recording' | 'manifestSha256' | 'media'>;

/** What is open while the vault is unlocked; throws `locked` otherwise. */
export type Opened = () => { keys: OpenKeys; library: Library };

export class Copies {
  readonly #media: MediaFolder;
  readonly #account: string;
  readonly #startSealer: StartSealer;
  readonly #opened: Opened;
  /** Downloads under way, by recording. */
  readonly #sealers = new Map<string, Sealer>();
  /** What is being downloaded or watched before it is whole, by recording and manifest. */
  readonly #arriving = new Map<string, Arriving>();

  /**
   * @param folder the vault's. @param account what its wrapped keys are bound to.
   * @param nameKey 32 bytes, known while locked: a recording's files can be found by their names, and only with it.
   */
  constructor(folder: string, account: string, nameKey: Buffer, startSealer: StartSealer, opened: Opened) {
    this.#media = new MediaFolder(join(folder, 'media'), nameKey);
    this.#account = account;
    this.#startSealer = startSealer;
    this.#opened = opened;
  }

  /** Deletes every file, whatever it is. */
  removeAll(): void {
    for (const sealer of this.#sealers.values()) sealer.kill();
    this.#media.removeAll();
  }

  /** Ciphertext that no row names: left by a crash during a destruction. */
  removeStrays(): void {
    this.#media.removeAllBut(new Set(this.#opened().library.files()));
  }

  /** Bytes that all sealed files take on disk. Works while locked. */
  usedBytes(): number {
    return this.counts().bytes;
  }

  /** Recordings with sealed files here, whole or in part, and the bytes that these take. From the files alone: works while locked. */
  counts(): { recordings: number; bytes: number } {
    return this.#media.counts();
  }

  /** Plaintext bytes that a download which broke off has left of exactly what was assured; a few more or less where it was a crash. */
  received(assured: Held): number {
    const partial = this.#opened().library.partial(assured.recording);
    if (!partial || !isOf(partial, assured)) return 0;
    return Math.min(assured.media.size, partial.parts.reduce((total, { file }) => total + plainBytesOf(this.#media.bytesOf(file)), 0));
  }

  /**
   * Brings a recording here, sealed: goes on where an earlier download broke off, if the practice can. What was sealed is kept when it
   * breaks off again. Throws what `ask` and its chunks throw; `disk-full` {needed, free} before anything is asked for, where `needed` is
   * what is still missing, or `disk-full` while writing; `recording-mismatch` at more bytes than signed; `locked` once `signal` has
   * aborted; `download-interrupted` when the sealer has died.
   * @param inOne whether it is to come with one answer, from its first byte to its last: whoever waits for what is further on waits until it comes
   */
  async seal(assured: Assured, ask: AskFrom, progress: (plainBytes: number) => void, signal: AbortSignal, inOne = false): Promise<Sealing> {
    const { recording } = assured;
    this.#opened();
    const missing = assured.media.size - this.received(assured);
    const free = Math.max(0, await this.#media.free() - DISK_RESERVE_BYTES);
    if (missing > free) throw new Failure('disk-full', 'recording does not fit', { needed: missing, free });
    refuseStopped(signal);
    const { key, parts, etag } = this.#takeUp(assured);
    const arriving = this.#arrivingOf(assured);
    const sealer = new Sealer(this.#startSealer(), () => arriving.wake());
    this.#sealers.set(recording, sealer);
    let closing: NodeJS.Timeout | undefined;
    const endSoon = () => {
      closing = setTimeout(() => sealer.kill(), CLOSING_MS);
    };
    signal.addEventListener('abort', endSoon);
    try {
      const download = new Download(assured, key, { sealer, arriving, media: this.#media, setParts: (before, now, tag) => this.#setParts(recording, before, now, tag) });
      return { ...await download.run(parts, etag, ask, progress, signal, inOne), recording, key };
    } catch (error) {
      key.fill(0);
      refuseStopped(signal);
      // Other bytes than were signed are of no use, and the last of the disk is the audit trail's. Locked, the next download finds out.
      if (['recording-mismatch', 'disk-full'].includes(problemOf(error).code) && this.#isOpen()) this.#removePartial(recording);
      throw error;
    } finally {
      await sealer.close();
      signal.removeEventListener('abort', endSoon);
      clearTimeout(closing);
      if (this.#sealers.get(recording) === sealer) this.#sealers.delete(recording);
      this.#letGo(assured, arriving);
    }
  }

  #arrivingOf({ recording, manifestSha256, media }: Assured): Arriving {
    const name = `${recording} ${manifestSha256}`;
    const arriving = this.#arriving.get(name) ?? new Arriving(media.size);
    this.#arriving.set(name, arriving);
    arriving.hold();
    return arriving;
  }

  #letGo({ recording, manifestSha256 }: Assured, arriving: Arriving): void {
    if (arriving.release()) this.#arriving.delete(`${recording} ${manifestSha256}`);
  }

  /** Resolves when the first block of a download is here; rejects with the reason of `ended`. */
  async begun(assured: Assured, ended: AbortSignal): Promise<void> {
    const { blocks, media } = assured;
    if (!blocks) throw new Failure('recording-not-here', 'no signed blocks');
    const arriving = this.#arrivingOf(assured);
    try {
      await arriving.waitFor({ from: 0, until: Math.min(blocks.size, media.size) }, ended);
    } finally {
      this.#letGo(assured, arriving);
    }
  }

  /**
   * A recording before it is whole: readable as far as its blocks have come, and where it is read first it is asked for first. Brings nothing itself: {@link seal} does.
   * `recording-not-here` where no blocks were signed.
   */
  watch(assured: Assured, transcript: Transcript | null): SealedRecording {
    this.#opened();
    const { blocks, media } = assured;
    if (!blocks) throw new Failure('recording-not-here', 'no signed blocks');
    const arriving = this.#arrivingOf(assured);
    return new ArrivingCopy(arriving, blocks, media.contentType, transcript, () => this.#letGo(assured, arriving));
  }

  /** The key and the parts of what is here of this recording; a fresh key, noted before it is used, when there is nothing. */
  #takeUp(assured: Assured): { key: Buffer; parts: PartialRow['parts']; etag: string | null } {
    const { recording, manifestSha256, media } = assured;
    const { keys, library } = this.#opened();
    const partial = library.partial(recording);
    if (partial && isOf(partial, assured)) {
      try {
        return { key: unwrap(keys.kek, partial.wrappedKey, this.#keyContext(partial)), parts: partial.parts, etag: partial.etag };
      } catch {
        // A key that does not open is of no use: begun anew below.
      }
    }
    if (partial) this.#removePartial(recording);
    const key = randomBytes(32);
    const row = { recording, epoch: keys.epoch, manifestSha256, plainBytes: media.size };
    library.startPartial({ ...row, wrappedKey: wrap(keys.kek, key, this.#keyContext(row)) }, new Date().toISOString());
    return { key, parts: [], etag: null };
  }

  /** Rows first, then the files that they no longer name. */
  #setParts(recording: string, before: PartialRow['parts'], now: PartialRow['parts'], etag: string | null): void {
    this.#opened().library.setPartialParts(recording, now, etag);
    this.#media.remove(before.flatMap(({ file }) => (now.some((part) => part.file === file) ? [] : [file])));
  }

  #removePartial(recording: string): void {
    const { library } = this.#opened();
    const files = library.partial(recording)?.parts.map(({ file }) => file) ?? [];
    library.removePartial(recording);
    for (const [name, arriving] of this.#arriving) if (name.startsWith(`${recording} `)) arriving.lose();
    this.#media.remove(files);
  }

  #isOpen(): boolean {
    try {
      this.#opened();
      return true;
    } catch {
      return false;
    }
  }

  /** Wipes the key and destroys the download; while locked the files stay, useless without it, until the next download looks at them. */
  discard(sealing: Pick<Sealing, 'recording' | 'key'>): void {
    sealing.key.fill(0);
    if (this.#isOpen()) this.#removePartial(sealing.recording);
  }

  /** Leaves the download on disk for the next one to take up, and wipes the key. */
  pause(sealing: Pick<Sealing, 'key'>): void {
    sealing.key.fill(0);
  }

  /**
   * Makes a sealed download openable, with its transcript under a key of its own from the recording's. A download that cannot be
   * published is discarded.
   */
  publish(confirmed: Confirmed, sealing: Sealing, transcript: Transcript | null, at: string): void {
    const { recording } = confirmed;
    try {
      const { library } = this.#opened();
      if (sealing.sha256 !== confirmed.receivedSha256 || sealing.recording !== recording) throw new Failure('internal', 'another download was confirmed');
      const sealed = transcript && this.#sealTranscript(sealing.key, recording, transcript);
      // A row that survives a power cut names files that do.
      this.#media.sync();
      library.publish(recording, confirmed.receivedSha256, sealed, sealing.parts, at);
    } catch (error) {
      this.discard(sealing);
      throw error;
    }
    sealing.key.fill(0);
  }

  #keyContext({ recording, epoch, plainBytes }: { recording: string; epoch: number; plainBytes: number }): string {
    return `${this.#account} ${recording} ${epoch} ${plainBytes}`;
  }

  #sealTranscript(key: Buffer, recording: string, transcript: Transcript): Buffer {
    return this.#sealBeside(key, recording, 'transcript', 'transcript', Buffer.from(JSON.stringify(transcript), 'utf8'));
  }

  /** What belongs to a recording and is no medium, under a key of its own from the recording's: it goes with it. */
  #sealBeside(key: Buffer, recording: string, purpose: 'transcript' | 'thumbnail', name: string, bytes: Buffer): Buffer {
    const under = deriveKey(key, Buffer.alloc(0), `viewing-room ${purpose}`);
    try {
      return wrap(under, bytes, `${this.#account} ${recording} ${name}`);
    } finally {
      under.fill(0);
    }
  }

  #openBeside(key: Buffer, recording: string, purpose: 'transcript' | 'thumbnail', name: string, sealed: Buffer): Buffer {
    const under = deriveKey(key, Buffer.alloc(0), `viewing-room ${purpose}`);
    try {
      return unwrap(under, sealed, `${this.#account} ${recording} ${name}`);
    } catch (error) {
      throw new Failure('recording-corrupt', `${purpose} does not open`, {}, { cause: error });
    } finally {
      under.fill(0);
    }
  }

  /** Keeps a picture of one second of a copy that is here, beside it. @param at whole seconds */
  keepThumbnail(assured: Assured, at: number, jpeg: Buffer): void {
    const { library } = this.#opened();
    const key = this.#keyOf(assured);
    try {
      library.keepThumbnail(assured.recording, at, this.#sealBeside(key, assured.recording, 'thumbnail', `thumbnail ${at}`, jpeg));
    } finally {
      key.fill(0);
    }
  }

  /** The nearest picture within `reach` seconds, or null. */
  thumbnail(assured: Assured, at: number, reach: number): { at: number; jpeg: Buffer } | null {
    const row = this.#opened().library.thumbnail(assured.recording, at, reach);
    if (!row) return null;
    const key = this.#keyOf(assured);
    try {
      return { at: row.at, jpeg: this.#openBeside(key, assured.recording, 'thumbnail', `thumbnail ${row.at}`, row.sealed) };
    } finally {
      key.fill(0);
    }
  }

  /** The caller wipes it. Throws as {@link open} does. */
  #keyOf(assured: Assured): Buffer {
    const { keys, library } = this.#opened();
    const row = library.sealed(assured.recording);
    if (!row || !this.holds(assured)) throw new Failure('recording-not-here', 'no sealed copy');
    try {
      return unwrap(keys.kek, row.wrappedKey, this.#keyContext(row));
    } catch (error) {
      throw new Failure('recording-corrupt', 'recording key does not open', {}, { cause: error });
    }
  }

  #openTranscript(key: Buffer, recording: string, sealed: Buffer): Transcript {
    return JSON.parse(this.#openBeside(key, recording, 'transcript', 'transcript', sealed).toString('utf8')) as Transcript;
  }

  /** Puts the keys of all copies and downloads under a new KEK. One that does not open stays as it is: opening its copy will say so. */
  moveTo(renewed: OpenKeys): void {
    const { keys, library } = this.#opened();
    library.moveTo(renewed.epoch, (row) => {
      try {
        const key = unwrap(keys.kek, row.wrappedKey, this.#keyContext(row));
        const wrapped = wrap(renewed.kek, key, this.#keyContext({ ...row, epoch: renewed.epoch }));
        key.fill(0);
        return wrapped;
      } catch {
        return null;
      }
    });
  }

  /** What is here of a recording, whole or part way, or null. */
  stored(recording: string): { bytes: number; partial: boolean; lastOpened: string | null } | null {
    const { library } = this.#opened();
    const whole = library.sealed(recording);
    const files = (whole ?? library.partial(recording))?.parts.map(({ file }) => file);
    return files ? { bytes: files.reduce((total, file) => total + this.#media.bytesOf(file), 0), partial: !whole, lastOpened: whole?.lastOpened ?? null } : null;
  }

  /** Is there a sealed copy of exactly what was assured? */
  holds(assured: Assured): boolean {
    const row = this.#opened().library.sealed(assured.recording);
    return row !== null && isOf(row, assured) && (assured.media.sha256 === null || assured.media.sha256 === row.mediaSha256);
  }

  /** {@link holds} and {@link received} of as many as are asked about, as it is now: of a long list, with two questions for all. */
  look(): (assured: Held) => { sealed: boolean; received: number } {
    const rows = this.#opened().library.whatIsHere();
    const sealed = new Map(rows.filter(({ mediaSha256 }) => mediaSha256 !== null).map((row) => [row.recording, row]));
    const partial = new Set(rows.filter(({ mediaSha256 }) => mediaSha256 === null).map(({ recording }) => recording));
    return (assured) => {
      const row = sealed.get(assured.recording);
      const whole = row !== undefined && isOf(row, assured) && (assured.media.sha256 === null || assured.media.sha256 === row.mediaSha256);
      return { sealed: whole, received: partial.has(assured.recording) ? this.received(assured) : 0 };
    };
  }

  /** Is there a copy, or part of one, of something else than what was assured? */
  stale(assured: Assured): boolean {
    const { library } = this.#opened();
    const partial = library.partial(assured.recording);
    return (library.sealed(assured.recording) !== null && !this.holds(assured)) || (partial !== null && !isOf(partial, assured));
  }

  /** The recording, readable, with its transcript. `recording-not-here` without a copy; `recording-corrupt` when the copy does not open. */
  async open(assured: Assured): Promise<SealedRecording> {
    const { library } = this.#opened();
    const row = library.sealed(assured.recording);
    if (!row || !this.holds(assured)) throw new Failure('recording-not-here', 'no sealed copy');
    const key = this.#keyOf(assured);
    try {
      const transcript = row.transcript && this.#openTranscript(key, row.recording, row.transcript);
      const paths = row.parts.map(({ file }) => this.#media.path(file));
      return await SealedCopy.open(paths, key, boundTo(row.recording, row.manifestSha256), row.plainBytes, assured.media.contentType, transcript);
    } finally {
      key.fill(0);
    }
  }

  /** Removes everything that the library knows of a copy or a download: the wrapped keys first of all, and the transcript. True when there was something. Unlocked only. */
  forget(recording: string): boolean {
    return this.#opened().library.forget(recording);
  }

  /** Is any file of this recording here? Works while locked. */
  hasFiles(recording: string): boolean {
    return this.#media.has(recording);
  }

  /** Deletes every file of a recording, after stopping a download that writes one; gone from the disk when this returns. Works while locked. */
  removeFiles(recording: string): { files: number; bytes: number } {
    this.#sealers.get(recording)?.kill();
    return this.#media.removeOf(recording);
  }
}


const isOf = (row: { manifestSha256: string; plainBytes: number }, { manifestSha256, media }: Held): boolean =>
  row.manifestSha256 === manifestSha256 && row.plainBytes === media.size;
