/** The decoder that shares no code with the app opens what the app's own sealing wrote, and nothing else. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVectors } from '../../src/main/testBuild/vectors.ts';
import { PartWriter } from '../../src/main/vault/sealedPart.ts';
import { HEADER_BYTES, SEGMENT_BYTES, slotCapacity } from '../../src/main/vault/segments.ts';
import official from '../../src/main/vault/tink-aes-gcm-hkdf-streaming.json' with { type: 'json' };
import { decode, openPart, type Exported } from './decoder.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'decoder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const recording = 'urn:uuid:0b1c3f0e-7f0e-4a58-9b9e-3f5a8f6d2c11';
const manifest = createHash('sha256').update('manifest').digest();
/** Spelled out once more: neither the app's nor the decoder's. */
function aad(offset: number): Buffer {
  const number = Buffer.alloc(8);
  number.writeUInt32BE(Math.floor(offset / 2 ** 32), 0);
  number.writeUInt32BE(offset % 2 ** 32, 4);
  return Buffer.concat([Buffer.from([1]), Buffer.from(recording), manifest, number]);
}

async function* inChunks(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}

/** A recording of parts of these lengths, sealed by the app, and its export. */
async function sealed(...lengths: number[]): Promise<{ media: Buffer; exported: Exported }> {
  const key = randomBytes(32);
  const media = randomBytes(lengths.reduce((a, b) => a + b, 0));
  const parts: string[] = [];
  let offset = 0;
  for (const length of lengths) {
    const file = path.join(folder, `${parts.length}.sealed`);
    writeFileSync(file, '');
    const writer = await PartWriter.open(file, key, aad(offset));
    for await (const chunk of inChunks(media.subarray(offset, offset + length))) await writer.push(chunk);
    await writer.end();
    parts.push(file);
    offset += length;
  }
  const mediaSha256 = createHash('sha256').update(media).digest('base64url');
  return { media, exported: { recording, key: key.toString('base64url'), manifestSha256: manifest.toString('base64url'), plainBytes: media.length, mediaSha256, parts } };
}
const output = () => path.join(folder, 'output');

async function refuses(exported: Exported, why: RegExp): Promise<void> {
  await expect(decode(exported, output())).rejects.toThrow(why);
  expect(existsSync(output()) || existsSync(`${output()}.unfinished`)).toBe(false);
}
function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(file, bytes);
}

const first = slotCapacity(0);
const second = slotCapacity(1);

describe('the independent decoder', () => {
  it.each([
    ['an empty recording', [0]], ['one byte', [1]], ['a full slot', [first]], ['a byte more', [first + 1]], ['two full slots', [first + second]],
    ['several slots', [3 * SEGMENT_BYTES + 5]], ['three parts', [700_000, 1, 300_000]], ['parts that end with their slots', [first, first + second, 7]],
  ])('opens %s', async (_title, lengths) => {
    const { media, exported } = await sealed(...lengths);
    expect(await decode(exported, output())).toEqual({ bytes: media.length, parts: lengths.length });
    expect(readFileSync(output()).equals(media)).toBe(true);
  });

  it('opens Tink’s official vectors', async () => {
    for (const { key, aad: associated, plaintext, ciphertext, hkdf, derivedKeySize, ciphertextSegmentSize } of readVectors(official)) {
      const [file, plain]: [string, Buffer[]] = [path.join(folder, 'vector'), []];
      writeFileSync(file, ciphertext);
      const choice = { hash: hkdf, keyBytes: derivedKeySize, slotBytes: ciphertextSegmentSize };
      expect(await openPart(file, key, associated, (bytes) => void plain.push(bytes), choice)).toBe(plaintext.length);
      expect(Buffer.concat(plain)).toEqual(plaintext);
    }
  });

  it('refuses a bit changed anywhere: header, segments, tags', async () => {
    const { exported } = await sealed(2 * SEGMENT_BYTES);
    const [file] = exported.parts as [string];
    for (const at of [0, 1, HEADER_BYTES - 1, HEADER_BYTES, SEGMENT_BYTES - 1, SEGMENT_BYTES, 2 * SEGMENT_BYTES, readFileSync(file).length - 1]) {
      flip(file, at);
      await refuses(exported, /does not open|not this format/);
      flip(file, at);
    }
    await decode(exported, output());
  });

  it('refuses a file cut short or made longer, also at the edge of a slot', async () => {
    const { exported } = await sealed(2 * SEGMENT_BYTES);
    const [file] = exported.parts as [string];
    const whole = readFileSync(file);
    for (const length of [0, 39, 40, 55, SEGMENT_BYTES, SEGMENT_BYTES + 16, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      await refuses(exported, /length|does not open/);
    }
    writeFileSync(file, Buffer.concat([whole, Buffer.of(0)]));
    await refuses(exported, /does not open/);
  });

  it('refuses parts that are missing, in another order or twice', async () => {
    const { exported } = await sealed(1000, 1000, 1000);
    const [a, b, c] = exported.parts as [string, string, string];
    for (const parts of [[a, c], [a, c, b], [b, a, c], [a, a, b, c], [b, c]]) await refuses({ ...exported, parts }, /does not open/);
    await refuses({ ...exported, parts: [a, b] }, /2000 bytes instead of 3000/);
  });

  it('refuses another key, recording, manifest, length or digest', async () => {
    const { exported } = await sealed(1000);
    await refuses({ ...exported, key: randomBytes(32).toString('base64url') }, /does not open/);
    await refuses({ ...exported, key: 'short' }, /32 bytes/);
    await refuses({ ...exported, recording: recording.replace('0b', '0c') }, /does not open/);
    await refuses({ ...exported, manifestSha256: createHash('sha256').digest('base64url') }, /does not open/);
    await refuses({ ...exported, plainBytes: 999 }, /1000 bytes instead/);
    await refuses({ ...exported, mediaSha256: manifest.toString('base64url') }, /another SHA-256/);
  });

  it('writes over nothing that is being written', async () => {
    const { exported } = await sealed(10);
    writeFileSync(`${output()}.unfinished`, 'another');
    await expect(decode(exported, output())).rejects.toThrow(/EEXIST/);
    expect(readFileSync(`${output()}.unfinished`, 'utf8')).toBe('another');
  });
});
