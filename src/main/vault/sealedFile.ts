/** Reading one sealed file (segments.ts) from disk by position: one segment in memory at a time. */
import { open, type FileHandle } from 'node:fs/promises';
import { Failure } from '../platform/failure.ts';
import { HEADER_BYTES, SEGMENT_BYTES, SealBroken, locate, openSegment, openStream, shapeOf, slotCapacity, type SealedShape, type StreamKey } from './segments.ts';

/** An open sealed file. Every byte that `read` gives was authenticated in this call. */
export class SealedFile {
  readonly #file: FileHandle;
  readonly #stream: StreamKey;
  readonly #shape: SealedShape;
  readonly #segmentBytes: number;
  #closed = false;

  private constructor(file: FileHandle, stream: StreamKey, shape: SealedShape, segmentBytes: number) {
    this.#file = file;
    this.#stream = stream;
    this.#shape = shape;
    this.#segmentBytes = segmentBytes;
  }

  /** Authenticates the last segment first, which fixes the length. Throws {@link SealBroken} or a file-system error. */
  static async open(path: string, ikm: Uint8Array, associated: Uint8Array, segmentBytes = SEGMENT_BYTES): Promise<SealedFile> {
    const file = await open(path, 'r');
    try {
      const shape = shapeOf((await file.stat()).size, segmentBytes);
      const header = Buffer.alloc(HEADER_BYTES);
      const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
      const stream = openStream(ikm, associated, header.subarray(0, bytesRead));
      const sealed = new SealedFile(file, stream, shape, segmentBytes);
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
    const length = last ? this.#shape.lastSlotBytes : this.#segmentBytes - skip;
    const sealed = Buffer.allocUnsafe(length);
    let at = 0;
    while (at < length) {
      const { bytesRead } = await this.#file.read(sealed, at, length - at, index * this.#segmentBytes + skip + at);
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
    const { slot, within } = locate(start, this.#segmentBytes);
    const plaintext = await this.#slot(slot);
    return plaintext.subarray(within, Math.min(slotCapacity(slot, this.#segmentBytes), within + end - start));
  }

  /** Ends reading for good and wipes the stream's key. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.key.fill(0);
    await this.#file.close();
  }
}
