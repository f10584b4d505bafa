import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FromSealer, ToSealer } from './messages.ts';
import { serve } from './serve.ts';

const PATIENCE = { timeout: 20_000 };

let folder: string;
const heard = vi.fn<(message: FromSealer) => void>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealer-'));
  heard.mockReset();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @returns the key's memory, which both have */
async function download(take: (message: ToSealer) => void, name: string, bytes: Buffer, limit = bytes.length): Promise<Uint8Array> {
  const key = new Uint8Array(new SharedArrayBuffer(32));
  key.set(randomBytes(32));
  const path = join(folder, name);
  writeFileSync(path, '');
  heard.mockClear();
  for (const message of [
    { do: 'begin', key, bound: Buffer.from('bound'), limit, parts: [] }, { do: 'part', part: { path, from: 0 }, anew: false }, { do: 'chunk', bytes: new Uint8Array(bytes) }, { do: 'end' },
  ] satisfies ToSealer[]) take(message);
  await vi.waitUntil(() => heard.mock.calls.some(([{ did }]) => did === 'end' || did === 'fail'), PATIENCE);
  return key;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url');

it('a download that has ended leaves nothing to the next: neither key nor bytes', async () => {
  const take = serve(heard);
  for (const [name, bytes] of [['one', randomBytes(700_000)], ['two', randomBytes(300_000)]] as const) {
    const key = await download(take, name, bytes);
    expect(heard.mock.lastCall).toEqual([{ did: 'end', received: { plainBytes: bytes.length, sha256: sha256(bytes) } }]);
    expect(key).toEqual(new Uint8Array(32));
    expect(readFileSync(join(folder, name)).length).toBeGreaterThan(bytes.length);
  }
  take({ do: 'chunk', bytes: new Uint8Array(1) });
  await vi.waitUntil(() => heard.mock.lastCall?.[0].did === 'fail', PATIENCE);
});

it('after a failure nothing is answered', async () => {
  const take = serve(heard);
  const key = await download(take, 'one', randomBytes(1000), 10);
  expect(heard.mock.lastCall).toEqual([{ did: 'fail', code: 'recording-mismatch', message: 'more bytes than signed' }]);
  expect(key).toEqual(new Uint8Array(32));
  const said = heard.mock.calls.length;
  take({ do: 'begin', key, bound: key, limit: 1, parts: [] });
  // A `begin` without parts touches no disk.
  await turn();
  expect(heard.mock.calls).toHaveLength(said);
});
