/** What many runs came to. Pure. */
import type { Finding } from './oracle.ts';
import { blows, lineFaults, type Blow, type LineFault } from './plan.ts';
import { plants, type PlantName } from './plants.ts';

/** What one run came to. */
export interface Ran {
  seed: string;
  findings: Finding[];
  injected: Record<LineFault | Blow, number>;
  /** What was done and what came of it, a line each. */
  sequence: string[];
  /** Acts and openings that succeeded. */
  done: number;
  /** Openings of what was still coming. */
  arriving: number;
  ms: number;
}

/** A run of a planted defect's steps; not `planted`: the same without it, in which nothing may be found. */
export interface Control {
  plant: PlantName;
  planted: boolean;
}

export interface Outcome {
  ran: Ran;
  /** Null: a run by its own plan. */
  control: Control | null;
}

/** Acts and openings that succeed in a run, on average: with fewer the app did next to nothing, and nothing was there to be found. */
const LEAST_DONE = 2;
/** In so many runs each fault comes about. */
const MANY_RUNS = 100;

export const none = (): Ran['injected'] => Object.fromEntries([...lineFaults, ...blows].map((name) => [name, 0])) as Ran['injected'];
export const actsOf = (ran: readonly Ran[]): number => ran.reduce((sum, { done }) => sum + done, 0);
export const arrivingIn = (ran: readonly Ran[]): number => ran.reduce((sum, { arriving }) => sum + arriving, 0);
export const injectedIn = (ran: readonly Ran[]): Ran['injected'] => Object.fromEntries([...lineFaults, ...blows].map((name) => [name, ran.reduce((sum, { injected }) => sum + injected[name], 0)])) as Ran['injected'];

/** Why these runs show nothing, whatever they found. One alone is one that is repeated, and may be short. */
export function emptiness(ran: readonly Ran[]): string[] {
  const [done, least] = [actsOf(ran), LEAST_DONE * ran.length];
  const never = ran.length < MANY_RUNS ? [] : Object.entries(injectedIn(ran)).flatMap(([fault, times]) => (times === 0 ? [fault] : []));
  return [...(ran.length === 0 ? ['nothing was run'] : []), ...(ran.length > 1 && done < least ? [`${done} acts and openings succeeded in ${ran.length} runs, and ${least} should`] : []), ...never.map((fault) => `never injected: ${fault}`), ...(ran.length >= MANY_RUNS && arrivingIn(ran) === 0 ? ['nothing was watched while it came'] : [])];
}

export interface Verdict {
  /** Runs by their own plan, and those of them with findings. */
  ran: Ran[];
  bad: Ran[];
  empty: string[];
  /** Planted defects that were found, and of whose steps nothing is found without them. */
  found: PlantName[];
  passed: number;
  failed: number;
}

/** @param controls planted defects that were to be found */
export function verdictOf(outcomes: readonly Outcome[], controls: readonly PlantName[]): Verdict {
  const ran = outcomes.filter(({ control }) => control === null).map((one) => one.ran);
  const bad = ran.filter(({ findings }) => findings.length > 0);
  const of = (plant: PlantName, planted: boolean) => outcomes.find(({ control }) => control?.plant === plant && control.planted === planted)?.ran.findings ?? null;
  const found = controls.filter((plant) => of(plant, true)?.some(({ kind }) => kind === plants[plant].found) === true && of(plant, false)?.length === 0);
  const empty = emptiness(ran);
  return { ran, bad, empty, found, passed: ran.length - bad.length + found.length, failed: bad.length + controls.length - found.length + empty.length };
}
