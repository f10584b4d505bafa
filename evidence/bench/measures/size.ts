/** What the package takes on a disk, against an Electron of the same version without an app. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cache, nodeModules, packaged, root } from '../../../scripts/lib/paths.ts';
import type { Measure } from '../measure.ts';

const MB = 1_000_000;

/** @param without a folder in it that does not count */
function bytesIn(folder: string, without?: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const place = path.join(folder, entry.name);
    return entry.name === without ? sum : sum + (entry.isDirectory() ? bytesIn(place) : lstatSync(place).size);
  }, 0);
}

/** Null for what is no Electron distribution. */
function versionOf(folder: string): string | null {
  const file = path.join(folder, 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : null;
}

/** Where scripts/runtime.ts finds it. */
function runtimeOf(version: string): string {
  const places = [process.env.ELECTRON_OVERRIDE_DIST_PATH, path.join(nodeModules, 'electron/dist'), path.join(cache, 'runtime', version)];
  const found = places.find((place) => place !== undefined && versionOf(place) === version);
  if (found === undefined) throw new Error(`there is no Electron ${version} here, of which the package is made: npm run package -- --demo`);
  return found;
}

export const size: Measure = {
  name: 'size',
  what: 'the package, installed ÷ Electron of the same version without an app',
  unit: 'MB',
  goal: { is: 'at most', figure: 1.15, of: 'ratio' },
  run: async () => {
    const version = versionOf(packaged);
    if (version === null) throw new Error(`there is no package in ${path.relative(root, packaged)}: npm run build && npm run package -- --demo`);
    const value = bytesIn(packaged) / MB;
    // What is in its resources is an app: the one that a stock Electron begins with, or what `npm start` furnished it with.
    const reference = bytesIn(runtimeOf(version), 'resources') / MB;
    const ratio = value / reference;
    return { value, ratio, runs: 1, spread: [ratio, ratio], detail: { reference, electron: version, appMB: bytesIn(path.join(packaged, 'resources')) / MB } };
  },
};
