/** What one line of the benchmark is: how it is measured, and what it should come to. Each of `measures/` exports one or several; `main.ts` runs them one after the other. */

export interface Measured {
  /** Ours: the median of all runs, in {@link Measure.unit}. */
  value: number;
  /** Ours ÷ the reference, as the median of each pair's own ratio; where the goal is one of a ratio, it is compared with this. */
  ratio?: number;
  /** How many runs, or pairs of runs, the medians are of. */
  runs: number;
  /** Smallest and largest of what is compared with the goal. */
  spread: readonly [number, number];
  /** Of the machine, in the minute before. */
  load?: number;
  /** Whatever else helps whoever asks why, such as the reference's median. */
  detail?: Readonly<Record<string, number | string>>;
}

export interface Measure {
  /** Its name on the command line and in the table, such as `first-frame`. */
  name: string;
  /** One line: ours and the reference, or what the value is of. */
  what: string;
  unit: 'ms' | 'MB' | 'MB/s' | 'requests' | '%' | 's';
  goal: { is: 'at most' | 'at least'; figure: number; of: 'ratio' | 'value' };
  /** Too long or too large for every run: only with `--only`. */
  optIn?: true;
  /** @throws whatever goes wrong: the measure then counts as failed, and the others go on. */
  run: () => Promise<Measured>;
}

export const median = (figures: readonly number[]): number => {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return ((sorted[middle] ?? NaN) + (sorted[(sorted.length - 1) >> 1] ?? NaN)) / 2;
};

/** Which figure the goal is one of. */
export const compared = ({ goal }: Measure, { value, ratio }: Measured): number => (goal.of === 'ratio' ? ratio ?? NaN : value);
export const isMet = (measure: Measure, measured: Measured): boolean => {
  const figure = compared(measure, measured);
  return measure.goal.is === 'at most' ? figure <= measure.goal.figure : figure >= measure.goal.figure;
};
