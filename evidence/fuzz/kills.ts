/**
 * Kills: a process does a scenario and says what is done; SIGKILL meets it at a random moment, or in the middle of its change N. What
 * it leaves is opened and compared with what it had said.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { sightings } from './canaries.ts';
import type { Context, FuzzClass, Prepared, Tally } from './fuzzClass.ts';
import type { KilledSays, KillJob } from './killed.ts';
import { FileKeychain } from './keychainFile.ts';
import { type Findings, look, Promised } from './oracle.ts';
import { type Random, randomFor } from './random.ts';
import { Run, type Plant, scenarios, templateSteps } from './scenario.ts';
import { KINDS, shimEnvironment } from './shim/shim.ts';
import { layOut, makeTemplate, vaultIn } from './template.ts';

/** Longer than any scenario: a process that neither ends nor dies is a finding. */
const PATIENCE_MS = 30_000;

function start(context: Context): ChildProcess {
  const env = shimEnvironment(context.library, context.folder, join(context.aside, 'killed.log'));
  return spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, 'killed.ts')], { env, stdio: ['pipe', 'ignore', 'inherit', 'pipe'] });
}

/** @param after milliseconds from the first step to the kill; null: the process dies by itself, in the middle of a change. */
async function killed(child: ChildProcess, job: KillJob, after: number | null): Promise<KilledSays[]> {
  const said: KilledSays[] = [];
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  const killAfter = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill('SIGKILL'), ms);
  };
  (child.stdio[3] as Readable).setEncoding('utf8').on('data', (more: string) => {
    const lines = (text + more).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const says = JSON.parse(line) as KilledSays;
      said.push(says);
      if ('ready' in says) killAfter(after ?? PATIENCE_MS);
      // Past the end of its steps only the kill is left.
      if ('end' in says && after === null) killAfter(0);
    }
  });
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_code, signal) => resolve(signal)));
  child.stdin?.write(`${JSON.stringify(job)}\n`);
  const signal = await gone;
  clearTimeout(timer);
  if (signal !== 'SIGKILL') throw new Error(`the process ended with ${signal ?? 'a code'} before it was killed`);
  const end = said.find((says) => 'end' in says);
  if (end && end.end !== null) throw new Error(`the scenario failed without a fault: ${end.end}`);
  return said;
}

interface Measured {
  /** How many changes to the disk, and how long. */
  changes: number;
  ms: number;
}

async function prepare(context: Context): Promise<Prepared> {
  const template = await makeTemplate(join(context.folder, 'template'), templateSteps);
  const measured = new Map<string, Measured>();
  for (const scenario of scenarios) {
    const folder = join(context.folder, 'run');
    const { keychain } = layOut(template, scenario, folder);
    context.shim.count(KINDS.change);
    const run = new Run(vaultIn(folder), new FileKeychain(keychain), () => undefined);
    const started = performance.now();
    await run.go(scenario.steps(randomFor('kills', scenario.name)));
    measured.set(scenario.name, { changes: context.shim.counted().calls, ms: performance.now() - started });
    context.shim.off();
    await run.close();
  }
  let warm = start(context);
  const one = async (random: Random, index: number, plant: Plant, tally?: Tally): Promise<Findings & { canaries: string[] }> => {
    const scenario = scenarios[index % scenarios.length];
    const measure = scenario && measured.get(scenario.name);
    if (!scenario || !measure) throw new Error('no scenario');
    const folder = join(context.folder, 'run');
    const { keychain, promised: before } = layOut(template, scenario, folder);
    const keychainPath = join(context.aside, 'keychain.json');
    writeFileSync(keychainPath, JSON.stringify(keychain));
    const inAChange = random.coin();
    const killAt = inAChange ? 1 + random.int(measure.changes) : null;
    const after = inAChange ? null : random.int(Math.ceil(measure.ms * 1.2) + 1);
    const child = warm;
    // The next one starts while this one lives and dies.
    warm = start(context);
    const said = await killed(child, { folder: vaultIn(folder), keychain: keychainPath, steps: scenario.steps(randomFor('kills', scenario.name)), plant, killAt }, after);
    tally?.sort(`${scenario.name}, ${inAChange ? 'in a change' : 'at a moment'}`);
    const promised = Promised.from(said.filter((says) => 'begin' in says || 'done' in says || 'failed' in says), before);
    const at = `${scenario.name}, ${killAt === null ? `after ${after ?? 0} ms` : `in change ${killAt} of ${measure.changes}`}, during ${promised.pending?.do ?? 'nothing'}`;
    const canaries = sightings(folder, template.needles);
    const findings = await look(vaultIn(folder), new FileKeychain(FileKeychain.read(keychainPath)), promised, { goesOn: random.coin(3) });
    const tell = (what: string) => `${what}: ${at}`;
    return { lost: findings.lost.map(tell), wrong: findings.wrong.map(tell), unnamed: findings.unnamed.map(tell), canaries };
  };
  return {
    async run(index, tally) {
      tally.noteAll(index, await one(randomFor(context.seed, 'kills', index), index, null, tally));
      tally.kills += 1;
    },
    /** An audit entry that is said to be written and is not. */
    async control() {
      const audit = scenarios.findIndex(({ name }) => name === 'audit');
      for (let i = 0; i < 10; i += 1) {
        if ((await one(randomFor(context.seed, 'kills', 'control', i), audit, 'early-done')).lost.some((what) => what.startsWith('audit entry'))) return true;
      }
      return false;
    },
    end: () => {
      warm.kill('SIGKILL');
      rmSync(context.folder, { recursive: true, force: true });
    },
  };
}

export const kills: FuzzClass = { name: 'kills', share: 0.25, slice: 24, least: 1_000, realCost: true, prepare };
