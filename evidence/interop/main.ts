/** `npm run interop [-- --only TEXT] [--reading]`: the app against HAPI FHIR and Keycloak; evidence/interop/summary.json. See README.md. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packageApp } from '../../scripts/package.ts';
import { asOrdinaryUser } from '../../scripts/lib/ordinary-user.ts';
import { root } from '../../scripts/lib/paths.ts';
import { main, must, say, Stop } from '../../scripts/lib/process.ts';
import { prepare } from '../../scripts/prepare.ts';
import { serveDesk } from './desk.ts';
import type { Journey } from './journeys.ts';
import { reading, TOKEN_SECONDS } from './reading.ts';
import { requireToolchain } from './toolchain.ts';
import { startWorld, type World } from './world.ts';

const OUTPUT = 'test-results/interop';

interface AppRun {
  runtime: object;
  journeys: Journey[];
}

async function inTheApp(world: World): Promise<AppRun> {
  const desk = await serveDesk(world);
  try {
    const { code } = await asOrdinaryUser({ script: ['scripts/in-desktop.ts', 'node', 'evidence/interop/app/run.ts', desk.address], output: OUTPUT, timeout: 45 * 60_000 });
    if (code !== 0) throw new Stop(`The app's part did not get to its end (code ${code}).`);
    return JSON.parse(readFileSync(path.join(root, OUTPUT, 'app.json'), 'utf8')) as AppRun;
  } finally {
    await desk.stop();
    rmSync(path.join(root, OUTPUT), { recursive: true, force: true });
  }
}

async function interop(): Promise<void> {
  const { values: { only, reading: readingAlone = false } } = parseArgs({ options: { only: { type: 'string' }, reading: { type: 'boolean' } } });
  const { java } = await requireToolchain();
  const withApp = only === undefined && !readingAlone;
  if (withApp) {
    const prepared = await prepare({ session: true });
    await must('npm', ['run', 'build', '--silent'], { cwd: root });
    await packageApp(prepared, { demo: true });
  }
  const world = await startWorld({ accessTokenSeconds: TOKEN_SECONDS });
  const journeys: Journey[] = [];
  let runtime: object = {};
  try {
    const { resources, binaries, seconds } = world.seeded.loaded;
    say(`${Object.entries(world.servers).map((one) => one.join(' ')).join(', ')}: ${resources} resources and ${binaries} Binaries loaded in ${seconds} s`);
    journeys.push(...await reading(world, only));
    if (withApp) {
      const app = await inTheApp(world);
      journeys.push(...app.journeys);
      ({ runtime } = app);
    }
  } finally {
    await world.stop();
  }
  const passed = journeys.filter((one) => one.passed).length;
  const failed = journeys.length - passed;
  if (withApp) writeFileSync(path.join(import.meta.dirname, 'summary.json'), `${JSON.stringify({ date: new Date().toISOString(), runtime: { ...runtime, java }, servers: world.servers, passed, failed, journeys }, null, 2)}\n`);
  say(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

await main(interop);
