/**
 * Tink's streaming AEAD AES256_GCM_HKDF with SHA-256 (developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming).
 *
 *   header    u8(40) ‖ salt[32] ‖ noncePrefix[7]
 *   key       HKDF-SHA256(ikm = recording key, salt, info = associated data, 32 bytes)
 *   segment i AES-256-GCM(key, nonce = noncePrefix ‖ u32be(i) ‖ (last ? 1 : 0)), no associated data, 16-byte tag at its end
 *
 * Slot i starts at i × segment size; the header takes the first 40 bytes of slot 0. Only the last segment may be short, and it
 * is empty only when the whole message is.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const PREFIX_BYTES = 7;
const TAG_BYTES = 16;
export const HEADER_BYTES = 1 + KEY_BYTES + PREFIX_BYTES;
/** Ciphertext bytes a slot, tag included. Belongs to format version 1: measured best for first frame and seek. */
export const SEGMENT_BYTES = 256 * 1024;
/** The nonce counts segments in 32 bits. */
const MAX_SEGMENTS = 2 ** 32;

/** A part of a sealed file is missing, changed or not under this key. Carries no content. */
export class SealBroken extends Error {
  override name = 'SealBroken';
}

export interface StreamKey {
  key: Buffer;
  prefix: Buffer;
}

/** @param ikm the recording's 32-byte key. @param associated bytes that the stream is bound to. */
function derive(ikm: Uint8Array, salt: Uint8Array, associated: Uint8Array, prefix: Buffer): StreamKey {
  if (ikm.length !== KEY_BYTES) throw new RangeError('recording key must be 32 bytes');
  return { key: Buffer.from(hkdfSync('sha256', ikm, salt, associated, KEY_BYTES)), prefix };
}

function nonce(prefix: Buffer, index: number, last: boolean): Buffer {
  if (!Number.isSafeInteger(index) || index < 0 || index >= MAX_SEGMENTS) throw new RangeError('segment index');
  const iv = Buffer.alloc(12);
  prefix.copy(iv);
  iv.writeUInt32BE(index, PREFIX_BYTES);
  iv[11] = last ? 1 : 0;
  return iv;
}

/** Plaintext bytes that slot `index` holds when full. */
export function slotCapacity(index: number, segmentBytes = SEGMENT_BYTES): number {
  return segmentBytes - TAG_BYTES - (index === 0 ? HEADER_BYTES : 0);
}

/** A fresh stream: a random salt and nonce prefix, so that no nonce ever repeats under one recording key. */
export function newStream(ikm: Uint8Array, associated: Uint8Array): { stream: StreamKey; header: Buffer } {
  const salt = randomBytes(KEY_BYTES);
  const prefix = randomBytes(PREFIX_BYTES);
  return { stream: derive(ikm, salt, associated, prefix), header: Buffer.concat([Buffer.of(HEADER_BYTES), salt, prefix]) };
}

/** The stream that a header names. Throws {@link SealBroken} when the bytes are no header. */
export function openStream(ikm: Uint8Array, associated: Uint8Array, header: Buffer): StreamKey {
  if (header.length !== HEADER_BYTES || header[0] !== HEADER_BYTES) throw new SealBroken('header');
  return derive(ikm, header.subarray(1, 1 + KEY_BYTES), associated, Buffer.from(header.subarray(1 + KEY_BYTES)));
}

/** A sealed segment as its two pieces: ciphertext and tag. Joining them costs as much as a sixth of sealing, so that is for whoever needs one buffer. */
function sealedPieces(stream: StreamKey, index: number, last: boolean, plaintext: Uint8Array): [Buffer, Buffer] {
  const cipher = createCipheriv('aes-256-gcm', stream.key, nonce(stream.prefix, index, last));
  const body = cipher.update(plaintext);
  cipher.final();
  return [body, cipher.getAuthTag()];
}

export function sealSegment(stream: StreamKey, index: number, last: boolean, plaintext: Uint8Array): Buffer {
  return Buffer.concat(sealedPieces(stream, index, last, plaintext));
}

/** Authenticated plaintext of one slot, or {@link SealBroken}: nothing of it is returned before the tag has been checked. */
export function openSegment(stream: StreamKey, index: number, last: boolean, sealed: Buffer): Buffer {
  if (sealed.length < TAG_BYTES) throw new SealBroken('segment too short');
  const cut = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', stream.key, nonce(stream.prefix, index, last));
  decipher.setAuthTag(sealed.subarray(cut));
  const plaintext = decipher.update(sealed.subarray(0, cut));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw new SealBroken('segment');
  }
  return plaintext;
}

export interface SealedShape {
  /** Number of slots, at least one. */
  slots: number;
  /** Plaintext bytes in all. */
  plainBytes: number;
  /** Bytes of the last slot in the file, header excluded. */
  lastSlotBytes: number;
}

/** What a file of this length must look like. Throws {@link SealBroken} for a length that no sealed file has. */
export function shapeOf(fileBytes: number, segmentBytes = SEGMENT_BYTES): SealedShape {
  const slots = Math.max(1, Math.ceil(fileBytes / segmentBytes));
  const lastSlotBytes = fileBytes - (slots - 1) * segmentBytes - (slots === 1 ? HEADER_BYTES : 0);
  // Only a whole message that is empty has an empty last segment.
  const shortest = slots === 1 ? TAG_BYTES : TAG_BYTES + 1;
  if (lastSlotBytes < shortest || slots > MAX_SEGMENTS) throw new SealBroken('length');
  return { slots, plainBytes: fileBytes - HEADER_BYTES - slots * TAG_BYTES, lastSlotBytes };
}

/** Which slot holds plaintext byte `offset`, and where in it. */
export function locate(offset: number, segmentBytes = SEGMENT_BYTES): { slot: number; within: number } {
  const first = slotCapacity(0, segmentBytes);
  if (offset < first) return { slot: 0, within: offset };
  const rest = slotCapacity(1, segmentBytes);
  const slot = 1 + Math.floor((offset - first) / rest);
  return { slot, within: (offset - first) % rest };
}

/** Plaintext bytes in slots that are surely written when `arrived` bytes have been pushed: a slot is sealed when more comes than it holds. */
export function writtenBytes(arrived: number, segmentBytes = SEGMENT_BYTES): number {
  const slots = arrived === 0 ? 0 : locate(arrived - 1, segmentBytes).slot;
  return slots === 0 ? 0 : slotCapacity(0, segmentBytes) + (slots - 1) * slotCapacity(1, segmentBytes);
}

/** Cuts an incoming byte stream into sealed slots. Holds at most one segment of plaintext, and wipes it after sealing. */
export class SegmentSealer {
  readonly #stream: StreamKey;
  readonly #segmentBytes: number;
  readonly #header: Buffer;
  #buffer: Buffer;
  #filled = 0;
  #index = 0;

  constructor(ikm: Uint8Array, associated: Uint8Array, segmentBytes = SEGMENT_BYTES) {
    const { stream, header } = newStream(ikm, associated);
    this.#stream = stream;
    this.#header = header;
    this.#segmentBytes = segmentBytes;
    this.#buffer = Buffer.alloc(slotCapacity(1, segmentBytes));
  }

  /** What follows in the file: the pieces, in order, of slots that are now certain not to be the last. */
  push(chunk: Uint8Array): Buffer[] {
    const pieces: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      // A full buffer is sealed only when more arrives: until then it may be the last segment.
      if (this.#filled === slotCapacity(this.#index, this.#segmentBytes)) pieces.push(...this.#seal(false));
      const take = Math.min(chunk.length - at, slotCapacity(this.#index, this.#segmentBytes) - this.#filled);
      this.#buffer.set(chunk.subarray(at, at + take), this.#filled);
      this.#filled += take;
      at += take;
    }
    return pieces;
  }

  /** The pieces of the last slot. The sealer is of no use afterwards. */
  end(): Buffer[] {
    const last = this.#seal(true);
    this.wipe();
    return last;
  }

  /** Forgets the key and what was not sealed yet. */
  wipe(): void {
    this.#stream.key.fill(0);
    this.#buffer.fill(0);
  }

  #seal(last: boolean): Buffer[] {
    const plaintext = this.#buffer.subarray(0, this.#filled);
    const pieces = sealedPieces(this.#stream, this.#index, last, plaintext);
    plaintext.fill(0);
    this.#filled = 0;
    this.#index += 1;
    return this.#index === 1 ? [this.#header, ...pieces] : pieces;
  }
}
