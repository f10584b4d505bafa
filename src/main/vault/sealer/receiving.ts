/**
 * The work of one download: sealing what comes, counting and hashing it, part after part. Plain functions of files and bytes; which
 * thread they run in is the shell's matter (serve.ts).
 */
import { createHash } from 'node:crypto';
import { Failure } from '../../platform/failure.ts';
import { SealedFile } from '../sealedFile.ts';
import { associatedAt, closePart, PartWriter } from '../sealedPart.ts';
import { SEGMENT_BYTES } from '../segments.ts';

export interface Received {
  plainBytes: number;
  /** SHA-256 of the plaintext, base64url, as the manifest writes it. */
  sha256: string;
}

/** A sealed part: its file, and at which plaintext byte of the recording it begins. */
export interface PartFile {
  path: string;
  from: number;
}

export class Receiving {
  readonly #key: Uint8Array;
  readonly #bound: Uint8Array;
  readonly #limit: number;
  readonly #segmentBytes: number;
  /** Of the bytes before {@link #hashed}. */
  #digest = createHash('sha256');
  #hashed = 0;
  /** Closed, in order of place. */
  #parts: (PartFile & { plainBytes: number })[] = [];
  #open: (PartFile & { plainBytes: number; until: number; writer: PartWriter }) | null = null;

  /** @param key the recording's, 32 bytes; wiped by {@link wipe}. @param limit the signed size: a server cannot fill the disk. */
  constructor(key: Uint8Array, bound: Uint8Array, limit: number, segmentBytes = SEGMENT_BYTES) {
    this.#key = key;
    this.#bound = bound;
    this.#limit = limit;
    this.#segmentBytes = segmentBytes;
  }

  #associated(from: number): Buffer {
    return associatedAt(this.#bound, from);
  }

  /** Takes up what earlier downloads left, in order of place: closes each part and gives its plaintext bytes, 0 for one that is of no use. */
  async resume(parts: readonly PartFile[]): Promise<number[]> {
    const lengths: number[] = [];
    for (const part of parts) {
      const follows = part.from === this.#hashed;
      const plainBytes = await closePart(part.path, this.#key, this.#associated(part.from), follows ? this.#digest : null, this.#segmentBytes);
      if (follows) this.#hashed += plainBytes;
      if (plainBytes > 0) this.#parts.push({ ...part, plainBytes });
      lengths.push(plainBytes);
    }
    return lengths;
  }

  /** Begins a part in an empty file, where nothing is yet. @param anew whether all that is here is of another version, and forgotten */
  async part({ path, from }: PartFile, anew = false): Promise<void> {
    if (this.#open) throw new Failure('internal', 'a part is open');
    if (anew) {
      this.#digest = createHash('sha256');
      this.#hashed = 0;
      this.#parts = [];
    }
    if (this.#parts.some((part) => part.from <= from && from < part.from + part.plainBytes)) throw new Failure('internal', 'part out of place');
    const until = Math.min(this.#limit, ...this.#parts.filter((part) => part.from > from).map((part) => part.from));
    this.#open = { path, from, plainBytes: 0, until, writer: await PartWriter.open(path, this.#key, this.#associated(from), this.#segmentBytes) };
  }

  /** `recording-mismatch` at more bytes than were signed. */
  async push(chunk: Uint8Array): Promise<void> {
    const part = this.#open;
    if (!part) throw new Failure('internal', 'no part is open');
    const at = part.from + part.plainBytes;
    if (at + chunk.length > part.until) throw part.until === this.#limit ? new Failure('recording-mismatch', 'more bytes than signed') : new Failure('internal', 'runs into the next part');
    if (at === this.#hashed) {
      this.#digest.update(chunk);
      this.#hashed += chunk.length;
    }
    part.plainBytes += chunk.length;
    await part.writer.push(chunk);
  }

  /** Closes the open part, if one is, and syncs it: all that was pushed is kept. */
  async pause(): Promise<void> {
    const part = this.#open;
    this.#open = null;
    await part?.writer.end();
    if (part && part.plainBytes > 0) this.#parts = [...this.#parts, part].sort((a, b) => a.from - b.from);
  }

  /** As {@link pause}. The digest is of the whole; what came out of order is read once more for it. */
  async end(): Promise<Received> {
    await this.pause();
    for (const part of this.#parts) {
      if (part.from + part.plainBytes <= this.#hashed || part.from > this.#hashed) continue;
      const file = await SealedFile.open(part.path, this.#key, this.#associated(part.from), this.#segmentBytes);
      try {
        while (this.#hashed < part.from + part.plainBytes) {
          const piece = await file.readFrom(this.#hashed - part.from, part.plainBytes);
          this.#digest.update(piece);
          this.#hashed += piece.length;
          piece.fill(0);
        }
      } finally {
        await file.close();
      }
    }
    return { plainBytes: this.#hashed, sha256: this.#digest.digest('base64url') };
  }

  async wipe(): Promise<void> {
    this.#key.fill(0);
    await this.#open?.writer.abandon();
    this.#open = null;
  }
}
