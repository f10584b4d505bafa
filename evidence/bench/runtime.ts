/** The Electron that the package is made of, where scripts/runtime.ts finds it. */
import { existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { cache, nodeModules, packaged, root } from '../../scripts/lib/paths.ts';

/** Of the last minute. */
export const loadNow = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;

/** Null for what is no Electron distribution. */
export function versionOf(folder: string): string | null {
  const file = path.join(folder, 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : null;
}

/** Throws where there is no package, or not the Electron of it. */
export function runtimeOfPackage(): { version: string; dir: string } {
  const version = versionOf(packaged);
  if (version === null) throw new Error(`there is no package in ${path.relative(root, packaged)}: npm run build && npm run package -- --demo`);
  const dir = [process.env.ELECTRON_OVERRIDE_DIST_PATH, path.join(nodeModules, 'electron/dist'), path.join(cache, 'runtime', version)].find((place) => place !== undefined && versionOf(place) === version);
  if (dir === undefined) throw new Error(`there is no Electron ${version} here, of which the package is made: npm run package -- --demo`);
  return { version, dir };
}
