import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface Sighting {
  file: string;
  canary: string;
  /** How it was written: `utf8`, `base64+1`, … or `name` for the file's own name. */
  encoding: string;
}

/** Every way that `text` may be written on a disk: plain, UTF-16, hex, and base64 at each of the three alignments. */
export function spellings(text: string): { encoding: string; bytes: Buffer }[] {
  const utf8 = Buffer.from(text, 'utf8');
  const utf16le = Buffer.from(text, 'utf16le');
  const found = [
    { encoding: 'utf8', bytes: utf8 },
    { encoding: 'utf16le', bytes: utf16le },
    { encoding: 'utf16be', bytes: Buffer.from(utf16le).swap16() },
    { encoding: 'hex', bytes: Buffer.from(utf8.toString('hex')) },
    { encoding: 'HEX', bytes: Buffer.from(utf8.toString('hex').toUpperCase()) },
  ];
  for (const shift of [0, 1, 2]) {
    // Only the characters that depend on `text` alone: neighbours change the first and the last ones.
    const whole = Buffer.concat([Buffer.alloc(shift), utf8]).toString('base64');
    const stable = whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + utf8.length) * 8) / 6));
    found.push({ encoding: `base64+${shift}`, bytes: Buffer.from(stable) });
    const urlSafe = stable.replaceAll('+', '-').replaceAll('/', '_');
    if (urlSafe !== stable) found.push({ encoding: `base64url+${shift}`, bytes: Buffer.from(urlSafe) });
  }
  return found;
}

/**
 * Looks for canaries in every file below the folders, in their bytes and their names.
 * @param canaries strings of at least eight characters: shorter ones are found by chance
 */
export async function findCanaries(folders: readonly string[], canaries: readonly string[]): Promise<Sighting[]> {
  for (const canary of canaries) if (canary.length < 8) throw new Error(`"${canary}" is too short to search for`);
  const needles = canaries.flatMap((canary) => spellings(canary).map((spelling) => ({ canary, ...spelling })));
  const overlap = Math.max(...needles.map((needle) => needle.bytes.length)) - 1;
  const sightings: Sighting[] = [];

  const searchFile = async (file: string) => {
    const seen = new Set<(typeof needles)[number]>();
    let tail: Buffer = Buffer.alloc(0);
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      const window = Buffer.concat([tail, chunk]);
      for (const needle of needles) if (!seen.has(needle) && window.includes(needle.bytes)) seen.add(needle);
      tail = window.subarray(Math.max(0, window.length - overlap));
    }
    for (const { canary, encoding } of seen) sightings.push({ file, canary, encoding });
  };

  const search = async (place: string) => {
    const info = await lstat(place).catch(() => undefined);
    for (const canary of canaries) if (info && path.basename(place).includes(canary)) sightings.push({ file: place, canary, encoding: 'name' });
    if (info?.isDirectory()) for (const name of await readdir(place)) await search(path.join(place, name));
    // A file that a running app removes between listing and reading is no file any more.
    else if (info?.isFile()) await searchFile(place).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  };
  for (const folder of folders) await search(folder);
  return sightings;
}
