/**
 * The downloads of the person who is here: which comes next, which gives way to another, and how far each is. It knows recordings by name alone; what brings one here is
 * given with the order for it, and may be begun more than once: what came before it gave way is here already.
 */
import type { Problem, Standing } from '../../../preload/contract.ts';
import type { Failure } from '../../platform/failure.ts';
import { Rate } from './rate.ts';

/** Who waits for it: somebody before the screen, somebody who asked for it, or nobody. */
export type Urgency = 'opened' | 'asked' | 'itself';
const RANK: Record<Urgency, number> = { opened: 2, asked: 1, itself: 0 };

/**
 * So many at once: while one is decided, or its last bytes are verified, another keeps the line busy. More of them would share the same line, and the one that is due first
 * would only come later.
 */
const AT_ONCE = 2;
/** Between two repaints for the sake of progress: figures that change faster cannot be read. */
const PROGRESS_MS = 1000;

/** One turn of a download: it may end before the download has. */
export interface Turn {
  signal: AbortSignal;
  /** Bytes are coming from here on. @param received bytes that are here already. @param toCome bytes that will still be written, asked whenever another needs room */
  begin: (received: number, toCome: () => number) => void;
  /** @param received bytes that are here in all */
  progress: (received: number) => void;
}

export interface Order {
  recording: string;
  urgency: Urgency;
  /** ms since the epoch; Infinity: no date. */
  due: number;
  run: (turn: Turn) => Promise<void>;
  /** What to say beside the recording of an error that ended it; null: nothing. */
  problemOf: (error: unknown) => Problem | null;
  /** Repaints what shows it. */
  changed: () => void;
}

interface Run {
  stop: AbortController;
  received: number;
  /** Null before {@link Turn.begin}. */
  rate: Rate | null;
  toCome: () => number;
}

/** An order until it is answered. */
class Entry {
  readonly order: Order;
  readonly done: Promise<void>;
  urgency: Urgency;
  due: number;
  /** Null while it waits. */
  run: Run | null = null;
  resolve!: () => void;
  reject!: (why: unknown) => void;

  constructor(order: Order) {
    this.order = order;
    this.urgency = order.urgency;
    this.due = order.due;
    this.done = new Promise<void>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Of one that nobody asked for nobody hears.
    this.done.catch(() => undefined);
  }

  giveWay(): void {
    this.run?.stop.abort();
    this.run = null;
  }
}

export interface DownloadState {
  state: 'queued' | 'downloading' | 'failed';
  received: number;
  /** Bytes a second, or null. */
  rate: number | null;
  problem: Problem | null;
}

/** Who says so: the person, or the system. */
export type Metered = Exclude<NonNullable<Standing['downloadsWait']>['why'], 'disk-full'>;

export class Downloads {
  readonly #isPainting: () => boolean;
  /** By recording: never two of one. */
  readonly #entries = new Map<string, Entry>();
  readonly #failed = new Map<string, { problem: Problem; urgency: Urgency }>();
  /** Runs that have not ended, whether or not anybody still wants them. */
  readonly #runs = new Map<Run, string>();
  #metered: Metered | null = null;
  #diskFull = false;
  /** Nobody answered: what nobody asked for waits until it is asked for again, or until something else comes. */
  #away = false;
  #painted = 0;

  /** @param isPainting whether what shows downloads is being painted: progress does not put that off */
  constructor(isPainting: () => boolean) {
    this.#isPainting = isPainting;
  }

  /** Resolves when it is here; rejects with why it is not. A second order for a recording joins the first, which becomes as urgent as either. */
  ask(order: Order): Promise<void> {
    if (order.urgency === 'opened') this.#lowerOpened();
    const entry = this.#enter(order);
    if (entry.order === order) order.changed();
    this.#next();
    return entry.done;
  }

  /** Nobody is before the screen any more for what was opened. */
  standBack(): void {
    this.#lowerOpened();
    this.#next();
  }

  #lowerOpened(): void {
    for (const entry of this.#entries.values()) if (entry.urgency === 'opened') entry.urgency = 'asked';
  }

  /** Many at once, for which nobody waits. */
  askForMany(orders: readonly Order[]): void {
    this.#away = false;
    const entered = orders.filter((order) => this.#enter(order).order === order);
    entered[0]?.changed();
    this.#next();
  }

  #enter(order: Order): Entry {
    const known = this.#entries.get(order.recording);
    if (known) {
      if (RANK[order.urgency] > RANK[known.urgency]) known.urgency = order.urgency;
      known.due = order.due;
      return known;
    }
    this.#failed.delete(order.recording);
    const entry = new Entry(order);
    this.#entries.set(order.recording, entry);
    return entry;
  }

  /** Ends one, under way or not, and what is said of it. */
  stop(recording: string, why: Failure): void {
    this.#failed.delete(recording);
    const entry = this.#entries.get(recording);
    if (!entry) return;
    this.#entries.delete(recording);
    entry.giveWay();
    entry.reject(why);
    this.#next();
  }

  /** Ends all of them: nobody is here, or somebody else. */
  clear(why: Failure): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    this.#failed.clear();
    this.#diskFull = false;
    this.#away = false;
    for (const entry of entries) {
      entry.giveWay();
      entry.reject(why);
    }
  }

  /** Of what comes by itself only these are still wanted; what is under way goes on. */
  keepOfThemselves(recordings: ReadonlySet<string>, why: Failure): void {
    const dropped = this.#ofThemselves().filter(([recording, { run }]) => run === null && !recordings.has(recording));
    for (const [recording, entry] of dropped) {
      this.#entries.delete(recording);
      entry.reject(why);
    }
    dropped[0]?.[1].order.changed();
  }

  /** A person asks for all that comes by itself. */
  askForAll(): void {
    for (const [, entry] of this.#ofThemselves()) entry.urgency = 'asked';
    this.#next();
  }

  /** What nobody asked for waits for as long as the connection is metered; null: it is not, as far as anybody says. */
  hold(metered: Metered | null): void {
    this.#metered = metered;
    this.#next();
  }

  /** What nobody asked for waits until there is room again. */
  set diskFull(full: boolean) {
    this.#diskFull = full;
    this.#next();
  }

  /** What nobody asked for, where it waits for something else than its turn, and why; null: nothing does. */
  get waiting(): Standing['downloadsWait'] {
    const count = this.#ofThemselves().length;
    const why = this.#diskFull ? 'disk-full' : this.#metered;
    return count > 0 && why ? { count, why } : null;
  }

  /** Does anything come by itself, or wait to? */
  get anyOfThemselves(): boolean {
    return this.#ofThemselves().length > 0;
  }

  /** Nothing is under way. */
  get idle(): boolean {
    return this.#runs.size === 0;
  }

  /** Is it ordered, under way or not? */
  has(recording: string): boolean {
    return this.#entries.has(recording);
  }

  isUnderWay(recording: string): boolean {
    return (this.#entries.get(recording)?.run ?? null) !== null;
  }

  /** What came of the last order, where that was no copy, and who had asked for it. */
  failure(recording: string): { problem: Problem; urgency: Urgency } | null {
    return this.#failed.get(recording) ?? null;
  }

  /** What did not come for want of room may try again. */
  forgetWantOfRoom(): void {
    for (const [recording, { problem: { code } }] of this.#failed) if (code === 'disk-full' || code === 'budget-full') this.#failed.delete(recording);
  }

  /** Bytes that those under way will still write, but for some of them. */
  toCome(but: ReadonlySet<string>): number {
    return [...this.#entries].reduce((sum, [recording, { run }]) => (but.has(recording) || run === null ? sum : sum + run.toCome()), 0);
  }

  stateOf(recording: string): DownloadState | null {
    const run = this.#entries.get(recording)?.run;
    if (run?.rate) return { state: 'downloading', received: run.received, rate: run.rate.perSecond(performance.now()), problem: null };
    if (run !== undefined) return { state: 'queued', received: 0, rate: null, problem: null };
    const failed = this.#failed.get(recording);
    return failed ? { state: 'failed', received: 0, rate: null, problem: failed.problem } : null;
  }

  #ofThemselves(): [string, Entry][] {
    return [...this.#entries].filter(([, { urgency }]) => urgency === 'itself');
  }

  /** Gives each its turn: only those that are most urgent run, those under way before those that are not, due first. */
  #next(): void {
    const ready = [...this.#entries.values()].filter(({ urgency, run }) => urgency !== 'itself' || (this.#metered === null && !this.#diskFull && (run !== null || !this.#away)));
    const most = Math.max(...ready.map(({ urgency }) => RANK[urgency]));
    const turns = ready.filter(({ urgency }) => RANK[urgency] === most)
      .sort((a, b) => Number(b.run !== null) - Number(a.run !== null) || (a.due === b.due ? 0 : a.due - b.due)).slice(0, AT_ONCE);
    for (const entry of this.#entries.values()) if (entry.run !== null && !turns.includes(entry)) entry.giveWay();
    // The one before it may still be closing its file; before it began it has opened none.
    const closing = new Set([...this.#runs].filter(([run]) => run.rate !== null).map(([, recording]) => recording));
    for (const entry of turns) if (entry.run === null && !closing.has(entry.order.recording)) this.#start(entry);
  }

  #start(entry: Entry): void {
    const { order } = entry;
    const run: Run = { stop: new AbortController(), received: 0, rate: null, toCome: () => 0 };
    entry.run = run;
    this.#runs.set(run, order.recording);
    const turn: Turn = {
      signal: run.stop.signal,
      begin: (received, toCome) => {
        Object.assign(run, { received, rate: new Rate(received, performance.now()), toCome });
        order.changed();
      },
      progress: (received) => {
        run.received = received;
        run.rate?.came(received, performance.now());
        if (entry.run !== run || performance.now() - this.#painted < PROGRESS_MS || this.#isPainting()) return;
        this.#painted = performance.now();
        order.changed();
      },
    };
    void order.run(turn).then(() => this.#ended(entry, run, null), (error: unknown) => this.#ended(entry, run, { error }));
  }

  #ended(entry: Entry, run: Run, failed: { error: unknown } | null): void {
    const { order: { recording, changed } } = entry;
    this.#runs.delete(run);
    // An answer that nobody has read to its end is let go.
    run.stop.abort();
    // Where it gave way it has another turn; where it was stopped its end is known.
    if (entry.run === run && this.#entries.get(recording) === entry) {
      this.#entries.delete(recording);
      if (failed) this.#fail(entry, failed.error);
      else {
        this.#away = false;
        entry.resolve();
      }
    }
    changed();
    this.#next();
  }

  #fail({ order: { recording, problemOf }, urgency, reject }: Entry, error: unknown): void {
    try {
      const problem = problemOf(error);
      if (problem) this.#failed.set(recording, { problem, urgency });
      // What was too large from the beginning leaves room for what is smaller.
      if (problem?.code === 'disk-full' && problem.detail?.needed === undefined) this.#diskFull = true;
      // Each of those that wait would fail as well.
      if (problem?.code === 'practice-unreachable') this.#away = true;
      reject(error);
    } catch (fault) {
      // That it failed could not be recorded: whoever asked is told that instead.
      reject(fault);
    }
  }
}
