/** Media intervals: merging what the screen reports into what was exposed. Seconds, rounded to a tenth. */

export type Interval = [from: number, to: number];

const tenth = (seconds: number): number => Math.round(seconds * 10) / 10;

/** Sorted, disjoint; intervals closer than `gap` seconds become one. A single frame stays as [t, t]. */
export function mergeIntervals(intervals: readonly Interval[], gap = 0.25): Interval[] {
  const sorted = intervals.filter(([from, to]) => to >= from).map(([from, to]): Interval => [from, to]).sort((a, b) => a[0] - b[0]);
  const merged: Interval[] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last && from <= last[1] + gap) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged.map(([from, to]) => [tenth(from), tenth(to)]);
}

/** More than these in one writing do not fit into an entry, and no player makes them. */
const MOST_INTERVALS = 1_000;

/** As {@link mergeIntervals}; where there are too many, what lies between them counts as well: never less than was reported. */
function fitting(intervals: readonly Interval[]): Interval[] {
  let merged = mergeIntervals(intervals);
  for (let gap = 1; merged.length > MOST_INTERVALS; gap *= 2) merged = mergeIntervals(merged, gap);
  return merged;
}

export type ExposureWriter = (exposure: { media?: Interval[]; attended?: Interval[]; unreported?: boolean }) => void;

/**
 * One grant's exposure. Reports are collected and written at least every {@link FLUSH_MS}; when bytes went out and the screen
 * said nothing for that long, that is written as well: silence never means that nothing was seen.
 */
export const FLUSH_MS = 5_000;

export class Exposure {
  readonly #write: ExposureWriter;
  #pending: Interval[] = [];
  #attended: Interval[] = [];
  #bytesSinceReport = false;

  constructor(write: ExposureWriter) {
    this.#write = write;
  }

  bytesDelivered(): void {
    this.#bytesSinceReport = true;
  }

  /** @param attended the window was visible and had the focus. */
  report(intervals: readonly Interval[], attended: boolean): void {
    const sound = intervals.filter(([from, to]) => to >= from);
    this.#pending.push(...sound);
    if (attended) this.#attended.push(...sound);
    // A report that makes no sense is silence.
    if (sound.length > 0) this.#bytesSinceReport = false;
  }

  /** Called every {@link FLUSH_MS} and when the grant ends. Throws when the audit cannot be written. */
  flush(): void {
    if (this.#pending.length > 0) {
      const attended = fitting(this.#attended);
      this.#write({ media: fitting(this.#pending), ...(attended.length > 0 ? { attended } : {}) });
      this.#pending = [];
      this.#attended = [];
    } else if (this.#bytesSinceReport) {
      this.#write({ unreported: true });
      this.#bytesSinceReport = false;
    }
  }
}
