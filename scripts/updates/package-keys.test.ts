import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newKey } from '../../src/main/platform/updates/feed.fixture.ts';
import { Stop } from '../lib/process.ts';
import { updateKeysFor } from './package-keys.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'keys-'));
  file = path.join(folder, 'update-keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const release = () => updateKeysFor({ demo: false }, file);

describe('the update keys of a release', () => {
  it('must be there', async () => {
    const refused = await release().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Stop);
    expect(String(refused)).toMatch(/no resources\/update-keys\.json.*npm run feed -- keygen/);
  });

  it.each([['no JSON', 'keys'], ['no key', '{"keys":[]}'], ['a private key', JSON.stringify({ keys: [{ ...newKey('ours').public, d: 'x' }] })]])('must be keys: %s is refused', async (_what, text) => {
    writeFileSync(file, text);
    await expect(release()).rejects.toBeInstanceOf(Stop);
  });

  it('are packaged as they are', async () => {
    writeFileSync(file, JSON.stringify({ keys: [newKey('ours').public] }));
    expect(await release()).toBe(file);
  });
});
