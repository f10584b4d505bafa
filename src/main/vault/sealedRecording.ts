/** A recording as the vault gives it out: one plaintext made of one or more sealed parts, read by position. */
import { Failure } from '../platform/failure.ts';
import { SealBroken } from './segments.ts';
import { SealedFile } from './sealedFile.ts';
import { associatedAt } from './sealedPart.ts';

/** WebVTT text, and the digest of its bytes that the transcriber signed (base64url). */
export interface Transcript {
  sha256: string;
  language: string;
  vtt: string;
}

/** Only the vault makes one, from an {@link Assured} recording of this moment; playback takes nothing else. */
export interface SealedRecording {
  readonly sealedBrand: never;
  /** Plaintext bytes. */
  readonly size: number;
  readonly contentType: string;
  /** As it was kept with the recording; null without one. */
  readonly transcript: Transcript | null;
  /** Authenticated bytes from `start`, at most to `end` (exclusive), at least one and at most one segment. `recording-corrupt` when they do not open. */
  readFrom: (start: number, end: number) => Promise<Buffer>;
  /** Ends reading for good, and wipes its keys. */
  close: () => Promise<void>;
}

/** The segment that will be asked for next, authenticated as any other. */
interface Ahead {
  from: number;
  bytes: Promise<Buffer>;
}

/** A copy that is here whole. What follows what was read is read at once, one segment and never more: a player asks for it while main does something else, and its first frame and its jumps wait for that. */
export class SealedCopy implements SealedRecording {
  declare readonly sealedBrand: never;
  #ahead: Ahead | null = null;
  #closed = false;
  readonly #parts: { file: SealedFile; from: number }[];
  readonly size: number;
  readonly contentType: string;
  readonly transcript: Transcript | null;

  private constructor(parts: { file: SealedFile; from: number }[], size: number, contentType: string, transcript: Transcript | null) {
    this.#parts = parts;
    this.size = size;
    this.contentType = contentType;
    this.transcript = transcript;
  }

  /** Opens every part, each authenticated at its end and in its place. A missing or changed part is `recording-corrupt`. */
  static async open(paths: string[], key: Buffer, bound: Uint8Array, expectedBytes: number, contentType: string, transcript: Transcript | null): Promise<SealedCopy> {
    const parts: { file: SealedFile; from: number }[] = [];
    let size = 0;
    try {
      for (const path of paths) {
        const file = await SealedFile.open(path, key, associatedAt(bound, size));
        parts.push({ file, from: size });
        size += file.plainBytes;
      }
      if (size !== expectedBytes) throw new SealBroken('length');
      const copy = new SealedCopy(parts, size, contentType, transcript);
      copy.#readAhead(0);
      return copy;
    } catch (error) {
      await Promise.all(parts.map(({ file }) => file.close()));
      throw corrupt(error);
    }
  }

  async readFrom(start: number, end: number): Promise<Buffer> {
    const bytes = await this.#segmentFrom(start);
    this.#readAhead(start + bytes.length);
    return bytes.subarray(0, end - start);
  }

  /** Up to the end of its segment. */
  async #segmentFrom(start: number): Promise<Buffer> {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead?.from === start) return ahead.bytes;
    if (ahead) forget(ahead);
    const part = this.#parts.findLast(({ from }) => from <= start);
    if (!part) throw new RangeError('position');
    try {
      return await part.file.readFrom(start - part.from, part.file.plainBytes);
    } catch (error) {
      throw corrupt(error);
    }
  }

  #readAhead(from: number): void {
    if (this.#closed || this.#ahead || from >= this.size) return;
    const bytes = this.#segmentFrom(from);
    // Thrown by whoever asks for it; where nobody does, it was not needed.
    bytes.catch(() => undefined);
    this.#ahead = { from, bytes };
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#ahead) forget(this.#ahead);
    this.#ahead = null;
    await Promise.all(this.#parts.map(({ file }) => file.close()));
  }
}

/** Nobody will read it. */
function forget({ bytes }: Ahead): void {
  bytes.then((plaintext) => plaintext.fill(0), () => undefined);
}

/** What does not open, or is gone, is a copy that was changed. */
export function corrupt(error: unknown): unknown {
  const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return error instanceof SealBroken || gone ? new Failure('recording-corrupt', 'sealed copy does not open', {}, { cause: error }) : error;
}
