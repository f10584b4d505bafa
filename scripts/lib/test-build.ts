import { copyFile, cp, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createPackageWithOptions, extractAll } from '@electron/asar';
import { outTest, root, testBuild, testCopy } from './paths.ts';
import { must } from './process.ts';

const archive = 'resources/app.asar';

/** Builds `out-test/`. */
export async function buildTestBundle(): Promise<void> {
  await must('electron-vite', ['build', '--mode', 'test'], { cwd: root });
}

/**
 * Makes the packaged test build from the test copy: the same runtime and the same archive, except that the bundle in it was built with
 * the test commands. What is the same is one file with two names, so that this costs neither time nor room.
 */
export async function packageTestBuild(): Promise<void> {
  await linkTree(testCopy, testBuild, [archive, `${archive}.unpacked`]);
  const contents = await mkdtemp(path.join(os.tmpdir(), 'viewing-room-asar-'));
  try {
    extractAll(path.join(testCopy, archive), contents);
    await rm(path.join(contents, 'out'), { recursive: true });
    // As electron-builder.yml leaves it out of the package.
    await cp(outTest, path.join(contents, 'out'), { recursive: true, filter: (from) => path.basename(from) !== 'packages.json' });
    const unpacked = await packagesIn(path.join(testCopy, `${archive}.unpacked/node_modules`));
    await createPackageWithOptions(contents, path.join(testBuild, archive), { unpackDir: `{${unpacked.map((name) => `node_modules/${name}`).join(',')}}` });
  } finally {
    await rm(contents, { recursive: true, force: true });
  }
}

/** Names of the packages in a `node_modules`: a folder that begins with @ holds packages itself. */
async function packagesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).sort();
  const nested = await Promise.all(names.map(async (name) => (name.startsWith('@') ? (await readdir(path.join(folder, name))).map((inner) => `${name}/${inner}`) : [name])));
  return nested.flat();
}

/** Hard links, or copies where the file system has none. */
async function linkTree(from: string, to: string, without: readonly string[], inside = ''): Promise<void> {
  await mkdir(path.join(to, inside), { recursive: true });
  for (const entry of await readdir(path.join(from, inside), { withFileTypes: true })) {
    const name = path.posix.join(inside, entry.name);
    if (without.includes(name)) continue;
    if (entry.isDirectory()) await linkTree(from, to, without, name);
    else await link(path.join(from, name), path.join(to, name)).catch(() => copyFile(path.join(from, name), path.join(to, name)));
  }
}
