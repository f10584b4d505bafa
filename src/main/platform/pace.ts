/** When to ask again. With chance in it: a thousand computers that lost one practice at the same moment must not all come back at the same moment. */

/** Whole ms to wait after this many failures in a row before: twice as long each time up to the longest, of which half is sure and half is chance. */
export function waitAfter(failures: number, firstMs: number, longestMs: number, chance: () => number = Math.random): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 20));
  return Math.round((whole * (1 + chance())) / 2);
}

const FIRST_MS = 15_000;

/** Of a question that is asked again and again. Times are of a steady clock, ms. */
export class Pace {
  readonly #usualMs: () => number;
  readonly #chance: () => number;
  #asked = -Infinity;
  #failures = 0;
  #wait = 0;

  /** @param usualMs between two questions that are answered; a tenth more or less each time */
  constructor(usualMs: () => number, chance: () => number = Math.random) {
    this.#usualMs = usualMs;
    this.#chance = chance;
  }

  isDue(now: number): boolean {
    return now - this.#asked >= this.#wait;
  }

  asked(now: number): void {
    this.#asked = now;
    this.#wait = this.#usualMs() * (0.9 + this.#chance() * 0.2);
  }

  answered(): void {
    this.#failures = 0;
  }

  /** Nobody answered: again sooner than usual, and then less and less often. */
  failed(): void {
    this.#wait = waitAfter(this.#failures, FIRST_MS, this.#usualMs(), this.#chance);
    this.#failures += 1;
  }

  /** Something has changed: asked at the next occasion. */
  wake(): void {
    this.#asked = -Infinity;
    this.#failures = 0;
  }
}
