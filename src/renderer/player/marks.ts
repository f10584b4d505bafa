import type { Interval } from '../../preload/intervals.ts';

/** A stretch that is being chosen, in seconds of media. */
export interface Marks {
  in: number | null;
  out: number | null;
}

export const noMarks: Marks = { in: null, out: null };

/** Moves one end. An end that would then be on the wrong side of the other takes that other away. */
export function mark(marks: Marks, end: 'in' | 'out', at: number): Marks {
  if (end === 'in') return { in: at, out: marks.out !== null && marks.out > at ? marks.out : null };
  return { in: marks.in !== null && marks.in < at ? marks.in : null, out: at };
}

/** The stretch between two ends; null while one is missing. */
export const stretchOf = (marks: Marks): Interval | null => (marks.in === null || marks.out === null || marks.out <= marks.in ? null : [marks.in, marks.out]);

/** Where a loop goes on from, or null where it plays on. Before the stretch it plays up to it; more than a second past its end it was left on purpose. */
export function loopBack(marks: Marks, position: number, ended = false): number | null {
  const stretch = stretchOf(marks);
  if (!stretch) return null;
  return position >= stretch[1] && (ended || position < stretch[1] + 1) ? stretch[0] : null;
}
