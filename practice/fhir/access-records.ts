import { randomUUID } from 'node:crypto';
import type { WithId } from '@medplum/core';
import type { AuditEvent } from '@medplum/fhirtypes';
import type { History } from '../seed/history.ts';

/** An entry's id is a UUID: so much of a name leads to it. */
const NAME = 36;

/**
 * The practice's AuditEvents, in the order in which it got them. Apart from the other resources because there can be a million: none is copied, sorted or even made before
 * it is asked for.
 */
export class AccessRecords {
  readonly #history: History | null;
  /** In order of `meta.lastUpdated`; what was overwritten is null and stands again at its new place. */
  readonly #added: (WithId<AuditEvent> | null)[] = [];
  readonly #places = new Map<string, number>();
  readonly #named = new Map<string, Set<string>>();

  constructor(history: History | null) {
    this.#history = history;
  }

  /** Adds one, or puts it in the place of the one with its id. */
  put<T extends AuditEvent>(event: T): WithId<T> {
    const id = event.id ?? randomUUID();
    const made = { ...event, id, meta: { ...event.meta, versionId: randomUUID(), lastUpdated: new Date().toISOString() } };
    const before = this.#places.get(id);
    if (before !== undefined) this.#added[before] = null;
    this.#places.set(id, this.#added.push(made) - 1);
    for (const { name } of made.entity ?? []) {
      if (name === undefined) continue;
      const key = name.slice(0, NAME).toLowerCase();
      this.#named.set(key, (this.#named.get(key) ?? new Set()).add(id));
    }
    return made;
  }

  find(id: string): WithId<AuditEvent> | undefined {
    const place = this.#places.get(id);
    if (place !== undefined) return this.#added[place] ?? undefined;
    const index = this.#history?.indexOf(id);
    return index === undefined ? undefined : this.#history?.resource(index);
  }

  /** Those that may have an entity whose name begins so: never fewer. Null where that would be all. */
  named(name: string): WithId<AuditEvent>[] | null {
    if (name.length < NAME) return null;
    const key = name.slice(0, NAME).toLowerCase();
    const index = this.#history?.named(key);
    const ids = [...(this.#named.get(key) ?? []), ...(index === undefined || !this.#history ? [] : [this.#history.resource(index).id])];
    return [...new Set(ids)].flatMap((id) => this.find(id) ?? []);
  }

  all(): WithId<AuditEvent>[] {
    return this.page(-Infinity, Infinity, 0, Infinity, false).page;
  }

  /**
   * Some of those that the practice got within a time (milliseconds, both included), and how many there are in all. Ties stay in one order.
   * @param skip so many of them come before the page.
   */
  page(from: number, to: number, skip: number, count: number, newestFirst: boolean): { page: WithId<AuditEvent>[]; total: number } {
    const history = this.#history;
    const old: number[] = history ? [firstFrom(history, from), firstFrom(history, to + 1)] : [0, 0];
    const [low = 0, high = 0] = old;
    const overwritten = [...this.#places.keys()].flatMap((id) => history?.indexOf(id) ?? []).filter((index) => index >= low && index < high).sort((a, b) => a - b);
    const added = this.#added.filter((one): one is WithId<AuditEvent> => {
      const at = Date.parse(one?.meta?.lastUpdated ?? '');
      return one !== null && at >= from && at <= to;
    });
    const seeded = high - low - overwritten.length;
    // Everything seeded came before everything that was added.
    const nth = (place: number): WithId<AuditEvent> | undefined => {
      if (place >= seeded) return added[place - seeded];
      let index = low + place;
      for (const gone of overwritten) if (gone <= index) index += 1;
      return history?.resource(index);
    };
    const total = seeded + added.length;
    const page: WithId<AuditEvent>[] = [];
    for (let i = skip; i < Math.min(skip + count, total); i += 1) {
      const one = nth(newestFirst ? total - 1 - i : i);
      if (one) page.push(one);
    }
    return { page, total };
  }
}

/** The first entry that the practice got at that moment or later. */
function firstFrom(history: History, moment: number): number {
  let [low, high] = [0, history.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Date.parse(history.receivedAt(middle)) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
