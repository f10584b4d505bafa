/** Waits for all of them, whatever fails on the way. Throws the first failure, in their order, after all have ended. */
export async function settleAll(all: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(all)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** The same for what is done one after the other: each is tried, and the first failure is for the end. */
export class FirstFailure {
  #first: { error: unknown } | null = null;

  async of(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#first ??= { error };
    }
  }

  /** Throws it, if there was one. */
  rethrow(): void {
    if (this.#first) throw this.#first.error;
  }
}
