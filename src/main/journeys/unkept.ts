/**
 * What the practice said and this computer could not keep, or decide: until it can, none of it passes. By vault, because the next person's answers say nothing of it. It does not outlast the process.
 */
export class Unkept {
  readonly #tasks = new Map<string, Set<string>>();
  readonly #stops = new Map<string, ReadonlySet<string>>();

  /** @param vault its id. @param task "Task/id" */
  add(vault: string, task: string): void {
    this.#tasks.set(vault, this.of(vault).add(task));
  }

  /** All of it was read, kept and decided; or it is gone. */
  resolve(vault: string, task: string): void {
    this.#tasks.get(vault)?.delete(task);
  }

  of(vault: string): Set<string> {
    return new Set(this.#tasks.get(vault));
  }

  has(vault: string, task: string): boolean {
    return this.#tasks.get(vault)?.has(task) === true;
  }

  /** Identifiers that are stopped. @param stops none, once they are kept */
  setStops(vault: string, stops: ReadonlySet<string>): void {
    this.#stops.set(vault, stops);
  }

  stops(vault: string): ReadonlySet<string> {
    return this.#stops.get(vault) ?? new Set();
  }
}
