/** Reading a sealed file that is still being written: its slots before the last, each of which is as it will be. */
import { open, type FileHandle } from 'node:fs/promises';
import { readSlot } from './sealedPart.ts';
import { HEADER_BYTES, SEGMENT_BYTES, SealBroken, locate, openSegment, openStream, slotCapacity, type StreamKey } from './segments.ts';

export class GrowingFile {
  readonly #file: FileHandle;
  readonly #stream: StreamKey;
  readonly #segmentBytes: number;

  private constructor(file: FileHandle, stream: StreamKey, segmentBytes: number) {
    this.#file = file;
    this.#stream = stream;
    this.#segmentBytes = segmentBytes;
  }

  /** Of a file whose first slot is written. Throws {@link SealBroken} or a file-system error. */
  static async open(path: string, ikm: Uint8Array, associated: Uint8Array, segmentBytes = SEGMENT_BYTES): Promise<GrowingFile> {
    const file = await open(path, 'r');
    try {
      return new GrowingFile(file, openStream(ikm, associated, await readSlot(file, 0, HEADER_BYTES)), segmentBytes);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Authenticated plaintext from `start` up to the end of that slot, but not past `end` (exclusive). Throws {@link SealBroken} for a slot that is not whole, or is the last. */
  async readFrom(start: number, end: number): Promise<Buffer> {
    const { slot, within } = locate(start, this.#segmentBytes);
    const skip = slot === 0 ? HEADER_BYTES : 0;
    const sealed = await readSlot(this.#file, slot * this.#segmentBytes + skip, this.#segmentBytes - skip);
    if (sealed.length < this.#segmentBytes - skip) throw new SealBroken('slot is not whole');
    const plaintext = openSegment(this.#stream, slot, false, sealed);
    return plaintext.subarray(within, Math.min(slotCapacity(slot, this.#segmentBytes), within + end - start));
  }

  /** Wipes the stream's key. */
  async close(): Promise<void> {
    this.#stream.key.fill(0);
    await this.#file.close();
  }
}
