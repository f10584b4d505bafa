import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPackage } from '@electron/asar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installerConfig, partsConfig } from './builder.ts';
import { afterPack, commandFaults, finish, supplyFaults, testCommandMarker } from './contents.ts';

describe('the search for test commands', () => {
  it('is content with a package that has none', () => {
    expect(commandFaults(Buffer.from('{"files":{}} nothing of the kind'))).toEqual([]);
  });

  it('refuses a package that has one, and says where', () => {
    const having = Buffer.concat([Buffer.from([4, 0, 0, 0, 255]), Buffer.from(`{"files":{}} const usage = "${testCommandMarker} export-key"`)]);
    expect(commandFaults(having)).toEqual([expect.stringContaining('const usage = "test-command export-key"')]);
  });
});

describe('licences and bill of materials', () => {
  const parts = [{ name: 'zod', version: '4.6.7' }, { name: '@github/keytar', version: '7.10.6' }];
  const licences = '====\nzod 4.6.7 (MIT)\n====\n\n====\n@github/keytar 7.10.6 (MIT)\n====\n';
  const bill = (...refs: string[]) => JSON.stringify({ components: refs.map((ref) => ({ 'bom-ref': ref })) });
  it('are whole when each part and the runtime is in them', () => {
    expect(supplyFaults(parts, licences, bill('electron@45.4.1', 'zod@4.6.7', '@github/keytar@7.10.6'))).toEqual([]);
  });

  it('lack what is not in them, by name and version', () => {
    expect(supplyFaults([...parts, { name: 'zod', version: '3.0.0' }], licences, bill('electron@45.4.1', 'zod@4.6.7'))).toEqual([
      'sbom.cdx.json lacks @github/keytar 7.10.6', 'licences.txt lacks zod 3.0.0', 'sbom.cdx.json lacks zod 3.0.0',
    ]);
    expect(supplyFaults(parts, licences, '{}')).toContain('sbom.cdx.json lacks Electron');
    expect(supplyFaults([], licences, bill('electron@45.4.1'))).toHaveLength(1);
  });
});

/** Where electron-builder has the resources of an app, and the licences of its runtime, under the folder of a platform. */
const layouts = [
  ['Linux', 'resources', '.'], ['Windows', 'resources', '.'], ['macOS', 'Viewing Room.app/Contents/Resources', 'Viewing Room.app/Contents/Resources'],
] as const;

describe.each(layouts)('what is made for %s', (_platform, inside, licencesAt) => {
  let app: string;
  let resources: string;
  const zod = [{ name: 'zod', version: '4.6.7' }];
  const put = (file: string, text = '') => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  /** @param more files in the archive, with their text */
  const pack = async (more: Record<string, string> = {}) => {
    const contents = path.join(app, 'contents');
    for (const [name, text] of Object.entries({ 'package.json': '{}', 'out/main/index.js': '', 'node_modules/zod/package.json': JSON.stringify(zod[0]), ...more })) put(path.join(contents, name), text);
    await createPackage(contents, path.join(resources, 'app.asar'));
    rmSync(contents, { recursive: true });
  };
  beforeEach(async () => {
    app = mkdtempSync(path.join(tmpdir(), 'viewing-room-contents-'));
    resources = path.join(app, inside);
    for (const name of ['runtime.json', 'update-keys.json', 'app-update.yml', 'default_app.asar', 'native/better_sqlite3.node', ...['keytar', 'argon2'].map((of) => `app.asar.unpacked/node_modules/${of}/${of}.node`)]) put(path.join(resources, name));
    for (const name of ['LICENSE.electron.txt', 'LICENSES.chromium.html']) put(path.join(app, licencesAt, name));
    put(path.join(resources, 'licences.txt'), '\nzod 4.6.7 (MIT)\n');
    put(path.join(resources, 'sbom.cdx.json'), JSON.stringify({ components: [{ 'bom-ref': 'electron@45.4.1' }, { 'bom-ref': 'zod@4.6.7' }] }));
    await pack();
  });
  afterEach(() => rmSync(app, { recursive: true, force: true }));

  it('has not what the runtime brings for unpackaged applications, and is then as it should be', async () => {
    await finish(resources, zod);
    expect(existsSync(path.join(resources, 'default_app.asar'))).toBe(false);
  });

  it.each<[string, string, () => unknown]>([
    ['a folder beside the archive that would be run in its place', 'resources/app must not be there', () => put(path.join(resources, 'app/index.js'))],
    ['anything else beside the archive', 'resources/notes.txt must not be there', () => put(path.join(resources, 'notes.txt'))],
    ['a source map', 'out/main/index.js.map does not belong in app.asar', () => pack({ 'out/main/index.js.map': '{}' })],
    ['what has no place in the archive', 'secrets.json does not belong in app.asar', () => pack({ 'secrets.json': '{}' })],
    ['a test command', 'a test command is in app.asar', () => pack({ 'out/main/x.js': `"${testCommandMarker} export-key"` })],
    ['a part without a licence', 'licences.txt lacks left-pad 1.0.0', () => pack({ 'node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.0.0"}' })],
    ['no native module', 'the native module of keytar is missing', () => rmSync(path.join(resources, 'app.asar.unpacked/node_modules/keytar'), { recursive: true })],
    ['no file of SQLite', 'no resources/native/better_sqlite3.node', () => rmSync(path.join(resources, 'native/better_sqlite3.node'))],
    ['no keys for updates', 'no resources/update-keys.json', () => rmSync(path.join(resources, 'update-keys.json'))],
    ['no licence of its runtime', 'no LICENSES.chromium.html', () => rmSync(path.join(app, licencesAt, 'LICENSES.chromium.html'))],
  ])('is not gone on with where it has %s', async (_what, fault, change) => {
    await change();
    await expect(finish(resources, zod)).rejects.toThrow(fault);
  });
});

it('is looked at before any package and before any installer', () => {
  const parts = { runtime: { version: '99.1.2', dir: '.' }, sqlite: undefined, marker: 'm', updateKeys: 'k', supplies: [] } as unknown as Parameters<typeof partsConfig>[0];
  expect([partsConfig(parts).afterPack, installerConfig(true, parts).afterPack]).toEqual([afterPack, afterPack]);
});
