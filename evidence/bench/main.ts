/**
 * `npm run bench [-- --only NAME,NAME] [--json]`: the product's speed against its goals; results.json and the table of README.md. Ends with 1 when something could not be measured; a goal that
 * was missed is said, and is a result. With a size (`--megabytes 20 --runs 1`, see trial.ts) a measure is tried out, and nothing is kept.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packaged } from '../../scripts/lib/paths.ts';
import { main, say, Stop } from '../../scripts/lib/process.ts';
import type { Measure } from './measure.ts';
import { measures } from './measures/index.ts';
import { counted, failureOf, merged, resultOf, type Result, type Results, type Runtime } from './results.ts';
import { loadNow, versionOf } from './runtime.ts';
import { shortfalls, tableOf, withResults } from './table.ts';
import { sizes, type Size } from './trial.ts';

const [FILE, README] = ['results.json', 'README.md'].map((name) => join(import.meta.dirname, name)) as [string, string];

function runtime(): Runtime {
  return {
    node: process.version, electron: versionOf(packaged), openssl: process.versions.openssl, cpu: cpus()[0]?.model ?? '', cpus: cpus().length,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** @param only names, with a comma between; without it all that are not to be asked for */
function chosen(only: string | undefined): readonly Measure[] {
  if (only === undefined) return measures.filter(({ optIn }) => !optIn);
  const names = only.split(',');
  const unknown = names.filter((name) => !measures.some((one) => one.name === name));
  if (unknown.length > 0) throw new Stop(`There is no ${unknown.join(', ')}. There are ${measures.map(({ name }) => name).join(', ')}.`);
  return measures.filter(({ name }) => names.includes(name));
}

/** @returns whether any was given: then this is a trial */
function takeSizes(given: Partial<Record<Size, string>>): boolean {
  for (const [name, text] of Object.entries(given) as [Size, string][]) {
    const size = Number(text);
    if (!Number.isSafeInteger(size) || size < 1) throw new Stop(`--${name} must be a number of at least 1.`);
    sizes[name] = size;
  }
  return Object.keys(given).length > 0;
}

async function take(measure: Measure): Promise<Result> {
  const date = () => new Date().toISOString();
  const load = loadNow();
  try {
    return resultOf(measure, { load, ...await measure.run() }, date());
  } catch (error) {
    return failureOf(measure, error, date());
  }
}

/** So many digits of a figure are kept. */
const DIGITS = 6;

/** Into what the file holds by now: another run may have added to it meanwhile. */
function keep(now: Results): void {
  const before = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) as Results : null;
  const results = merged(before, now, measures);
  writeFileSync(FILE, `${JSON.stringify(results, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value), 2)}\n`);
  writeFileSync(README, withResults(readFileSync(README, 'utf8'), results));
}

await main(async () => {
  const { values: { only, json, ...given } } = parseArgs({
    options: { only: { type: 'string' }, json: { type: 'boolean', default: false }, runs: { type: 'string' }, events: { type: 'string' }, megabytes: { type: 'string' }, assignments: { type: 'string' }, sealed: { type: 'string' } },
  });
  const tell = json ? () => undefined : say;
  const [wanted, isTrial] = [chosen(only), takeSizes(given)];
  const now: Results = { date: new Date().toISOString(), runtime: runtime(), results: [] };
  for (const [n, measure] of wanted.entries()) {
    tell(`${n + 1}/${wanted.length} ${measure.name}: ${measure.what} …`);
    now.results.push(await take(measure));
    // After each: a run that is cut short keeps what it had.
    if (!isTrial) keep(now);
  }
  const { met, missed, failed } = counted(now.results);
  if (json) say(JSON.stringify(now, undefined, 2));
  tell(`\n${tableOf(now.results)}\n`);
  for (const line of shortfalls(now.results)) tell(line);
  if (isTrial) tell('Sizes were given: a trial, of which nothing is kept.');
  tell(`${met} met, ${missed} missed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
});
