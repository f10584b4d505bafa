import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SealedFile } from './sealedFile.ts';
import { PartWriter } from './sealedPart.ts';
import { SealBroken, SEGMENT_BYTES, slotCapacity } from './segments.ts';

let folder: string;
let count = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealed-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});
const newPath = () => join(folder, String((count += 1)));
const key = randomBytes(32);
const aad = Buffer.from('recording and manifest');

async function sealTo(path: string, bytes: Buffer, chunk = 65_536): Promise<void> {
  writeFileSync(path, '', { flag: 'a' });
  const writer = await PartWriter.open(path, key, aad);
  try {
    for (let at = 0; at < bytes.length; at += chunk) await writer.push(bytes.subarray(at, at + chunk));
    await writer.end();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function seal(bytes: Buffer, chunk?: number): Promise<string> {
  const path = newPath();
  await sealTo(path, bytes, chunk);
  return path;
}

async function readAll(path: string, ikm = key, associated = aad): Promise<Buffer> {
  const file = await SealedFile.open(path, ikm, associated);
  try {
    const parts: Buffer[] = [];
    for (let at = 0; at < file.plainBytes;) {
      const part = await file.readFrom(at, file.plainBytes);
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  } finally {
    await file.close();
  }
}

const first = slotCapacity(0);
const borders = [0, 1, first - 1, first, first + 1, first + slotCapacity(1) - 1, first + slotCapacity(1), first + slotCapacity(1) + 1];
const plain = randomBytes(first + 2 * slotCapacity(1) + 1000);

describe('a sealed file', () => {
  it.each(borders)('gives back %i bytes', async (size) => {
    const bytes = plain.subarray(0, size);
    const path = await seal(bytes, 50_000);
    expect((await readAll(path)).equals(bytes)).toBe(true);
    expect(readFileSync(path).includes(bytes.subarray(0, 32)) && size >= 32).toBe(false);
  });

  it('is read from any place to any place, however it came', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: plain.length }), fc.integer({ min: 1, max: 400_000 }), fc.nat(), fc.nat(), async (size, chunk, a, b) => {
      const path = await seal(plain.subarray(0, size), chunk);
      const [start, end] = [a % size, Math.min(size, (a % size) + 1 + (b % size))];
      const file = await SealedFile.open(path, key, aad);
      let at = start;
      while (at < end) {
        const part = await file.readFrom(at, end);
        expect(part.length).toBeGreaterThan(0);
        expect(part.equals(plain.subarray(at, at + part.length))).toBe(true);
        at += part.length;
      }
      expect(at).toBe(end);
      await file.close();
      rmSync(path);
    }), { numRuns: 25 });
  });

  it('does not open when any bit has changed', async () => {
    const path = await seal(plain);
    const good = readFileSync(path);
    await fc.assert(fc.asyncProperty(fc.nat({ max: good.length - 1 }), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 << bit);
      writeFileSync(path, bad);
      await expect(readAll(path)).rejects.toThrow(SealBroken);
    }), { numRuns: 25, examples: [[0, 0], [1, 0], [33, 0], [40, 0], [SEGMENT_BYTES - 1, 7], [SEGMENT_BYTES, 0], [good.length - 1, 0]] });
  });

  it('does not open when it was cut short, made longer, or its segments changed places', async () => {
    const path = await seal(plain);
    const good = readFileSync(path);
    const slot = (i: number) => good.subarray(i * SEGMENT_BYTES, (i + 1) * SEGMENT_BYTES);
    const changed = [
      ...[0, 39, 56, SEGMENT_BYTES, 2 * SEGMENT_BYTES, good.length - 1].map((length) => good.subarray(0, length)),
      Buffer.concat([good, Buffer.alloc(1)]), Buffer.concat([good, slot(1)]),
      Buffer.concat([slot(0), slot(2), slot(1), slot(3)]), Buffer.concat([slot(0), slot(1), slot(1), slot(3)]), Buffer.concat([slot(0), slot(1), slot(3)]),
    ];
    for (const bytes of changed) {
      writeFileSync(path, bytes);
      await expect(readAll(path)).rejects.toThrow(SealBroken);
    }
  });

  it('opens under its own key and for its own recording only', async () => {
    const path = await seal(plain.subarray(0, 1000));
    await expect(SealedFile.open(path, randomBytes(32), aad)).rejects.toThrow(SealBroken);
    await expect(SealedFile.open(path, key, Buffer.from('another recording'))).rejects.toThrow(SealBroken);
  });

  it('does not take another file’s segment, although the key is the same', async () => {
    const [a, b] = [await seal(plain), await seal(plain)];
    const mixed = readFileSync(a);
    readFileSync(b).copy(mixed, SEGMENT_BYTES, SEGMENT_BYTES, 2 * SEGMENT_BYTES);
    writeFileSync(a, mixed);
    await expect(readAll(a)).rejects.toThrow(SealBroken);
  });

  it('changed after it was opened gives nothing of the changed segment', async () => {
    const path = await seal(plain);
    const file = await SealedFile.open(path, key, aad);
    const bad = readFileSync(path);
    bad[SEGMENT_BYTES + 5] = (bad[SEGMENT_BYTES + 5] ?? 0) ^ 1;
    writeFileSync(path, bad);
    expect((await file.readFrom(0, 100)).equals(plain.subarray(0, 100))).toBe(true);
    await expect(file.readFrom(first, first + 10)).rejects.toThrow(SealBroken);
    await file.close();
  });

  it('that was closed gives nothing more, and is not called corrupt for it', async () => {
    const file = await SealedFile.open(await seal(plain), key, aad);
    const underWay = file.readFrom(0, 100);
    const closing = file.close();
    await expect(underWay).rejects.toThrow(expect.objectContaining({ code: 'locked' }));
    await closing;
    await expect(file.readFrom(0, 100)).rejects.toThrow(expect.objectContaining({ code: 'locked' }));
  });
});

describe('sealing to a file', () => {
  it('never writes over a file', async () => {
    const path = await seal(plain.subarray(0, 10));
    await expect(sealTo(path, plain)).rejects.toThrow();
    expect((await readAll(path)).equals(plain.subarray(0, 10))).toBe(true);
  });

  it.each(['ENOSPC', 'EDQUOT'])('says that the disk is full when writing ends in %s', async (code) => {
    const probe = await open(join(folder, 'probe'), 'w');
    const prototype = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    // A partial write first, as a filling disk gives it.
    const writev = Reflect.get(prototype, 'writev') as (...args: unknown[]) => unknown;
    const some = vi.spyOn(prototype, 'writev').mockImplementation(function (this: FileHandle, pieces: Buffer[], position: unknown) {
      return Reflect.apply(writev, this, [[Buffer.concat(pieces).subarray(0, 1000)], position]) as never;
    } as never);
    const rest = vi.spyOn(prototype, 'write').mockImplementation(() => {
      throw Object.assign(new Error(code), { code });
    });
    await expect(seal(plain)).rejects.toThrow(expect.objectContaining({ code: 'disk-full' }));
    expect([some, rest].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });
});
