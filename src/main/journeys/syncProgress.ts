/** How far the worklist has been read, kept in the library: by the practice's own times, never by this computer's. */
import { z } from 'zod';
import type { Task } from '../fhir/resources.ts';
import type { Library } from '../vault/library.ts';

/** Where it is kept from one round to the next. */
type Store = Pick<Library, 'get' | 'set'>;

const DAY_MS = 24 * 3600_000;
/** Servers index a little later than they write, and their clocks differ: so far before the last time that was seen everything is asked for again. */
const OVERLAP_MS = 5 * 60_000;
/** A time that is further ahead of the server's own than this is nobody's. */
const AHEAD_MS = 60_000;

const Kept = z.object({
  /** Under which site and as whom: for others nothing of it holds. */
  of: z.string(),
  /** The latest `meta.lastUpdated` of what was listed, and whose it is. */
  upTo: z.object({ time: z.string(), task: z.string() }).nullable(),
  /** ms since the epoch when all of it was last listed to the end, or null before that. */
  wholeAt: z.number().nullable(),
});
type Kept = z.infer<typeof Kept>;

export class Progress {
  readonly #library: Store;
  readonly #of: string;
  readonly #now: number;
  /** What an earlier round has come to. */
  readonly #before: Kept;
  #isWhole: boolean;
  /** A first listing that broke off goes on; every later one of all begins anew. */
  #goesOn: boolean;
  #upTo: Kept['upTo'];
  #inOrder = true;

  /** @param of what it holds under. @param everything nothing that is kept counts */
  constructor(library: Store, of: string, now: number, everything: boolean) {
    this.#library = library;
    this.#of = of;
    this.#now = now;
    const kept = parse(library.get('sync'));
    this.#before = kept?.of === of && !everything ? kept : { of, upTo: null, wholeAt: null };
    const { wholeAt, upTo } = this.#before;
    this.#isWhole = wholeAt === null || now < wholeAt || now - wholeAt >= DAY_MS;
    this.#goesOn = wholeAt === null;
    this.#upTo = this.#isWhole && !this.#goesOn ? null : upTo;
  }

  /** Are all asked for, or only what has changed? */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Nothing was ever listed to the end: what comes is kept as it comes. */
  get isFirst(): boolean {
    return this.#goesOn;
  }

  /** FHIR instant after which changes are asked for; null for all. */
  get since(): string | null {
    if (this.#isWhole && !this.#goesOn) return null;
    const { upTo } = this.#before;
    return upTo && new Date(Date.parse(upTo.time) - OVERLAP_MS).toISOString();
  }

  askForAll(): void {
    this.#isWhole = true;
    this.#goesOn = false;
    this.#upTo = null;
  }

  /** Everything up to here is kept. A first listing goes on from here when it breaks off, as long as the server lists in order. @param serverTime ms since the epoch, or null where it does not say */
  listed(page: readonly Task[], serverTime: number | null): void {
    for (const { id, meta } of page) {
      const at = Date.parse(meta?.lastUpdated ?? '');
      if (meta?.lastUpdated === undefined || Number.isNaN(at) || (serverTime !== null && at > serverTime + AHEAD_MS)) continue;
      if (this.#upTo && at < Date.parse(this.#upTo.time)) {
        // The overlap is asked for again.
        this.#inOrder &&= at < Date.parse(this.#before.upTo?.time ?? '');
        continue;
      }
      this.#upTo = { time: meta.lastUpdated, task: `Task/${id}` };
    }
    if (this.#goesOn && this.#inOrder) this.#keep({ of: this.#of, upTo: this.#upTo, wholeAt: null });
  }

  /** What carried the last time must be in the answer to what changed since a little before it. */
  isBelied(listed: ReadonlyMap<string, Task>): boolean {
    return this.since !== null && this.#before.upTo !== null && !listed.has(this.#before.upTo.task);
  }

  /** All that was listed is kept, and so is what it points to. */
  done(): void {
    this.#keep({ of: this.#of, upTo: this.#upTo, wholeAt: this.#isWhole ? this.#now : this.#before.wholeAt });
  }

  /** All was listed, and something of it could not be read: what comes after the last time is listed again, and that with it; all of it, as always, once a day. */
  partly(): void {
    const upTo = this.#goesOn ? parse(this.#library.get('sync'))?.upTo ?? null : this.#before.upTo;
    if (this.#isWhole) this.#keep({ of: this.#of, upTo, wholeAt: this.#now });
  }

  #keep(kept: Kept): void {
    const text = JSON.stringify(kept);
    if (this.#library.get('sync') !== text) this.#library.set('sync', text);
  }
}

function parse(text: string | null): Kept | null {
  try {
    return text === null ? null : Kept.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
