import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { builderFuses, installerConfig, validConfig } from './builder.ts';
import type { Prepared } from '../prepare.ts';
import { root } from './paths.ts';

const runtime = { name: 'electron', version: '99.1.2', dir: path.join(root, '.cache'), demoOnly: false } as Prepared['runtime'];
const parts = { runtime, sqlite: undefined, marker: 'made/runtime.json', updateKeys: 'resources/update-keys.json', supplies: [{ from: 'made/licences.txt', to: 'licences.txt' }] };

describe('the configuration of what cannot be built on Linux without a download', () => {
  it.each([true, false])('is what electron-builder takes (release: %s)', async (release) => {
    const { nsis, mac, win, appImage, electronFuses } = await validConfig(installerConfig(release, parts));
    expect(nsis).toMatchObject({ perMachine: true, oneClick: true, runAfterFinish: false, deleteAppDataOnUninstall: false });
    expect(mac).toMatchObject({ hardenedRuntime: true, notarize: release, target: ['dmg', 'zip'] });
    expect(win).toMatchObject({ target: 'nsis', requestedExecutionLevel: 'asInvoker' });
    expect(appImage).toEqual({ executableArgs: [] });
    expect(electronFuses).toEqual(builderFuses);
  });

  it('fails on an option that electron-builder does not know, or a value that it does not take', async () => {
    await expect(validConfig({ ...installerConfig(true, parts), nsis: { perMachines: true } as object })).rejects.toThrow(/configuration\.nsis/);
    await expect(validConfig({ ...installerConfig(true, parts), mac: { hardenedRuntime: 'please' } as object })).rejects.toThrow(/configuration\.mac/);
    await expect(validConfig({ ...installerConfig(true, parts), electronFuses: { ...builderFuses, wasmTrapHandlers: true } as object })).rejects.toThrow(/configuration\.electronFuses/);
  });

  it('brings what the app reads beside its archive: which runtime, whose feeds it trusts, where updates are kept', async () => {
    const { extraResources, electronVersion } = await validConfig(installerConfig(true, { ...parts, sqlite: 'made/better_sqlite3.node' }));
    expect(extraResources).toEqual([
      { from: 'made/runtime.json', to: 'runtime.json' }, { from: 'resources/update-keys.json', to: 'update-keys.json' }, { from: path.join(root, 'resources/app-update.yml'), to: 'app-update.yml' },
      { from: 'made/licences.txt', to: 'licences.txt' }, { from: 'made/better_sqlite3.node', to: 'native/better_sqlite3.node' },
    ]);
    expect(electronVersion).toBe('99.1.2');
  });

  it('brings SQLite’s prebuilt file of the platform that it is for, where the runtime takes it', async () => {
    const { extraResources } = await validConfig(installerConfig(true, parts));
    const from = (extraResources as { from: string; to: string }[]).find(({ to }) => to === 'native/better_sqlite3.node')?.from ?? '';
    for (const platform of ['linux', 'darwin', 'win32']) await access(from.replace('${platform}', platform).replace('${arch}', 'x64'));
  });

  it('names files that are there', async () => {
    const { mac, win, linux } = await validConfig(installerConfig(true, parts));
    for (const file of ['resources/app-update.yml', mac?.icon, mac?.entitlements, mac?.entitlementsInherit, win?.icon, linux?.icon]) await access(path.join(root, String(file)));
  });

  it('sets every fuse but the one that electron-builder has no name for', () => {
    expect(builderFuses).toEqual({
      runAsNode: false, enableCookieEncryption: true, enableNodeOptionsEnvironmentVariable: false, enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true, onlyLoadAppFromAsar: true, loadBrowserProcessSpecificV8Snapshot: false, grantFileProtocolExtraPrivileges: false,
    });
  });

  it('asks for one exception from the hardened runtime', async () => {
    const plist = await readFile(path.join(root, 'resources/entitlements.mac.plist'), 'utf8');
    expect([...plist.matchAll(/<key>([^<]+)<\/key>\s*<true\/>/g)].map(([, key]) => key)).toEqual(['com.apple.security.cs.allow-jit']);
  });
});
