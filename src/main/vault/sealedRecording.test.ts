import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SealedFile } from './sealedFile.ts';
import { associatedAt, PartWriter } from './sealedPart.ts';
import { SealedCopy } from './sealedRecording.ts';
import { SEGMENT_BYTES, slotCapacity } from './segments.ts';

const key = randomBytes(32);
const bound = randomBytes(65);
/** Three segments and two, each a part. */
const bytes = randomBytes(4 * SEGMENT_BYTES);
const CUT = slotCapacity(0) + slotCapacity(1) + 1000;
const [first, second] = [slotCapacity(0), slotCapacity(0) + slotCapacity(1)];
let folder: string;
let paths: string[];
/** Every plaintext that was read from the disk, and from where in its part. */
let read: { from: number; plaintext: Buffer }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sealed-recording-'));
  paths = ['a', 'b'].map((name) => join(folder, name));
  for (const [n, from] of [0, CUT].entries()) {
    writeFileSync(paths[n]!, '');
    const writer = await PartWriter.open(paths[n]!, key, associatedAt(bound, from));
    await writer.push(n === 0 ? bytes.subarray(0, CUT) : bytes.subarray(CUT));
    await writer.end();
  }
  read = [];
  const original: SealedFile['readFrom'] = Reflect.get(SealedFile.prototype, 'readFrom');
  vi.spyOn(SealedFile.prototype, 'readFrom').mockImplementation(async function (this: SealedFile, from, end) {
    const plaintext = await original.call(this, from, end);
    read.push({ from, plaintext });
    return plaintext;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});
const openCopy = () => SealedCopy.open(paths, key, bound, bytes.length, 'video/mp4', null);
const places = () => read.map(({ from }) => from);

describe('a copy that is here', () => {
  it('has its first segment before it is asked for, then always the next one and no more', async () => {
    const copy = await openCopy();
    await vi.waitUntil(() => read.length === 1);
    const whole: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += whole.at(-1)!.length) {
      whole.push(Buffer.from(await copy.readFrom(at, bytes.length)));
      await vi.waitUntil(() => read.length === Math.min(5, whole.length + 1));
    }
    expect(Buffer.concat(whole).equals(bytes)).toBe(true);
    // Each part is read once.
    expect(places()).toEqual([0, first, second, 0, slotCapacity(0)]);
    await copy.close();
  });

  it('wipes what was read ahead when somebody goes elsewhere, and when it is closed', async () => {
    const copy = await openCopy();
    await vi.waitUntil(() => read.length === 1);
    expect((await copy.readFrom(CUT, CUT + 10)).equals(bytes.subarray(CUT, CUT + 10))).toBe(true);
    await vi.waitUntil(() => read.length === 3);
    expect(read.map(({ plaintext }) => plaintext.every((byte) => byte === 0))).toEqual([true, false, false]);
    await copy.close();
    expect(read.map(({ plaintext }) => plaintext.every((byte) => byte === 0))).toEqual([true, false, true]);
    await expect(copy.readFrom(0, 10)).rejects.toMatchObject({ code: 'locked' });
    expect(read).toHaveLength(3);
  });

  it('gives no more than was asked for', async () => {
    const copy = await openCopy();
    expect((await copy.readFrom(0, 5)).equals(bytes.subarray(0, 5))).toBe(true);
    expect((await copy.readFrom(first - 3, first)).equals(bytes.subarray(first - 3, first))).toBe(true);
    expect((await copy.readFrom(first, first + 7)).equals(bytes.subarray(first, first + 7))).toBe(true);
    await copy.close();
  });

  it('says that a segment is broken to whoever asks for it, and to nobody before', async () => {
    const file = await open(paths[0]!, 'r+');
    await file.write(Buffer.from([1, 2, 3, 4]), 0, 4, SEGMENT_BYTES + 50);
    await file.close();
    const copy = await openCopy();
    const beginning = await copy.readFrom(0, bytes.length);
    expect(beginning.equals(bytes.subarray(0, first))).toBe(true);
    expect((await copy.readFrom(second, second + 10)).equals(bytes.subarray(second, second + 10))).toBe(true);
    expect((await copy.readFrom(0, first)).equals(bytes.subarray(0, first))).toBe(true);
    await expect(copy.readFrom(first, bytes.length)).rejects.toMatchObject({ code: 'recording-corrupt' });
    await copy.close();
  });
});
