/**
 * One round with the practice: what has changed of my assignments, what is here still mine, and what has gone. It costs what changed and what is here, and not how much is assigned;
 * once a day all of it is listed.
 */
import { setImmediate } from 'node:timers/promises';
import { OPEN, taskReasons, ownedBy, type Reviewer } from '../assurance/admit.ts';
import type { ReasonCode } from '../assurance/reasons.ts';
import type { Task } from '../fhir/resources.ts';
import { Failure } from '../platform/failure.ts';
import { FirstFailure } from '../platform/firstFailure.ts';
import { settleAll } from '../platform/settleAll.ts';
import { gather, gatherTogether } from '../service/evidence.ts';
import { offer, type Offered } from '../service/offered.ts';
import { taskPages, tasksById, tasksTogether } from '../service/worklist.ts';
import { siteBinding } from '../site.ts';
import { issueLease } from '../vault/lease.ts';
import type { AssignmentRow, KnownTask } from '../vault/library.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk, PracticeSession } from './desk.ts';
import { destroyUnnamed } from './destroy.ts';
import { learnStops } from './stops.ts';
import { Progress } from './syncProgress.ts';
import { refreshRow, removeAll, takeInAnyway } from './takeIn.ts';

/** Evidence that is nothing but the Task: what is kept of an assignment for which nothing more may be fetched. */
const taskOnly = (task: Task, fhirBase: string): Offered =>
  offer({ fhirBase, task, recording: null, replaced: false, encounter: null, patients: [], consents: [], custodian: null, authors: [], manifests: [], assignments: [], transcript: null });

/** Assignments whose evidence is read together, as many as a round usually has. */
const TOGETHER = 200;
/** And kept together, before the next: what breaks off goes on from there. */
const KEPT_TOGETHER = 100;
/** Of what has neither changed nor has a copy here, so many are read in each round, those first that were read longest ago: all of a usual list, and a long one within the day. */
const IN_TURN = 100;

/**
 * Brings the library in line with the practice. Throws what stopped it, and `practice-error` where it came to its end and something could not be read; the library is then as it was or
 * part way, and never holds something that was not decided.
 * @param all whether all Tasks are listed, whenever that was last done. @param early the first time: what is still to be done is here, and years of what is done are not yet
 */
export async function syncWorklist(desk: Desk, all = false, early: () => void = () => undefined): Promise<void> {
  const { session, site } = desk;
  const vault = desk.vaultOrThrow();
  if (!session) throw new Failure('session-expired', 'not signed in');
  if (desk.siteChanged) throw new Failure('site-file-changed', 'site changed since the last sign-in');
  await new Round(desk, vault, session).run(siteBinding(site), all, early);
}

/** What is closed, or no review, is not on the worklist; what has another reason against it is, withheld. */
const isListed = (reasons: readonly ReasonCode[]): boolean => !reasons.includes('task-status') && !reasons.includes('not-a-review');

/** The practice has just answered this person: offline use counts from here. Not while its stop list is not heard: then the lease is the limit, as it is offline. */
function renewLease(desk: Desk): void {
  if (desk.stopList === 'unreadable') return;
  desk.vault?.ledger.set('lease', JSON.stringify(issueLease(desk.clock(), desk.site.offline.leaseHours)));
}

class Round {
  readonly #desk: Desk;
  readonly #vault: Vault;
  readonly #session: PracticeSession;
  readonly #reviewer: Reviewer;
  /** As the library had them at the beginning. */
  readonly #known: Map<string, KnownTask>;
  /** An older copy of the store came back: nothing of it counts before it was read anew. */
  readonly #everything: boolean;
  /** "Task/id" of what was read in this round. */
  readonly #read = new Set<string>();
  readonly #asked: number;
  /** JSON of what was taken in before the list of all, by id. */
  readonly #early = new Map<string, string>();
  /** Something could not be read just now. */
  #unread = false;
  /** Once a day, and when a person asks, also what is signed is read anew, and each question is asked by itself: whatever a server makes of a batch, it hides nothing for longer. */
  #readsAll = (): boolean => true;

  constructor(desk: Desk, vault: Vault, session: PracticeSession) {
    this.#desk = desk;
    this.#vault = vault;
    this.#session = session;
    this.#reviewer = desk.reviewer();
    this.#known = new Map(vault.library.knownTasks().map((one) => [one.task, one]));
    this.#everything = vault.rolledBack;
    this.#asked = desk.taken;
  }

  async run(binding: string, all: boolean, early: () => void): Promise<void> {
    const { library } = this.#vault;
    const progress = new Progress(library, JSON.stringify([binding, this.#reviewer.owners]), this.#desk.now(), this.#everything);
    if (all && !progress.isFirst) progress.askForAll();
    this.#readsAll = () => progress.isWhole;
    const listing = this.#openFirst(progress, early).then(() => this.#list(progress));
    // Beside each other: what is stopped goes at once, whatever becomes of the list of assignments, and the other way round.
    await settleAll([listing, learnStops(this.#desk, this.#vault)]);
    this.#desk.stillOrThrow(this.#vault);
    // A first listing that went on where it broke off says nothing of what came before.
    await this.#goOn(await listing, progress.isWhole && progress.since === null);
    if (this.#unread) {
      progress.partly();
      throw new Failure('practice-error', 'not all of it could be read');
    }
    progress.done();
    // Every row is now as the practice says: what an older copy of the store had brought back is gone.
    if (this.#everything && this.#desk.stopList !== 'unreadable') this.#vault.broughtUpToDate();
    renewLease(this.#desk);
  }

  /** The first time, what is still to be done comes before years of what is done. A server that answers with anything else as well has not understood, and all is listed anyway. */
  async #openFirst(progress: Progress, early: () => void): Promise<void> {
    if (!progress.isFirst || progress.since !== null) return;
    for await (const page of taskPages(this.#session.http, [...this.#reviewer.owners], null, OPEN)) {
      this.#desk.stillOrThrow(this.#vault);
      if (page.some(({ status }) => !OPEN.includes(status))) return;
      const mine = page.filter((task) => this.#isMine(task));
      await this.#takeIn(mine.filter((task) => this.#isNews(task)), this.#desk.taken);
      // What could not be read is read with all.
      if (this.#unread) {
        this.#unread = false;
        this.#early.clear();
        return;
      }
      for (const task of mine) this.#early.set(task.id, JSON.stringify(task));
    }
    early();
  }

  /** What changed, or all. The first time each page is kept before the next; later nothing is read before what is gone is known. @returns by "Task/id" */
  async #list(progress: Progress): Promise<ReadonlyMap<string, Task>> {
    const listed = new Map<string, Task>();
    let foreign = 0;
    for (;;) {
      const pages = taskPages(this.#session.http, [...this.#reviewer.owners], progress.since);
      for (;;) {
        const asked = this.#desk.taken;
        const page = await pages.next();
        this.#desk.stillOrThrow(this.#vault);
        if (page.done) break;
        const mine = page.value.filter((task) => this.#isMine(task));
        foreign += page.value.length - mine.length;
        for (const task of mine) listed.set(`Task/${task.id}`, task);
        if (progress.isFirst) await this.#takeIn(mine.filter((task) => this.#isNews(task) && this.#early.get(task.id) !== JSON.stringify(task)), asked);
        if (!this.#unread) progress.listed(page.value, this.#session.http.serverTime);
      }
      if (!progress.isBelied(listed)) break;
      // What was there the last time is not: this server does not answer what changed since then, and is asked for all.
      progress.askForAll();
    }
    if (progress.isWhole || foreign > 0) this.#noteForeign(foreign);
    return listed;
  }

  /** What has gone or is over goes first, whatever becomes of the rest; then what is here, and some of the rest, is read anew. @param isWhole whether what is not listed is gone */
  async #goOn(listed: ReadonlyMap<string, Task>, isWhole: boolean): Promise<void> {
    const { library } = this.#vault;
    const wanted = this.#inTurn();
    const now = new Map([...listed].filter(([reference, task]) => !this.#read.has(reference) && this.#isNews(task)));
    // What this round has taken in before all was listed as well.
    const gone = new Set(isWhole ? library.knownTasks().map(({ task }) => task).filter((task) => !listed.has(task)) : []);
    const asked = this.#asked;
    const answered = await (this.#readsAll() ? tasksById : tasksTogether)(this.#session.http, wanted.filter((task) => !gone.has(task) && !listed.has(task)));
    this.#desk.stillOrThrow(this.#vault);
    if (answered.unread.size > 0) this.#unread = true;
    for (const task of wanted) {
      const present = listed.get(task) ?? answered.found.get(task);
      if (present && this.#isMine(present)) now.set(task, present);
      else if (!answered.unread.has(task)) gone.add(task);
    }
    const over: Offered[] = [];
    let looked = 0;
    for (const { task, body, readAt } of library.knownTasks()) {
      // Of a long list this is work: in slices.
      if ((looked += 1) % 500 === 0) await setImmediate();
      if (gone.has(task) || now.has(task)) continue;
      const kept = JSON.parse(body) as Task;
      const reasons = this.#reasons(kept);
      if (!isListed(reasons)) gone.add(task);
      else if (reasons.length > 0) {
        if (readAt !== null) over.push(taskOnly(kept, this.#session.http.fhirBase));
      } else if (readAt === null && !this.#read.has(task)) now.set(task, kept);
    }
    this.#desk.stillOrThrow(this.#vault);
    const first = new FirstFailure();
    await first.attempt(() => this.#remove([...gone].flatMap((task) => library.assignmentOf(task) ?? [])));
    await first.attempt(() => takeInAnyway(this.#desk, this.#vault, over, asked));
    await first.attempt(() => this.#takeIn([...now.values()], asked));
    await first.attempt(() => destroyUnnamed(this.#desk, this.#vault));
    first.rethrow();
  }

  /** "Task/id" of what has a copy here, and of some of the rest; of all, where nothing that is kept counts. */
  #inTurn(): string[] {
    const { library } = this.#vault;
    const wanted = this.#everything ? [...this.#known.keys()] : [...[...this.#desk.unkeptOf(this.#vault).tasks].filter((task) => this.#known.has(task)), ...library.tasksHere(), ...library.readLongestAgo(IN_TURN)];
    return [...new Set(wanted)].filter((task) => !this.#read.has(task));
  }

  #isMine(task: Task): boolean {
    return ownedBy(task, this.#reviewer, this.#desk.site.fhirBase);
  }

  #reasons(task: Task): ReasonCode[] {
    return taskReasons(task, this.#reviewer, this.#desk.site, this.#desk.now());
  }

  /** Is it otherwise than it is known, or was it never read? */
  #isNews(task: Task): boolean {
    const known = this.#known.get(`Task/${task.id}`);
    return this.#everything || known === undefined || known.readAt === null || known.body !== JSON.stringify(task);
  }

  /** These Tasks, as the practice has just given them, with what they point to. */
  async #takeIn(tasks: readonly Task[], asked: number): Promise<void> {
    const { library } = this.#vault;
    const open: Task[] = [];
    const closed: Offered[] = [];
    const over: AssignmentRow[] = [];
    for (const task of tasks) {
      const reasons = this.#reasons(task);
      if (reasons.length === 0) open.push(task);
      else if (isListed(reasons)) closed.push(taskOnly(task, this.#session.http.fhirBase));
      else over.push(...[library.assignmentOf(`Task/${task.id}`)].filter((row) => row !== null));
    }
    const first = new FirstFailure();
    await first.attempt(() => this.#remove(over));
    await first.attempt(() => takeInAnyway(this.#desk, this.#vault, closed, asked));
    await first.attempt(() => this.#takeInOpen(open, asked));
    first.rethrow();
  }

  /** Those for which what they point to may be read. */
  async #takeInOpen(open: readonly Task[], asked: number): Promise<void> {
    const { library } = this.#vault;
    const { http } = this.#session;
    const first = new FirstFailure();
    for (let at = 0; at < open.length; at += TOGETHER) {
      this.#desk.stillOrThrow(this.#vault);
      const together = open.slice(at, at + TOGETHER);
      const rows = together.flatMap(({ id }) => library.assignmentOf(`Task/${id}`) ?? []);
      const before = new Map(rows.map(({ evidence }) => [evidence.task.id, evidence]));
      // What has waited its turn may have been asked about meanwhile.
      const asking = at === 0 ? asked : this.#desk.taken;
      const passed = rows.flatMap(({ withheldSince, evidence }) => (withheldSince === null ? evidence : []));
      const { offered, unread } = this.#readsAll() ? await gather(http, together, [...before.values()]) : await gatherTogether(http, together, [...before.values()], passed);
      this.#desk.stillOrThrow(this.#vault);
      if (unread.size > 0) this.#unread = true;
      // What is not here, and cannot be read, comes when it can.
      const comes = offered.filter(({ task }) => !unread.has(task.id) || before.get(task.id) !== undefined);
      await first.attempt(async () => {
        const overtaken = await this.#keepTogether(comes, asking);
        library.markRead(together.flatMap(({ id }) => (unread.has(id) ? [] : `Task/${id}`)), this.#desk.now());
        for (const { id } of together) if (!unread.has(id) && !overtaken.includes(id)) this.#desk.unkeptOf(this.#vault).tasks.delete(`Task/${id}`);
      });
      for (const { id } of together) this.#read.add(`Task/${id}`);
    }
    first.rethrow();
  }

  /** As {@link takeInAnyway}. */
  async #keepTogether(offered: readonly Offered[], asked: number): Promise<string[]> {
    const first = new FirstFailure();
    const overtaken: string[] = [];
    for (let n = 0; n < offered.length; n += KEPT_TOGETHER) await first.attempt(async () => overtaken.push(...await takeInAnyway(this.#desk, this.#vault, offered.slice(n, n + KEPT_TOGETHER), asked)));
    first.rethrow();
    return overtaken;
  }

  /** Of one about which something else was heard since the round began, one of two answers says that it is over, and there is no third. */
  async #remove(rows: readonly AssignmentRow[]): Promise<void> {
    const overtaken = rows.filter(({ task }) => this.#desk.toldSince(task, this.#asked) && !this.#read.has(task));
    const first = new FirstFailure();
    await first.attempt(() => removeAll(this.#desk, this.#vault, rows.filter((row) => !overtaken.includes(row))));
    for (const row of overtaken) await first.attempt(() => this.#removeUnlessThere(row));
    first.rethrow();
  }

  async #removeUnlessThere(row: AssignmentRow): Promise<void> {
    this.#desk.stillOrThrow(this.#vault);
    let now: AssignmentRow | null;
    try {
      now = await refreshRow(this.#desk, row);
    } catch (error) {
      this.#desk.stillOrThrow(this.#vault);
      await removeAll(this.#desk, this.#vault, [this.#vault.library.assignmentOf(row.task)].filter((present) => present !== null));
      throw error;
    }
    if (now && !isListed(this.#reasons(now.evidence.task))) await removeAll(this.#desk, this.#vault, [now]);
  }

  #noteForeign(count: number): void {
    const desk = this.#desk;
    if (count > 0 && count !== desk.foreignOffered) desk.journal?.write({ event: 'foreign-offered', count });
    desk.foreignOffered = count;
  }
}
