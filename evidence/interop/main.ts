/** `npm run interop [-- --peers | --reading [--only TEXT] | --app --only TEXT]`: the app against HAPI FHIR and Keycloak; evidence/interop/summary.json. See README.md. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packageApp } from '../../scripts/package.ts';
import { asOrdinaryUser } from '../../scripts/lib/ordinary-user.ts';
import { root } from '../../scripts/lib/paths.ts';
import { main, must, say, Stop } from '../../scripts/lib/process.ts';
import { prepare } from '../../scripts/prepare.ts';
import { consoleReading } from './console.ts';
import { serveDesk } from './desk.ts';
import { journey, type AppRun, type Journey } from './journeys.ts';
import { oneAtATime } from './peer.ts';
import { peers } from './peers.ts';
import { reading, TOKEN_SECONDS } from './reading.ts';
import { reviewing } from './reviewing.ts';
import { siteCheckReading } from './siteCheck.ts';
import { requireToolchain } from './toolchain.ts';
import { startWorld, type World } from './world.ts';

const OUTPUT = 'test-results/interop';

/** The app's part: journeys that it came to count, whatever ended it. */
async function inTheApp(world: World, only = ''): Promise<AppRun> {
  const desk = await serveDesk(world);
  try {
    const { code } = await asOrdinaryUser({ script: ['scripts/in-desktop.ts', 'node', 'evidence/interop/app/run.ts'], env: { VIEWING_ROOM_DESK: desk.address, VIEWING_ROOM_ONLY: only }, output: OUTPUT, timeout: 45 * 60_000 });
    const written = path.join(root, OUTPUT, 'app.json');
    const app = existsSync(written) ? JSON.parse(readFileSync(written, 'utf8')) as AppRun : { runtime: {}, journeys: [] };
    if (code !== 0) await journey(app.journeys, 'app', 'the app’s journeys come to their end', () => Promise.reject(new Error(`code ${code}`)));
    return app;
  } finally {
    await desk.stop();
    rmSync(path.join(root, OUTPUT), { recursive: true, force: true });
  }
}

async function interop(): Promise<void> {
  const { values: { only, app: withApp = false, peers: peersAlone = false, reading: readingAlone = false } } = parseArgs({ options: { only: { type: 'string' }, app: { type: 'boolean' }, peers: { type: 'boolean' }, reading: { type: 'boolean' } } });
  const { java } = await requireToolchain();
  oneAtATime();
  const whole = only === undefined && !peersAlone && !readingAlone;
  const packaged = whole || withApp;
  if (packaged) {
    const prepared = await prepare({ session: true });
    await must('npm', ['run', 'build', '--silent'], { cwd: root });
    await packageApp(prepared, { demo: true });
  }
  const journeys: Journey[] = [];
  if (whole || peersAlone) await peers(journeys);
  let [runtime, servers]: [object, Record<string, string>] = [{}, {}];
  if (!peersAlone) {
    const world = await startWorld({ accessTokenSeconds: TOKEN_SECONDS });
    ({ servers } = world);
    try {
      const { resources, binaries, seconds } = world.seeded.loaded;
      say(`${Object.entries(servers).map((one) => one.join(' ')).join(', ')}: ${resources} resources and ${binaries} Binaries loaded in ${seconds} s`);
      journeys.push(...await reading(world, only), ...await consoleReading(world, only), ...await reviewing(world, only), ...await siteCheckReading(world, only));
      if (packaged) {
        const app = await inTheApp(world, only);
        journeys.push(...app.journeys);
        ({ runtime } = app);
      }
    } finally {
      await world.stop();
    }
  }
  if (only !== undefined && journeys.length === 0) throw new Stop(`No journey has "${only}" in its name.`);
  const passed = journeys.filter((one) => one.passed).length;
  const failed = journeys.length - passed;
  if (whole) writeFileSync(path.join(import.meta.dirname, 'summary.json'), `${JSON.stringify({ date: new Date().toISOString(), runtime: { ...runtime, java }, servers, passed, failed, journeys }, null, 2)}\n`);
  say(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

await main(interop);
