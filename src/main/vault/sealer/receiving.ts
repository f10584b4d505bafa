/**
 * The work of one download: sealing what comes, counting and hashing it, part after part. Plain functions of files and bytes; which
 * process they run in is the shell's matter (serve.ts).
 */
import { createHash } from 'node:crypto';
import { Failure } from '../../platform/failure.ts';
import { associatedAt, closePart, PartWriter } from '../sealedPart.ts';
import { SEGMENT_BYTES } from '../segments.ts';

export interface Received {
  plainBytes: number;
  /** SHA-256 of the plaintext, base64url, as the manifest writes it. */
  sha256: string;
}

export class Receiving {
  readonly #key: Uint8Array;
  readonly #bound: Uint8Array;
  readonly #limit: number;
  readonly #segmentBytes: number;
  #digest = createHash('sha256');
  #plainBytes = 0;
  #part: PartWriter | null = null;

  /** @param key the recording's, 32 bytes; wiped by {@link wipe}. @param limit the signed size: a server cannot fill the disk. */
  constructor(key: Uint8Array, bound: Uint8Array, limit: number, segmentBytes = SEGMENT_BYTES) {
    this.#key = key;
    this.#bound = bound;
    this.#limit = limit;
    this.#segmentBytes = segmentBytes;
  }

  /** Takes up what earlier downloads left, in order: closes each part, hashes it, and gives its plaintext bytes, 0 for one that is of no use. */
  async resume(paths: readonly string[]): Promise<number[]> {
    const kept: number[] = [];
    for (const path of paths) {
      // A part that lost its end moves the place of those behind it: they do not open there, and are of no use either.
      const bytes = await closePart(path, this.#key, associatedAt(this.#bound, this.#plainBytes), this.#digest, this.#segmentBytes);
      kept.push(bytes);
      this.#plainBytes += bytes;
    }
    return kept;
  }

  /** Begins a part in the empty file `path` at plaintext byte `from`: where the parts before it end, or 0 to begin the recording anew. */
  async part(path: string, from: number): Promise<void> {
    if (this.#part) throw new Failure('internal', 'a part is open');
    if (from === 0) {
      this.#digest = createHash('sha256');
      this.#plainBytes = 0;
    }
    if (from !== this.#plainBytes) throw new Failure('internal', 'part out of place');
    this.#part = await PartWriter.open(path, this.#key, associatedAt(this.#bound, from), this.#segmentBytes);
  }

  /** `recording-mismatch` at more bytes than were signed. */
  async push(chunk: Uint8Array): Promise<void> {
    if (!this.#part) throw new Failure('internal', 'no part is open');
    if (this.#plainBytes + chunk.length > this.#limit) throw new Failure('recording-mismatch', 'more bytes than signed');
    this.#digest.update(chunk);
    this.#plainBytes += chunk.length;
    await this.#part.push(chunk);
  }

  /** Closes the open part, if one is, and syncs it: all that was pushed is kept. */
  async end(): Promise<Received> {
    const part = this.#part;
    this.#part = null;
    await part?.end();
    return { plainBytes: this.#plainBytes, sha256: this.#digest.digest('base64url') };
  }

  async wipe(): Promise<void> {
    this.#key.fill(0);
    await this.#part?.abandon();
    this.#part = null;
  }
}
