import { existsSync } from 'node:fs';
import { access, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import type { AfterPackContext } from 'electron-builder';
import { SQLITE_FILE } from '../../src/main/platform/runtime.ts';
import { titleOf } from './licences.ts';
import { Stop } from './process.ts';
import { supplied } from './supplies.ts';

/** Begins the name of every test command (src/main/testBuild/), and its every message: where a command is, this text is. */
export const testCommandMarker = 'test-command';

/** An npm package. */
interface Part {
  name: string;
  version: string;
}

/** electron-builder's hook for each platform, after an app is laid out and before it is signed and its installers are made. */
export const afterPack = async ({ appOutDir, packager }: AfterPackContext): Promise<void> => finish(packager.getResourcesDir(appOutDir), await supplied());

/**
 * Takes away what the runtime brings for unpackaged applications, and reads back the rest.
 * @param resources folder beside whose archive everything is @param parts that people receive @throws Stop naming each fault
 */
export async function finish(resources: string, parts: readonly Part[]): Promise<void> {
  // electron-builder does so itself with a runtime that it has downloaded.
  await rm(path.join(resources, 'default_app.asar'), { force: true });
  const faults = await shippedFaults(resources, parts);
  if (faults.length > 0) throw new Stop(`The package is not as it should be:\n  ${faults.join('\n  ')}`);
}

/** What is wrong with what goes to people: as {@link partFaults}, and licence and bill of materials for each part, and no test command. */
export async function shippedFaults(resources: string, parts: readonly Part[]): Promise<string[]> {
  const text = async (name: string, otherwise: string) => readFile(path.join(resources, name), 'utf8').catch(() => otherwise);
  const faults = [
    ...(await partFaults(resources)), ...commandFaults(await archiveOf(resources)),
    ...supplyFaults([...packagesIn(path.join(resources, 'app.asar')), ...parts], await text('licences.txt', ''), await text('sbom.cdx.json', '{}')),
  ];
  // Beside the program, and on macOS within the app, which is all that people get.
  for (const name of ['LICENSE.electron.txt', 'LICENSES.chromium.html'])
    if (!(await isThere(path.join(resources, name))) && !(await isThere(path.join(resources, '..', name)))) faults.push(`no ${name}`);
  return faults;
}

const isThere = async (file: string): Promise<boolean> => access(file).then(() => true, () => false);

/** Ours, and what electron-builder puts there for a .deb, for Windows and for macOS. */
const BESIDE_ARCHIVE = /^(app\.asar(\.unpacked)?|(runtime|update-keys|sbom\.cdx)\.json|app-update\.yml|licences\.txt|native|package-type|elevate\.exe|[\w-]+\.(lproj|icns)|LICENSE\.electron\.txt|LICENSES\.chromium\.html)$/;
/** What the build makes, and the packages that are not in it: no source, map or test. */
const IN_ARCHIVE = /^(package\.json|node_modules(\/.+)?|out(\/(main|main\/chunks|preload|renderer|renderer\/assets)(\/[\w.-]+\.(js|cjs|css|html))?)?)$/;

/** What is wrong with the archive and with what is beside it, in words: what the app needs is there, and nothing else. */
export async function partFaults(resources: string): Promise<string[]> {
  const faults: string[] = [];
  for (const name of ['app.asar', 'runtime.json', 'update-keys.json', 'app-update.yml', 'app.asar.unpacked', SQLITE_FILE]) if (!(await isThere(path.join(resources, name)))) faults.push(`no resources/${name}`);
  for (const name of await readdir(resources)) if (!BESIDE_ARCHIVE.test(name)) faults.push(`resources/${name} must not be there`);
  const natives = (await readdir(path.join(resources, 'app.asar.unpacked'), { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.node'));
  for (const name of ['keytar', 'argon2']) if (!natives.some((file) => file.includes(name))) faults.push(`the native module of ${name} is missing`);
  const archive = await archiveOf(resources);
  for (const file of filesOf(path.join(resources, 'app.asar'))) if (!IN_ARCHIVE.test(file)) faults.push(`${file} does not belong in app.asar`);
  if (archive.includes('__TEST_BUILD__')) faults.push('the bundle holds a test flag that was not replaced');
  return faults;
}

export const archiveOf = (resources: string): Promise<Buffer> => readFile(path.join(resources, 'app.asar')).catch(() => Buffer.alloc(0));

/** Paths in an archive, folders too; none where there is no archive, which is a fault of its own. */
const filesOf = (archive: string): string[] => (existsSync(archive) ? listPackage(archive, { isPack: false }).map((file) => file.replaceAll('\\', '/').slice(1)) : []);

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
  const faults = parts.length === 0 ? ['no npm package was found in app.asar, so that looking for their licences shows nothing'] : [];
  for (const part of parts) {
    if (!licences.includes(`\n${titleOf(part)} (`)) faults.push(`licences.txt lacks ${titleOf(part)}`);
    if (!billed.has(`${part.name}@${part.version}`)) faults.push(`sbom.cdx.json lacks ${titleOf(part)}`);
  }
  if (!components.some((component) => component['bom-ref'].startsWith('electron@'))) faults.push('sbom.cdx.json lacks Electron');
  return faults;
}

/** Test commands must be in no archive that is shipped. @param archive whole: files in an asar are stored as they are */
export const commandFaults = (archive: Buffer): string[] => (archive.includes(testCommandMarker) ? [`a test command is in app.asar, near "${around(archive)}"`] : []);

/** Where it was found, for whoever has to find out how it came there. */
function around(archive: Buffer): string {
  const at = archive.indexOf(testCommandMarker);
  return archive.toString('latin1', Math.max(0, at - 40), at + 60).replace(/[^ -~]+/g, ' ');
}
