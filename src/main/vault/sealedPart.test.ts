import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SealedFile } from './sealedFile.ts';
import { associatedAt, boundTo, closePart, PartWriter, plainBytesOf } from './sealedPart.ts';
import { Receiving } from './sealer/receiving.ts';
import { HEADER_BYTES, openSegment, openStream, SealBroken, type StreamKey } from './segments.ts';

/** Small slots, so that a few kilobytes are many of them. */
const SEGMENT = 128;
const [FIRST, REST] = [SEGMENT - 16 - HEADER_BYTES, SEGMENT - 16];
const key = randomBytes(32);
const bound = boundTo('urn:uuid:one', randomBytes(32).toString('base64url'));
const plain = randomBytes(4000);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64url');

let folder: string;
let count = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'part-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
function newFile(): string {
  const path = join(folder, String((count += 1)));
  writeFileSync(path, '');
  return path;
}

async function sealPart(bytes: Buffer, from = 0, associated = associatedAt(bound, from)): Promise<string> {
  const path = newFile();
  const writer = await PartWriter.open(path, key, associated, SEGMENT);
  await writer.push(bytes);
  await writer.end();
  return path;
}

async function read(path: string, from = 0, associated = associatedAt(bound, from)): Promise<Buffer> {
  const file = await SealedFile.open(path, key, associated, SEGMENT);
  try {
    const pieces: Buffer[] = [];
    for (let at = 0; at < file.plainBytes;) {
      const piece = await file.readFrom(at, file.plainBytes);
      pieces.push(piece);
      at += piece.length;
    }
    return Buffer.concat(pieces);
  } finally {
    await file.close();
  }
}

const close = (path: string, from = 0) => closePart(path, key, associatedAt(bound, from), createHash('sha256'), SEGMENT);

function opened(stream: StreamKey, index: number, last: boolean, sealed: Buffer): string | null {
  try {
    return openSegment(stream, index, last, sealed).toString('hex');
  } catch {
    return null;
  }
}

/** What is certain to be kept of a part that was cut: the slots that are there whole. */
function wholeSlots(fileBytes: number): number {
  const slots = Math.floor(fileBytes / SEGMENT);
  return slots === 0 ? 0 : FIRST + (slots - 1) * REST;
}

describe('a part whose writer was stopped', () => {
  it('is whole again up to the last slot that is there, wherever it was cut', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1500 }), fc.nat(), async (size, cut) => {
      const bytes = plain.subarray(0, size);
      const path = await sealPart(bytes);
      const fileBytes = readFileSync(path).length;
      const length = cut % (fileBytes + 1);
      truncateSync(path, length);
      const digest = createHash('sha256');
      const kept = await closePart(path, key, associatedAt(bound, 0), digest, SEGMENT);
      expect(kept).toBe(length === fileBytes ? size : wholeSlots(length));
      expect(digest.digest('base64url')).toBe(sha256(bytes.subarray(0, kept)));
      if (kept > 0) expect((await read(path)).equals(bytes.subarray(0, kept))).toBe(true);
      // Closed is closed: nothing changes any more.
      const after = readFileSync(path);
      expect(await close(path)).toBe(kept);
      expect(readFileSync(path).equals(after)).toBe(true);
    }), { numRuns: 300, examples: [[1500, 0], [1500, HEADER_BYTES], [1500, SEGMENT], [1500, SEGMENT + 1], [FIRST + REST, 2 * SEGMENT]] });
  });

  it('that was cut while it was being closed loses one slot more', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 2, max: 8 }), fc.nat({ max: SEGMENT - 1 }), async (slots, torn) => {
      const bytes = plain.subarray(0, FIRST + slots * REST);
      const path = await sealPart(bytes);
      truncateSync(path, slots * SEGMENT);
      const open = readFileSync(path);
      await close(path);
      const closed = readFileSync(path);
      // The rewriting of the last slot stopped part way: first bytes new, the others old.
      const begin = (slots - 1) * SEGMENT;
      writeFileSync(path, Buffer.concat([closed.subarray(0, begin + torn), open.subarray(begin + torn)]));
      const kept = await close(path);
      // The old slot is whole when the bytes that were rewritten happen to be the same.
      const whole = closed.subarray(begin, begin + torn).equals(open.subarray(begin, begin + torn));
      expect(kept).toBe(FIRST + (slots - 1) * REST - (whole ? 0 : REST));
      expect((await read(path)).equals(bytes.subarray(0, kept))).toBe(true);
    }), { numRuns: 100 });
  });

  it('never has two plaintexts under one nonce, however often it is cut and closed', async () => {
    const whole = FIRST + 8 * REST;
    await fc.assert(fc.asyncProperty(fc.array(fc.nat({ max: 9 * SEGMENT }), { minLength: 1, maxLength: 5 }), async (cuts) => {
      const path = await sealPart(plain.subarray(0, whole + 5));
      const stream = openStream(key, associatedAt(bound, 0), readFileSync(path).subarray(0, HEADER_BYTES));
      const under = new Map<string, string>();
      const note = () => {
        const content = readFileSync(path);
        for (let index = 0; index * SEGMENT < content.length; index += 1) {
          const sealed = content.subarray(index * SEGMENT + (index === 0 ? HEADER_BYTES : 0), (index + 1) * SEGMENT);
          for (const last of [false, true]) {
            const plaintext = opened(stream, index, last, sealed);
            if (plaintext === null) continue;
            const nonce = `${index} ${last}`;
            expect(under.get(nonce) ?? plaintext).toBe(plaintext);
            under.set(nonce, plaintext);
          }
        }
      };
      note();
      for (const cut of cuts) {
        truncateSync(path, Math.min(cut, readFileSync(path).length));
        note();
        await close(path);
        note();
      }
      expect(under.size).toBeGreaterThan(8);
    }), { numRuns: 100 });
  });

  it('ends before the first slot that was changed', async () => {
    const path = await sealPart(plain.subarray(0, FIRST + 5 * REST));
    const bad = readFileSync(path);
    bad[3 * SEGMENT + 7] = (bad[3 * SEGMENT + 7] ?? 0) ^ 1;
    writeFileSync(path, bad);
    expect(await close(path)).toBe(FIRST + 2 * REST);
    expect((await read(path)).equals(plain.subarray(0, FIRST + 2 * REST))).toBe(true);
  });

  it('is of no use when it is missing, empty, another’s or no part at all', async () => {
    expect(await close(join(folder, 'missing'))).toBe(0);
    for (const content of [Buffer.alloc(0), Buffer.alloc(20), Buffer.alloc(1000), Buffer.alloc(HEADER_BYTES, HEADER_BYTES)]) {
      const path = newFile();
      writeFileSync(path, content);
      expect(await close(path)).toBe(0);
    }
    expect(await close(await sealPart(plain, 0, associatedAt(boundTo('urn:uuid:two', 'x'), 0)))).toBe(0);
    expect(await close(await sealPart(plain), 1)).toBe(0);
    expect(await close(await sealPart(Buffer.alloc(0)))).toBe(0);
  });

  it('is about as long as its file says', async () => {
    for (const size of [0, 1, FIRST, FIRST + 1, FIRST + REST, 1500]) expect(plainBytesOf(readFileSync(await sealPart(plain.subarray(0, size))).length, SEGMENT)).toBe(size);
    expect([0, 1, HEADER_BYTES].map((bytes) => plainBytesOf(bytes, SEGMENT))).toEqual([0, 0, 0]);
  });
});

describe('the place of a part', () => {
  it('is what it opens in: two parts of one length that change places are refused', async () => {
    const half = FIRST + 2 * REST;
    const [a, b] = [await sealPart(plain.subarray(0, half)), await sealPart(plain.subarray(half, 2 * half), half)];
    expect((await read(b, half)).equals(plain.subarray(half, 2 * half))).toBe(true);
    await expect(read(b, 0)).rejects.toThrow(SealBroken);
    await expect(read(a, half)).rejects.toThrow(SealBroken);
  });

  it('would not be noticed without it in the associated data', async () => {
    const half = FIRST + 2 * REST;
    const [a, b] = [await sealPart(plain.subarray(0, half), 0, bound), await sealPart(plain.subarray(half, 2 * half), half, bound)];
    const swapped = Buffer.concat([await read(b, 0, bound), await read(a, half, bound)]);
    expect(swapped).toHaveLength(2 * half);
    expect(swapped.equals(plain.subarray(0, 2 * half))).toBe(false);
  });

  it('is of eight bytes, big-endian, behind recording and manifest', () => {
    const digest = randomBytes(32);
    expect(associatedAt(boundTo('urn:uuid:x', digest.toString('base64url')), 2 ** 40 + 5).equals(
      Buffer.concat([Buffer.of(1), Buffer.from('urn:uuid:x'), digest, Buffer.from('0000010000000005', 'hex')]))).toBe(true);
  });
});

describe('receiving', () => {
  /** One download that ends at `until`, or is killed, and leaves its file `cut` bytes short. */
  async function download(parts: string[], until: number, cut: number | null): Promise<{ parts: string[]; received: { plainBytes: number; sha256: string } | null }> {
    const receiving = new Receiving(new Uint8Array(key), bound, plain.length, SEGMENT);
    const lengths = await receiving.resume(parts);
    const kept = parts.filter((_, n) => (lengths[n] ?? 0) > 0);
    const from = lengths.reduce((sum, length) => sum + length, 0);
    const path = newFile();
    await receiving.part(path, from);
    for (let at = from; at < Math.max(until, from); at += 97) await receiving.push(plain.subarray(at, Math.min(at + 97, Math.max(until, from))));
    if (cut === null) {
      const received = await receiving.end();
      await receiving.wipe();
      return { parts: [...kept, path], received };
    }
    await receiving.wipe();
    truncateSync(path, Math.max(0, readFileSync(path).length - cut));
    return { parts: [...kept, path], received: null };
  }

  it('gives the recording and its digest, however often and wherever it was broken off or killed', async () => {
    const stop = fc.record({ until: fc.nat({ max: plain.length }), cut: fc.option(fc.nat({ max: 600 })) });
    await fc.assert(fc.asyncProperty(fc.array(stop, { maxLength: 5 }), async (stops) => {
      let parts: string[] = [];
      for (const { until, cut } of stops) ({ parts } = await download(parts, until, cut));
      const { parts: all, received } = await download(parts, plain.length, null);
      expect(received).toEqual({ plainBytes: plain.length, sha256: sha256(plain) });
      const pieces: Buffer[] = [];
      let from = 0;
      for (const path of all) {
        const piece = await read(path, from);
        pieces.push(piece);
        from += piece.length;
      }
      expect(Buffer.concat(pieces).equals(plain)).toBe(true);
      // Every part has a salt of its own: no nonce is used over two plaintexts.
      expect(new Set(all.map((path) => readFileSync(path).subarray(0, HEADER_BYTES).toString('hex'))).size).toBe(all.length);
      for (const path of all) rmSync(path);
    }), { numRuns: 150 });
  });

  it('finds the parts behind one that lost its end of no use', async () => {
    const first = await download([], 1500, null);
    const second = await download(first.parts, 3000, null);
    truncateSync(second.parts[0] ?? '', 5 * SEGMENT);
    const receiving = new Receiving(new Uint8Array(key), bound, plain.length, SEGMENT);
    expect(await receiving.resume(second.parts)).toEqual([FIRST + 4 * REST, 0]);
  });

  it('stops at more bytes than were signed, and takes no part out of place', async () => {
    const receiving = new Receiving(new Uint8Array(key), bound, 100, SEGMENT);
    await expect(receiving.push(plain)).rejects.toThrow(expect.objectContaining({ code: 'internal' }));
    await expect(receiving.part(newFile(), 5)).rejects.toThrow(expect.objectContaining({ code: 'internal' }));
    await receiving.part(newFile(), 0);
    await receiving.push(plain.subarray(0, 100));
    await expect(receiving.push(plain.subarray(0, 1))).rejects.toThrow(expect.objectContaining({ code: 'recording-mismatch' }));
    await receiving.wipe();
  });

  it('begins anew at byte 0, whatever it had taken up', async () => {
    const { parts } = await download([], 1500, null);
    const receiving = new Receiving(new Uint8Array(key), bound, plain.length, SEGMENT);
    await receiving.resume(parts);
    await receiving.part(newFile(), 0);
    await receiving.push(plain);
    expect(await receiving.end()).toEqual({ plainBytes: plain.length, sha256: sha256(plain) });
  });

  it('wipes the key', async () => {
    const own = new Uint8Array(key);
    await new Receiving(own, bound, 1, SEGMENT).wipe();
    expect(own.every((byte) => byte === 0)).toBe(true);
  });

  it('makes no file', async () => {
    const receiving = new Receiving(new Uint8Array(key), bound, 10, SEGMENT);
    await expect(receiving.part(join(folder, 'gone'), 0)).rejects.toThrow(expect.objectContaining({ code: 'disk-fault' }));
    expect(existsSync(join(folder, 'gone'))).toBe(false);
  });
});
