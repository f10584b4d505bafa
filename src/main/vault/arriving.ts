/** One recording on its way: which bytes are here, sealed, and for which somebody waits. Filled by a download, read by who watches meanwhile. */
import { GrowingFile } from './growingFile.ts';
import type { PartFile } from './sealer/receiving.ts';
import { SealedFile } from './sealedFile.ts';
import { associatedAt } from './sealedPart.ts';
import { SEGMENT_BYTES, writtenBytes } from './segments.ts';

/** What comes within this many bytes is waited for: another question to the practice would take longer. */
const NEAR_BYTES = 4 * 1024 * 1024;
/** A line that turned brings at least so much before it turns again, so that two who wait both get on. */
const LEAST_BYTES = 1024 * 1024;
/** Each turn makes a file; more are not made. */
const MOST_PARTS = 256;

/** Plaintext bytes, `until` exclusive. */
export interface Stretch {
  from: number;
  until: number;
}

interface Part extends PartFile {
  /** As far as it can be read. */
  plainBytes: () => number;
  closed: boolean;
  file: Promise<SealedFile | GrowingFile> | null;
}

export class Arriving {
  /** Plaintext bytes of the whole, as signed. */
  readonly size: number;
  readonly #segmentBytes: number;
  #key: Buffer | null = null;
  #bound: Uint8Array = new Uint8Array();
  /** In order of place. */
  #parts: Part[] = [];
  #files: Promise<{ close: () => Promise<void> }>[] = [];
  #wanted: Stretch[] = [];
  /** Whoever waits, called when there is more. */
  #waiting: (() => void)[] = [];
  #version = 0;
  #refused = false;
  #users = 0;

  constructor(size: number, segmentBytes = SEGMENT_BYTES) {
    this.size = size;
    this.#segmentBytes = segmentBytes;
  }

  /** A block is not what was signed: whoever brings it stops. */
  refuse(): void {
    this.#refused = true;
  }

  get isRefused(): boolean {
    return this.#refused;
  }

  /** Raised each time that what was here no longer counts: what was learned of it does not either. */
  get version(): number {
    return this.#version;
  }

  get received(): number {
    return this.#parts.reduce((total, part) => total + part.plainBytes(), 0);
  }

  get parts(): { path: string; plainBytes: number }[] {
    return this.#parts.map(({ path, plainBytes }) => ({ path, plainBytes: plainBytes() }));
  }

  /** What is here when a download begins, or begins anew. @param key the recording's; a copy of it is kept while anybody holds this */
  begin(key: Uint8Array, bound: Uint8Array, parts: readonly (PartFile & { plainBytes: number })[]): void {
    this.lose();
    this.#key = Buffer.from(key);
    this.#bound = bound;
    this.#refused = false;
    this.#parts = parts.map(({ path, from, plainBytes }) => ({ path, from, plainBytes: () => plainBytes, closed: true, file: null }));
    this.wake();
  }

  /** Nothing of it is kept: whoever reads it waits for what begins next. */
  lose(): void {
    this.#forget();
    this.#version += 1;
  }

  /** A part is being written. @param arrived bytes of it that have reached its file, but for what fits into one slot */
  grow({ path, from }: PartFile, arrived: () => number): void {
    const part: Part = { path, from, plainBytes: () => writtenBytes(arrived(), this.#segmentBytes), closed: false, file: null };
    this.#parts = [...this.#parts, part].sort((a, b) => a.from - b.from);
  }

  /** The part that was being written is whole; 0: nothing of it counts. */
  close(plainBytes: number): void {
    if (plainBytes === 0) this.#version += 1;
    this.#parts = this.#parts.flatMap((part) => (part.closed ? part : plainBytes > 0 ? { ...part, plainBytes: () => plainBytes, closed: true, file: null } : []));
    this.wake();
  }

  /** Tells who waits that there is more. */
  wake(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /** The first byte at or after `at` that is not here. */
  #missing(at: number): number {
    let missing = at;
    for (const part of this.#parts) if (part.from <= missing) missing = Math.max(missing, part.from + part.plainBytes());
    return missing;
  }

  has({ from, until }: Stretch): boolean {
    return this.#missing(from) >= until;
  }

  /** What is to be asked for next: where somebody waits, else from the front; null when all is here. */
  nextGap(): Stretch | null {
    const waited = this.#waited();
    let from = waited ? this.#missing(waited.from) : this.#missing(0);
    if (from >= this.size) from = this.#missing(0);
    if (from >= this.size) return null;
    return { from, until: Math.min(this.size, ...this.#parts.filter((part) => part.from > from).map((part) => part.from)) };
  }

  #waited(): Stretch | undefined {
    return this.#wanted.find((stretch) => !this.has(stretch));
  }

  /** Does somebody wait for what this line does not bring soon? @param began where the line began. @param at where it is */
  turns(began: number, at: number): boolean {
    const waited = this.#waited();
    if (!waited || at - began < LEAST_BYTES || this.#parts.length >= MOST_PARTS) return false;
    const missing = this.#missing(waited.from);
    return missing < began || missing > at + NEAR_BYTES;
  }

  /** Resolves when this stretch is here; rejects with the reason of `ended`. */
  async waitFor(stretch: Stretch, ended: AbortSignal): Promise<void> {
    const tell = () => this.wake();
    ended.addEventListener('abort', tell);
    this.#wanted.push(stretch);
    try {
      while (!this.has(stretch)) {
        ended.throwIfAborted();
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      ended.removeEventListener('abort', tell);
      this.#wanted = this.#wanted.filter((one) => one !== stretch);
    }
  }

  /** Authenticated plaintext from the beginning of a stretch that is here, at most one slot of it. Not compared with what was signed. */
  async read({ from, until }: Stretch): Promise<Buffer> {
    const part = this.#parts.find((one) => one.from <= from && from < one.from + one.plainBytes());
    if (!part || !this.#key) throw new RangeError('not here');
    const end = Math.min(until - part.from, part.plainBytes());
    if (!part.file) {
      part.file = (part.closed ? SealedFile : GrowingFile).open(part.path, this.#key, associatedAt(this.#bound, part.from), this.#segmentBytes);
      this.#files.push(part.file);
    }
    return (await part.file).readFrom(from - part.from, end);
  }

  #forget(): void {
    for (const file of this.#files) void file.then((one) => one.close(), () => undefined);
    this.#files = [];
    this.#parts = [];
    this.#key?.fill(0);
    this.#key = null;
  }

  hold(): void {
    this.#users += 1;
  }

  /** @returns whether nobody holds it any more: its keys are wiped. */
  release(): boolean {
    this.#users -= 1;
    if (this.#users > 0) return false;
    this.#forget();
    return true;
  }
}
