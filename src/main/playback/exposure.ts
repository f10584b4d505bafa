/** Media intervals: merging what the screen reports into what was exposed. Seconds, rounded to a tenth. */
import { joinIntervals, type Interval } from '../../preload/intervals.ts';

const tenth = (seconds: number): number => Math.round(seconds * 10) / 10;

/** Sorted, disjoint; intervals closer than `gap` seconds become one. A single frame stays as [t, t]. */
export function mergeIntervals(intervals: readonly Interval[], gap = 0.25): Interval[] {
  return joinIntervals(intervals.filter(([from, to]) => to >= from), gap).map(([from, to]) => [tenth(from), tenth(to)]);
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
/** A screen that plays says so at least as often, seconds. */
const SILENCE_S = 2;

export class Exposure {
  readonly #write: ExposureWriter;
  #pending: Interval[] = [];
  #attended: Interval[] = [];
  #bytesSinceReport = false;
  /** Where it was playing when the screen last said so, when that was (ms on the steady clock), and how fast it had been. */
  #playing: { position: number; at: number; rate: number } | null = null;

  constructor(write: ExposureWriter) {
    this.#write = write;
  }

  bytesDelivered(): void {
    this.#bytesSinceReport = true;
  }

  /** @param attended the window was visible and had the focus. @param playing where it plays on from, at a moment of the steady clock; null while it stands still. */
  report(intervals: readonly Interval[], attended: boolean, playing: { position: number; at: number } | null = null): void {
    const before = this.#playing;
    const passed = playing && before ? (playing.at - before.at) / 1000 : 0;
    const rate = playing && before && passed > 0 ? Math.min(3, Math.max(1, (playing.position - before.position) / passed)) : 1;
    this.#playing = playing && { ...playing, rate };
    const sound = intervals.filter(([from, to]) => to >= from);
    this.#pending.push(...sound);
    if (attended) this.#attended.push(...sound);
    // A report that makes no sense is silence.
    if (sound.length > 0) this.#bytesSinceReport = false;
  }

  /** One frame beside what plays: it says neither where that is nor that it has stopped. */
  frame(at: number, attended: boolean): void {
    this.#pending.push([at, at]);
    if (attended) this.#attended.push([at, at]);
    // Its own bytes are accounted for. A player that plays has its next word to say.
    if (this.#playing === null) this.#bytesSinceReport = false;
  }

  /**
   * The grant ends now, whatever the screen has still to say: what may have been shown since its last word counts as shown, at most {@link SILENCE_S}. Where the screen
   * stopped first, and said so, nothing is added. Throws as {@link flush} does.
   */
  end(now: number): void {
    const playing = this.#playing;
    this.#playing = null;
    const passed = playing ? Math.min(SILENCE_S, Math.max(0, (now - playing.at) / 1000)) : 0;
    if (playing && passed > 0) this.#pending.push([playing.position, playing.position + passed * playing.rate]);
    this.flush();
  }

  /** Called every {@link FLUSH_MS}. Throws when the audit cannot be written. */
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
