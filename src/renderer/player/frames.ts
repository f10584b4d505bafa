/** Learns how long a frame of this recording is, from the times of frames that were shown. Seconds. */
const ASSUMED = 1 / 25;
const SHORTEST = 1 / 130;
const LONGEST = 1 / 4;
/** Times the assumed length that a step goes on while the picture does not change. */
const MOST_TRIES = 6;

interface Step {
  by: 1 | -1;
  from: number;
  /** `from` is where a frame begins, and not just a place within one. */
  exact: boolean;
  tries: number;
  /** Tries after which it gives up. */
  last: number;
}

export class Frames {
  #shown: number | null = null;
  #length = ASSUMED;
  #known = false;
  #step: Step | null = null;

  get length(): number {
    return this.#length;
  }

  /** Another frame is on the screen. @param at its media time @param following it followed the one before it without a jump */
  shown(at: number, following: boolean): void {
    const before = this.#shown;
    this.#shown = at;
    const step = this.#step;
    if (step && !(step.exact && at === step.from)) {
      this.#step = null;
      // Only where no frame can have been stepped over.
      if (step.exact && step.by === 1 && (step.tries > 1 || at - step.from < this.#length * 1.05)) this.#learn(at - step.from);
    } else if (following && before !== null) this.#learn(at - before);
  }

  /** Where the next frame, or the one before, is. @param position of the player @param isShown the picture is of there: right after a jump it may not be */
  step(by: 1 | -1, position: number, isShown: boolean): number {
    const exact = isShown && this.#shown !== null;
    let step: Step = { by, from: exact ? this.#shown ?? position : position, exact, tries: 1, last: MOST_TRIES };
    // A frame that is longer than most is left all the same.
    while ((this.#target(step) - position) * by < 0.001 && this.#target(step) > 0) step = { ...step, tries: step.tries + 1, last: step.last + 1 };
    this.#step = step;
    return this.#target(step);
  }

  /** Where to go on to when a step was made and the picture is still the same; null where that is all. */
  unchanged(): number | null {
    const step = this.#step;
    this.#step = step && !this.#known && step.tries < step.last ? { ...step, tries: step.tries + 1 } : null;
    return this.#step && this.#target(this.#step);
  }

  /** The person went elsewhere. */
  left(): void {
    this.#step = null;
  }

  /** Into the middle of a frame, where it is known where they begin: at its edge either neighbour may be shown. */
  #target({ by, from, exact, tries }: Step): number {
    if (!exact) return Math.max(0, from + by * tries * this.#length);
    return Math.max(0, by === 1 ? from + (tries + 0.5) * this.#length : from - (tries - 0.5) * this.#length);
  }

  /** A frame that was dropped makes the difference longer, never shorter. */
  #learn(difference: number): void {
    if (difference < SHORTEST || difference > LONGEST || (this.#known && difference >= this.#length)) return;
    this.#length = difference;
    this.#known = true;
  }
}
