import { joinIntervals, type Interval } from '../../preload/intervals.ts';

/** So much silence, in seconds, still counts as touching. */
const GAP = 0.05;
/** In order, what touches or overlaps as one. */
export const mergeIntervals = (intervals: readonly Interval[]): Interval[] => joinIntervals(intervals, GAP);

/**
 * Keeps what of a recording was shown since it was last asked. Where it cannot know the exact end (a jump happens between two samples) it
 * counts what the clock says may have been shown: rather a quarter of a second too much than any too little.
 * Times of the clock in milliseconds, positions in seconds.
 */
export class ExposureMeter {
  #shown: Interval[] = [];
  #from: number | null = null;
  #position = 0;
  #sampledAt = 0;
  #rate = 1;
  #end = Infinity;

  /** Length of the recording, once it is known. */
  set duration(seconds: number) {
    this.#end = Number.isFinite(seconds) && seconds > 0 ? seconds : Infinity;
  }

  /** A still picture is on the screen at `position`. */
  still(position: number): void {
    this.#shown.push([position, position]);
    this.#position = position;
  }

  /** Playing at `position`: starts a stretch, or extends the one under way. */
  playing(position: number, now: number, rate: number): void {
    if (this.#from !== null && (position < this.#position - 0.05 || position > this.#reached(now) + 1)) this.jumped(now);
    this.#from ??= position;
    this.#position = Math.max(position, this.#from);
    this.#sampledAt = now;
    this.#rate = rate;
  }

  /** Stopped at `position`. */
  stopped(position: number, now: number): void {
    if (this.#from === null) return;
    if (position >= this.#from && position <= this.#reached(now) + 1) this.#close(Math.max(position, this.#position));
    else this.jumped(now);
  }

  /** The position is about to be, or has just been, moved elsewhere. */
  jumped(now: number): void {
    if (this.#from !== null) this.#close(this.#reached(now));
  }

  /** What was shown since the last call, and starts anew from where it is now. */
  take(now: number): Interval[] {
    if (this.#from !== null) {
      const reached = this.#reached(now);
      this.#shown.push([this.#from, reached]);
      this.#from = reached;
      this.#position = reached;
      this.#sampledAt = now;
    }
    const taken = mergeIntervals(this.#shown);
    this.#shown = [];
    return taken;
  }

  get isPlaying(): boolean {
    return this.#from !== null;
  }

  /** How far playing may have come since the last sample; a sample comes at least every quarter of a second, so never more than one second on. */
  #reached(now: number): number {
    const passed = Math.min(1, Math.max(0, (now - this.#sampledAt) / 1000));
    return Math.min(Math.max(this.#end, this.#position), this.#position + passed * this.#rate);
  }

  #close(at: number): void {
    if (this.#from !== null) this.#shown.push([this.#from, Math.max(this.#from, at)]);
    this.#from = null;
  }
}
