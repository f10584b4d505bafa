/** Stretches of a recording, [from, to] in seconds; a still picture is [t, t]. Part of the contract: the screens tell main which were shown, and both join them. */
export type Interval = [from: number, to: number];

/** In order, what overlaps or is at most `gap` seconds apart as one. */
export function joinIntervals(intervals: readonly Interval[], gap: number): Interval[] {
  const joined: Interval[] = [];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && from <= last[1] + gap) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}
