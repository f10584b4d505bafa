import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SealedFile } from './sealedFile.ts';
import { associatedAt, boundTo, closePart, PartWriter, plainBytesOf } from './sealedPart.ts';
import { Receiving, type PartFile } from './sealer/receiving.ts';
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

it('goes on where the disk took less than it was given', async () => {
  const file = await open(newFile(), 'r+');
  const handles = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  const writev = Reflect.get(handles, 'writev') as (...args: unknown[]) => unknown;
  let short = 0;
  const spy = vi.spyOn(handles, 'writev').mockImplementation(function (this: FileHandle, pieces: readonly NodeJS.ArrayBufferView[], position?: number) {
    short += 1;
    return Reflect.apply(writev, this, [[Buffer.concat(pieces as Buffer[]).subarray(0, 1 + short * 7)], position]) as never;
  });
  try {
    expect(await read(await sealPart(plain))).toEqual(plain);
    expect(short).toBe(2);
  } finally {
    spy.mockRestore();
  }
});

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
      // The old slot is whole when the bytes that were rewritten happen to be the same, and the new one when those that were not do.
      const whole = [[begin, begin + torn], [begin + torn, begin + SEGMENT]].some(([from, until]) => closed.subarray(from, until).equals(open.subarray(from, until)));
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
  type Part = PartFile & { plainBytes: number };
  const gapOf = (parts: readonly Part[], at = 0) => {
    let from = at;
    for (const part of parts) if (part.from <= from) from = Math.max(from, part.from + part.plainBytes);
    return { from, until: Math.min(plain.length, ...parts.filter((part) => part.from > from).map((part) => part.from)) };
  };

  /** One download that begins at the first byte behind `at` that is not here, ends before `until`, or is killed, and leaves its file `cut` bytes short. */
  async function download(before: PartFile[], at: number, until: number, cut: number | null): Promise<PartFile[]> {
    const receiving = new Receiving(new Uint8Array(key), bound, plain.length, SEGMENT);
    const lengths = await receiving.resume(before);
    const kept = before.map((part, n) => ({ ...part, plainBytes: lengths[n] ?? 0 })).filter(({ plainBytes }) => plainBytes > 0);
    const gap = gapOf(kept, at);
    if (gap.from >= gap.until) {
      await receiving.wipe();
      return kept;
    }
    const part = { path: newFile(), from: gap.from };
    await receiving.part(part);
    const end = Math.min(gap.until, Math.max(until, gap.from));
    for (let next = gap.from; next < end; next += 97) await receiving.push(plain.subarray(next, Math.min(next + 97, end)));
    if (cut === null) await receiving.pause();
    await receiving.wipe();
    if (cut !== null) truncateSync(part.path, Math.max(0, readFileSync(part.path).length - cut));
    return [...kept, part].sort((a, b) => a.from - b.from);
  }

  /** All that is missing, in one go. */
  async function finish(before: PartFile[]): Promise<{ parts: PartFile[]; received: { plainBytes: number; sha256: string } }> {
    const receiving = new Receiving(new Uint8Array(key), bound, plain.length, SEGMENT);
    const lengths = await receiving.resume(before);
    let parts = before.map((part, n) => ({ ...part, plainBytes: lengths[n] ?? 0 })).filter(({ plainBytes }) => plainBytes > 0);
    for (let gap = gapOf(parts); gap.from < plain.length; gap = gapOf(parts)) {
      const part = { path: newFile(), from: gap.from };
      await receiving.part(part);
      await receiving.push(plain.subarray(gap.from, gap.until));
      await receiving.pause();
      parts = [...parts, { ...part, plainBytes: gap.until - gap.from }].sort((a, b) => a.from - b.from);
    }
    const received = await receiving.end();
    await receiving.wipe();
    return { parts, received };
  }

  it('gives the recording and its digest, however often, wherever and in whatever order it was broken off or killed', async () => {
    const stop = fc.record({ at: fc.nat({ max: plain.length - 1 }), until: fc.nat({ max: plain.length }), cut: fc.option(fc.nat({ max: 600 })) });
    await fc.assert(fc.asyncProperty(fc.array(stop, { maxLength: 5 }), async (stops) => {
      let before: PartFile[] = [];
      for (const { at, until, cut } of stops) before = await download(before, at, until, cut);
      const { parts, received } = await finish(before);
      expect(received).toEqual({ plainBytes: plain.length, sha256: sha256(plain) });
      const pieces: Buffer[] = [];
      for (const { path, from } of parts) {
        expect(pieces.reduce((total, piece) => total + piece.length, 0)).toBe(from);
        pieces.push(await read(path, from));
      }
      expect(Buffer.concat(pieces).equals(plain)).toBe(true);
      // Every part has a salt of its own: no nonce is used over two plaintexts.
      expect(new Set(parts.map(({ path }) => readFileSync(path).subarray(0, HEADER_BYTES).toString('hex'))).size).toBe(parts.length);
      for (const { path } of parts) rmSync(path);
    }), { numRuns: 150 });
  });

  it('keeps the parts behind one that lost its end, and knows the whole by its digest when what was lost has come', async () => {
    const first = await download([], 0, 1500, null);
    const second = await download(first, 0, 3000, null);
    truncateSync(second[0]?.path ?? '', 5 * SEGMENT);
    const receiving = new Receiving(new Uint8Array(key), bound, plain.length, SEGMENT);
    expect(await receiving.resume(second)).toEqual([FIRST + 4 * REST, 1500]);
    expect((await finish(second)).received).toEqual({ plainBytes: plain.length, sha256: sha256(plain) });
  });

  it('stops at more bytes than were signed, and takes no part out of place', async () => {
    const receiving = new Receiving(new Uint8Array(key), bound, 100, SEGMENT);
    await expect(receiving.push(plain)).rejects.toThrow(expect.objectContaining({ code: 'internal' }));
    await receiving.part({ path: newFile(), from: 40 });
    await receiving.push(plain.subarray(40, 100));
    await expect(receiving.part({ path: newFile(), from: 0 })).rejects.toThrow(expect.objectContaining({ code: 'internal' }));
    await receiving.pause();
    for (const from of [40, 99]) await expect(receiving.part({ path: newFile(), from })).rejects.toThrow(expect.objectContaining({ code: 'internal' }));
    await receiving.part({ path: newFile(), from: 0 });
    await expect(receiving.push(plain.subarray(0, 41))).rejects.toThrow(expect.objectContaining({ code: 'internal' }));
    await receiving.push(plain.subarray(0, 40));
    await receiving.pause();
    await receiving.part({ path: newFile(), from: 100 });
    await expect(receiving.push(plain.subarray(0, 1))).rejects.toThrow(expect.objectContaining({ code: 'recording-mismatch' }));
    await receiving.wipe();
  });

  it('begins anew where it is told to, whatever it had taken up', async () => {
    const parts = await download([], 0, 1500, null);
    const receiving = new Receiving(new Uint8Array(key), bound, plain.length, SEGMENT);
    await receiving.resume(parts);
    await receiving.part({ path: newFile(), from: 0 }, true);
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
    await expect(receiving.part({ path: join(folder, 'gone'), from: 0 })).rejects.toThrow(expect.objectContaining({ code: 'disk-fault' }));
    expect(existsSync(join(folder, 'gone'))).toBe(false);
  });
});

describe('what is written is synced on the way', () => {
  const associated = associatedAt(bound, 0);
  const most = Buffer.alloc(17 * 1024 * 1024, 3);
  let datasync: () => Promise<void>;
  let asked: number;
  beforeEach(async () => {
    asked = 0;
    const file = await open(newFile());
    vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'datasync').mockImplementation(() => {
      asked += 1;
      return datasync();
    });
    await file.close();
  });
  afterEach(() => vi.restoreAllMocks());

  it('while more is sealed, and at most one such stretch behind', async () => {
    const path = newFile();
    let done = (): void => undefined;
    datasync = () => new Promise((resolve) => {
      done = resolve;
    });
    const writer = await PartWriter.open(path, key, associated);
    await writer.push(most);
    expect(asked).toBe(1);
    let isThrough = false;
    const further = writer.push(most).then(() => {
      isThrough = true;
    });
    await vi.waitFor(() => expect(statSync(path).size).toBeGreaterThanOrEqual(32 * 1024 * 1024), { timeout: 20_000 });
    expect([asked, isThrough]).toEqual([1, false]);
    done();
    await further;
    expect(asked).toBe(2);
    const ended = writer.end();
    done();
    await ended;
    expect(await closePart(path, key, associated, null)).toBe(2 * most.length);
  });

  it('and what the disk says to that is said by the end', async () => {
    datasync = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    const full = expect.objectContaining({ code: 'disk-full' }) as unknown;
    const writer = await PartWriter.open(newFile(), key, associated);
    await writer.push(most);
    await expect(writer.end()).rejects.toThrow(full);
    const another = await PartWriter.open(newFile(), key, associated);
    await another.push(most);
    await expect(another.push(most)).rejects.toThrow(full);
    await another.abandon();
  });
});
