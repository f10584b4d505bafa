/**
 * Decisions on the rows of the list, remembered in memory while a vault is unlocked, each with everything that it hung on: its evidence and what is kept of its row, the site, the reviewer,
 * every stop, manifest and wrong-patient mark that was asked about, the claims of other recordings, and how long time alone cannot change it. Where any of that is not as it was, it is decided
 * anew. For the list alone: whatever opens, fetches or takes in a recording decides for itself.
 */
import { isDeepStrictEqual } from 'node:util';
import type { WithheldRow, WorklistRow } from '../../preload/contract.ts';
import { assess, type Assessment, type Context } from '../assurance/assess.ts';
import type { ReasonCode } from '../assurance/reasons.ts';
import { forClinician } from '../assurance/reasons.ts';
import type { Sighting } from '../assurance/sighting.ts';
import { steadyAround } from '../assurance/steady.ts';
import type { Subject } from '../audit/entry.ts';
import { offer } from '../service/offered.ts';
import type { Site } from '../site.ts';
import type { Held } from '../vault/copies.ts';
import type { AssignmentRow, Library, Written } from '../vault/library.ts';
import type { Desk } from './desk.ts';
import { contextOf, decideAs, reference, subjectOf } from './worklist.ts';

/** What a row shows but the state of its copy, which is looked at each time. */
export type Proved = Omit<WorklistRow, 'copy'>;

interface Passed {
  ok: true;
  row: Proved;
  held: Held;
  subject: Subject;
  /** ms since the epoch, to sort by: no date is last. */
  due: number;
  consulted: number;
}

type Outcome = Passed | { ok: false; id: string; reasons: readonly ReasonCode[] };

interface Remembered {
  outcome: Outcome;
  /** Time alone changes nothing between these, both excluded, nor at the moment at which it was decided. */
  at: number;
  after: number;
  before: number;
  stopped: Map<string, boolean>;
  seen: Map<string, ReturnType<Context['seen']>>;
  wrong: Map<string, number | null>;
  /** What was asked about others, with what they said. */
  rivals: { mine: Sighting; found: readonly Sighting[] }[];
}

type Name = Omit<AssignmentRow, 'evidence'>;

/** In the order of the list; `byTask` under "Task/id". */
interface Names {
  all: readonly Name[];
  byTask: ReadonlyMap<string, Name>;
  byId: ReadonlyMap<string, Name>;
}

export interface Decided {
  passed: { name: Name; outcome: Passed }[];
  withheld: WithheldRow[];
  /** Assignments that are not decided yet. */
  checking: number;
}

/** So many claims changed at once, and looking through who is concerned takes longer than asking all. */
const MANY_CLAIMS = 50;
/** A list is painted in part when more than this is to be decided: first a screenful of what is most urgent, and more of it every so many ms. */
const MANY_ROWS = 100;
/** As many as a tall window has in sight: for each more the first paint waits some milliseconds longer. */
const SCREENFUL = 12;
const AGAIN_MS = 1000;

/** With the library of an unlocked vault they come and go. */
const ofLibrary = new WeakMap<Library, Decisions>();

/** Those of the vault that is open here. */
export function decisionsOf(desk: Desk): Decisions {
  const { library } = desk.vaultOrThrow();
  const known = ofLibrary.get(library) ?? new Decisions(library);
  ofLibrary.set(library, known);
  return known;
}

export class Decisions {
  readonly #remembered = new Map<string, Remembered>();
  /** Writes that were heard of, and changes of site and reviewer: what was decided across one is not remembered. */
  #writes = 0;
  /** Being decided, by Task: whoever else wants to know waits for that. */
  readonly #deciding = new Map<string, { writes: number; outcome: Promise<Outcome | null> }>();
  #names: Names | null = null;
  /** Site, reviewer, and stops that could not be kept. */
  #under = '';
  #heard = -1;
  #changed: Sighting[] = [];

  constructor(library: Library) {
    library.onWritten = (what) => this.#written(what);
  }

  #written(what: Written): void {
    this.#writes += 1;
    if ('task' in what) {
      this.#remembered.delete(what.task);
      this.#names = null;
    } else for (const claim of [what.before, what.after]) if (claim) this.#changed.push(claim);
  }

  /** Drops what does not hold any more, time apart. */
  #bringUp(desk: Desk): void {
    const vault = desk.vaultOrThrow();
    const { ledger } = vault;
    const under = JSON.stringify([desk.site, desk.reviewer(), [...desk.unkeptOf(vault).stops]]);
    if (under !== this.#under) {
      this.#remembered.clear();
      this.#writes += 1;
    }
    this.#under = under;
    if (ledger.heard !== this.#heard) {
      const { stops, seen, wrong } = ledger.standing();
      this.#heard = ledger.heard;
      this.#keepIf((one) => [...one.stopped].every(([identifier, stands]) => stops.has(identifier) === stands)
        && [...one.seen].every(([recording, was]) => isDeepStrictEqual(seen.get(recording) ?? null, was)) && [...one.wrong].every(([recording, was]) => (wrong.get(recording) ?? null) === was));
    }
    const changed = this.#changed.splice(0);
    if (changed.length > MANY_CLAIMS) this.#remembered.clear();
    else if (changed.length > 0) this.#keepIf(({ rivals }) => !rivals.some(({ mine, found }) => changed.some((claim) => concerns(claim, mine, found))));
  }

  #keepIf(holds: (one: Remembered) => boolean): void {
    for (const [task, one] of this.#remembered) if (!holds(one)) this.#remembered.delete(task);
  }

  #holding(task: string, now: number): Outcome | null {
    const one = this.#remembered.get(task);
    return one && (one.at === now || (now > one.after && now < one.before)) ? one.outcome : null;
  }

  #decideOnce(desk: Desk, task: string): Promise<Outcome | null> {
    const writes = this.#writes;
    const known = this.#deciding.get(task);
    if (known?.writes === writes) return known.outcome;
    const outcome = this.#decide(desk, task).finally(() => {
      if (this.#deciding.get(task)?.outcome === outcome) this.#deciding.delete(task);
    });
    this.#deciding.set(task, { writes, outcome });
    return outcome;
  }

  async #decide(desk: Desk, task: string): Promise<Outcome | null> {
    const vault = desk.vaultOrThrow();
    const row = vault.library.assignmentOf(task);
    if (!row) return null;
    const writes = this.#writes;
    const context = contextOf(desk);
    const asked: Pick<Remembered, 'stopped' | 'seen' | 'wrong' | 'rivals'> = { stopped: new Map(), seen: new Map(), wrong: new Map(), rivals: [] };
    const noting = <T>(into: Map<string, T>, ask: (key: string) => T) => (key: string): T => {
      const answer = ask(key);
      into.set(key, answer);
      return answer;
    };
    const decision = decideAs(row, await assess(offer(row.evidence), {
      ...context, stopped: noting(asked.stopped, context.stopped), seen: noting(asked.seen, context.seen), wrongRevision: noting(asked.wrong, context.wrongRevision),
      rivals: (mine) => {
        const found = context.rivals(mine);
        asked.rivals.push({ mine, found });
        return found;
      },
    }));
    desk.stillOrThrow(vault);
    const outcome: Outcome = decision.ok ? passed(row, decision.assured, desk.site) : { ok: false, id: row.rowId, reasons: decision.reasons };
    if (this.#writes === writes) this.#remembered.set(task, { outcome, at: context.now, ...steadyAround(row.evidence, desk.site, context.now), ...asked });
    return outcome;
  }

  /** What is decided of these rows, each of them: no more than a screen shows. */
  async of(desk: Desk, ids: Iterable<string>): Promise<Decided> {
    const vault = desk.vaultOrThrow();
    const names = this.#named(desk, 'byId', ids);
    const rest = new Map<string, Outcome>();
    this.#bringUp(desk);
    if (!refusedAll(desk)) {
      for (const { task } of names) {
        if (desk.unkeptOf(vault).tasks.has(task) || this.#holding(task, desk.now())) continue;
        const writes = this.#writes;
        const outcome = await this.#decideOnce(desk, task);
        desk.stillOrThrow(vault);
        // Of what changed meanwhile nothing is known, until it is asked for again.
        if (outcome && this.#writes === writes) rest.set(task, outcome);
      }
    }
    return this.#decided(desk, rest, names);
  }

  /**
   * What is decided of every row: once when it is complete; where much is to be decided also before, in part. What is not decided is not in it.
   * @param only Tasks of the rows that are wanted, without which all are
   */
  async* growing(desk: Desk, only?: readonly string[]): AsyncGenerator<Decided> {
    const vault = desk.vaultOrThrow();
    const rest = new Map<string, Outcome>();
    const names = () => (only ? this.#named(desk, 'byTask', only) : this.#known(desk).all);
    const decided = () => this.#decided(desk, rest, names());
    const first = refusedAll(desk) ? [] : this.#unknown(desk, names());
    // With every letter that is searched for: nothing can have changed between asking what is not known and saying what is.
    if (first.length === 0) {
      yield decided();
      return;
    }
    let paintAt = -Infinity;
    const isLong = first.length > MANY_ROWS;
    for (let unknown = first; unknown.length > 0; unknown = this.#unknown(desk, names())) {
      for (const { task } of unknown) {
        // Whoever else asked may have got as far.
        if (isLong && this.#remembered.size >= SCREENFUL && performance.now() >= paintAt) {
          yield decided();
          desk.stillOrThrow(vault);
          paintAt = performance.now() + AGAIN_MS;
        }
        if (this.#holding(task, desk.now())) continue;
        await this.#decideOnce(desk, task);
        desk.stillOrThrow(vault);
      }
      // What changed meanwhile, or is due to at this very moment, is decided on its own below.
      if (this.#unknown(desk, names()).length >= unknown.length) break;
    }
    for (const { task } of this.#unknown(desk, names())) {
      const outcome = await this.#decide(desk, task);
      desk.stillOrThrow(vault);
      if (outcome) rest.set(task, outcome);
    }
    yield decided();
  }

  #known(desk: Desk): Names {
    if (this.#names === null) {
      const all = desk.vaultOrThrow().library.assignmentNames();
      this.#names = { all, byTask: new Map(all.map((name) => [name.task, name])), byId: new Map(all.map((name) => [name.rowId, name])) };
    }
    return this.#names;
  }

  #named(desk: Desk, by: 'byTask' | 'byId', wanted: Iterable<string>): Name[] {
    const names = this.#known(desk)[by];
    return [...wanted].flatMap((one) => names.get(one) ?? []);
  }

  #unknown(desk: Desk, names: readonly Name[]): Name[] {
    this.#bringUp(desk);
    const now = desk.now();
    const { tasks: unkept } = desk.unkeptOf(desk.vaultOrThrow());
    return names.filter(({ task }) => this.#holding(task, now) === null && !unkept.has(task));
  }

  /** @param rest what was decided just now and does not hold for longer */
  #decided(desk: Desk, rest: ReadonlyMap<string, Outcome>, names: readonly Name[]): Decided {
    this.#bringUp(desk);
    const all = refusedAll(desk);
    const now = desk.now();
    const { tasks: unkept } = desk.unkeptOf(desk.vaultOrThrow());
    const decided: Decided = { passed: [], withheld: [], checking: 0 };
    for (const name of names) {
      const outcome = this.#holding(name.task, now) ?? rest.get(name.task) ?? null;
      if (all) decided.withheld.push(withheldRow(name, [all], now));
      else if (unkept.has(name.task)) decided.withheld.push(withheldRow(name, ['not-kept'], now));
      else if (!outcome) decided.checking += 1;
      else if (outcome.ok) decided.passed.push({ name, outcome });
      else decided.withheld.push(withheldRow(name, outcome.reasons, now));
    }
    return decided;
  }
}

/** Could this claim be, or have been, among those that are found for `mine`? */
function concerns(claim: Sighting, mine: Sighting, found: readonly Sighting[]): boolean {
  const isSameMedia = claim.mediaSha256 !== null && (claim.mediaSha256 === mine.mediaSha256 || found.some(({ recording, mediaSha256 }) => recording === mine.recording && mediaSha256 === claim.mediaSha256));
  return claim.recording === mine.recording || isSameMedia || (claim.startedAt < mine.endedAt && claim.endedAt > mine.startedAt);
}

/** Why nothing at all passes now. */
function refusedAll(desk: Desk): ReasonCode | null {
  if (desk.vaultOrThrow().rolledBack) return 'rolled-back';
  return desk.siteChanged ? 'site-changed' : desk.roleEnded ? 'role-ended' : null;
}

function passed(row: AssignmentRow, assured: Extract<Assessment, { ok: true }>['assured'], site: Site): Passed {
  const { title, patient, review, purpose, due, progress, sensitive, sensitiveKinds, offline, startedAt, media, transcript, recording, manifestSha256 } = assured;
  return {
    ok: true, held: { recording, manifestSha256, media }, subject: subjectOf(row.evidence, site), due: due === null ? Infinity : Date.parse(due), consulted: Date.parse(startedAt),
    row: {
      id: row.rowId, title, patient, consultedAt: startedAt, medium: media.contentType.startsWith('video/') ? 'video' : 'audio',
      review, purpose, due, progress, sensitive, sensitiveKinds, offline, hasTranscript: transcript !== null,
    },
  };
}

function withheldRow({ rowId, task, withheldSince }: Name, reasons: readonly ReasonCode[], now: number): WithheldRow {
  return {
    id: rowId, reference: reference(task), since: withheldSince ?? new Date(now).toISOString(),
    reasons: reasons.map((code) => ({ code, sentence: forClinician(code) })),
  };
}
