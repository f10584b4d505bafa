import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, Platform } from 'electron-builder';
import { checkPackage } from './check-package.ts';
import { contentHash } from './lib/digest.ts';
import { setFuses, shippedFuses, testFuses } from './lib/fuses.ts';
import { out, packaged, root, testCopy } from './lib/paths.ts';
import { main, say, Stop } from './lib/process.ts';
import { oldestSafeElectron } from './lib/runtime-rules.ts';
import { marker, prepare, type Prepared } from './prepare.ts';

export const program = 'viewing-room';

/**
 * Packages `out/` into release/linux-unpacked, and a test copy of it whose inspect fuse is on into release/test.
 * Nothing is done when no input changed since the last time.
 * @param demo allows a runtime that must not be shipped; the package says so in its runtime.json
 * @throws Stop when the runtime is too old to be shipped and `demo` was not asked for
 */
export async function packageApp(prepared: Prepared, { demo }: { demo: boolean }): Promise<void> {
  const { runtime, sqlite } = prepared;
  if (runtime.demoOnly && !demo)
    throw new Stop(`Electron ${runtime.version} must not be shipped: releases need ${oldestSafeElectron} or newer. For a package to try out: npm run package -- --demo`);
  const stamp = path.join(root, 'release/inputs.sha256');
  const inputs = await contentHash(
    [out, 'package.json', 'package-lock.json', 'electron-builder.yml', 'resources', 'scripts/package.ts', 'scripts/lib/fuses.ts'].map((name) => path.resolve(root, name)),
    [runtime.version, runtime.dir, sqlite ?? ''],
  );
  if ((await readFile(stamp, 'utf8').catch(() => '')) === inputs) {
    await checkPackage();
    say('The package is up to date.');
    return;
  }

  await rm(path.join(root, 'release'), { recursive: true, force: true });
  const work = path.join(root, 'release');
  await mkdir(work);
  const markerFile = path.join(work, 'runtime.json');
  await writeFile(markerFile, marker(runtime));
  say(`Packaging with Electron ${runtime.version} …`);
  await build({
    projectDir: root,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: {
      electronDist: runtime.dir,
      electronVersion: runtime.version,
      extraResources: [{ from: markerFile, to: 'runtime.json' }, ...(sqlite ? [{ from: sqlite, to: 'native/better_sqlite3.node' }] : [])],
    },
  });
  await rm(markerFile);
  // The runtime's own starter for unpackaged applications.
  await rm(path.join(packaged, 'resources/default_app.asar'), { force: true });
  await cp(packaged, testCopy, { recursive: true });
  await setFuses(path.join(packaged, program), shippedFuses);
  await setFuses(path.join(testCopy, program), testFuses);
  await checkPackage();
  await writeFile(stamp, inputs);
  say(`Packaged: ${path.relative(root, packaged)}; with the inspect fuse on, for tests: ${path.relative(root, testCopy)}`);
}

if (import.meta.main)
  await main(async () => {
    const prepared = await prepare({ session: false });
    await packageApp(prepared, { demo: process.argv.includes('--demo') });
  });

