import { access, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fuseFaults, shippedFuses, testFuses } from './lib/fuses.ts';
import { packaged, testCopy } from './lib/paths.ts';
import { main, say, Stop } from './lib/process.ts';

const program = 'viewing-room';

/**
 * Reads back what was packaged: every fuse, the archive, the runtime's marker, native modules beside the archive, no test hooks,
 * and that the test copy differs from the package in its program only.
 * @throws Stop naming each fault
 */
export async function checkPackage(): Promise<void> {
  const faults = [
    ...(await fuseFaults(path.join(packaged, program), shippedFuses)).map((fault) => `package: ${fault}`),
    ...(await fuseFaults(path.join(testCopy, program), testFuses)).map((fault) => `test copy: ${fault}`),
  ];
  for (const dir of [packaged, testCopy]) {
    const resources = path.join(dir, 'resources');
    for (const name of ['app.asar', 'runtime.json', 'app.asar.unpacked'])
      await access(path.join(resources, name)).catch(() => faults.push(`${path.basename(dir)}: no resources/${name}`));
    for (const name of ['app', 'default_app.asar'])
      if (await stat(path.join(resources, name)).catch(() => undefined)) faults.push(`${path.basename(dir)}: resources/${name} must not be there`);
    const natives = (await readdir(path.join(resources, 'app.asar.unpacked'), { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.node'));
    for (const name of ['keytar', 'better-sqlite3', 'argon2']) if (!natives.some((file) => file.includes(name))) faults.push(`${path.basename(dir)}: the native module of ${name} is missing`);
    const archive = await readFile(path.join(resources, 'app.asar')).catch(() => Buffer.alloc(0));
    for (const name of topLevel(archive)) if (!['out', 'package.json', 'node_modules'].includes(name)) faults.push(`${path.basename(dir)}: ${name} does not belong in app.asar`);
    if (archive.includes('__TEST_BUILD__')) faults.push(`${path.basename(dir)}: the bundle holds a test flag that was not replaced`);
  }
  faults.push(...(await differences()));
  if (faults.length > 0) throw new Stop(`The package is not as it should be:\n  ${faults.join('\n  ')}`);
  say('Package read back: fuses, archive and marker are as they should be.');
}

/** Names in the root of an asar archive: a length-prefixed JSON header begins at byte 16. */
function topLevel(archive: Buffer): string[] {
  if (archive.length < 16) return [];
  const header = JSON.parse(archive.toString('utf8', 16, 16 + archive.readUInt32LE(12))) as { files: Record<string, unknown> };
  return Object.keys(header.files);
}

async function differences(): Promise<string[]> {
  const list = async (dir: string) => (await readdir(dir, { recursive: true })).sort();
  const [left, right] = await Promise.all([list(packaged), list(testCopy)]);
  if (left.join('\n') !== right.join('\n')) return ['the test copy has other files than the package'];
  const faults: string[] = [];
  for (const name of left) {
    const [a, b] = [path.join(packaged, name), path.join(testCopy, name)];
    if (name === program || !(await stat(a)).isFile()) continue;
    if (!(await readFile(a)).equals(await readFile(b))) faults.push(`the test copy differs in ${name}`);
  }
  return faults;
}

if (import.meta.main) await main(checkPackage);
