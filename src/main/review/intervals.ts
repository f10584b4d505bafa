/** Stretches of a recording, [from, to] in seconds. */
export type Interval = [from: number, to: number];

/** In order, what overlaps or touches as one. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    if (to <= from) continue;
    const last = merged.at(-1);
    if (last && from <= last[1] + 0.05) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
