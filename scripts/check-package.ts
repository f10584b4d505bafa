import { access, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { fuseFaults, shippedFuses, testFuses } from './lib/fuses.ts';
import { titleOf } from './lib/licences.ts';
import { packaged, testBuild, testCopy } from './lib/paths.ts';
import { main, say, Stop } from './lib/process.ts';
import { supplied } from './lib/supplies.ts';

const program = 'viewing-room';

/** Begins the name of every test command (src/main/testBuild/), and its every message: where a command is, this text is. */
export const testCommandMarker = 'test-command';

/**
 * Reads back what was packaged: every fuse, the archive, the runtime's marker, native modules beside the archive, no test hooks,
 * licence and bill of materials for each part, that the test copy differs from the package in its program only, and the test build from the test copy in its bundle only.
 * @throws Stop naming each fault
 */
export async function checkPackage(): Promise<void> {
  const faults = [
    ...(await fuseFaults(path.join(packaged, program), shippedFuses)).map((fault) => `package: ${fault}`),
    ...(await fuseFaults(path.join(testCopy, program), testFuses)).map((fault) => `test copy: ${fault}`),
    ...(await fuseFaults(path.join(testBuild, program), testFuses)).map((fault) => `test build: ${fault}`),
  ];
  for (const dir of [packaged, testCopy, testBuild]) {
    const resources = path.join(dir, 'resources');
    for (const name of ['app.asar', 'runtime.json', 'update-keys.json', 'app-update.yml', 'app.asar.unpacked'])
      await access(path.join(resources, name)).catch(() => faults.push(`${path.basename(dir)}: no resources/${name}`));
    for (const name of ['app', 'default_app.asar'])
      if (await stat(path.join(resources, name)).catch(() => undefined)) faults.push(`${path.basename(dir)}: resources/${name} must not be there`);
    const natives = (await readdir(path.join(resources, 'app.asar.unpacked'), { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.node'));
    for (const name of ['keytar', 'better-sqlite3', 'argon2']) if (!natives.some((file) => file.includes(name))) faults.push(`${path.basename(dir)}: the native module of ${name} is missing`);
    const archive = await archiveOf(dir);
    for (const name of topLevel(archive)) if (!['out', 'package.json', 'node_modules'].includes(name)) faults.push(`${path.basename(dir)}: ${name} does not belong in app.asar`);
    if (archive.includes('__TEST_BUILD__')) faults.push(`${path.basename(dir)}: the bundle holds a test flag that was not replaced`);
  }
  faults.push(...supplyFaults(
    [...packagesIn(path.join(packaged, 'resources/app.asar')), ...(await supplied())],
    await readFile(path.join(packaged, 'resources/licences.txt'), 'utf8').catch(() => ''),
    await readFile(path.join(packaged, 'resources/sbom.cdx.json'), 'utf8').catch(() => '{}'),
  ));
  for (const name of ['LICENSE.electron.txt', 'LICENSES.chromium.html']) await access(path.join(packaged, name)).catch(() => faults.push(`package: no ${name}`));
  faults.push(...testCommandFaults(await archiveOf(packaged), await archiveOf(testBuild)));
  faults.push(...(await differences('the test copy', packaged, testCopy, program)), ...(await differences('the test build', testCopy, testBuild, 'resources/app.asar')));
  if (faults.length > 0) throw new Stop(`The package is not as it should be:\n  ${faults.join('\n  ')}`);
  say('Package read back: fuses, archive and marker are as they should be.');
}

interface Part {
  name: string;
  version: string;
}

/** Each npm package that is in an archive, by what its own package.json says. */
function packagesIn(archive: string): Part[] {
  const manifests = listPackage(archive, { isPack: false }).filter((file) => /(^|[\\/])node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+[\\/]package\.json$/.test(file));
  return manifests.map((file) => {
    const { name, version } = JSON.parse(extractFile(archive, file.replace(/^[\\/]/, '')).toString('utf8')) as Part;
    return { name, version };
  });
}

/** Which parts have no licence text or are not in the bill of materials. @param bill CycloneDX in JSON */
export function supplyFaults(parts: readonly Part[], licences: string, bill: string): string[] {
  const { components = [] } = JSON.parse(bill) as { components?: { 'bom-ref': string; version: string }[] };
  const billed = new Set(components.map((component) => component['bom-ref']));
  const faults = parts.length === 0 ? ['package: no npm package was found in app.asar, so that looking for their licences shows nothing'] : [];
  for (const part of parts) {
    if (!licences.includes(`\n${titleOf(part)} (`)) faults.push(`package: licences.txt lacks ${titleOf(part)}`);
    if (!billed.has(`${part.name}@${part.version}`)) faults.push(`package: sbom.cdx.json lacks ${titleOf(part)}`);
  }
  if (!components.some((component) => component['bom-ref'].startsWith('electron@'))) faults.push('package: sbom.cdx.json lacks Electron');
  return faults;
}

const archiveOf = (dir: string) => readFile(path.join(dir, 'resources/app.asar')).catch(() => Buffer.alloc(0));

/**
 * Test commands must be in no archive that is shipped. That the search finds them is shown by the test build, where they are.
 * @param shipped whole archive: files in an asar are stored as they are
 */
export function testCommandFaults(shipped: Buffer, withCommands: Buffer): string[] {
  const faults: string[] = [];
  if (shipped.includes(testCommandMarker)) faults.push(`package: a test command is in app.asar, near "${around(shipped)}"`);
  if (!withCommands.includes(testCommandMarker)) faults.push('test build: no test command is in app.asar, so that searching the package for them shows nothing');
  return faults;
}

/** Where it was found, for whoever has to find out how it came there. */
function around(archive: Buffer): string {
  const at = archive.indexOf(testCommandMarker);
  return archive.toString('latin1', Math.max(0, at - 40), at + 60).replace(/[^ -~]+/g, ' ');
}

/** Names in the root of an asar archive: a length-prefixed JSON header begins at byte 16. */
function topLevel(archive: Buffer): string[] {
  if (archive.length < 16) return [];
  const header = JSON.parse(archive.toString('utf8', 16, 16 + archive.readUInt32LE(12))) as { files: Record<string, unknown> };
  return Object.keys(header.files);
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
