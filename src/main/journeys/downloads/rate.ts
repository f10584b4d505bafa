/** How fast bytes come, as a person can read it: over the last seconds and not the last moment. Times are of a steady clock, ms. */

const OVER_MS = 10_000;
/** Before that nothing is said: the first bytes come out of buffers. */
const FROM_MS = 2000;
const BETWEEN_MS = 500;

export class Rate {
  #bytes: number;
  #samples: { at: number; bytes: number }[];

  /** @param bytes that are here when it begins */
  constructor(bytes: number, at: number) {
    this.#bytes = bytes;
    this.#samples = [{ at, bytes }];
  }

  /** @param bytes that are here in all */
  came(bytes: number, at: number): void {
    this.#bytes = bytes;
    const last = this.#samples.at(-1);
    if (last && at - last.at < BETWEEN_MS) return;
    // One from before the last seconds is where they are counted from.
    const begin = this.#samples.findLastIndex((sample) => sample.at <= at - OVER_MS);
    this.#samples = [...this.#samples.slice(Math.max(0, begin)), { at, bytes }];
  }

  /** Bytes a second; null while that cannot be said, or when nothing comes. */
  perSecond(now: number): number | null {
    const since = this.#samples.findLast(({ at }) => at <= now - OVER_MS) ?? this.#samples[0];
    if (!since || now - since.at < FROM_MS || this.#bytes <= since.bytes) return null;
    return ((this.#bytes - since.bytes) / (now - since.at)) * 1000;
  }
}
