/**
 * `npm run chaos -- --minutes N | --runs N [--seed S]`: the app's journeys against a line and a practice that fail, change and repeat themselves, and evidence/chaos/summary.json.
 * `--slice`: a few runs that are the same every time, and one planted defect. A failing run prints the command that repeats it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { main, say, Stop } from '../../scripts/lib/process.ts';
import { kinds, type Kind } from './oracle.ts';
import { plantNames, type PlantName } from './plants.ts';
import { actsOf, arrivingIn, injectedIn, verdictOf, type Outcome, type Verdict } from './verdict.ts';
import { inWorkers } from './workers.ts';

const SLICE = { seed: 'slice', runs: 3, plant: 'creates without a condition' } as const;
/** More than any time allows. */
const MANY = 100_000;
/** Of a failing run so much is told; the rest is in its repetition. */
const TOLD_FINDINGS = 12;

const seconds = (since: number): number => Math.round((Date.now() - since) / 100) / 10;
/** The first run of a seed is that seed's own, so that any run can be had alone. */
const seedOf = (seed: string, n: number): string => (n === 0 ? seed : `${seed}.${n}`);

function tell({ ran: { seed, findings, sequence, ms, done }, control }: Outcome): void {
  if (control?.planted === true || findings.length === 0) return;
  say(`✗ ${control ? `an app that ${control.plant}, without that` : `run ${seed}`}: ${findings.length} findings, ${done} acts and openings, ${ms} ms`);
  for (const line of sequence) say(`    ${line}`);
  for (const { kind, what } of findings.slice(0, TOLD_FINDINGS)) say(`  ${kind}: ${what}`);
  if (!control) say(`    again: npm run chaos -- --runs 1 --seed "${seed}"`);
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
      say(`   ${outcomes.length} runs, ${outcomes.filter(({ control, ran }) => control === null && ran.findings.length > 0).length} with findings, after ${seconds(started)} s`);
    };
    const planned = Array.from({ length: runs > 0 ? runs : MANY }, (_, n) => ({ seed: seedOf(seed, n), control: null }));
    const both = controls.flatMap((plant) => [true, false].map((planted) => ({ seed: `control of ${seed}`, control: { plant, planted } })));
    await inWorkers([...both, ...planned], minutes > 0 ? started + minutes * 60_000 : Infinity, folder, heard);
  } finally {
    // Of a worker that died there may be processes that end only now.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  const verdict = verdictOf(outcomes, controls);
  const { ran, bad, empty, found, passed, failed } = verdict;
  say(`${bad.length === 0 ? '✓' : '✗'} ${ran.length} runs, ${bad.length} with findings, ${actsOf(ran)} acts and openings, ${seconds(started)} s`);
  for (const why of empty) say(`✗ ${why}`);
  for (const plant of controls) say(`${found.includes(plant) ? '✓' : '✗'} control: an app that ${plant} is ${found.includes(plant) ? 'found, and without that nothing is' : 'not found, or something is without that'}`);
  if (!slice && runs !== 1) writeSummary(seed, verdict, seconds(started));
  say(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

function writeSummary(seed: string, { ran, empty, found, passed, failed }: Verdict, took: number): void {
  const sqlite = new Database(':memory:');
  const versions = { sqlite: sqlite.prepare('SELECT sqlite_version()').pluck().get(), cipher: sqlite.prepare('SELECT sqlite3mc_version()').pluck().get() };
  sqlite.close();
  const findings = ran.flatMap((one) => one.findings.map(({ kind, what }) => ({ seed: one.seed, kind, what })));
  const count = (kind: Kind) => findings.filter((one) => one.kind === kind).length;
  const summary = {
    date: new Date().toISOString(),
    runtime: { node: process.version, openssl: process.versions.openssl, platform: `${process.platform} ${process.arch}`, ...versions },
    seed, seconds: took, passed, failed, runs: ran.length, actsAndOpenings: actsOf(ran), watchedWhileItCame: arrivingIn(ran),
    faultsInjected: injectedIn(ran),
    ...Object.fromEntries(kinds.map((kind) => [kind, count(kind)])),
    plantedFound: Object.fromEntries(plantNames.map((plant) => [plant, found.includes(plant)])),
    ...(empty.length > 0 ? { empty } : {}),
    ...(findings.length > 0 ? { findings } : {}),
  };
  writeFileSync(join(import.meta.dirname, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}

await main(chaos);
