/** What a benchmark keeps: of each measure its last result, and where it was had. */
import { isDeepStrictEqual } from 'node:util';
import { isMet, type Measure, type Measured } from './measure.ts';

export interface Runtime {
  node: string;
  /** Of the package; null where there is none. */
  electron: string | null;
  openssl: string;
  cpu: string;
  cpus: number;
  platform: string;
}

interface Line extends Pick<Measure, 'name' | 'what' | 'unit' | 'goal'> {
  /** When it was had. */
  date: string;
}
export type Result = Line & (Measured & { met: boolean } | { failed: string });

export interface Results {
  date: string;
  runtime: Runtime;
  results: Result[];
}

const lineOf = ({ name, what, unit, goal }: Measure, date: string): Line => ({ name, what, unit, goal, date });
export const resultOf = (measure: Measure, measured: Measured, date: string): Result => ({ ...lineOf(measure, date), ...measured, met: isMet(measure, measured) });
export const failureOf = (measure: Measure, error: unknown, date: string): Result => ({ ...lineOf(measure, date), failed: error instanceof Error ? error.message : String(error) });

/** Those before with what is new in their place, in the order of the measures, by the words and the goals of now. Results of another machine or runtime do not stand beside it, nor do those of a measure that there is no more. */
export function merged(before: Results | null, now: Results, measures: readonly Measure[]): Results {
  const kept = before && isDeepStrictEqual(before.runtime, now.runtime) ? before.results : [];
  const results = measures.flatMap((measure) => {
    const found = now.results.find(({ name }) => name === measure.name) ?? kept.find(({ name }) => name === measure.name);
    if (!found) return [];
    const as = { ...found, ...lineOf(measure, found.date) };
    return 'failed' in as ? as : { ...as, met: isMet(measure, as) };
  });
  return { ...now, results };
}

/** A missed goal is a result; a measure that could not be taken is none. */
export function counted(results: readonly Result[]): { met: number; missed: number; failed: number } {
  const failed = results.filter((one) => 'failed' in one).length;
  const met = results.filter((one) => 'met' in one && one.met).length;
  return { met, missed: results.length - met - failed, failed };
}
