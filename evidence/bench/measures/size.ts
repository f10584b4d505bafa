/** What the package takes on a disk, against an Electron of the same version without an app. */
import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { packaged } from '../../../scripts/lib/paths.ts';
import type { Measure } from '../measure.ts';
import { runtimeOfPackage } from '../runtime.ts';
import { MB } from '../trial.ts';

/** @param without a folder in it that does not count */
function bytesIn(folder: string, without?: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const place = path.join(folder, entry.name);
    return entry.name === without ? sum : sum + (entry.isDirectory() ? bytesIn(place) : lstatSync(place).size);
  }, 0);
}

export const size: Measure = {
  name: 'size',
  what: 'the package, installed ÷ Electron of the same version without an app',
  unit: 'MB',
  goal: { is: 'at most', figure: 1.15, of: 'ratio' },
  run: async () => {
    const { version, dir } = runtimeOfPackage();
    const value = bytesIn(packaged) / MB;
    // What is in its resources is an app: the one that a stock Electron begins with, or what `npm start` furnished it with.
    const reference = bytesIn(dir, 'resources') / MB;
    const ratio = value / reference;
    return { value, ratio, runs: 1, spread: [ratio, ratio], detail: { reference, electron: version, appMB: bytesIn(path.join(packaged, 'resources')) / MB } };
  },
};
