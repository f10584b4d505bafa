import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { licencesText } from './licences.ts';
import { cache, out, root } from './paths.ts';
import { Stop } from './process.ts';
import { billOfMaterials } from './sbom.ts';

/** An npm package that people receive with the app: in the archive, or in the bundle. */
export interface Supply {
  /** As the lock file names it: `node_modules/zod`. */
  folder: string;
  name: string;
  version: string;
  /** SPDX. */
  licence: string;
}

interface Locked {
  name?: string;
  version: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
}

/** Production packages that are installed here, and what the last build bundled. In the order of their names. */
export async function supplied(): Promise<Supply[]> {
  const { packages } = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
  const bundled = await Promise.all(['main', 'preload', 'renderer'].map(async (part) => JSON.parse(await readFile(path.join(out, part, 'packages.json'), 'utf8').catch(() => {
    throw new Stop('The build has not said what is bundled. Run: npm run build');
  })) as string[]));
  const production = Object.entries(packages).filter(([folder, { dev, devOptional }]) => folder !== '' && !dev && !devOptional).map(([folder]) => folder);
  const found = await Promise.all([...new Set([...production, ...bundled.flat()])].map(async (folder): Promise<Supply[]> => {
    const locked = packages[folder];
    if (!locked) throw new Stop(`${folder} is bundled and not in the lock file.`);
    // Of packages for other platforms there is nothing here.
    if ((await readdir(path.join(root, folder)).catch(() => [])).length === 0) return [];
    return [{ folder, name: locked.name ?? folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length), version: locked.version, licence: locked.license ?? '' }];
  }));
  return found.flat().sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/**
 * Writes what goes beside the archive about its parts: licence texts and the bill of materials.
 * @param electron version of the runtime
 * @returns for electron-builder's `extraResources`
 */
export async function writeSupplies(electron: string): Promise<{ from: string; to: string }[]> {
  const supplies = await supplied();
  const folder = path.join(cache, 'supplies');
  await mkdir(folder, { recursive: true });
  const files = { 'licences.txt': await licencesText(supplies), 'sbom.cdx.json': `${JSON.stringify(await billOfMaterials(supplies, electron), null, 2)}\n` };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return Object.keys(files).map((name) => ({ from: path.join(folder, name), to: name }));
}
