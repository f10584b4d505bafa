/**
 * Faults of the disk: call N of a scenario fails, for every N, with ENOSPC, EIO, EMFILE or a short write; once, or from then on. The
 * step must end in a failure that has words for a person, what was promised must stay, and without the fault the vault goes on.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { codesOf } from './adapter.ts';
import { sightings } from './canaries.ts';
import type { Context, FuzzClass, Prepared, Tally } from './fuzzClass.ts';
import { FileKeychain } from './keychainFile.ts';
import { look, Promised } from './oracle.ts';
import { randomFor } from './random.ts';
import { Run, type Plant, type Said, type Scenario, scenarios, templateSteps } from './scenario.ts';
import { type Fault, KINDS } from './shim/shim.ts';
import { layOut, makeTemplate, type Template, vaultIn } from './template.ts';

const FAULTS = ['ENOSPC', 'EIO', 'EMFILE', 'short'] as const satisfies readonly Fault[];

interface Faulty {
  scenario: Scenario;
  fault: Fault;
  stay: boolean;
  n: number;
}

interface Result {
  /** Calls of the fault's kinds that the scenario makes, when it was not met. */
  calls: number;
  /** After the fault only a new start helped. */
  restart: boolean;
  lost: string[];
  wrong: string[];
  unnamed: string[];
  canaries: string[];
}

async function meet(context: Context, template: Template, { scenario, fault, stay, n }: Faulty, goesOn: boolean, plant: Plant = null): Promise<Result> {
  const { shim } = context;
  const folder = join(context.folder, 'run');
  const { keychain: entries, promised: start } = layOut(template, scenario, folder);
  const keychain = new FileKeychain(entries);
  const said: Said[] = [];
  const run = new Run(vaultIn(folder), keychain, (line) => said.push(line), plant);
  let thrown: { error: unknown } | null = null;
  if (n > 0) shim.fail(fault, n, stay);
  else shim.count(KINDS[fault]);
  try {
    await run.go(scenario.steps(randomFor('faults', scenario.name)));
  } catch (error) {
    thrown = { error };
  }
  const { calls } = shim.counted();
  shim.off();
  const result: Result = { calls, restart: false, lost: [], wrong: [], unnamed: [], canaries: [] };
  const promised = Promised.from(said, start);
  const at = `${scenario.name}, ${fault}${stay ? ' from' : ' at'} call ${n}, during ${promised.pending?.do ?? 'nothing'}`;
  if (thrown) {
    const codes = codesOf(thrown.error);
    const named = thrown.error instanceof Error && thrown.error.name === 'Failure';
    if (!named) result.unnamed.push(`${promised.pending?.do ?? ''} ends in ${codes.join(' < ')}: ${at}`);
    // A disk that stays full is what a person can do something about; audit that cannot be written says so, with the disk as its cause.
    else if (fault === 'ENOSPC' && stay && !codes.slice(0, codes[0] === 'audit-unwritable' ? 2 : 1).some((code) => code === 'disk-full' || code === 'disk-fault')) result.unnamed.push(`${promised.pending?.do ?? ''} on a full disk ends in ${codes.join(' < ')}: ${at}`);
  }
  // The app runs on after a fault. Where the same open vault takes no more entries it must say so; a new start is the way out.
  if (thrown && run.isOpen) {
    try {
      promised.entries.push(run.vault.append(98));
    } catch (error) {
      result.restart = true;
      if (codesOf(error)[0] !== 'audit-unwritable') result.unnamed.push(`append after the fault ends in ${codesOf(error).join(' < ')}: ${at}`);
    }
  }
  try {
    await run.close();
  } catch (error) {
    result.unnamed.push(`close ends in ${codesOf(error).join(' < ')}: ${at}`);
  }
  result.canaries = sightings(folder, template.needles);
  const findings = await look(vaultIn(folder), keychain, promised, { goesOn });
  const tell = (what: string) => `${what}: ${at}${thrown ? ` (${codesOf(thrown.error).join(' < ')})` : ''}`;
  result.lost = findings.lost.map(tell);
  result.wrong.push(...findings.wrong.map(tell));
  result.unnamed.push(...findings.unnamed.map(tell));
  return result;
}

async function prepare(context: Context): Promise<Prepared> {
  const template = await makeTemplate(join(context.folder, 'template'), templateSteps);
  const cases: Faulty[] = [];
  for (const scenario of scenarios) {
    for (const fault of FAULTS) {
      const { calls } = await meet(context, template, { scenario, fault, stay: false, n: 0 }, false);
      for (let n = 1; n <= calls; n += 1) for (const stay of fault === 'short' || fault === 'EIO' ? [false] : [true, false]) cases.push({ scenario, fault, stay, n });
    }
  }
  // In an order that does not depend on when the time is over: a shorter run has seen some of everything.
  const random = randomFor(context.seed, 'faults', 'order');
  for (let i = cases.length - 1; i > 0; i -= 1) {
    const j = random.int(i + 1);
    const [a, b] = [cases[i], cases[j]];
    if (a && b) [cases[i], cases[j]] = [b, a];
  }
  return {
    total: cases.length,
    async run(index, tally: Tally) {
      const faulty = cases[index];
      if (!faulty) return;
      const result = await meet(context, template, faulty, true);
      tally.sort(`${faulty.scenario.name}, ${faulty.fault}${result.restart ? ', needs a new start' : ''}`);
      tally.noteAll(index, result);
    },
    /** An error that nobody passes on: the step is said to be done. */
    async control() {
      const scenario = scenarios.find(({ name }) => name === 'download');
      if (!scenario) return false;
      for (let n = 10; n <= 90; n += 10) {
        if ((await meet(context, template, { scenario, fault: 'ENOSPC', stay: true, n }, false, 'swallowed')).lost.length > 0) return true;
      }
      return false;
    },
    end: () => rmSync(context.folder, { recursive: true, force: true }),
  };
}

export const faults: FuzzClass = { name: 'faults', share: 0.15, slice: 120, least: 1_000, realCost: false, prepare };
