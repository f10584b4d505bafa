import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { archiveOf, partFaults, shippedFaults, testCommandMarker } from './lib/contents.ts';
import { fuseFaults, shippedFuses, testFuses } from './lib/fuses.ts';
import { packaged, program, testBuild, testCopy } from './lib/paths.ts';
import { main, say, Stop } from './lib/process.ts';
import { supplied } from './lib/supplies.ts';

const resourcesOf = (dir: string): string => path.join(dir, 'resources');

/**
 * Reads back what was packaged: every fuse, the archive and what is beside it (lib/contents.ts), that the test copy differs from the package in its program only, and the test build from
 * the test copy in its bundle only.
 * @throws Stop naming each fault
 */
export async function checkPackage(): Promise<void> {
  const of = (title: string, faults: string[]) => faults.map((fault) => `${title}: ${fault}`);
  const faults = [
    ...of('package', await fuseFaults(path.join(packaged, program), shippedFuses)), ...of('package', await shippedFaults(resourcesOf(packaged), await supplied())),
    ...of('test copy', await fuseFaults(path.join(testCopy, program), testFuses)), ...of('test copy', await partFaults(resourcesOf(testCopy))),
    ...of('test build', await fuseFaults(path.join(testBuild, program), testFuses)), ...of('test build', await partFaults(resourcesOf(testBuild))),
    ...(await differences('the test copy', packaged, testCopy, program)), ...(await differences('the test build', testCopy, testBuild, 'resources/app.asar')),
  ];
  // That the search of the package finds test commands is shown where they are.
  if (!(await archiveOf(resourcesOf(testBuild))).includes(testCommandMarker)) faults.push('test build: no test command is in app.asar, so that searching the package for them shows nothing');
  if (faults.length > 0) throw new Stop(`The package is not as it should be:\n  ${faults.join('\n  ')}`);
  say('Package read back: fuses, archive and marker are as they should be.');
}

/** How `copy` differs from `original` in anything but the file `except`. */
async function differences(title: string, original: string, copy: string, except: string): Promise<string[]> {
  const list = async (dir: string) => (await readdir(dir, { recursive: true })).sort();
  const [left, right] = await Promise.all([list(original), list(copy)]);
  if (left.join('\n') !== right.join('\n')) return [`${title} has other files than ${path.basename(original)}`];
  const faults: string[] = [];
  for (const name of left) {
    const [a, b] = [path.join(original, name), path.join(copy, name)];
    const [of, is] = [await stat(a), await stat(b)];
    // Two names of one file have one inode.
    if (name === except || !of.isFile() || (of.ino === is.ino && of.dev === is.dev)) continue;
    if (!(await readFile(a)).equals(await readFile(b))) faults.push(`${title} differs in ${name}`);
  }
  return faults;
}

if (import.meta.main) await main(checkPackage);
