/** One run: a computer, a line and a practice; the plan's steps, then fair weather until all is quiet, then the oracle. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sightings, type Needle } from '../fuzz/canaries.ts';
import { spellings } from '../../e2e/harness/canary.ts';
import { Computer, type Outcome } from './computer.ts';
import type { Done, Look, Opened } from './messages.ts';
import { MARKS } from './marks.ts';
import { judge, Withdrawals, type Act, type Finding, type Kind } from './oracle.ts';
import { LONG, planOf, told, type Deed, type Plan, type Step } from './plan.ts';
import { plantOf } from './plants.ts';
import { CLINICIAN, PracticeSide } from './practiceSide.ts';
import { FaultProxy } from './proxy.ts';
import type { Control, Ran } from './verdict.ts';

/** Rounds in fair weather; between two of them the computer's clock goes on by so much, so that what waits to be tried again is tried. */
const ROUNDS = 14;
const BETWEEN_MS = 16 * 60_000;
/** Of what should play, so many are opened at the end. */
const OPENED_AT_END = 3;
/** Starts that may fail before the profile counts as unusable. */
const STARTS = 5;

/** @param folder an empty one of this run's own. @param mediaDir of {@link makeClips} */
export async function runOnce(seed: string, folder: string, mediaDir: string, control: Control | null = null): Promise<Ran> {
  const started = performance.now();
  const practice = await PracticeSide.open(seed, mediaDir);
  const proxy = new FaultProxy(seed, practice.practice.url);
  await proxy.listen();
  const [profile, tmp, keychain] = [join(folder, 'profile'), join(folder, 'tmp'), join(folder, 'keychain.json')];
  mkdirSync(profile, { recursive: true });
  mkdirSync(tmp);
  const { url } = practice.practice;
  const computer = new Computer({ profile, keychain, site: JSON.stringify(practice.practice.siteFile()), practice: url, line: proxy.url, username: CLINICIAN, clock: 0, plant: control?.planted === true ? control.plant : null }, tmp);
  const run = new Run(control === null ? planOf(seed) : { seed, steps: [...plantOf(control.plant).steps ?? []] }, practice, proxy, computer, [profile, tmp]);
  try {
    await run.go();
  } catch (error) {
    run.find('stuck', error instanceof Error ? error.stack ?? error.message : String(error));
  } finally {
    await computer.stop();
    await proxy.stop();
    await practice.practice.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { seed, findings: run.findings, injected: proxy.injected, sequence: run.sequence, done: run.done, arriving: run.arriving, ms: Math.round(performance.now() - started) };
}

class Run {
  readonly findings: Finding[] = [];
  readonly sequence: string[] = [];
  done = 0;
  arriving = 0;
  readonly #start = performance.now();
  readonly #plan: Plan;
  readonly #practice: PracticeSide;
  readonly #proxy: FaultProxy;
  readonly #computer: Computer;
  readonly #folders: readonly string[];
  readonly #acts: Act[] = [];
  readonly #opened = new Map<string, number>();
  readonly #heads = new Map<number, string>();
  readonly #began = new Map<string, string>();
  readonly #disturbed = new Set<string>();
  readonly #withdrawals = new Withdrawals();
  /** Notes by what they said at first, with the app's id. */
  readonly #notes = new Map<string, { id: string; text: string }[]>();
  /** Rows that were ever opened, by "Task/id". */
  readonly #rowIds = new Map<string, string>();
  /** What the plan's numbers mean, once something was opened by them. */
  readonly #meant = new Map<number, string>();
  #clock = 0;
  #stale = 0;

  constructor(plan: Plan, practice: PracticeSide, proxy: FaultProxy, computer: Computer, folders: readonly string[]) {
    [this.#plan, this.#practice, this.#proxy, this.#computer, this.#folders] = [plan, practice, proxy, computer, folders];
  }

  find(kind: Kind, what: string): void {
    this.findings.push({ kind, what });
    this.#say(`${kind}: ${what}`);
  }

  #say(line: string): void {
    this.sequence.push(`${String(Math.round(performance.now() - this.#start)).padStart(6)} ${line}`);
  }

  async go(): Promise<void> {
    for (const id of this.#practice.tasks) await this.#noteNew(id);
    await this.#come();
    for (const step of this.#plan.steps) await this.#step(step);
    await this.#end();
  }

  #task(number: number): string {
    const { tasks, long } = this.#practice;
    if (number === LONG && long !== null) return long;
    return this.#meant.get(number) ?? tasks[number % tasks.length] ?? '';
  }

  /** Whoever opens something takes mostly what can be opened, and sometimes what was there a moment ago. */
  async #choose(number: number): Promise<string> {
    if (number === LONG) return this.#task(number);
    const open: string[] = [];
    for (const id of this.#practice.tasks) if ((await this.#practice.truthOf(id)).expected === 'shown') open.push(id);
    const from = number % 4 === 0 || open.length === 0 ? this.#practice.tasks : open;
    const id = from[number % from.length] ?? '';
    this.#meant.set(number, id);
    return id;
  }

  async #noteNew(id: string): Promise<void> {
    const truth = await this.#practice.truthOf(id);
    this.#began.set(truth.task, truth.status);
    if (truth.expected !== 'shown') {
      this.#disturbed.add(truth.task);
      this.#withdrawals.withdrawn(truth.task, false);
    }
  }

  /** What the app was told of the past it may take for the present. */
  #watchStale(): void {
    if (this.#proxy.staleAnswers === this.#stale) return;
    this.#stale = this.#proxy.staleAnswers;
    this.#withdrawals.misled();
  }

  /** Asks, and notes where the app stands then. */
  async #ask(command: Parameters<Computer['ask']>[0]): Promise<Outcome> {
    const outcome = await this.#computer.ask(command);
    const head = outcome.stands?.head;
    if (head) this.#heads.set(head.seq, head.hash);
    if (!outcome.ok && outcome.code === 'silent') this.find('stuck', outcome.said);
    if (!outcome.ok && outcome.code === 'internal') this.find('wrong', `${command.name}: ${outcome.said}`);
    return outcome;
  }

  /** Somebody sits down at the computer: signs in where they must, and unlocks. */
  async #come(): Promise<void> {
    for (let tries = 0; tries < STARTS; tries += 1) {
      const outcome = await this.#ask({ name: 'come' });
      if (outcome.ok) return;
      this.#say(`  the way in: ${outcome.code}, ${outcome.said}`);
      if (outcome.code === 'killed') return;
      // A person waits for better weather with their first sign-in.
      this.#proxy.weather = 'calm';
      await this.#proxy.listen();
    }
    throw new Error('nobody gets in');
  }

  async #step(step: Step): Promise<void> {
    this.#say(told(step));
    switch (step.do) {
      case 'sync': return this.#round('sync');
      case 'poll': return this.#round('poll');
      case 'open': return this.#open(step.task);
      case 'play':
        await this.#ask({ name: 'play', from: step.from, until: step.until });
        return;
      case 'close':
        await this.#ask({ name: 'close' });
        return;
      case 'deed': return this.#deed(step.task, step.what);
      case 'lock':
        await this.#ask({ name: 'lock' });
        return this.#come();
      case 'weather':
        this.#proxy.weather = step.is;
        return;
      case 'offline':
        this.#proxy.injected.offline += 1;
        return this.#proxy.goDown();
      case 'online': return this.#proxy.listen();
      case 'restart':
        this.#proxy.injected.restart += 1;
        await this.#proxy.goDown();
        this.#practice.practice.forgetSessions();
        return this.#proxy.listen();
      case 'expire token':
        this.#proxy.expireToken();
        return;
      case 'clock':
        this.#proxy.injected.clock += 1;
        return this.#setClock(step.minutes * 60_000);
      case 'change': return this.#change(step.change, step.task);
      case 'wait': return wait(step.ms);
      case 'kill': return this.#kill();
      case 'together': {
        const under = step.steps.map(async (one) => this.#step(one));
        if (step.kill !== null) {
          await wait(step.kill);
          await this.#kill();
        }
        await Promise.all(under);
      }
    }
  }

  async #setClock(ms: number): Promise<void> {
    this.#clock = ms;
    this.#computer.clock = ms;
    await this.#ask({ name: 'clock', ms });
  }

  async #kill(): Promise<void> {
    this.#proxy.injected.kill += 1;
    await this.#computer.kill();
    await this.#come();
  }

  async #change(change: Parameters<PracticeSide['change']>[0], number: number): Promise<void> {
    const before = new Map<string, boolean>();
    for (const id of this.#practice.tasks) before.set(id, (await this.#practice.truthOf(id)).expected === 'shown');
    for (const id of await this.#practice.change(change, this.#task(number))) {
      if (change === 'assign') {
        await this.#noteNew(id);
        continue;
      }
      const { task, expected } = await this.#practice.truthOf(id);
      if (change !== 'sign anew') this.#disturbed.add(task);
      if (expected === 'shown') this.#withdrawals.restored(task);
      else if (before.get(id) === true) this.#withdrawals.withdrawn(task, change !== 'supersede' && change !== 'remove recording');
    }
  }

  /** A whole round, or the questions about what is on the screen. */
  async #round(name: 'sync' | 'poll'): Promise<void> {
    const [began, disturbed] = [this.#withdrawals.now(), this.#proxy.disturbed];
    const outcome = await this.#ask({ name });
    const { stands } = outcome;
    if (stands?.problem === 'session-expired' || stands?.problem === 'identity-mismatch') await this.#ask({ name: 'sign in' });
    this.#watchStale();
    if (!outcome.ok || !stands?.online || disturbed !== this.#proxy.disturbed || (name === 'sync' && stands.problem !== null)) return;
    if (name === 'sync') this.#withdrawals.round(began);
    for (const task of stands.open) {
      if (name === 'poll') this.#withdrawals.row(task, began);
      if (this.#withdrawals.told.has(task)) this.find('staleOpen', `${task} plays on after a ${name} that could have told`);
    }
  }

  async #open(number: number): Promise<void> {
    const task = `Task/${await this.#choose(number)}`;
    this.#watchStale();
    const { told: gone } = this.#withdrawals;
    let [began, disturbed] = [this.#withdrawals.now(), this.#proxy.disturbed];
    let outcome = await this.#ask({ name: 'open', task });
    if (!outcome.ok && outcome.stands?.problem === 'session-expired') {
      // Whoever is told so signs in and opens it again.
      await this.#ask({ name: 'sign in' });
      [began, disturbed] = [this.#withdrawals.now(), this.#proxy.disturbed];
      outcome = await this.#ask({ name: 'open', task });
    }
    if (!outcome.ok) {
      this.#say(`  ${task} not opened: ${outcome.code}`);
      this.#judgeBytes(task, outcome.code);
      return;
    }
    this.done += 1;
    this.#opened.set(task, (this.#opened.get(task) ?? 0) + 1);
    const { rowId, sha256, arriving } = outcome.value as Opened;
    if (arriving) this.arriving += 1;
    if (arriving) this.#say(`  ${task} opened while it came${sha256 === null ? ', and not all of it was there in time' : ''}`);
    this.#rowIds.set(task, rowId);
    if (sha256 !== null && sha256 !== this.#practice.mediaOf(task.slice('Task/'.length))) this.find('wrong', `${task} plays something else than was signed`);
    if (gone.has(task)) this.find('staleOpen', `${task} opens after a round that could have told`);
    this.#watchStale();
    if (disturbed !== this.#proxy.disturbed || outcome.stands?.online !== true) return;
    const own = new Set(this.#withdrawals.told);
    this.#withdrawals.row(task, began);
    if (!own.has(task) && this.#withdrawals.told.has(task)) this.find('staleOpen', `${task} opens, and the practice was asked about it`);
  }

  /** Nobody changed them on the way or on the disk. */
  #judgeBytes(task: string, code: string): void {
    if (code === 'recording-corrupt' || code === 'recording-mismatch') this.find('wrong', `${task} does not open: ${code}`);
  }

  async #deed(number: number, what: Deed): Promise<void> {
    const task = `Task/${this.#task(number)}`;
    const notes = this.#notes.get(task) ?? [];
    const note = what.deed === 'edit' || what.deed === 'remove' ? notes[what.which % Math.max(1, notes.length)] : undefined;
    if ((what.deed === 'edit' || what.deed === 'remove') && !note) return;
    // In the order in which they were asked for, whenever they are answered.
    const act: Act = { task, from: this.#withdrawals.now(), until: Infinity, what, of: note?.text ?? null, outcome: 'unknown', status: null, misled: false };
    this.#acts.push(act);
    const outcome = await this.#ask({ name: 'deed', task, what, ...(note ? { note: note.id } : {}) });
    if (outcome.ok || outcome.code !== 'killed') act.until = this.#withdrawals.now();
    act.misled = this.#proxy.staleAnswers > 0;
    if (outcome.ok) {
      this.done += 1;
      const done = outcome.value as Done | null;
      Object.assign(act, { outcome: 'done', status: done?.status ?? null } satisfies Partial<Act>);
      if (what.deed === 'note' && done?.note) this.#notes.set(task, [...notes, { id: done.note, text: what.text }]);
    } else {
      // What is not on the screen, or does not follow, is refused before anything is done. Else it may have been done, and only the view of it was not to be had any more.
      if (outcome.code === 'bad-request' && outcome.said !== 'no such row' && !(what.deed === 'form' && what.release)) act.outcome = 'refused';
      this.#say(`  ${what.deed} on ${task}: ${outcome.code}`);
    }
  }

  /** Fair weather, a clock that is right, and rounds until nothing waits. */
  async #end(): Promise<void> {
    this.#say('fair weather');
    this.#proxy.weather = 'calm';
    await this.#proxy.listen();
    await this.#ask({ name: 'close' });
    await this.#setClock(0);
    let look: Look | null = null;
    let [quiet, before] = [false, -1];
    for (let round = 0; round < ROUNDS && !quiet; round += 1) {
      const { stands } = await this.#ask({ name: 'sync' });
      if (stands?.screen !== 'room') await this.#come();
      else if (stands.problem === 'session-expired' || !stands.online) await this.#ask({ name: 'sign in' });
      look = await this.#look();
      const held = look.kept.filter(({ withheld }) => withheld).reduce((sum, { waiting }) => sum + waiting, 0);
      // A step of what is withheld goes, if only at its next try.
      quiet = stands?.online === true && stands.problem === null && look.waiting === held && (held === 0 || held === before) && look.undelivered === 0;
      before = held;
      if (!quiet) this.#say(`  round ${round}: ${stands?.problem ?? 'no problem'}, ${look.waiting} waiting of which ${held} withheld, ${look.undelivered} entries`);
      await this.#setClock(this.#clock + BETWEEN_MS);
    }
    if (!look || !quiet) this.find('stuck', `not quiet after ${ROUNDS} rounds: ${look?.waiting ?? 0} of their work wait, ${look?.undelivered ?? 0} entries of the record`);
    if (!look) return;
    await this.#openAll(look);
    await this.#ask({ name: 'close' });
    await this.#ask({ name: 'sync' });
    look = await this.#look();
    const truth = await this.#practice.truth(look.device);
    this.findings.push(...judge(truth, look, { acts: this.#acts, began: this.#began, opened: this.#opened, heads: this.#heads, disturbed: this.#disturbed }));
    await this.#ask({ name: 'leave' });
    this.#searchDisk();
    for (const fault of this.#computer.faults) this.find('wrong', `a fault that nobody caught: ${fault}`);
  }

  /** When nothing is under way any more. */
  async #look(): Promise<Look> {
    for (let tries = 0; tries < 200; tries += 1) {
      const outcome = await this.#ask({ name: 'look' });
      // A row went, or was withheld, while it was looked at.
      if (!outcome.ok && ['bad-request', 'recording-withheld'].includes(outcome.code)) continue;
      if (!outcome.ok) throw new Error(`no look at what is here: ${outcome.code}, ${outcome.said}`);
      const look = outcome.value as Look;
      if (!look.busy) return look;
      await wait(25);
    }
    throw new Error('the app never comes to rest');
  }

  /** What should play does, and nothing else: by the rows that there are, and by those that there were. */
  async #openAll(look: Look): Promise<void> {
    const rows = new Map([...this.#rowIds, ...look.rows.map(({ task, rowId }) => [task, rowId] as const)]);
    let left = OPENED_AT_END;
    for (const id of this.#practice.tasks.toReversed()) {
      const { task, expected } = await this.#practice.truthOf(id);
      const rowId = rows.get(task);
      if (rowId === undefined || (expected === 'shown' && left === 0)) continue;
      if (expected === 'shown') left -= 1;
      const outcome = await this.#ask({ name: 'open', task, rowId });
      if (outcome.ok && expected !== 'shown') this.find('staleOpen', `${task} opens at the end`);
      if (outcome.ok) this.#opened.set(task, (this.#opened.get(task) ?? 0) + 1);
      if (!outcome.ok && expected === 'shown') this.find('lost', `${task} does not open at the end: ${outcome.code}, ${outcome.said}`);
      if (outcome.ok && (outcome.value as Opened).sha256 !== this.#practice.mediaOf(id)) this.find('wrong', `${task} plays something else than was signed`);
    }
  }

  #searchDisk(): void {
    const patients = this.#practice.practice.repo.recordings().map(({ patientName }) => patientName);
    const needles: Needle[] = [...Object.values(MARKS), ...new Set(patients)].flatMap((text) => spellings(text).map(({ encoding, bytes }) => ({ name: `${text}, ${encoding}`, bytes })));
    for (const folder of this.#folders) for (const sighting of sightings(folder, needles)) this.find('plaintext', sighting);
  }
}
