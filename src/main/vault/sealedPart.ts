/**
 * Writing the sealed parts of a recording. Each download that breaks off leaves one part, the next goes on in a further one with a
 * salt of its own, so that no nonce is ever used over two plaintexts.
 */
import type { Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { diskFailure } from './diskFailure.ts';
import { letGo } from './sealer/keptMemory.ts';
import { HEADER_BYTES, openSegment, openStream, SEGMENT_BYTES, SealBroken, sealSegment, SegmentSealer, slotCapacity, type StreamKey } from './segments.ts';

/** What is written between two syncs. More is sealed while one is under way, and the next waits for it: a power cut loses at most twice this much of a download, and the piece that came last. */
const SYNC_EVERY_BYTES = 16 * 1024 * 1024;

/**
 * Associated data of the part that begins at plaintext byte `from`: u8(1) ‖ recording ‖ manifest digest ‖ u64be(from). Without the
 * place, two parts of one length could change places on disk and still open.
 * @param bound from {@link boundTo}.
 */
export function associatedAt(bound: Uint8Array, from: number): Buffer {
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(from));
  return Buffer.concat([bound, place]);
}

/** What every part of a recording is bound to: u8(1) ‖ UTF-8 of the urn ‖ SHA-256 of the manifest's bytes. @param manifestSha256 base64url. */
export function boundTo(recording: string, manifestSha256: string): Buffer {
  return Buffer.concat([Buffer.of(1), Buffer.from(recording, 'utf8'), Buffer.from(manifestSha256, 'base64url')]);
}

async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
}

/** As many as the disk takes at once; what it leaves goes after it. */
async function writeAllAt(file: FileHandle, pieces: readonly Buffer[], position: number): Promise<number> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { bytesWritten } = await file.writev(pieces, position);
  if (bytesWritten < length) await writeAt(file, Buffer.concat(pieces).subarray(bytesWritten), position + bytesWritten);
  return length;
}

/** Seals a stream into one file, slot by slot. Every method throws `disk-full` or `internal` when the disk refuses. */
export class PartWriter {
  readonly #file: FileHandle;
  readonly #sealer: SegmentSealer;
  #written = 0;
  #synced = 0;
  #syncing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, sealer: SegmentSealer) {
    this.#file = file;
    this.#sealer = sealer;
  }

  /** @param path an empty file that is there: whoever made it has noted its name first. Nothing is ever written over. */
  static async open(path: string, ikm: Uint8Array, associated: Uint8Array, segmentBytes = SEGMENT_BYTES): Promise<PartWriter> {
    try {
      const file = await open(path, 'r+');
      if ((await file.stat()).size > 0) {
        await file.close();
        throw new Error('file is not empty');
      }
      return new PartWriter(file, new SegmentSealer(ikm, associated, segmentBytes));
    } catch (error) {
      throw diskFailure(error);
    }
  }

  async #write(pieces: readonly Buffer[]): Promise<void> {
    if (pieces.length === 0) return;
    try {
      this.#written += await writeAllAt(this.#file, pieces, this.#written);
      letGo(pieces);
      if (this.#written - this.#synced < SYNC_EVERY_BYTES) return;
      await this.#syncing;
      this.#synced = this.#written;
      this.#syncing = this.#file.datasync();
      // Thrown by whoever waits for it next: the disk says it once.
      this.#syncing.catch(() => undefined);
    } catch (error) {
      throw diskFailure(error);
    }
  }

  async push(chunk: Uint8Array): Promise<void> {
    await this.#write(this.#sealer.push(chunk));
  }

  /** Seals the last slot, syncs and closes. */
  async end(): Promise<void> {
    try {
      await this.#write(this.#sealer.end());
      await this.#syncing.then(() => this.#file.sync()).catch((error: unknown) => {
        throw diskFailure(error);
      });
    } finally {
      await this.abandon();
    }
  }

  /** Closes the file as it is; {@link closePart} makes it whole. */
  async abandon(): Promise<void> {
    this.#sealer.wipe();
    await this.#file.close().catch(() => undefined);
  }
}

export async function readSlot(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const sealed = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(sealed, at, length - at, position + at);
    if (bytesRead === 0) return sealed.subarray(0, at);
    at += bytesRead;
  }
  return sealed;
}

function tryOpen(stream: StreamKey, index: number, last: boolean, sealed: Buffer): Buffer | null {
  try {
    return openSegment(stream, index, last, sealed);
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

/**
 * Makes a part whole after whatever stopped its writer, a power cut included, and hashes what it keeps, where that is asked: afterwards the file opens, ends
 * with a last slot and is on disk. Returns the plaintext bytes kept; 0 for a file that is missing or holds nothing that authenticates.
 *
 * Slots 0..k-1 are authenticated in order; the first that does not open ends them. The file is cut after slot k-1 and that slot's very
 * plaintext is sealed again as the last. This breaks no rule of GCM: nonce (prefix, k-1, last) has never been used with another plaintext,
 * because a writer seals an index either as last or as not, and slot k-1 authenticated as not last. A crash while it is overwritten tears
 * slot k-1 alone: the next call closes the part after slot k-2, under a nonce that is again unused.
 */
export async function closePart(path: string, ikm: Uint8Array, associated: Uint8Array, digest: Hash | null, segmentBytes = SEGMENT_BYTES): Promise<number> {
  let file: FileHandle;
  try {
    file = await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw diskFailure(error);
  }
  let stream: StreamKey | null = null;
  // The plaintext of the last slot that opened.
  let before: Buffer | null = null;
  try {
    const { size } = await file.stat();
    stream = openStream(ikm, associated, await readSlot(file, 0, HEADER_BYTES));
    let kept = 0;
    let slots = 0;
    for (let position = 0; position < size; position += segmentBytes, slots += 1) {
      const skip = slots === 0 ? HEADER_BYTES : 0;
      const sealed = await readSlot(file, position + skip, Math.min(segmentBytes, size - position) - skip);
      const ends = position + segmentBytes >= size;
      const last = ends ? tryOpen(stream, slots, true, sealed) : null;
      const plaintext = last ?? (sealed.length === segmentBytes - skip ? tryOpen(stream, slots, false, sealed) : null);
      if (!plaintext) break;
      digest?.update(plaintext);
      kept += plaintext.length;
      before?.fill(0);
      before = plaintext;
      if (last) return kept;
    }
    if (!before) return 0;
    await file.truncate(slots * segmentBytes);
    await writeAt(file, sealSegment(stream, slots - 1, true, before), (slots - 1) * segmentBytes + (slots === 1 ? HEADER_BYTES : 0));
    await file.sync();
    return kept;
  } catch (error) {
    if (error instanceof SealBroken) return 0;
    throw diskFailure(error);
  } finally {
    before?.fill(0);
    stream?.key.fill(0);
    await file.close();
  }
}

/** Plaintext bytes of a part by the length of its file alone; a guess for one whose writer was stopped. */
export function plainBytesOf(fileBytes: number, segmentBytes = SEGMENT_BYTES): number {
  const full = Math.floor(fileBytes / segmentBytes);
  const rest = fileBytes - full * segmentBytes;
  const overhead = segmentBytes - slotCapacity(1, segmentBytes);
  return Math.max(0, full * slotCapacity(1, segmentBytes) + Math.max(0, rest - overhead) - HEADER_BYTES);
}
