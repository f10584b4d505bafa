/** For what is done one after the other, whatever fails on the way: keeps the first failure until all has been tried. Who attempts with it must {@link rethrow}, or throws something that says more. */
export class FirstFailure {
  #first: { error: unknown } | null = null;

  /** Resolves also where the work fails. */
  async attempt(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#first ??= { error };
    }
  }

  get hasFailed(): boolean {
    return this.#first !== null;
  }

  /** Throws it, if there was one. */
  rethrow(): void {
    if (this.#first) throw this.#first.error;
  }
}
