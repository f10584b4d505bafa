/** Measures of the packaged product in a real window. Each belongs to a scene, which is played once for all measures of it: as an ordinary user, with Electron's sandbox on, in a desktop session with a keychain of its own. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { asOrdinaryUser } from '../../../scripts/lib/ordinary-user.ts';
import { root } from '../../../scripts/lib/paths.ts';
import { Stop } from '../../../scripts/lib/process.ts';
import { prepare } from '../../../scripts/prepare.ts';
import type { Measure, Measured } from '../measure.ts';
import { loadNow } from '../runtime.ts';
import { sizes } from '../trial.ts';

type Scene = 'playback' | 'playback-4GB' | 'start' | 'long-list' | 'memory' | 'memory-4GB' | 'growth';

const TIMEOUT_MS = 100 * 60_000;
/** With the load before each. */
const played = new Map<Scene, { load: number; measured: Promise<Record<string, Measured>> }>();

async function play(scene: Scene): Promise<Record<string, Measured>> {
  await prepare({ session: true });
  const output = `test-results/bench-${scene}`;
  const { code } = await asOrdinaryUser({ script: ['scripts/in-desktop.ts', 'node', 'evidence/bench/app/run.ts', scene, JSON.stringify(sizes)], output, timeout: TIMEOUT_MS });
  try {
    return JSON.parse(readFileSync(path.join(root, output, `${scene}.json`), 'utf8')) as Record<string, Measured>;
  } catch {
    throw new Stop(`The scene ${scene} did not get to its end (code ${code}). It needs the package: npm run build && npm run package -- --demo`);
  } finally {
    rmSync(path.join(root, output), { recursive: true, force: true });
  }
}

/** @param name as the scene calls it */
async function of(scene: Scene, name: string): Promise<Measured> {
  const once = played.get(scene) ?? { load: loadNow(), measured: play(scene) };
  played.set(scene, once);
  const measured = (await once.measured)[name];
  if (!measured) throw new Error(`${scene} says nothing of ${name}`);
  return { ...measured, load: once.load };
}

const atMost = (figure: number, of: 'ratio' | 'value'): Measure['goal'] => ({ is: 'at most', figure, of });

export const windows: readonly Measure[] = [
  { name: 'first-frame', what: 'a sealed recording (720p, ten minutes): from its address set to its first decoded frame ÷ the same file from the disk in a bare window', unit: 'ms', goal: atMost(1.05, 'ratio'), run: () => of('playback', 'first-frame') },
  { name: 'first-frame-4GB', what: 'the same of a recording of two hours and 4 GB', unit: 'ms', goal: atMost(1.05, 'ratio'), optIn: true, run: () => of('playback-4GB', 'first-frame') },
  { name: 'seek', what: 'a seek from rest in the recording of ten minutes to a decoded frame within 0.2 s of where it should be ÷ the same in a bare window', unit: 'ms', goal: atMost(1.05, 'ratio'), run: () => of('playback', 'seek') },
  { name: 'open-to-frame', what: 'a row chosen to its first decoded frame: asked again, decided, recorded, opened', unit: 'ms', goal: atMost(250, 'value'), run: () => of('playback', 'open-to-frame') },
  { name: 'cold-start', what: 'start of the process to an unlock screen that can be typed into ÷ a bare window with a field', unit: 'ms', goal: atMost(1.25, 'ratio'), run: () => of('start', 'cold-start') },
  { name: 'unlock', what: 'secret entered to painted rows of 10,000 assignments, without what Argon2id takes', unit: 'ms', goal: atMost(300, 'value'), run: () => of('long-list', 'unlock') },
  { name: 'search', what: 'a key pressed to painted rows, of patients and of transcripts of 10,000 recordings: 95 of 100 take no longer', unit: 'ms', goal: atMost(50, 'value'), run: () => of('long-list', 'search') },
  { name: 'scroll', what: 'frames of more than 20 ms while a list of 10,000 rows is scrolled', unit: '%', goal: atMost(1, 'value'), run: () => of('long-list', 'scroll') },
  { name: 'memory', what: 'resident memory of all processes at its highest in 20 s of playing a recording of 200 MB ÷ the same file from the disk in a bare window', unit: 'MB', goal: atMost(1.25, 'ratio'), run: () => of('memory', 'memory') },
  { name: 'memory-4GB', what: 'the same of a recording of 4 GB', unit: 'MB', goal: atMost(1.25, 'ratio'), optIn: true, run: () => of('memory-4GB', 'memory') },
  { name: 'memory-growth', what: 'resident memory after 30 minutes of playing round and round and seeking ÷ after 5 minutes', unit: 'MB', goal: atMost(1.05, 'ratio'), optIn: true, run: () => of('growth', 'memory-growth') },
];
