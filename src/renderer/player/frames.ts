/** Learns how long a frame of this recording is, from the times of frames that were shown. Seconds. */
const ASSUMED = 1 / 25;
const SHORTEST = 1 / 130;
const LONGEST = 1 / 4;
/** Frames of the recording that a step may need while their length is not known. */
const MOST_TRIES = 6;

export class Frames {
  #shown: number | null = null;
  #length = ASSUMED;
  #known = false;
  #step: { by: 1 | -1; from: number; tries: number } | null = null;

  get length(): number {
    return this.#length;
  }

  /** A frame is on the screen. Returns where to go on to, while a step has not changed the picture yet. @param at its media time @param following it followed the one before it without a jump */
  shown(at: number, following: boolean): number | null {
    const before = this.#shown;
    this.#shown = at;
    const step = this.#step;
    if (step) {
      this.#step = null;
      if (at !== step.from) {
        // Only where no frame can have been stepped over.
        if (step.by === 1 && (step.tries > 1 || at - step.from < this.#length * 1.05)) this.#learn(at - step.from);
      } else if (step.tries < MOST_TRIES) {
        this.#step = { ...step, tries: step.tries + 1 };
        return this.#target(this.#step);
      }
      return null;
    }
    if (following && before !== null) this.#learn(at - before);
    return null;
  }

  /** Where the next frame, or the one before, is. @param position of the player, where no frame was told of */
  step(by: 1 | -1, position: number): number {
    this.#step = { by, from: this.#shown ?? position, tries: 1 };
    return this.#target(this.#step);
  }

  /** The person went elsewhere. */
  left(): void {
    this.#step = null;
  }

  /** Into the middle of a frame: at its edge either neighbour may be shown. */
  #target({ by, from, tries }: { by: 1 | -1; from: number; tries: number }): number {
    return Math.max(0, by === 1 ? from + (tries + 0.5) * this.#length : from - (tries - 0.5) * this.#length);
  }

  /** A frame that was dropped makes the difference longer, never shorter. */
  #learn(difference: number): void {
    if (difference < SHORTEST || difference > LONGEST || (this.#known && difference >= this.#length)) return;
    this.#length = difference;
    this.#known = true;
  }
}
