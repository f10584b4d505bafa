import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFetchedKeys } from './siteKeys.ts';
import { siteFile, testSite } from './site.fixture.ts';

const [own] = siteFile.manifestKeys;
const key = { ...own, kid: 'fetched', x: Buffer.alloc(32, 5).toString('base64url') };
const set = (...keys: object[]) => Buffer.from(JSON.stringify({ keys }));
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64url');
const url = 'https://practice.example/keys.json';

let folder: string;
let asked: string[];
let answer: () => Response | Promise<Response>;
const fetched = (file: Buffer, change: object = {}) =>
  withFetchedKeys(testSite({ keyFiles: { manifest: { url, sha256: digest(file) } }, ...change }), async (address) => {
    asked.push(address);
    return answer();
  }, folder);
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'keys-')), 'keys');
  asked = [];
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

describe('a key file', () => {
  it('adds its keys, and is asked for once', async () => {
    answer = () => new Response(set(key));
    for (const _start of [1, 2]) expect((await fetched(set(key))).manifestKeys.map(({ kid }) => kid)).toEqual(['unused', 'fetched']);
    expect(asked).toEqual([url]);
  });

  it('may hold the only keys of a practice that signs', async () => {
    answer = () => new Response(set(key));
    expect((await fetched(set(key), { manifestKeys: [] })).manifestKeys).toEqual([key]);
  });

  it('is only ever the one that was named: not another, and not one that was changed here', async () => {
    answer = () => new Response(set({ ...key, x: Buffer.alloc(32, 6).toString('base64url') }));
    await expect(fetched(set(key))).rejects.toThrow(expect.objectContaining({ code: 'site-file-invalid', detail: expect.objectContaining({ field: 'keyFiles.manifest' }) as unknown }));
    answer = () => new Response(set(key));
    await fetched(set(key));
    writeFileSync(join(folder, readdirSync(folder)[0]!), set({ ...key, kid: 'changed' }));
    expect((await fetched(set(key))).manifestKeys.map(({ kid }) => kid)).toEqual(['unused', 'fetched']);
    expect(asked).toHaveLength(3);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['does not answer', () => Promise.reject(new TypeError('no route'))],
    ['is not there', () => new Response(null, { status: 404 })],
    ['is far too large', () => new Response(Buffer.alloc(300_000))],
  ])('whose address %s stops the start with what can be done about it', async (_what, bad) => {
    answer = bad;
    await expect(fetched(set(key))).rejects.toThrow(expect.objectContaining({ code: 'practice-unreachable' }));
  });

  it.each([['no JSON', Buffer.from('{')], ['a private key', set({ ...key, d: 'secret' })], ['a kid that the site file has', set({ ...key, kid: 'unused' })], ['a member twice', Buffer.from('{"keys":[],"keys":[]}')]])('with %s is named', async (_what, file) => {
    answer = () => new Response(new Uint8Array(file));
    await expect(fetched(file)).rejects.toThrow(expect.objectContaining({ code: 'site-file-invalid' }));
  });
});
