/** A feed's folder: installers, and the document about them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FEED_FILE, FeedKeys, type FeedFile, type FeedKey, type PackageKind } from '../../src/main/platform/updates/feed.ts';
import { Stop } from '../lib/process.ts';
import { bytesOf, jsonOf } from '../statements/files.ts';

const endings: readonly [ending: string, kind: PackageKind][] = [['.deb', 'deb'], ['.AppImage', 'AppImage'], ['.tar.gz', 'tar.gz'], ['.exe', 'nsis'], ['.zip', 'zip']];
/** As packagers write it, and as Node does. */
const archs: Readonly<Record<string, string>> = { x64: 'x64', amd64: 'x64', x86_64: 'x64', arm64: 'arm64', aarch64: 'arm64' };

/** What an installer is for, by its name: `viewing-room-1.2.0-linux-amd64.deb`, `viewing-room_1.2.0_amd64.deb`; null for what is no installer of this release. */
export function targetOf(name: string, release: string): { kind: PackageKind; arch: string } | null {
  const [ending, kind] = endings.find(([end]) => name.endsWith(end)) ?? [];
  if (ending === undefined || kind === undefined) return null;
  const stem = name.slice(0, -ending.length);
  const arch = Object.entries(archs).find(([as]) => stem.endsWith(`-${as}`) || stem.endsWith(`_${as}`));
  if (!arch || !new RegExp(`[-_]${release.replaceAll('.', '\\.')}[-_]`).test(stem)) return null;
  return { kind, arch: arch[1] };
}

export async function digestOf(file: string): Promise<{ size: number; sha512: string }> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return { size: (await stat(file)).size, sha512: hash.digest('base64') };
}

/** Every installer of this release in the folder. @throws Stop when there is none */
export async function installersIn(folder: string, release: string): Promise<FeedFile[]> {
  const names = await readdir(folder).catch(() => {
    throw new Stop(`There is no folder ${folder}.`);
  });
  const files: FeedFile[] = [];
  for (const name of names.sort()) {
    const target = targetOf(name, release);
    if (target) files.push({ ...target, name, ...await digestOf(path.join(folder, name)) });
  }
  if (files.length === 0) throw new Stop(`${folder} has no installer of ${release}: its name holds “-${release}-”, ends with the processor (x64, amd64, arm64 …) and .deb, .AppImage, .tar.gz, .exe or .zip.`);
  return files;
}

/** @throws Stop when a file beside the document is not the one in it */
export async function compareFiles(folder: string, files: readonly FeedFile[]): Promise<void> {
  for (const { name, size, sha512 } of files) {
    const found = await digestOf(path.join(folder, name)).catch(() => {
      throw new Stop(`${name} is not in ${folder}.`);
    });
    if (found.size !== size || found.sha512 !== sha512) throw new Stop(`${name} is not the file that was signed.`);
  }
}

/** Null where there is no document yet. */
export async function documentIn(folder: string): Promise<Buffer | null> {
  return readFile(path.join(folder, FEED_FILE)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
}

/** In one step: who asks meanwhile gets the old one or the new one. */
export async function putDocument(folder: string, bytes: Buffer): Promise<void> {
  const file = path.join(folder, FEED_FILE);
  await writeFile(`${file}.new`, bytes);
  await rename(`${file}.new`, file);
}

/** A JWK set as `resources/update-keys.json`. @throws Stop when it is none */
export async function readKeySet(file: string): Promise<FeedKey[]> {
  const parsed = FeedKeys.safeParse(jsonOf(file, await bytesOf(file)));
  if (!parsed.success) throw new Stop(`${file} is not a set of update keys: {"keys": [public Ed25519 JWKs with kid and alg]}, as “npm run feed -- keygen” prints it.`);
  return parsed.data.keys;
}
