/**
 * What the practice has to be told of a person's work, in order. An item names something and not its content: what is sent is how it is then, so that ten changes before the
 * next connection are one. An item whose thing changes while it is being sent stays, because its version has moved on.
 */
import { randomUUID } from 'node:crypto';
import type { Db } from '../platform/database.ts';

/** `notes`: all notes of a Task; `form`: one response, `ref` is the form; `message`: one, `ref` is its id; `step`: where the review stands. */
export type Kind = 'notes' | 'form' | 'message' | 'step';

export interface Item {
  n: number;
  task: string;
  kind: Kind;
  ref: string;
  version: number;
  attempts: number;
  /** How many of them the practice answered, and kept something else than was sent, or nothing. */
  unkept: number;
  /** ms since the epoch. */
  nextAttempt: number;
  /** A problem code: the practice does not take it, and it waits for a person. */
  problem: string | null;
}

/** No wait between two tries is longer, ms: a later one was reckoned by a clock that has been put right since. */
export const LONGEST_WAIT = 15 * 60_000;

const SELECT = 'SELECT n, task, kind, ref, version, attempts, unkept, next_attempt AS nextAttempt, problem FROM outgoing';

export class Outgoing {
  readonly #db: Db;

  /** @param db within a transaction */
  constructor(db: Db) {
    this.#db = db;
  }

  /** Keeps its place in the order, and is tried again at once; a step goes after everything that is there of its Task. */
  put(task: string, kind: Kind, ref: string): void {
    if (kind === 'step') this.#db.prepare('DELETE FROM outgoing WHERE task = ? AND kind = ?').run(task, kind);
    this.#db.prepare('INSERT INTO outgoing (task, kind, ref) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = version + 1, attempts = 0, unkept = 0, next_attempt = 0, problem = NULL').run(task, kind, ref);
  }

  /**
   * The first of each Task that may go now: what was refused, or is withheld, is passed over, unless the step that names it waits for it. @param isGone Tasks that are nobody's
   * here any more: nothing of them is written, so that the step waits for nothing, and the person has to be told. @param withheld Tasks of which nothing but steps may go now
   */
  due(now: number, isGone: (task: string) => boolean, withheld: ReadonlySet<string>): Item[] {
    const first = new Map<string, Item>();
    const stuck = new Set<string>();
    const finished = new Set(this.#db.prepare(`SELECT task FROM step WHERE status = 'completed'`).pluck().all() as string[]);
    for (const item of this.#db.prepare(`${SELECT} ORDER BY n`).all() as Item[]) {
      if (first.has(item.task)) continue;
      if (item.problem !== null || (withheld.has(item.task) && item.kind !== 'step')) {
        stuck.add(item.task);
        continue;
      }
      // What is finished says what it was finished with.
      if (item.kind === 'step' && stuck.has(item.task) && finished.has(item.task) && !isGone(item.task)) continue;
      first.set(item.task, item);
    }
    return [...first.values()].filter(({ nextAttempt }) => nextAttempt <= now || nextAttempt > now + LONGEST_WAIT);
  }

  of(task: string): Item[] {
    return this.#db.prepare(`${SELECT} WHERE task = ? ORDER BY n`).all(task) as Item[];
  }

  /** What is on its way: not what was refused. */
  count(): number {
    return this.#db.prepare('SELECT count(*) FROM outgoing WHERE problem IS NULL').pluck().get() as number;
  }

  /** The same as a person counts it, by review: in so many is something on its way, in so many was something refused. */
  reviews(): { unsent: number; refused: number } {
    return this.#db.prepare('SELECT count(DISTINCT CASE WHEN problem IS NULL THEN task END) AS unsent, count(DISTINCT CASE WHEN problem IS NOT NULL THEN task END) AS refused FROM outgoing').get() as { unsent: number; refused: number };
  }

  /** The Tasks of what was refused, one for each piece. */
  refusedTasks(): string[] {
    return this.#db.prepare('SELECT task FROM outgoing WHERE problem IS NOT NULL').pluck().all() as string[];
  }

  /** Has it not changed since? */
  isStill({ n, version }: Item): boolean {
    return this.#db.prepare('SELECT 1 FROM outgoing WHERE n = ? AND version = ?').get(n, version) !== undefined;
  }

  /** The practice has it as it was then. */
  sent({ n, version }: Item): void {
    this.#db.prepare('DELETE FROM outgoing WHERE n = ? AND version = ?').run(n, version);
    this.#db.prepare('UPDATE outgoing SET attempts = 0, unkept = 0, next_attempt = 0 WHERE n = ?').run(n);
  }

  /** @param unkept as for {@link Item.unkept}, this time */
  later({ n }: Item, nextAttempt: number, unkept: boolean): void {
    this.#db.prepare('UPDATE outgoing SET attempts = attempts + 1, unkept = unkept + ?, next_attempt = ? WHERE n = ?').run(unkept ? 1 : 0, nextAttempt, n);
  }

  /** What was refused of a Task is tried once more, because the person says so. */
  again(task: string): void {
    this.#db.prepare('UPDATE outgoing SET attempts = 0, unkept = 0, next_attempt = 0, problem = NULL WHERE task = ? AND problem IS NOT NULL').run(task);
  }

  refused({ n, version }: Item, problem: string): void {
    this.#db.prepare('UPDATE outgoing SET problem = ? WHERE n = ? AND version = ?').run(problem, n, version);
  }

  /** The name under which the practice keeps this, made once and the same for ever: a repeat makes no second one. `reference`: where it is there, once known. */
  identity(task: string, kind: Kind, ref: string): { uuid: string; reference: string | null } {
    this.#db.prepare('INSERT OR IGNORE INTO identity VALUES (?, ?, ?, ?, NULL)').run(task, kind, ref, kind === 'message' ? ref : randomUUID());
    return this.#db.prepare('SELECT uuid, reference FROM identity WHERE task = ? AND kind = ? AND ref = ?').get(task, kind, ref) as { uuid: string; reference: string | null };
  }

  /** By that name, because what it is of may be another Task's by the time that the practice answers. @param reference null: not there after all */
  keptAs(uuid: string, reference: string | null): void {
    this.#db.prepare('UPDATE identity SET reference = ? WHERE uuid = ?').run(reference, uuid);
  }
}
