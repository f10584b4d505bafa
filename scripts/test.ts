import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeDeb } from './deb.ts';
import { runE2e } from './e2e.ts';
import { runInstalled } from './installed.ts';
import { countLastLine, countPlaywright, countVitest, type Count } from './lib/counts.ts';
import { root } from './lib/paths.ts';
import { main, run, say } from './lib/process.ts';
import { packageApp } from './package.ts';
import { prepare } from './prepare.ts';
import { provideSystem } from './system.ts';

/**
 * The whole suite: lint, types, electronegativity, build, package, unit tests, a slice of the fuzz, adversary and chaos runs, end-to-end. Every part runs even when an earlier one failed,
 * unless it needs what failed. The last lines name what failed and count: each test is one, each class of the fuzz run and each of its controls, the generated layer of the adversary run and each of its controls, each of the chaos runs and its control; lint, types, build and package are one each.
 */
async function testAll(): Promise<void> {
  const total: Count = { passed: 0, failed: 0, failures: [] };
  const add = ({ passed, failed, failures }: Count) => {
    total.passed += passed;
    total.failed += failed;
    total.failures.push(...failures);
  };
  const step = async (title: string, body: () => Promise<boolean>): Promise<boolean> => {
    say(`\n── ${title}`);
    const good = await body().catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return false;
    });
    add(good ? { passed: 1, failed: 0, failures: [] } : { passed: 0, failed: 1, failures: [title] });
    if (!good) say(`✗ ${title} failed`);
    return good;
  };
  const npm = async (script: string) => (await run('npm', ['run', '--silent', script], { cwd: root, show: true })).code === 0;

  // Lint keeps one core busy for as long as these keep the other.
  const others = async (): Promise<boolean> => {
    await step('types', () => npm('typecheck'));
    await step('electronegativity', () => npm('electronegativity'));
    return (await step('build', () => npm('build'))) && step('package', async () => {
      await packageApp(await prepare({ session: true }), { demo: true });
      await makeDeb();
      return true;
    });
  };
  const [ready] = await Promise.all([others(), step('lint', () => npm('lint'))]);

  say('\n── unit tests');
  const unitReport = path.join(root, '.cache/unit.json');
  await mkdir(path.dirname(unitReport), { recursive: true });
  await rm(unitReport, { force: true });
  await run('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${unitReport}`], { cwd: root, show: true, timeout: 20 * 60_000 });
  add(await counted(unitReport, countVitest));

  say('\n── fuzz, the short slice');
  // Its shim is compiled once; anything else that is missing it says itself.
  await provideSystem({ session: true, compiler: true }).catch((error: unknown) => say(error instanceof Error ? error.message : String(error)));
  const fuzz = await run('node', ['evidence/fuzz/main.ts', '--slice'], { cwd: root, timeout: 5 * 60_000 });
  process.stdout.write(fuzz.stdout);
  process.stderr.write(fuzz.stderr);
  add(countLastLine(fuzz.stdout));

  say('\n── adversary, the short slice');
  const adversary = await run('node', ['evidence/adversary/main.ts', '--slice'], { cwd: root, timeout: 5 * 60_000 });
  process.stdout.write(adversary.stdout);
  process.stderr.write(adversary.stderr);
  add(countLastLine(adversary.stdout));

  say('\n── chaos, the short slice');
  const chaos = await run('node', ['evidence/chaos/main.ts', '--slice'], { cwd: root, timeout: 5 * 60_000 });
  process.stdout.write(chaos.stdout);
  process.stderr.write(chaos.stderr);
  add(countLastLine(chaos.stdout));

  if (ready) {
    say('\n── end-to-end tests');
    const { reports } = await runE2e();
    for (const report of reports) add(await counted(report, countPlaywright));
    say('\n── the installed .deb');
    const installed = await runInstalled().catch((error: unknown) => {
      add({ passed: 0, failed: 1, failures: ['installing the .deb'] });
      say(`✗ ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    });
    if (installed) add(await counted(installed, countPlaywright));
  }
  if (total.failures.length > 0) say(`\nFailed:\n${total.failures.map((name) => `  ${name}`).join('\n')}`);
  say(`\n${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
}

/** A report that is missing or unreadable is one failure: the tests did not get to their end. */
async function counted(file: string, count: (report: unknown) => Count): Promise<Count> {
  try {
    return count(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    const why = `no report in ${path.relative(root, file)}: the tests did not get to their end`;
    say(`✗ ${why}`);
    return { passed: 0, failed: 1, failures: [why] };
  }
}

await main(testAll);
