/** `npm run scale`: what a clinician's computer asks of a practice, measured and composed to a day; evidence/scale/summary.json and the tables of docs/scale.md. About twenty minutes, most of which it waits. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, say } from '../../scripts/lib/process.ts';
import type { Scene } from './cost.ts';
import { assumed, countryOf, dayOf, watchComposed } from './day.ts';
import { measure } from './scenes.ts';
import { tables, type Summary } from './tables.ts';

/** Assignments, those of them with a copy here, and how much is measured: a list as at the demo practice, a long one, and a very long one with as many copies. */
const WORLDS = [[10, 10, 'day'], [60, 50, 'watching'], [200, 50, 'round']] as const;
const [SHORT, LONG] = [10, 60];

await main(async () => {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'scale-'));
  const scenes: Scene[] = [];
  try {
    for (const [assignments, copies, extent] of WORLDS) {
      const place = join(folder, String(assignments));
      mkdirSync(place);
      await measure(place, assignments, copies, extent, (scene) => {
        scenes.push(scene);
        say(`${assignments}/${copies} ${scene.name}: ${scene.requests} requests, ${scene.bytesUp} bytes up, ${scene.bytesDown} down; apart ${scene.apart.requests}, ${scene.apart.bytesDown} down`);
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const days = [SHORT, LONG].map((assignments) => dayOf(scenes, assignments, assumed));
  const summary: Summary = {
    date: new Date().toISOString(), runtime: { node: process.version, undici: process.versions.undici ?? '', platform: `${process.platform} ${process.arch}` }, seconds: Math.round((Date.now() - started) / 1000),
    scenes, watchComposed: watchComposed(scenes, LONG, assumed), assumed, days, country: days.map((day) => countryOf(day, scenes, assumed)),
  };
  writeFileSync(join(import.meta.dirname, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
  for (const one of Object.values(tables(summary))) say(`\n${one}`);
});
