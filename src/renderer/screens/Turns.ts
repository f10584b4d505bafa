/** Questions that overtake each other, one at a time: the first is asked at once, and while it is out only the newest waits for its turn. */
export class Turns {
  #isOut = false;
  #waiting: (() => Promise<void>) | null = null;

  /** @param ask never rejects */
  take(ask: () => Promise<void>): void {
    this.#waiting = ask;
    if (!this.#isOut) void this.#go();
  }

  async #go(): Promise<void> {
    this.#isOut = true;
    try {
      for (let next = this.#waiting; next; next = this.#waiting) {
        this.#waiting = null;
        await next();
      }
    } finally {
      this.#isOut = false;
    }
  }
}
