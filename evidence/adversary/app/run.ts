/** The named cases against the packaged app: run by main.ts as an ordinary user in a desktop session. Writes app.json to VIEWING_ROOM_OUTPUT. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { testCopy } from '../../../scripts/lib/paths.ts';
import { main, say } from '../../../scripts/lib/process.ts';
import { families } from '../families/index.ts';
import type { AppRun, Build } from './result.ts';
import { plantedLeak, runFamily } from './session.ts';

async function run(): Promise<void> {
  const output = process.env.VIEWING_ROOM_OUTPUT;
  if (output === undefined) throw new Error('run by evidence/adversary/main.ts');
  const { values: { only, build: oneBuild } } = parseArgs({ options: { only: { type: 'string' }, build: { type: 'string' } } });
  const wanted = families.filter(({ name }) => only === undefined || name === only);
  const done: AppRun = { runtime: { ...JSON.parse(readFileSync(path.join(testCopy, 'resources/runtime.json'), 'utf8')) as object, node: process.version, platform: `${process.platform} ${process.arch}` }, results: [], plants: [] };
  const builds = (['test', 'shipped'] as const satisfies Build[]).filter((build) => oneBuild === undefined || build === oneBuild);
  // Side by side: they share a display and a keychain service, and nothing else.
  await Promise.all(builds.map(async (build) => {
    const started = Date.now();
    if (only === undefined) done.plants.push({ build, ...await plantedLeak(build) });
    for (const family of wanted) {
      const begun = Date.now();
      const results = await runFamily(family, build, ({ passed, name, outcome }) => { if (!passed || only !== undefined) say(`   ${passed ? '✓' : '✗'} ${name}: ${outcome}`); });
      say(`${results.every(({ passed }) => passed) ? '✓' : '✗'} ${family.name} [${build}]: ${results.filter(({ passed }) => passed).length} of ${results.length}, ${Math.round((Date.now() - begun) / 1000)} s`);
      done.results.push(...results);
      writeFileSync(path.join(output, 'app.json'), JSON.stringify(done));
    }
    say(`${build}: ${Math.round((Date.now() - started) / 1000)} s`);
  }));
  writeFileSync(path.join(output, 'app.json'), JSON.stringify(done));
}

await main(run);
