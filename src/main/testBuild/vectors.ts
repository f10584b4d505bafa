/**
 * Tink's official vectors for its AES-GCM-HKDF streaming AEAD, checked in whatever runtime this is called in: vitest's Node, and the
 * packaged Electron, whose cryptography is another library. Every official vector is a valid one; that changed ones are refused is
 * checked with changes of our own.
 */
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { HEADER_BYTES, openSegment, openStream, SealBroken, sealSegment, shapeOf } from '../vault/segments.ts';

const hex = z.string().regex(/^([0-9a-f]{2})*$/).transform((text) => Buffer.from(text, 'hex'));
const Vector = z.object({
  key: hex, aad: hex, plaintext: hex, ciphertext: hex,
  hkdf: z.enum(['sha1', 'sha256', 'sha512']),
  derivedKeySize: z.union([z.literal(16), z.literal(32)]),
  ciphertextSegmentSize: z.number().int().positive(),
});
export type Vector = z.infer<typeof Vector>;
/** What a stream is opened with besides its key: the product has one choice of them, the vectors have several. */
export type Parameters = Pick<Vector, 'hkdf' | 'derivedKeySize' | 'ciphertextSegmentSize'>;

/** @param json the parsed vector file; throws when it is none. */
export const readVectors = (json: unknown): Vector[] => z.object({ vectors: z.array(Vector).min(1) }).parse(json).vectors;

type Reading = (ikm: Buffer, aad: Buffer, file: Buffer, parameters: Parameters) => Buffer;

/** A second reading of Tink's specification, for any parameters and with nothing of the product in it. Throws when the file does not open. */
export function openByTheBook(ikm: Buffer, aad: Buffer, file: Buffer, { hkdf, derivedKeySize, ciphertextSegmentSize }: Parameters): Buffer {
  const headerBytes = 1 + derivedKeySize + 7;
  if (file[0] !== headerBytes) throw new SealBroken('header');
  const key = Buffer.from(hkdfSync(hkdf, ikm, file.subarray(1, 1 + derivedKeySize), aad, derivedKeySize));
  const prefix = file.subarray(1 + derivedKeySize, headerBytes);
  const plain: Buffer[] = [];
  for (let i = 0, at = headerBytes; i === 0 || at < file.length; i += 1) {
    const end = Math.min(file.length, (i + 1) * ciphertextSegmentSize);
    const number = Buffer.alloc(5);
    number.writeUInt32BE(i);
    number[4] = end === file.length ? 1 : 0;
    const decipher = createDecipheriv(derivedKeySize === 16 ? 'aes-128-gcm' : 'aes-256-gcm', key, Buffer.concat([prefix, number]), { authTagLength: 16 });
    decipher.setAuthTag(file.subarray(end - 16, end));
    plain.push(decipher.update(file.subarray(at, end - 16)), decipher.final());
    at = end;
  }
  return Buffer.concat(plain);
}

/**
 * The product's segments of a file, for AES-256. No official vector has AES-256 *and* SHA-256, the product's only choice: they derive
 * with SHA-1, so that one step is done here and everything after it is the product's.
 */
function productSegments(ikm: Buffer, aad: Buffer, file: Buffer, { hkdf, ciphertextSegmentSize: size }: Parameters) {
  const shape = shapeOf(file.length, size);
  // Of this stream only the nonce prefix is used.
  const { prefix } = openStream(Buffer.alloc(32), aad, file.subarray(0, HEADER_BYTES));
  const stream = { key: Buffer.from(hkdfSync(hkdf, ikm, file.subarray(1, 33), aad, 32)), prefix };
  return Array.from({ length: shape.slots }, (_, i) => {
    const slot = file.subarray(i === 0 ? HEADER_BYTES : i * size, Math.min(file.length, (i + 1) * size));
    const last = i === shape.slots - 1;
    return { slot, open: () => openSegment(stream, i, last, slot), seal: (plaintext: Buffer) => sealSegment(stream, i, last, plaintext) };
  });
}

const openByProduct: Reading = (...file) => Buffer.concat(productSegments(...file).map(({ open }) => open()));

/** Whether the product, given the vector's key and header, would have written the vector. */
function productSealsIt({ key, aad, ciphertext, ...parameters }: Vector): boolean {
  return productSegments(key, aad, ciphertext, parameters).every(({ slot, open, seal }) => seal(open()).equals(slot));
}

export const hasProductKeySize = ({ derivedKeySize }: Vector): boolean => derivedKeySize === 32;

/** Copies of a vector that must not open: every byte with a bit changed, every shorter length, one byte more, another key, another AAD. */
export function* changed(vector: Vector): Generator<Vector> {
  const { ciphertext, key, aad } = vector;
  const flipped = (bytes: Buffer, at: number) => Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
  for (let at = 0; at < ciphertext.length; at += 1) yield { ...vector, ciphertext: flipped(ciphertext, at) };
  for (let length = 0; length < ciphertext.length; length += 1) yield { ...vector, ciphertext: ciphertext.subarray(0, length) };
  yield { ...vector, ciphertext: Buffer.concat([ciphertext, Buffer.of(0)]) };
  yield { ...vector, key: flipped(key, 0) };
  yield { ...vector, aad: Buffer.concat([aad, Buffer.of(0)]) };
}

/** True when every reading that has this vector's key size opens it to its plaintext, and the product seals it the same. */
export function opens(vector: Vector): boolean {
  try {
    return readings(vector).every((open) => open(vector.key, vector.aad, vector.ciphertext, vector).equals(vector.plaintext))
      && (!hasProductKeySize(vector) || productSealsIt(vector));
  } catch {
    return false;
  }
}

/** True when every reading that has this vector's key size refuses it. */
export function isRefused(vector: Vector): boolean {
  return readings(vector).every((open) => {
    try {
      open(vector.key, vector.aad, vector.ciphertext, vector);
      return false;
    } catch {
      return true;
    }
  });
}

const readings = (vector: Vector): Reading[] => (hasProductKeySize(vector) ? [openByTheBook, openByProduct] : [openByTheBook]);

export interface VectorCounts {
  opened: number;
  notOpened: number;
  refused: number;
  notRefused: number;
}

/** Every vector, and every changed copy of every vector. */
export function checkVectors(vectors: readonly Vector[]): VectorCounts {
  const copies = vectors.flatMap((vector) => [...changed(vector)]);
  const opened = vectors.filter(opens).length;
  const refused = copies.filter(isRefused).length;
  return { opened, notOpened: vectors.length - opened, refused, notRefused: copies.length - refused };
}
