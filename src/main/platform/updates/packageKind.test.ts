import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { packageKind } from './packageKind.ts';

let resources: string;
let platform: string;
beforeEach(() => {
  resources = mkdtempSync(join(tmpdir(), 'resources-'));
  vi.spyOn(process, 'platform', 'get').mockImplementation(() => platform as NodeJS.Platform);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(resources, { recursive: true });
});

it.each([['win32', 'nsis'], ['darwin', 'zip'], ['linux', 'tar.gz']])('on %s it is %s, unless something says otherwise', (system, kind) => {
  platform = system;
  expect(packageKind(resources)).toBe(kind);
});

it('a .deb says so in its resources', () => {
  platform = 'linux';
  writeFileSync(join(resources, 'package-type'), 'deb\n');
  expect(packageKind(resources)).toBe('deb');
});

it('an AppImage is one only where the program that runs is in it: what it starts inherits its variables', () => {
  platform = 'linux';
  vi.stubEnv('APPIMAGE', '/home/ada/Viewing Room.AppImage');
  vi.stubEnv('APPDIR', dirname(process.execPath));
  expect(packageKind(resources)).toBe('AppImage');
  vi.stubEnv('APPDIR', '/tmp/.mount_another');
  expect(packageKind(resources)).toBe('tar.gz');
});
