/**
 * `npm run fuzz -- --minutes N [--seed S]`: every class with its control, in the time given, and evidence/fuzz/summary.json.
 * `--slice`: a short slice that is the same every time. `--only <class> [--case <n>]`: one class, or one case of it, again.
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
import { classes } from './classes.ts';
import { type FuzzClass, sortOf, Tally } from './fuzzClass.ts';
import { buildShim, shimEnvironment } from './shim/shim.ts';
import type { Answer, Job } from './worker.ts';

const TOLD_HERE = 24;
const SLICE_SEED = 'slice';
const WORKERS = Math.max(1, Math.min(2, availableParallelism()));
/** A full run has at least so many. */
const BARS = { cases: 100_000, kills: 1_000, powerCuts: 1_000 };

interface Plan {
  seed: string;
  slice: boolean;
  minutes: number;
  /** Of all classes that run: what a class's share is a part of. */
  shares: number;
  library: string;
  root: string;
}

interface Outcome {
  tally: Tally;
  control: 'found' | 'not found' | 'not run';
  broken: string | null;
  seconds: number;
}

const seconds = (since: number): number => Math.round((Date.now() - since) / 100) / 10;

function startWorker(plan: Plan, is: FuzzClass, job: Omit<Job, 'name' | 'seed' | 'folder' | 'library'>, progress: (tally: Tally) => void): Promise<Extract<Answer, { done: Tally }>> {
  const folder = mkdtempSync(join(plan.root, `${is.name}-`));
  const cheap = plan.slice || !is.realCost;
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), [], {
      execArgv: cheap ? ['--import', join(import.meta.dirname, 'cheapArgon.ts')] : [],
      env: { ...shimEnvironment(plan.library, join(folder, 'watched'), join(folder, 'shim.log')), NODE_COMPILE_CACHE: join(cache, 'fuzz/compiled') },
      serialization: 'advanced',
    });
    let last: Exclude<Answer, { progress: Tally }> | null = null;
    const revive = (tally: Tally) => Object.assign(new Tally(), tally);
    child.on('message', (answer: Answer) => {
      if ('progress' in answer) progress(revive(answer.progress));
      else last = answer;
    });
    child.on('error', reject);
    // Only now has it tidied up.
    child.on('exit', (code, signal) => {
      rmSync(folder, { recursive: true, force: true });
      const answer = last;
      if (answer === null) reject(new Error(`the worker ended with ${signal ?? `code ${code}`}`));
      else if ('broken' in answer) reject(new Error(answer.broken));
      else resolve({ ...answer, done: revive(answer.done) });
    });
    child.send({ ...job, name: is.name, seed: plan.seed, folder, library: plan.library } satisfies Job);
  });
}

async function runClass(plan: Plan, is: FuzzClass, one: number | null): Promise<Outcome> {
  const started = Date.now();
  const until = plan.slice || one !== null ? started : started + (plan.minutes * 60_000 * is.share) / plan.shares;
  const wanted = plan.slice ? is.slice : is.least;
  const tallies: Tally[] = [];
  let said = started;
  const progress = (worker: number) => (tally: Tally) => {
    tallies[worker] = tally;
    if (Date.now() - said < 15_000) return;
    said = Date.now();
    const sum = new Tally();
    for (const each of tallies) if (each as Tally | undefined) sum.add(each);
    say(`   ${is.name}: ${sum.cases} cases, ${sum.findings} findings after ${seconds(started)} s`);
  };
  const workers = one !== null ? 1 : WORKERS;
  const each = Math.ceil(wanted / workers);
  const tally = new Tally();
  try {
    const answers = await Promise.all(Array.from({ length: workers }, (_, worker) => startWorker(plan, is, {
      first: one ?? worker, stride: workers, least: one === null ? each : 1, most: one !== null ? 1 : plan.slice ? each : Infinity, until,
      control: one === null && worker === workers - 1,
    }, progress(worker))));
    for (const { done } of answers) tally.add(done);
    const found = answers.some(({ controlFound }) => controlFound === true);
    return { tally, control: one !== null ? 'not run' : found ? 'found' : 'not found', broken: null, seconds: seconds(started) };
  } catch (error) {
    return { tally, control: 'not run', broken: error instanceof Error ? error.message : String(error), seconds: seconds(started) };
  }
}

function tell(plan: Plan, is: FuzzClass, { tally, control, broken, seconds: took }: Outcome): void {
  const extra = [tally.kills ? `${tally.kills} kills` : '', tally.powerCuts ? `${tally.powerCuts} power cuts` : ''].filter((text) => text);
  const kinds = Object.entries(tally.counts).filter(([, count]) => count > 0).map(([kind, count]) => `${kind} ${count}`);
  say(`${tally.findings === 0 && broken === null ? '✓' : '✗'} ${is.name}: ${[`${tally.cases} cases`, ...extra].join(', ')}, ${tally.findings} findings${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}, ${took} s`);
  if (broken !== null) say(`  broke: ${broken}`);
  const sorts = new Map(tally.told.toReversed().map((finding) => [`${finding.kind} ${sortOf(finding.what)}`, finding]));
  for (const { case: index, kind, what } of [...sorts.values()].toReversed().slice(0, TOLD_HERE)) say(`  ${kind}: ${what}\n    again: npm run fuzz -- --only ${is.name} --case ${index} --seed ${plan.seed}${plan.slice ? ' --slice' : ''}`);
  if (control !== 'not run') say(`${control === 'found' ? '✓' : '✗'} ${is.name}, control: the planted defect is ${control}`);
}

async function fuzz(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' }, slice: { type: 'boolean' }, only: { type: 'string' }, case: { type: 'string' } } });
  const minutes = Number(values.minutes ?? (values.only ?? values.slice ? 1 : NaN));
  if (!(minutes > 0)) throw new Stop('Say for how long: npm run fuzz -- --minutes 20. See evidence/fuzz/README.md.');
  const chosen = values.only === undefined ? classes : classes.filter(({ name }) => name === values.only);
  if (chosen.length === 0) throw new Stop(`There is no class ${values.only}. There are: ${classes.map(({ name }) => name).join(', ')}.`);
  const one = values.case === undefined ? null : Number(values.case);
  const slice = values.slice ?? false;
  const plan: Plan = { seed: values.seed ?? (slice ? SLICE_SEED : randomBytes(6).toString('hex')), slice, minutes, shares: chosen.reduce((sum, { share }) => sum + share, 0), library: buildShim(), root: mkdtempSync(join(tmpdir(), 'fuzz-')) };
  const started = Date.now();
  say(`seed ${plan.seed}`);
  const outcomes = new Map<string, Outcome>();
  try {
    for (const is of chosen) {
      const outcome = await runClass(plan, is, one);
      outcomes.set(is.name, outcome);
      tell(plan, is, outcome);
    }
  } finally {
    rmSync(plan.root, { recursive: true, force: true });
  }
  const all = [...outcomes.values()];
  const sum = new Tally();
  for (const { tally } of all) sum.add(tally);
  const full = !slice && values.only === undefined;
  const missed = full ? Object.entries(BARS).filter(([what, bar]) => sum[what as keyof typeof BARS] < bar).map(([what, bar]) => `${what}: ${sum[what as keyof typeof BARS]} of at least ${bar}`) : [];
  for (const what of missed) say(`✗ ${what}`);
  const failed = all.filter(({ tally, broken }) => tally.findings > 0 || broken !== null).length + all.filter(({ control }) => control === 'not found').length + missed.length;
  const passed = all.filter(({ tally, broken }) => tally.findings === 0 && broken === null).length + all.filter(({ control }) => control === 'found').length;
  if (full) writeSummary(plan, outcomes, sum, minutesSince(started), passed, failed);
  say(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

const minutesSince = (since: number): number => Math.round((Date.now() - since) / 6_000) / 10;

function writeSummary(plan: Plan, outcomes: ReadonlyMap<string, Outcome>, sum: Tally, minutes: number, passed: number, failed: number): void {
  const sqlite = new Database(':memory:');
  const versions = { sqlite: sqlite.prepare('SELECT sqlite_version()').pluck().get(), cipher: sqlite.prepare('SELECT sqlite3mc_version()').pluck().get() };
  sqlite.close();
  const { acceptedTampering, acknowledgedLost, canariesFound, wrong, unnamed } = sum.counts;
  const summary = {
    date: new Date().toISOString(),
    runtime: { node: process.version, openssl: process.versions.openssl, platform: `${process.platform} ${process.arch}`, ...versions },
    seed: plan.seed, minutes, passed, failed,
    cases: sum.cases, kills: sum.kills, powerCuts: sum.powerCuts, acceptedTampering, acknowledgedLost, canariesFound, wrong, unnamed,
    classes: Object.fromEntries([...outcomes].map(([name, { tally, control, broken, seconds: took }]) => [name, {
      cases: tally.cases, ...(tally.kills ? { kills: tally.kills } : {}), ...(tally.powerCuts ? { powerCuts: tally.powerCuts } : {}),
      ...tally.counts, seconds: took, control, sorts: tally.sorts, ...(broken === null ? {} : { broken }), ...(tally.findings > 0 ? { findings: tally.told } : {}),
    }])),
  };
  writeFileSync(join(import.meta.dirname, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}

await main(fuzz);
