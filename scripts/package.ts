import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, Platform } from 'electron-builder';
import { checkPackage } from './check-package.ts';
import { makeDeb } from './deb.ts';
import { partsConfig } from './lib/builder.ts';
import { contentHash } from './lib/digest.ts';
import { setFuses, shippedFuses, testFuses } from './lib/fuses.ts';
import { out, packaged, program, release, root, testBuild, testCopy } from './lib/paths.ts';
import { main, say, Stop } from './lib/process.ts';
import { releaseFaults } from './lib/release.ts';
import { writeSupplies } from './lib/supplies.ts';
import { buildTestBundle, packageTestBuild } from './lib/test-build.ts';
import { marker, prepare, type Prepared } from './prepare.ts';
import { updateKeysFor } from './updates/package-keys.ts';

/**
 * Packages `out/` into release/linux-unpacked, and a test copy of it whose inspect fuse is on into release/test; builds and packages the
 * test build, which has the test commands as well, into release/test-build. Nothing is done when no input changed since the last time.
 * @param demo allows a runtime that must not be shipped, and trusts update feeds by a key of this checkout; the package says so in its runtime.json
 * @throws Stop when the runtime is too old to be shipped, or a release has no keys for its update feed, and `demo` was not asked for
 */
export async function packageApp(prepared: Prepared, { demo }: { demo: boolean }): Promise<void> {
  const { runtime, sqlite } = prepared;
  const refused = demo ? [] : releaseFaults(runtime.version, 'linux', process.env);
  if (refused.length > 0) throw new Stop(`${refused.join('\n')} For a package to try out: npm run package -- --demo`);
  const updateKeys = await updateKeysFor({ demo });
  const stamp = path.join(release, 'inputs.sha256');
  const inputs = await contentHash(
    // `src` is for the test build: a change in its commands leaves `out` as it was.
    [out, 'src', 'electron.vite.config.ts', 'package.json', 'package-lock.json', 'electron-builder.yml', 'resources', 'scripts/package.ts', 'scripts/lib/builder.ts', 'scripts/lib/contents.ts', 'scripts/lib/fuses.ts', 'scripts/lib/test-build.ts', 'scripts/lib/supplies.ts', 'scripts/lib/licences.ts', 'scripts/lib/sbom.ts']
      .map((name) => path.resolve(root, name)),
    [runtime.version, runtime.dir, sqlite ?? '', await readFile(updateKeys, 'utf8')],
  );
  if ((await readFile(stamp, 'utf8').catch(() => '')) === inputs) {
    await checkPackage();
    say('The package is up to date.');
    return;
  }

  await rm(release, { recursive: true, force: true });
  await mkdir(release);
  const supplies = await writeSupplies(runtime.version);
  const markerFile = path.join(release, 'runtime.json');
  await writeFile(markerFile, marker(runtime));
  say(`Packaging with Electron ${runtime.version} …`);
  const shipped = build({
    projectDir: root,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: partsConfig({ runtime, sqlite, marker: markerFile, updateKeys, supplies }),
  });
  await Promise.all([shipped, buildTestBundle()]);
  await rm(markerFile);
  await cp(packaged, testCopy, { recursive: true });
  await setFuses(path.join(packaged, program), shippedFuses);
  await setFuses(path.join(testCopy, program), testFuses);
  await packageTestBuild();
  await checkPackage();
  await writeFile(stamp, inputs);
  say(`Packaged: ${path.relative(root, packaged)}; with the inspect fuse on, for tests: ${path.relative(root, testCopy)}; with the test commands too: ${path.relative(root, testBuild)}`);
}

if (import.meta.main)
  await main(async () => {
    const prepared = await prepare({ session: false });
    await packageApp(prepared, { demo: process.argv.includes('--demo') });
    await makeDeb();
  });

