/** Writing and reading one sealed file (segments.ts) on disk: streamed both ways, one segment in memory at a time. */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { Failure } from '../platform/failure.ts';
import { diskFailure } from './diskFailure.ts';
import {
  HEADER_BYTES, SEGMENT_BYTES, SealBroken, SegmentSealer, locate, openSegment, openStream, shapeOf, slotCapacity,
  type SealedShape, type StreamKey,
} from './segments.ts';

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at)).bytesWritten;
}

export interface Received {
  plainBytes: number;
  /** SHA-256 of the plaintext, base64url, as the manifest writes it. */
  sha256: string;
}

/**
 * Seals `source` into a new file and syncs it to disk before returning. Fails with `disk-full`, or with what the source threw;
 * the caller removes the file. `limit` bounds the plaintext: a server cannot fill the disk.
 */
export async function sealToFile(path: string, ikm: Uint8Array, associated: Uint8Array, source: AsyncIterable<Uint8Array>, limit: number,
  progress?: (plainBytes: number) => void): Promise<Received> {
  const digest = createHash('sha256');
  const sealer = new SegmentSealer(ikm, associated);
  let plainBytes = 0;
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw diskFailure(error);
  });
  const write = (slot: Buffer) => writeAll(file, slot).catch((error: unknown) => {
    throw diskFailure(error);
  });
  try {
    for await (const chunk of source) {
      plainBytes += chunk.length;
      if (plainBytes > limit) throw new Failure('recording-mismatch', 'more bytes than signed');
      digest.update(chunk);
      for (const slot of sealer.push(chunk)) await write(slot);
      progress?.(plainBytes);
    }
    await write(sealer.end());
    await file.sync().catch((error: unknown) => {
      throw diskFailure(error);
    });
  } finally {
    await file.close();
  }
  return { plainBytes, sha256: digest.digest('base64url') };
}

/** An open sealed file. Every byte that `read` gives was authenticated in this call. */
export class SealedFile {
  readonly #file: FileHandle;
  readonly #stream: StreamKey;
  readonly #shape: SealedShape;
  #closed = false;

  private constructor(file: FileHandle, stream: StreamKey, shape: SealedShape) {
    this.#file = file;
    this.#stream = stream;
    this.#shape = shape;
  }

  /** Authenticates the last segment first, which fixes the length. Throws {@link SealBroken} or a file-system error. */
  static async open(path: string, ikm: Uint8Array, associated: Uint8Array): Promise<SealedFile> {
    const file = await open(path, 'r');
    try {
      const shape = shapeOf((await file.stat()).size);
      const header = Buffer.alloc(HEADER_BYTES);
      const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
      const stream = openStream(ikm, associated, header.subarray(0, bytesRead));
      const sealed = new SealedFile(file, stream, shape);
      (await sealed.#slot(shape.slots - 1)).fill(0);
      return sealed;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get plainBytes(): number {
    return this.#shape.plainBytes;
  }

  async #slot(index: number): Promise<Buffer> {
    this.#refuseWhenClosed();
    const last = index === this.#shape.slots - 1;
    const skip = index === 0 ? HEADER_BYTES : 0;
    const length = last ? this.#shape.lastSlotBytes : SEGMENT_BYTES - skip;
    const sealed = Buffer.allocUnsafe(length);
    let at = 0;
    while (at < length) {
      const { bytesRead } = await this.#file.read(sealed, at, length - at, index * SEGMENT_BYTES + skip + at);
      if (bytesRead === 0) throw new SealBroken('shorter than it was');
      at += bytesRead;
    }
    // Closed while the disk was read: the key is wiped, and the copy must not be taken for a broken one.
    this.#refuseWhenClosed();
    return openSegment(this.#stream, index, last, sealed);
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new Failure('locked', 'recording was closed');
  }

  /** Plaintext from `start` up to the end of that segment, but not past `end` (exclusive). `start` < `end` ≤ plainBytes. */
  async readFrom(start: number, end: number): Promise<Buffer> {
    const { slot, within } = locate(start);
    const plaintext = await this.#slot(slot);
    return plaintext.subarray(within, Math.min(slotCapacity(slot), within + end - start));
  }

  /** Ends reading for good and wipes the stream's key. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.key.fill(0);
    await this.#file.close();
  }
}
