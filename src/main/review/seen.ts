/** What a person has seen of a recording and where they are in it, on its way to the library. Seconds. */
import type { Interval } from '../../preload/intervals.ts';

export class Seen {
  #media: Interval[] = [];
  #position: number | null = null;
  /** The screen has said something of it. */
  hasBegun = false;

  /** One report of the screen. */
  report(media: readonly Interval[], position: number): void {
    this.hasBegun = true;
    this.#media.push(...media.filter(([from, to]) => to > from));
    // One that is only opened shows its first frame: where the person stopped stays known.
    if (position > 0 || media.some(([from, to]) => to > from)) this.#position = position;
  }

  /** What came since the last call, or null. `position` is null where the person is where they were. */
  take(): { media: Interval[]; position: number | null } | null {
    const [media, position] = [this.#media, this.#position];
    [this.#media, this.#position] = [[], null];
    return media.length > 0 || position !== null ? { media, position } : null;
  }
}
