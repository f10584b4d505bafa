import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changed, checkVectors, hasProductKeySize, isRefused, openByTheBook, opens, readVectors, type Parameters } from '../testBuild/vectors.ts';
import { HEADER_BYTES, locate, openSegment, openStream, SealBroken, SegmentSealer, shapeOf, slotCapacity } from './segments.ts';
import official from './tink-aes-gcm-hkdf-streaming.json' with { type: 'json' };

describe('Tink’s official vectors', () => {
  const vectors = readVectors(official);

  it('are all of the file', () => {
    expect(vectors).toHaveLength(official.vectors.length);
  });

  it.each(vectors.map((vector, i) => [i, vector] as const))('number %i opens, with a reading of the specification and, where it has AES-256, with the product', (_i, vector) => {
    expect(opens(vector)).toBe(true);
  });

  it.each(vectors.map((vector, i) => [i, vector] as const))('number %i is refused with any bit, length, key or associated data changed', (_i, vector) => {
    expect([...changed(vector)].filter((copy) => !isRefused(copy))).toEqual([]);
  });

  // The product has AES-256 alone: the five vectors with AES-128 segments are not for it, and check the second reading only.
  it('leave three for the product, one of them with more than one byte to say', () => {
    expect(vectors.filter(hasProductKeySize).map(({ plaintext }) => plaintext.length)).toEqual([0, 0, 64]);
  });

  it('are told from those that do not open', () => {
    const wrong = vectors.map((vector) => ({ ...vector, plaintext: Buffer.from('something else') }));
    expect(checkVectors(wrong)).toMatchObject({ opened: 0, notOpened: vectors.length });
    expect(checkVectors(vectors)).toMatchObject({ opened: vectors.length, notOpened: 0, notRefused: 0 });
    expect(vectors.filter(isRefused)).toEqual([]);
  });
});

const SMALL = 96;
const productParameters: Parameters = { hkdf: 'sha256', derivedKeySize: 32, ciphertextSegmentSize: SMALL };

function seal(ikm: Buffer, aad: Buffer, chunks: Uint8Array[]): Buffer {
  const sealer = new SegmentSealer(ikm, aad, SMALL);
  return Buffer.concat([...chunks.flatMap((chunk) => sealer.push(chunk)), ...sealer.end()]);
}

describe('sealing', () => {
  it('makes what the specification opens, for any length and any chunks', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 3 * SMALL }), { maxLength: 6 }), fc.uint8Array({ maxLength: 40 }), (chunks, aad) => {
      const ikm = randomBytes(32);
      const plaintext = Buffer.concat(chunks);
      const file = seal(ikm, Buffer.from(aad), chunks);
      expect(openByTheBook(ikm, Buffer.from(aad), file, productParameters)).toEqual(plaintext);
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
