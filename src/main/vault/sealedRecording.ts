/** A recording as the vault gives it out: one plaintext made of one or more sealed parts, read by position. */
import { Failure } from '../platform/failure.ts';
import { SealBroken } from './segments.ts';
import { SealedFile } from './sealedFile.ts';

declare const sealed: unique symbol;

/** Only the vault makes one, from an {@link Assured} recording of this moment; playback takes nothing else. */
export class SealedRecording {
  declare readonly [sealed]: true;
  readonly #parts: { file: SealedFile; from: number }[];
  readonly size: number;
  readonly contentType: string;

  private constructor(parts: { file: SealedFile; from: number }[], size: number, contentType: string) {
    this.#parts = parts;
    this.size = size;
    this.contentType = contentType;
  }

  /** Opens every part, each authenticated at its end. A missing or changed part is `recording-corrupt`. */
  static async open(paths: string[], key: Buffer, associated: Uint8Array, expectedBytes: number, contentType: string): Promise<SealedRecording> {
    const parts: { file: SealedFile; from: number }[] = [];
    let size = 0;
    try {
      for (const path of paths) {
        const file = await SealedFile.open(path, key, associated);
        parts.push({ file, from: size });
        size += file.plainBytes;
      }
      if (size !== expectedBytes) throw new SealBroken('length');
      return new SealedRecording(parts, size, contentType);
    } catch (error) {
      await Promise.all(parts.map(({ file }) => file.close()));
      throw corrupt(error);
    }
  }

  /** Authenticated bytes from `start`, at most to `end` (exclusive) and at most one segment. `recording-corrupt` when they do not open. */
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

function corrupt(error: unknown): unknown {
  const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return error instanceof SealBroken || gone ? new Failure('recording-corrupt', 'sealed copy does not open', {}, { cause: error }) : error;
}
