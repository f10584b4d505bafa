/** Ours and the reference, one after the other and again, so that whatever else the machine does meanwhile is shared by both. */
import { median, type Measured } from './measure.ts';

/**
 * What several alternating runs come to. One pair before them is not counted: it warms up.
 * @param ours, reference each gives its own figure
 */
export async function alternating(runs: number, ours: () => Promise<number>, reference: () => Promise<number>): Promise<Measured> {
  const pairs: [ours: number, reference: number][] = [];
  for (let n = -1; n < runs; n += 1) {
    const pair: [number, number] = [await ours(), await reference()];
    if (n >= 0) pairs.push(pair);
  }
  const ratios = pairs.map(([one, other]) => one / other);
  return {
    value: median(pairs.map(([one]) => one)), ratio: median(ratios), runs, spread: [Math.min(...ratios), Math.max(...ratios)],
    detail: { reference: median(pairs.map(([, other]) => other)) },
  };
}
