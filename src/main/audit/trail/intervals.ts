/** Media seconds as sets: each second counts once, in whatever order and however often it was watched. */
import type { Interval } from '../entry.ts';

/** The same seconds in order, none twice. A single frame stays as [t, t]. */
export function tidy(intervals: readonly Interval[]): Interval[] {
  if (intervals.length < 2) return intervals.map(([from, to]) => [from, to]);
  const tidied: Interval[] = [];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = tidied.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else tidied.push([from, to]);
  }
  return tidied;
}

/** Seconds, of intervals that are tidy. Rounded to a thousandth, or the order of adding would show. */
export const lengthOf = (intervals: readonly Interval[]): number => Math.round(intervals.reduce((sum, [from, to]) => sum + to - from, 0) * 1000) / 1000;
