/**
 * `npm run mutation`: changes src/main/assurance in one place at a time and runs its unit tests against each change. A change that no test
 * notices must be argued in docs/assurance.md, and nothing else may be, or the run fails. `-- --only FILE`: the mutants of one file, without a summary.
 */
import { Stryker } from '@stryker-mutator/core';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/lib/paths.ts';
import { main, say, Stop } from '../../scripts/lib/process.ts';
import { argued, describe } from './describe.ts';

const FOLDER = 'src/main/assurance';
const CONCURRENCY = 2;

type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

const versionOf = (name: string): string => (JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;

const place = ({ location: { start } }: MutantResult): number => start.line * 10_000 + start.column;

/** Every mutant of the run with its name, file by file. */
function named(results: readonly MutantResult[]): { name: string; status: MutantResult['status'] }[] {
  const files = [...new Set(results.map(({ fileName }) => fileName))].sort();
  return files.flatMap((file) => {
    // By place, and at one place by what it became: numbers in names are the same each time.
    const here = results.filter(({ fileName }) => fileName === file).sort((a, b) => place(a) - place(b) || a.replacement.localeCompare(b.replacement));
    const mutants = here.map(({ location: { start, end }, mutatorName, replacement }) => ({ start, end, mutator: mutatorName, replacement }));
    const names = describe(path.basename(file), readFileSync(path.resolve(root, file), 'utf8'), mutants);
    return here.map(({ status }, index) => ({ name: names[index] ?? '', status }));
  });
}

async function mutation(): Promise<void> {
  const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
  const file = only === undefined ? '*.ts' : path.basename(only);
  const started = Date.now();
  process.chdir(root);
  const results = await new Stryker({
    mutate: [`${FOLDER}/${file}`, `!${FOLDER}/*.{test,fixture}.ts`],
    testRunner: 'vitest', plugins: ['@stryker-mutator/vitest-runner'], vitest: { configFile: 'evidence/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest', concurrency: CONCURRENCY, timeoutMS: 20_000, disableTypeChecks: false, allowEmpty: true,
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only'], allowConsoleColors: false, tempDirName: '.cache/mutation',
    ignorePatterns: ['.cache', 'release', 'out', 'out-test', 'walkthrough', 'test-results', 'docs', 'e2e', 'resources'],
  }).runMutationTest();
  if (results.length === 0) throw new Stop(`There is nothing to change in ${FOLDER}/${file}.`);

  const mutants = named(results);
  const count = (...statuses: MutantResult['status'][]) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').map(({ name }) => name);
  const [killed, timeouts, broken] = [count('Killed'), count('Timeout'), count('CompileError', 'RuntimeError')];
  const unlooked = mutants.length - killed - timeouts - survivors.length - broken;
  const reasons = argued(readFileSync(path.join(root, 'docs/assurance.md'), 'utf8'));
  const unargued = survivors.filter((name) => !reasons.has(name));
  const looked = new Set(mutants.map(({ name }) => name.split(' › ')[0]));
  // A whole run looks at every file: an argument about a file that is no more is in vain too.
  const gone = [...reasons].filter((name) => (only === undefined || looked.has(name.split(' › ')[0])) && !survivors.includes(name));
  for (const name of unargued) say(`✗ survived, and docs/assurance.md does not argue it: ${name}`);
  for (const name of gone) say(`✗ argued in docs/assurance.md, and does not survive: ${name}`);
  if (unlooked > 0) say(`✗ ${unlooked} mutants were left out: a comment in the code says so, and none may.`);
  if (broken > 0) say(`· ${broken} mutants could not be run and count neither way`);
  say(`${survivors.length} survived, ${survivors.length - unargued.length} of them argued in docs/assurance.md; ${timeouts} of the killed ran out of time; ${Math.round((Date.now() - started) / 1000)} s`);
  if (only === undefined) {
    const summary = {
      date: new Date().toISOString(), runtime: { node: process.version, platform: `${process.platform} ${process.arch}`, vitest: versionOf('vitest') },
      tool: `@stryker-mutator/core ${versionOf('@stryker-mutator/core')}`, seconds: Math.round((Date.now() - started) / 1000),
      mutants: mutants.length, killed, survived: survivors.length, timeouts, broken,
      score: Math.round(((killed + timeouts) / (mutants.length - broken)) * 10_000) / 100,
      unargued: unargued.length, arguedInVain: gone.length, survivors,
    };
    writeFileSync(path.join(import.meta.dirname, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  }
  say(`${killed + timeouts} passed, ${survivors.length} failed`);
  if (unargued.length > 0 || gone.length > 0 || unlooked > 0) process.exitCode = 1;
}

await main(mutation);
