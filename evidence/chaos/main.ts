/**
 * `npm run chaos -- --minutes N | --runs N [--seed S]`: the app's journeys against a line and a practice that fail, change and repeat themselves, and evidence/chaos/summary.json.
 * `--slice`: a few runs that are the same every time, and one planted defect. A failing run prints the command that repeats it.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { cache } from '../../scripts/lib/paths.ts';
import { main, say, Stop } from '../../scripts/lib/process.ts';
import { kinds, type Kind } from './oracle.ts';
import { blows, lineFaults } from './plan.ts';
import { plantNames, plants, type PlantName } from './plants.ts';
import type { Ran } from './run.ts';
import type { Answer, Job } from './worker.ts';

const SLICE = { seed: 'slice', runs: 3, plant: 'creates without a condition' } as const;
const WORKERS = Math.max(1, Math.min(2, availableParallelism()));
/** More than any time allows. */
const MANY = 100_000;
/** Of a failing run so much is told; the rest is in its repetition. */
const TOLD_FINDINGS = 12;

type Outcome = { ran: Ran; plant: PlantName | null };

const seconds = (since: number): number => Math.round((Date.now() - since) / 100) / 10;
/** The first run of a seed is that seed's own, so that any run can be had alone. */
const seedOf = (seed: string, n: number): string => (n === 0 ? seed : `${seed}.${n}`);

function inWorker(job: Job, heard: (outcome: Outcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), [], { serialization: 'advanced', env: { ...process.env, NODE_COMPILE_CACHE: join(cache, 'chaos/compiled') } });
    let last: Answer | null = null;
    child.on('message', (answer: Answer) => {
      last = answer;
      if ('ran' in answer) heard(answer);
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (last && 'done' in last) resolve();
      else reject(new Error(last && 'broken' in last ? last.broken : `a worker ended with code ${code}`));
    });
    child.send(job);
  });
}

/** In as many processes as there are cores for it. */
async function all(runs: Job['runs'], until: number, folder: string, heard: (outcome: Outcome) => void): Promise<void> {
  await Promise.all(Array.from({ length: WORKERS }, (_, first) => inWorker({ folder: mkdtempSync(join(folder, 'worker-')), runs: runs.filter((_run, n) => n % WORKERS === first), until }, heard)));
}

function tell({ ran: { seed, findings, sequence, ms, done }, plant }: Outcome): void {
  if (plant !== null || findings.length === 0) return;
  say(`✗ run ${seed}: ${findings.length} findings, ${done} acts and openings, ${ms} ms`);
  for (const line of sequence) say(`    ${line}`);
  for (const { kind, what } of findings.slice(0, TOLD_FINDINGS)) say(`  ${kind}: ${what}`);
  say(`    again: npm run chaos -- --runs 1 --seed "${seed}"`);
}

async function chaos(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, runs: { type: 'string' }, seed: { type: 'string' }, slice: { type: 'boolean' } } });
  const slice = values.slice ?? false;
  const [minutes, runs] = [Number(values.minutes ?? NaN), slice ? SLICE.runs : Number(values.runs ?? NaN)];
  if (!(minutes > 0) && !(runs > 0)) throw new Stop('Say for how long, or how often: npm run chaos -- --minutes 20, or --runs 60. See evidence/chaos/README.md.');
  const seed = values.seed ?? (slice ? SLICE.seed : randomBytes(6).toString('hex'));
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  const started = Date.now();
  say(`seed ${seed}`);
  const outcomes: Outcome[] = [];
  // One run is one that is repeated; whatever is more has its controls.
  const controls: PlantName[] = slice ? [SLICE.plant] : runs === 1 ? [] : plantNames;
  let said = started;
  try {
    const heard = (outcome: Outcome): void => {
      outcomes.push(outcome);
      tell(outcome);
      if (Date.now() - said < 30_000) return;
      said = Date.now();
      say(`   ${outcomes.length} runs, ${outcomes.filter(({ plant, ran }) => plant === null && ran.findings.length > 0).length} with findings, after ${seconds(started)} s`);
    };
    const planned = Array.from({ length: runs > 0 ? runs : MANY }, (_, n) => ({ seed: seedOf(seed, n), plant: null }));
    await all([...controls.map((plant) => ({ seed: `control of ${seed}`, plant })), ...planned], minutes > 0 ? started + minutes * 60_000 : Infinity, folder, heard);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const ran = outcomes.filter(({ plant }) => plant === null).map((one) => one.ran);
  const bad = ran.filter(({ findings }) => findings.length > 0);
  const found = controls.filter((plant) => outcomes.some((one) => one.plant === plant && one.ran.findings.some(({ kind }) => kind === plants[plant].found)));
  say(`${bad.length === 0 ? '✓' : '✗'} ${ran.length} runs, ${bad.length} with findings, ${ran.reduce((sum, { done }) => sum + done, 0)} acts and openings, ${seconds(started)} s`);
  for (const plant of controls) say(`${found.includes(plant) ? '✓' : '✗'} control: an app that ${plant} is ${found.includes(plant) ? 'found' : 'not found'}`);
  const [passed, failed] = [ran.length - bad.length + found.length, bad.length + controls.length - found.length];
  if (!slice && runs !== 1) writeSummary(seed, ran, found, seconds(started), passed, failed);
  say(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

function writeSummary(seed: string, ran: readonly Ran[], found: readonly PlantName[], took: number, passed: number, failed: number): void {
  const sqlite = new Database(':memory:');
  const versions = { sqlite: sqlite.prepare('SELECT sqlite_version()').pluck().get(), cipher: sqlite.prepare('SELECT sqlite3mc_version()').pluck().get() };
  sqlite.close();
  const findings = ran.flatMap((one) => one.findings.map(({ kind, what }) => ({ seed: one.seed, kind, what })));
  const count = (kind: Kind) => findings.filter((one) => one.kind === kind).length;
  const summary = {
    date: new Date().toISOString(),
    runtime: { node: process.version, openssl: process.versions.openssl, platform: `${process.platform} ${process.arch}`, ...versions },
    seed, seconds: took, passed, failed, runs: ran.length, actsAndOpenings: ran.reduce((sum, { done }) => sum + done, 0),
    faultsInjected: Object.fromEntries([...lineFaults, ...blows].map((fault) => [fault, ran.reduce((sum, { injected }) => sum + injected[fault], 0)])),
    ...Object.fromEntries(kinds.map((kind) => [kind, count(kind)])),
    plantedFound: Object.fromEntries(plantNames.map((plant) => [plant, found.includes(plant)])),
    ...(findings.length > 0 ? { findings } : {}),
  };
  writeFileSync(join(import.meta.dirname, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}

await main(chaos);
