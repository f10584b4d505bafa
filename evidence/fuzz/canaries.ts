/** Looks for plaintext and keys in every file of a folder, as the end-to-end suite does, but at once and for bytes as well. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spellings } from '../../e2e/harness/canary.ts';
import { CANARIES, SECRETS } from './content.ts';

export interface Needle {
  name: string;
  bytes: Buffer;
}

/** A key as it might be written: its bytes, hex, base64 at each alignment. */
function spellingsOf(name: string, key: Buffer): Needle[] {
  const needles: Needle[] = [{ name, bytes: key }, { name: `${name}, hex`, bytes: Buffer.from(key.toString('hex')) }, { name: `${name}, HEX`, bytes: Buffer.from(key.toString('hex').toUpperCase()) }];
  for (const shift of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(shift), key]);
    const stable = (text: string) => Buffer.from(text.slice(Math.ceil((shift * 8) / 6), Math.floor((whole.length * 8) / 6)));
    needles.push({ name: `${name}, base64`, bytes: stable(whole.toString('base64')) }, { name: `${name}, base64url`, bytes: stable(whole.toString('base64url')) });
  }
  return needles;
}

/** @param keys 32-byte keys of this vault. */
export function needles(keys: Readonly<Record<string, Buffer>>): Needle[] {
  const texts = { ...CANARIES, ...Object.fromEntries(SECRETS.map((secret, i) => [`secret ${i + 1}`, secret])) };
  return [
    ...Object.entries(texts).flatMap(([name, text]) => spellings(text).map(({ encoding, bytes }) => ({ name: `${name}, ${encoding}`, bytes }))),
    ...Object.entries(keys).flatMap(([name, key]) => spellingsOf(name, key)),
    // What an unencrypted database begins with.
    { name: 'SQLite header', bytes: Buffer.from('SQLite format 3\0') },
  ];
}

/** What of it is in which file, its name included. */
export function sightings(folder: string, wanted: readonly Needle[]): string[] {
  const seen: string[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!lstatSync(path).isFile()) continue;
    const content = readFileSync(path);
    // The reserve holds nothing, and is much the largest.
    if (name.endsWith('reserve') && content.equals(Buffer.alloc(content.length))) continue;
    for (const needle of wanted) if (content.includes(needle.bytes) || Buffer.from(name).includes(needle.bytes)) seen.push(`${needle.name} in ${name.replace(/^.*\//, '')}`);
  }
  return seen;
}
