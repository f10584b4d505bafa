import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './paths.ts';
import { Stop } from './process.ts';
import type { Supply } from './supplies.ts';

/** Permissive licences (SPDX) whose only demand is that their text comes along. Anything else is for people to decide. */
const allowed = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Python-2.0'];

/** Packages without a licence file of their own, and another by the same people under the same licence. */
const elsewhere: Record<string, string> = {
  '@node-rs/argon2-linux-x64-gnu': 'node_modules/@node-rs/argon2', '@node-rs/argon2-win32-x64-msvc': 'node_modules/@node-rs/argon2',
  '@node-rs/argon2-darwin-x64': 'node_modules/@node-rs/argon2', '@node-rs/argon2-darwin-arm64': 'node_modules/@node-rs/argon2',
  'client-only': 'node_modules/react',
  'lazy-val': 'node_modules/builder-util-runtime',
  'nhsuk-frontend': 'node_modules/nhsuk-react-components',
};

/** Which packages may not be shipped for their licence. `(MIT OR GPL-2.0)` is ours to choose; of `AND` every part counts. */
export const licenceFaults = (supplies: readonly Supply[]): string[] =>
  supplies.filter(({ licence }) => !licence.replace(/[()]/g, '').split(' OR ').some((choice) => choice.split(' AND ').every((part) => allowed.includes(part.trim()))))
    .map(({ name, version, licence }) => `${name} ${version} has the licence "${licence}", which is not on the list in scripts/lib/licences.ts`);

export const titleOf = ({ name, version }: Pick<Supply, 'name' | 'version'>): string => `${name} ${version}`;

/** The licence texts of everything that is shipped besides Electron, whose own are in LICENSES.chromium.html. @throws Stop naming what has none, or one that is not allowed */
export async function licencesText(supplies: readonly Supply[]): Promise<string> {
  const faults = licenceFaults(supplies);
  const parts = await Promise.all(supplies.map(async (supply) => {
    const text = (await textsIn(supply.folder)) || (await textsIn(elsewhere[supply.name] ?? ''));
    if (text === '') faults.push(`${titleOf(supply)} has no licence file`);
    return `${'='.repeat(80)}\n${titleOf(supply)} (${supply.licence})\n${'='.repeat(80)}\n\n${text}`;
  }));
  if (faults.length > 0) throw new Stop(`Licences:\n  ${faults.join('\n  ')}`);
  const own = await readFile(path.join(root, 'LICENSE'), 'utf8');
  return `Viewing Room\n\n${own.trim()}\n\nIt contains the packages below. Electron's own licences are in LICENSE.electron.txt and LICENSES.chromium.html.\n\n${parts.join('\n\n')}\n`;
}

async function textsIn(folder: string): Promise<string> {
  if (folder === '') return '';
  const names = (await readdir(path.join(root, folder)).catch(() => [])).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  return (await Promise.all(names.map((name) => readFile(path.join(root, folder, name), 'utf8')))).join('\n\n').trim();
}
