/**
 * `npm run adversary [-- --only FAMILY] [--generated N] [--seed S] [--build test|shipped]`: the app against a practice that lies; evidence/adversary/summary.json.
 * `--slice`: a part of the generated layer, without the app, for `npm test`. See README.md.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packageApp } from '../../scripts/package.ts';
import { asOrdinaryUser } from '../../scripts/lib/ordinary-user.ts';
import { root } from '../../scripts/lib/paths.ts';
import { main, must, say, Stop } from '../../scripts/lib/process.ts';
import { prepare } from '../../scripts/prepare.ts';
import type { AppRun } from './app/result.ts';
import { families } from './families/index.ts';
import { plants, type PlantOutcome } from './generated/plants.ts';
import type { Answer, Job } from './generated/worker.ts';
import { addTally, emptyTally, type Tally } from './generated/run.ts';

const SLICE = 2_400;
const FULL = 20_000;
/** As many cases as this must be in a full run. */
const BARS = { cases: 150, generated: FULL };
const TOLD_HERE = 40;

const seconds = (since: number): number => Math.round((Date.now() - since) / 100) / 10;

/** The generated layer, in as many processes as there are cores for it. */
async function generated(job: Omit<Job, 'first' | 'stride'>, workers: number): Promise<{ tally: Tally; plants: PlantOutcome[] }> {
  const answers = await Promise.all(Array.from({ length: workers }, (_, first) => new Promise<Answer>((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, 'generated/worker.ts'), [], { serialization: 'advanced' });
    let last: Answer | null = null;
    child.on('message', (answer: Answer | { progress: string }) => {
      if ('progress' in answer) say(answer.progress);
      else last = answer;
    });
    child.on('error', reject);
    child.on('exit', (code) => (last ? resolve(last) : reject(new Error(`a worker ended with code ${String(code)}`))));
    child.send({ ...job, first, stride: workers } satisfies Job);
  })));
  const tally = emptyTally();
  for (const one of answers) {
    if ('broken' in one) throw new Stop(one.broken);
    addTally(tally, one.tally);
  }
  return { tally, plants: answers.flatMap((one) => ('plants' in one ? one.plants : [])) };
}

function tellGenerated({ tally, plants: planted }: { tally: Tally; plants: PlantOutcome[] }, took: number): { passed: number; failed: number } {
  const count = (kind: string) => tally.findings.filter((one) => one.kind === kind).length;
  const [leaks, withheld] = [count('leak'), count('honestWithheld')];
  say(`${tally.findings.length === 0 ? '✓' : '✗'} generated: ${tally.cases} cases (${tally.expected.evidence} evidence, ${tally.expected.harmless} harmless, ${tally.expected.either} either), ${leaks} leaks, ${withheld} honest withheld, ${took} s`);
  const sorts = new Map<string, Tally['findings']>();
  for (const one of tally.findings) {
    const sort = `${one.kind} ${one.what.split(' ')[0] ?? ''}: ${one.why}`;
    sorts.set(sort, [...(sorts.get(sort) ?? []), one]);
  }
  for (const [sort, all] of [...sorts].sort((a, b) => b[1].length - a[1].length).slice(0, TOLD_HERE)) say(`  ${all.length} × ${sort}\n      e.g. "${all[0]?.graph ?? ''}": ${all[0]?.what ?? ''}${all[0]?.reasons.length ? ` (${all[0].reasons.join(', ')})` : ''}`);
  for (const { name, found } of planted) say(`${found > 0 ? '✓' : '✗'} generated, control: the planted defect "${name}" is ${found > 0 ? `found (${found} times)` : 'not found'}`);
  return { passed: Number(tally.findings.length === 0) + planted.filter(({ found }) => found > 0).length, failed: Number(tally.findings.length > 0) + planted.filter(({ found }) => found === 0).length };
}

async function inTheApp(only: string | undefined, build: string | undefined): Promise<AppRun> {
  const prepared = await prepare({ session: true });
  await must('npm', ['run', 'build', '--silent'], { cwd: root });
  await packageApp(prepared, { demo: true });
  const output = 'test-results/adversary';
  const { code } = await asOrdinaryUser({ script: ['scripts/in-desktop.ts', 'node', 'evidence/adversary/app/run.ts', ...(only === undefined ? [] : ['--only', only]), ...(build === undefined ? [] : ['--build', build])], output, timeout: 100 * 60_000 });
  const file = path.join(root, output, 'app.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as AppRun;
  } catch {
    throw new Stop(`The app's part did not get to its end (code ${code}).`);
  } finally {
    // What the witness noted holds everything that was shown.
    rmSync(path.join(root, output), { recursive: true, force: true });
  }
}

function tellApp({ results, plants: planted }: AppRun): { passed: number; failed: number } {
  say('\nfamily                 cases  passed  leaks  honest withheld');
  for (const { name } of families) {
    const of = results.filter(({ family }) => family === name);
    if (of.length === 0) continue;
    const [leaks, withheld] = [of.filter((one) => one.leaks.length > 0).length, of.filter((one) => one.withheld.length > 0).length];
    const numbers = [of.length, of.filter(({ passed }) => passed).length, leaks, withheld];
    say(`${name.padEnd(22)} ${numbers.map((number, index) => String(number).padStart([5, 7, 6, 16][index] ?? 6)).join(' ')}`);
  }
  for (const one of results.filter(({ passed }) => !passed)) {
    say(`✗ ${one.family}: ${one.name} [${one.build}] (${one.outcome})`);
    for (const { exit, where } of one.leaks) say(`    out by ${exit}: ${where}`);
    for (const what of one.withheld) say(`    ${what}`);
    if (one.trouble !== null) say(`    ${one.trouble}`);
  }
  for (const { build, silent, found } of planted) say(`${silent.length === 0 ? '✓' : '✗'} control: a recording that is shown and called a lie is found at ${found.join(', ')}${silent.length > 0 ? `, but not at ${silent.join(', ')}` : ''} [${build}]`);
  const bad = results.filter(({ passed }) => !passed).length + planted.filter(({ silent }) => silent.length > 0).length;
  return { passed: results.length + planted.length - bad, failed: bad };
}

async function adversary(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, generated: { type: 'string' }, seed: { type: 'string' }, slice: { type: 'boolean' }, build: { type: 'string' } } });
  const { slice = false, only } = values;
  const names = ['generated', ...families.map(({ name }) => name)];
  if (only !== undefined && !names.includes(only)) throw new Stop(`There is no family ${only}. There are: ${names.join(', ')}.`);
  const seed = values.seed ?? (slice ? 'slice' : randomBytes(6).toString('hex'));
  const wanted = Number(values.generated ?? (slice ? SLICE : FULL));
  if (!(wanted > 0)) throw new Stop('--generated takes a number of cases.');
  const started = Date.now();
  say(`seed ${seed}`);
  const total = { passed: 0, failed: 0 };
  const add = (count: { passed: number; failed: number }) => { total.passed += count.passed; total.failed += count.failed; };
  let layer: { tally: Tally; plants: PlantOutcome[] } | null = null;
  if (only === undefined || only === 'generated') {
    layer = await generated({ seed, wanted, sample: wanted < FULL, plants: Object.keys(plants) }, Math.max(1, Math.min(2, availableParallelism())));
    add(tellGenerated(layer, seconds(started)));
  }
  if (!slice && only !== 'generated') {
    const app = await inTheApp(only, values.build);
    add(tellApp(app));
    if (layer && values.build === undefined) {
      const cases = new Set(app.results.map(({ family, name }) => `${family} ${name}`)).size;
      for (const [what, has, bar] of [['named cases', cases, BARS.cases], ['generated cases', layer.tally.cases, BARS.generated]] as const) {
        if (has >= bar) continue;
        say(`✗ ${what}: ${has} of at least ${bar}`);
        total.failed += 1;
      }
      writeSummary(app, layer, cases, seed, Math.round((Date.now() - started) / 6_000) / 10, total);
    }
  }
  say(`${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
}

function writeSummary(app: AppRun, { tally, plants: planted }: { tally: Tally; plants: PlantOutcome[] }, cases: number, seed: string, minutes: number, total: { passed: number; failed: number }): void {
  const odd = app.results.filter(({ expect, plain }) => expect === 'plays' && !plain);
  const names = (of: typeof odd) => [...new Set(of.map(({ name }) => name))];
  const refused = new Set(names(odd.filter(({ passed }) => !passed)));
  const summary = {
    date: new Date().toISOString(),
    runtime: app.runtime, seed, minutes, ...total,
    cases, leaks: app.results.filter(({ leaks }) => leaks.length > 0).length + tally.findings.filter(({ kind }) => kind === 'leak').length,
    honestWithheld: app.results.filter(({ withheld }) => withheld.length > 0).length + tally.findings.filter(({ kind }) => kind === 'honestWithheld').length,
    generated: tally.cases, oddAdmitted: names(odd).length - refused.size, oddTotal: names(odd).length,
    families: Object.fromEntries(families.map(({ name, title }) => {
      const of = app.results.filter(({ family }) => family === name);
      return [name, {
        title, cases: names(of).length, runs: of.length, passed: of.filter(({ passed }) => passed).length, leaks: of.filter(({ leaks }) => leaks.length > 0).length, honestWithheld: of.filter(({ withheld }) => withheld.length > 0).length,
        outcomes: Object.fromEntries(of.map((one) => [one.name, one.passed ? one.outcome : `FAILED: ${[...one.leaks.map(({ exit, where }) => `${exit} (${where})`), ...one.withheld, one.trouble ?? ''].filter((text) => text !== '').join('; ')}`])),
      }];
    })),
    generatedLayer: { ...tally.expected, sorts: tally.sorts, findings: tally.findings.slice(0, 200) },
    controls: { generated: planted, app: app.plants },
  };
  writeFileSync(path.join(import.meta.dirname, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}

await main(adversary);
