import type { Presented } from '../../preload/contract.ts';

/** Longer than this between two looks and the computer slept. */
const longestLook = 5000;

/** Adds up how long each row is on the screen. Times of the clock in milliseconds. */
export class PresentedMeter {
  #here = new Set<string>();
  #seconds = new Map<string, number>();
  #seen = true;
  #lookedAt = 0;

  /** This row is on the screen, or not any more. */
  row(id: string, here: boolean, now: number): void {
    this.#look(now);
    if (here) this.#here.add(id);
    else this.#here.delete(id);
  }

  /** Can what is on the screen be seen: is the window in sight, and nothing over the rows? */
  canBeSeen(seen: boolean, now: number): void {
    this.#look(now);
    this.#seen = seen;
  }

  /** What was on the screen since the last call. */
  take(now: number): Presented[] {
    this.#look(now);
    const taken = [...this.#seconds].map(([id, seconds]) => ({ id, seconds: Math.round(seconds * 1000) / 1000 }));
    this.#seconds.clear();
    return taken;
  }

  #look(now: number): void {
    const passed = Math.min(longestLook, now - this.#lookedAt) / 1000;
    this.#lookedAt = now;
    if (!this.#seen || passed <= 0) return;
    for (const id of this.#here) this.#seconds.set(id, (this.#seconds.get(id) ?? 0) + passed);
  }
}
