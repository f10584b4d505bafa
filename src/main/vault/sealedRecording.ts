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

/** A copy that is here whole. */
export class SealedCopy implements SealedRecording {
  declare readonly sealedBrand: never;
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
      return new SealedCopy(parts, size, contentType, transcript);
    } catch (error) {
      await Promise.all(parts.map(({ file }) => file.close()));
      throw corrupt(error);
    }
  }

  async readFrom(start: number, end: number): Promise<Buffer> {
    const part = this.#parts.findLast(({ from }) => from <= start);
    if (!part) throw new RangeError('position');
    try {
      return await part.file.readFrom(start - part.from, Math.min(end - part.from, part.file.plainBytes));
    } catch (error) {
      throw corrupt(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#parts.map(({ file }) => file.close()));
  }
}

/** What does not open, or is gone, is a copy that was changed. */
export function corrupt(error: unknown): unknown {
  const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return error instanceof SealBroken || gone ? new Failure('recording-corrupt', 'sealed copy does not open', {}, { cause: error }) : error;
}
