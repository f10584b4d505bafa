import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCanaries } from './canary.ts';

const canary = 'Müller-Canary-4711';
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'canary-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('canaries', () => {
  it.each([
    ['utf8', Buffer.from(`x${canary}y`)],
    ['utf16le', Buffer.from(`x${canary}y`, 'utf16le')],
    ['utf16be', Buffer.from(`x${canary}y`, 'utf16le').swap16()],
    ['hex', Buffer.from(Buffer.from(canary).toString('hex'))],
    ['base64+0', Buffer.from(Buffer.from(`abc${canary}zz`).toString('base64'))],
    ['base64+1', Buffer.from(Buffer.from(`a${canary}zz`).toString('base64'))],
    ['base64+2', Buffer.from(Buffer.from(`ab${canary}z`).toString('base64'))],
  ])('are found as %s, in a nested file', async (encoding, bytes) => {
    await mkdir(path.join(dir, 'a/b'), { recursive: true });
    await writeFile(path.join(dir, 'a/b/file.bin'), Buffer.concat([Buffer.alloc(7), bytes]));
    expect((await findCanaries([dir], [canary])).map((sighting) => sighting.encoding)).toContain(encoding);
  });

  it.each([-1, -5, -18, -19, 0])('are found across the edge of a read (offset %i)', async (offset) => {
    const bytes = Buffer.alloc((1 << 20) * 2 + 100);
    bytes.write(canary, (1 << 20) + offset);
    await writeFile(path.join(dir, 'big'), bytes);
    expect(await findCanaries([dir], [canary])).toHaveLength(1);
  });

  it('are found in names, and are not found where there are none', async () => {
    await writeFile(path.join(dir, `${canary}.txt`), 'nothing');
    expect((await findCanaries([dir], [canary])).map((sighting) => sighting.encoding)).toEqual(['name']);
    expect(await findCanaries([dir], ['another-canary'])).toEqual([]);
  });
});
