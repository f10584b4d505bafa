import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** `sha512-…` of a file, as in a lock file. */
export async function integrityOf(file: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}

/** Hex SHA-256 over the names and bytes of files and folders (recursively, in order), and over extra strings. What is missing counts as missing. */
export async function contentHash(paths: readonly string[], extra: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`text ${text}\n`);
  const add = async (file: string, name: string): Promise<void> => {
    const info = await lstat(file).catch(() => undefined);
    if (!info) hash.update(`missing ${name}\n`);
    else if (info.isDirectory()) for (const entry of (await readdir(file)).sort()) await add(path.join(file, entry), `${name}/${entry}`);
    else if (info.isFile()) {
      hash.update(`file ${name} ${info.size} ${info.mode & 0o111}\n`);
      hash.update(await readFile(file));
    }
  };
  for (const [index, file] of paths.entries()) await add(file, `${index}:${path.basename(file)}`);
  return hash.digest('hex');
}
