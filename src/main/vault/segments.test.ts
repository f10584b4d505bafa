import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADER_BYTES, locate, openSegment, openStream, SealBroken, sealSegment, SegmentSealer, shapeOf, slotCapacity } from './segments.ts';
import official from './tink-aes-gcm-hkdf-streaming.json' with { type: 'json' };

interface Parameters {
  hkdf: string;
  derivedKeySize: number;
  ciphertextSegmentSize: number;
}
const hex = (text: string) => Buffer.from(text, 'hex');

/** A second reading of Tink's specification, for any parameters: what the official vectors are checked with first. */
function reference(ikm: Buffer, aad: Buffer, file: Buffer, { hkdf, derivedKeySize, ciphertextSegmentSize }: Parameters): Buffer {
  const headerBytes = 1 + derivedKeySize + 7;
  expect(file[0]).toBe(headerBytes);
  const key = Buffer.from(hkdfSync(hkdf, ikm, file.subarray(1, 1 + derivedKeySize), aad, derivedKeySize));
  const prefix = file.subarray(1 + derivedKeySize, headerBytes);
  const plain: Buffer[] = [];
  for (let i = 0, at = headerBytes; i === 0 || at < file.length; i += 1) {
    const end = Math.min(file.length, (i + 1) * ciphertextSegmentSize);
    const number = Buffer.alloc(5);
    number.writeUInt32BE(i);
    number[4] = end === file.length ? 1 : 0;
    const decipher = createDecipheriv(derivedKeySize === 16 ? 'aes-128-gcm' : 'aes-256-gcm', key, Buffer.concat([prefix, number]));
    decipher.setAuthTag(file.subarray(end - 16, end));
    plain.push(decipher.update(file.subarray(at, end - 16)), decipher.final());
    at = end;
  }
  return Buffer.concat(plain);
}

describe('Tink’s official vectors', () => {
  it.each(official.vectors.map((vector, i) => [i, vector] as const))('number %i is what our reading of the specification opens', (_i, vector) => {
    expect(reference(hex(vector.key), hex(vector.aad), hex(vector.ciphertext), vector).toString('hex')).toBe(vector.plaintext);
  });

  const aes256 = official.vectors.filter((vector) => vector.derivedKeySize === 32);
  it('with AES-256 segments are there', () => {
    expect(aes256.length).toBeGreaterThan(2);
  });

  it.each(aes256.map((vector, i) => [i, vector] as const))('with AES-256 segments, number %i, are sealed and opened segment by segment', (_i, vector) => {
    const file = hex(vector.ciphertext);
    const size = vector.ciphertextSegmentSize;
    // The vectors derive their keys with SHA-1, the product with SHA-256: all but that one step is the product's.
    const stream = {
      key: Buffer.from(hkdfSync(vector.hkdf, hex(vector.key), file.subarray(1, 33), hex(vector.aad), 32)),
      prefix: openStream(hex(vector.key), hex(vector.aad), file.subarray(0, HEADER_BYTES)).prefix,
    };
    const shape = shapeOf(file.length, size);
    expect(shape.plainBytes).toBe(vector.plaintext.length / 2);
    const opened = Array.from({ length: shape.slots }, (_, i) => {
      const slot = file.subarray(i === 0 ? HEADER_BYTES : i * size, Math.min(file.length, (i + 1) * size));
      const plaintext = openSegment(stream, i, i === shape.slots - 1, slot);
      expect(sealSegment(stream, i, i === shape.slots - 1, plaintext)).toEqual(slot);
      return plaintext;
    });
    expect(Buffer.concat(opened).toString('hex')).toBe(vector.plaintext);
  });
});

const SMALL = 96;
const productParameters = { hkdf: 'sha256', derivedKeySize: 32, ciphertextSegmentSize: SMALL };

function seal(ikm: Buffer, aad: Buffer, chunks: Uint8Array[]): Buffer {
  const sealer = new SegmentSealer(ikm, aad, SMALL);
  const slots = chunks.flatMap((chunk) => [...sealer.push(chunk)]);
  return Buffer.concat([...slots, sealer.end()]);
}

describe('sealing', () => {
  it('makes what the specification opens, for any length and any chunks', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 3 * SMALL }), { maxLength: 6 }), fc.uint8Array({ maxLength: 40 }), (chunks, aad) => {
      const ikm = randomBytes(32);
      const plaintext = Buffer.concat(chunks);
      const file = seal(ikm, Buffer.from(aad), chunks);
      expect(reference(ikm, Buffer.from(aad), file, productParameters)).toEqual(plaintext);
      expect(shapeOf(file.length, SMALL).plainBytes).toBe(plaintext.length);
    }), { numRuns: 300 });
  });

  it('never ends with an empty segment unless the message is empty', () => {
    for (const full of [slotCapacity(0, SMALL), slotCapacity(0, SMALL) + slotCapacity(1, SMALL)]) expect(seal(randomBytes(32), Buffer.alloc(0), [randomBytes(full)]).length % SMALL).toBe(0);
    expect(seal(randomBytes(32), Buffer.alloc(0), [])).toHaveLength(HEADER_BYTES + 16);
  });

  it('never uses a salt or nonce prefix twice', () => {
    const ikm = randomBytes(32);
    const headers = Array.from({ length: 50 }, () => seal(ikm, Buffer.alloc(0), []).subarray(0, HEADER_BYTES));
    expect(new Set(headers.map((h) => h.subarray(1, 33).toString('hex'))).size).toBe(50);
    expect(new Set(headers.map((h) => h.subarray(33).toString('hex'))).size).toBe(50);
  });

  it('takes no key of another length', () => {
    for (const length of [0, 16, 31, 33]) expect(() => new SegmentSealer(Buffer.alloc(length), Buffer.alloc(0))).toThrow(RangeError);
  });
});

describe('opening', () => {
  const ikm = randomBytes(32);
  const aad = Buffer.from('bound to this');
  const file = seal(ikm, aad, [randomBytes(150)]);
  const slot = (i: number) => file.subarray(i === 0 ? HEADER_BYTES : i * SMALL, Math.min(file.length, (i + 1) * SMALL));

  it('refuses a header that is none', () => {
    const header = Buffer.from(file.subarray(0, HEADER_BYTES));
    expect(() => openStream(ikm, aad, header.subarray(0, 39))).toThrow(SealBroken);
    header[0] = 24;
    expect(() => openStream(ikm, aad, header)).toThrow(SealBroken);
  });

  it('refuses a segment in another place, as another kind, under another key or for another purpose', () => {
    const stream = openStream(ikm, aad, file.subarray(0, HEADER_BYTES));
    expect(openSegment(stream, 1, false, slot(1))).toHaveLength(SMALL - 16);
    expect(() => openSegment(stream, 2, false, slot(1))).toThrow(SealBroken);
    expect(() => openSegment(stream, 1, true, slot(1))).toThrow(SealBroken);
    expect(() => openSegment(stream, 1, false, slot(1).subarray(0, 15))).toThrow(SealBroken);
    expect(() => openSegment(openStream(randomBytes(32), aad, file.subarray(0, HEADER_BYTES)), 1, false, slot(1))).toThrow(SealBroken);
    expect(() => openSegment(openStream(ikm, Buffer.from('bound to that'), file.subarray(0, HEADER_BYTES)), 1, false, slot(1))).toThrow(SealBroken);
  });

  it('refuses a tag that was cut short', () => {
    const stream = openStream(ikm, aad, file.subarray(0, HEADER_BYTES));
    const cipher = createCipheriv('aes-256-gcm', stream.key, Buffer.concat([stream.prefix, Buffer.from([0, 0, 0, 0, 1])]));
    const body = Buffer.concat([cipher.update('x'), cipher.final(), cipher.getAuthTag().subarray(0, 12)]);
    expect(() => openSegment(stream, 0, true, body)).toThrow(SealBroken);
  });

  it('knows the lengths that no sealed file has', () => {
    for (const length of [0, 39, 40, 55, SMALL + 1, SMALL + 16, 2 * SMALL + 16]) expect(() => shapeOf(length, SMALL), String(length)).toThrow(SealBroken);
    for (const length of [56, SMALL, SMALL + 17, 2 * SMALL]) expect(shapeOf(length, SMALL).slots).toBe(Math.ceil(length / SMALL));
  });

  it('finds every byte where sealing put it', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 10_000 }), (offset) => {
      const { slot: index, within } = locate(offset, SMALL);
      let before = 0;
      for (let i = 0; i < index; i += 1) before += slotCapacity(i, SMALL);
      expect(before + within).toBe(offset);
      expect(within).toBeLessThan(slotCapacity(index, SMALL));
    }));
  });
});
