/** Which small picture is made when, without a page: one at a time, and always what is wanted now. */

import { THUMBNAIL_EVERY } from '../../preload/review.ts';

/** The place whose picture stands for `at`. Null where there is none: the length is not known. */
export function placeOf(at: number, duration: number): number | null {
  if (!(duration > 0) || !Number.isFinite(duration)) return null;
  return Math.min(Math.floor(duration / THUMBNAIL_EVERY), Math.max(0, Math.round(at / THUMBNAIL_EVERY))) * THUMBNAIL_EVERY;
}

interface Work<T> {
  /** Null: there is none to be had. */
  make: (place: number) => Promise<T | null>;
  show: (picture: T | null) => void;
  /** The recording itself comes first. */
  mayWork: () => boolean;
  letGo: (picture: T) => void;
}

export class Thumbnails<T> {
  readonly #work: Work<T>;
  readonly #made = new Map<number, T | null>();
  #wanted: number | null = null;
  #busy = false;
  #stopped = false;

  constructor(work: Work<T>) {
    this.#work = work;
  }

  /** Null: nobody looks any more; what is under way is finished, and nothing new begun. */
  want(place: number | null): void {
    if (this.#stopped || place === this.#wanted) return;
    this.#wanted = place;
    this.#work.show(place === null ? null : this.#made.get(place) ?? null);
    this.goOn();
  }

  /** Also to be called when the recording may have stopped needing everything. */
  goOn(): void {
    const place = this.#wanted;
    if (this.#stopped || this.#busy || place === null || this.#made.has(place) || !this.#work.mayWork()) return;
    this.#busy = true;
    void this.#work.make(place).catch(() => null).then((picture) => {
      this.#busy = false;
      if (this.#stopped) {
        if (picture !== null) this.#work.letGo(picture);
        return;
      }
      this.#made.set(place, picture);
      if (this.#wanted === place) this.#work.show(picture);
      this.goOn();
    });
  }

  /** Lets go of every picture, and of the one under way when it comes. */
  stop(): void {
    this.#stopped = true;
    this.#work.show(null);
    for (const picture of this.#made.values()) if (picture !== null) this.#work.letGo(picture);
    this.#made.clear();
  }
}
