/**
 * What must be so after a run: from what the practice has, what the app shows, and what the person did and was told. Pure. It knows the promises
 * (README.md), and nothing of how the app keeps them.
 */
import type { KeptWork, ReviewWork } from '../../src/preload/review.ts';
import { Verifier, type Candidate } from '../../src/main/audit/verify.ts';
import type { Look, Row } from './messages.ts';
import type { Deed } from './plan.ts';

/**
 * `lost`: assigned, written or recorded, and neither there nor explained. `duplicated`: at the practice more than once. `staleOpen`: opened, or still here, after a round that could have told.
 * `plaintext`: on the disk. `wrong`: shown or refused for what is not so. `stuck`: never came to rest, or broke.
 */
export const kinds = ['lost', 'duplicated', 'staleOpen', 'plaintext', 'wrong', 'stuck'] as const;
export type Kind = (typeof kinds)[number];
export interface Finding {
  kind: Kind;
  what: string;
}

/** What an honest app has of an assignment when it has heard everything: nothing, a row, or a row that is withheld for one of these reasons at least. */
export type Expected = 'nothing' | 'shown' | readonly string[];

export interface TaskTruth {
  /** "Task/id". */
  task: string;
  status: string;
  /** "DocumentReference/id". */
  document: string;
  recording: string | null;
  expected: Expected;
}

/** What the practice has of this person's: QuestionnaireResponse or Communication. `texts`: all that it says. */
export interface Written {
  reference: string;
  identifier: string;
  type: 'notes' | 'form' | 'message';
  document: string;
  status: string;
  texts: string[];
}

/** An entry of the record as the practice gives it back. */
export type Entry = Candidate & { event: string; task: string | null };

export interface Truth {
  tasks: TaskTruth[];
  written: Written[];
  /** Of this computer's chain. */
  entries: Entry[];
}

/** `unknown`: the computer was killed before it answered, or it may have been done before what was answered came about. */
export interface Act {
  task: string;
  /** When it was asked for, and when it was answered; of what was under way at once nobody knows which came first. */
  from: number;
  until: number;
  what: Deed;
  /** Of an edit or removal: what the note said at first. */
  of: string | null;
  outcome: 'done' | 'unknown' | 'refused';
  /** Where the review stood afterwards, as the app said. */
  status: string | null;
  /** It had been told what was true before: what it says of the practice may be of the past. */
  misled: boolean;
}

export interface Story {
  acts: readonly Act[];
  /** What each assignment was at the practice before the run, by "Task/id". */
  began: ReadonlyMap<string, string>;
  /** Openings that succeeded, by "Task/id". */
  opened: ReadonlyMap<string, number>;
  /** Heads of the record as the app named them: hash by number. */
  heads: ReadonlyMap<number, string>;
  /** Assignments that the practice took away, changed or withheld at some time: what was written of them may have been refused. */
  disturbed: ReadonlySet<string>;
}

export function judge(truth: Truth, look: Look, story: Story): Finding[] {
  return [...judgeRows(truth, look), ...judgeWork(truth, look, story), ...judgeRecord(truth, look, story)];
}

/** Everything that is assigned is here, or withheld with a reason that is right; nothing else is, and no copy of it. */
export function judgeRows({ tasks }: Truth, look: Look): Finding[] {
  const found: Finding[] = [];
  const rows = new Map(look.rows.map((row) => [row.task, row]));
  for (const { task, expected } of tasks) {
    const row = rows.get(task);
    const what = judgeRow(row, expected);
    if (what) found.push({ kind: what.kind, what: `${task} ${what.what}` });
  }
  const known = new Map(tasks.map((one) => [one.task, one]));
  for (const { task } of look.rows) if (!known.has(task)) found.push({ kind: 'staleOpen', what: `${task} is on the list, and nobody's` });
  const mayBeHere = new Set(tasks.filter(({ expected }) => expected === 'shown').map(({ recording }) => recording));
  for (const recording of look.copies) if (!mayBeHere.has(recording)) found.push({ kind: 'staleOpen', what: `a copy of ${recording} is left` });
  return found;
}

function judgeRow(row: Row | undefined, expected: Expected): Finding | null {
  if (expected === 'nothing') return row ? { kind: 'staleOpen', what: 'is still on the list' } : null;
  if (!row) return { kind: 'lost', what: expected === 'shown' ? 'is assigned, and not here' : `is withheld (${expected.join(', ')}), and nobody is told` };
  if (expected !== 'shown') {
    if (row.withheld === null) return { kind: 'staleOpen', what: `is shown, and should be withheld: ${expected.join(', ')}` };
    if (!row.withheld.some((reason) => expected.includes(reason))) return { kind: 'wrong', what: `is withheld for ${row.withheld.join(', ')}, and not for ${expected.join(', ')}` };
    return row.listed ? null : { kind: 'lost', what: 'is withheld, and the list does not say so' };
  }
  if (row.withheld !== null) return { kind: 'lost', what: `is assigned, and withheld: ${row.withheld.join(', ')}` };
  if (!row.listed && row.view?.status !== 'rejected') return { kind: 'lost', what: 'passes, and is not on the list' };
  return row.wanted && !row.copy ? { kind: 'lost', what: 'has no copy here' } : null;
}

/** What was being written: all that it may say at the end. Null: it may not be there. */
class Thing {
  may: Set<string | null>;
  /** All that it ever said. */
  readonly ever = new Set<string>();
  constructor(text: string, done: boolean) {
    this.may = new Set(done ? [text] : [null, text]);
    this.ever.add(text);
  }

  is(text: string | null, done: boolean): void {
    if (done) this.may.clear();
    this.may.add(text);
    if (text !== null) this.ever.add(text);
  }
}

/** Where a text of this person's is on this computer, and what they are told of it. */
type Here = 'waiting' | 'refused' | 'sent' | 'kept' | null;

/** Everything that the person wrote and the app acknowledged is at the practice exactly once, in its last state; or here, and they are told. */
export function judgeWork(truth: Truth, look: Look, story: Story): Finding[] {
  const found: Finding[] = [];
  const names = new Map<string, string>();
  for (const { reference, identifier } of truth.written) {
    if (names.has(identifier)) found.push({ kind: 'duplicated', what: `${reference} and ${names.get(identifier)} are one` });
    names.set(identifier, reference);
  }
  for (const task of new Set(story.acts.map((act) => act.task))) found.push(...judgeTask(task, truth, look, story));
  return found;
}

function judgeTask(task: string, truth: Truth, look: Look, story: Story): Finding[] {
  const found: Finding[] = [];
  const acts = story.acts.filter((act) => act.task === task && act.outcome !== 'refused');
  const its = truth.tasks.find((one) => one.task === task);
  const written = truth.written.filter(({ document }) => document === its?.document);
  const view = look.rows.find((row) => row.task === task)?.view ?? null;
  const disturbed = story.disturbed.has(task);
  const of = (type: Written['type']) => written.filter((one) => one.type === type);
  for (const type of ['notes', 'form'] as const) if (of(type).length > 1) found.push({ kind: 'duplicated', what: `${type} of ${task}: ${of(type).map(({ reference }) => reference).join(', ')}` });

  const { notes, form, released, messages, people, draft } = thingsOf(acts);
  const check = (thing: Thing, kind: string, type: Written['type'], where: (text: string) => Here) => {
    const texts = of(type).flatMap((one) => one.texts);
    const there = texts.filter((text) => thing.ever.has(text));
    if (there.length > 1) found.push({ kind: 'duplicated', what: `${kind} of ${task}, ${there.length} times: ${there[0]}` });
    const text = there.find((one) => thing.may.has(one)) ?? there[0] ?? null;
    if (thing.may.has(text)) return;
    const here = [...thing.may].flatMap((may) => (may === null ? [] : [where(may)])).find((state) => state !== null) ?? null;
    if (here === 'kept' || (here === 'refused' && disturbed)) return;
    // What was taken away by somebody who may not write about it any more.
    if (thing.may.has(null) && disturbed) return;
    const wanted = [...thing.may].map((may) => may ?? 'nothing').join(' or ');
    found.push({ kind: 'lost', what: `${kind} of ${task}: ${wanted}; the practice has ${text ?? 'nothing'}, the app says ${here ?? 'nothing'}` });
  };
  const kept = (where: (one: KeptWork) => readonly string[]) => (text: string): Here => (look.kept.some((one) => where(one).includes(text)) ? 'kept' : null);
  const state = (one: { state: ReviewWork['statusWork'] } | undefined): Here => (one === undefined ? null : one.state === 'here' ? 'waiting' : one.state);
  for (const note of notes.values()) {
    check(note, 'note', 'notes', (text) => state(view?.notes.find((one) => one.text === text)) ?? kept((one) => one.notes.map((each) => each.text))(text));
  }
  for (const message of messages) {
    check(message, 'message', 'message', (text) => state(view?.thread.find((one) => one.mine && one.text === text)) ?? kept((one) => one.messages.map((each) => each.text))(text));
  }
  const wordsOf = (answers: Record<string, { text: string }>) => Object.values(answers).map((one) => one.text);
  if (form) {
    const its = (text: string) => view?.responses.find(({ answers }) => wordsOf(answers).includes(text));
    check(form, 'form', 'form', (text) => {
      const response = its(text);
      return response ? state({ state: response.work }) : kept((one) => one.responses.flatMap(({ answers }) => wordsOf(answers)))(text);
    });
    const [there] = of('form');
    const accounted = disturbed && (view === null || view.responses.some(({ work }) => work === 'refused'));
    if (released && there && there.status !== 'completed' && !accounted) found.push({ kind: 'lost', what: `release of a form of ${task}: it is ${there.status}` });
  }
  // Names are kept with the notes; where there are none they go as well.
  for (const person of people) check(person, 'name', 'notes', (text) => (view === null && disturbed ? 'kept' : view?.room.includes(text) === true && disturbed ? 'refused' : null));
  if (draft && !draft.may.has(null)) {
    const present = view ? Object.values(view.drafts).map(({ text }) => text) : look.kept.flatMap(({ drafts }) => drafts);
    if (![...draft.may].some((text) => text !== null && present.includes(text))) found.push({ kind: 'lost', what: `draft of ${task}: ${[...draft.may].join(' or ')}; here is ${present.join(', ') || 'nothing'}` });
  }
  found.push(...judgeStatus(acts, its, view, story, disturbed));
  return found;
}

/** Was something that was asked for earlier still under way? */
const overlaps = (act: Act, acts: readonly Act[]): boolean => acts.some((one) => one.from < act.from && one.until > act.from);

function thingsOf(acts: readonly Act[]) {
  const notes = new Map<string, Thing>();
  const messages: Thing[] = [];
  const people: Thing[] = [];
  let form: Thing | null = null;
  let draft: Thing | null = null;
  let released = false;
  for (const act of acts) {
    const { what, of, outcome } = act;
    const done = outcome === 'done';
    const sure = done && !overlaps(act, acts);
    switch (what.deed) {
      case 'note':
        notes.set(what.text, new Thing(what.text, done));
        break;
      case 'edit': case 'remove':
        if (of !== null) notes.get(of)?.is(what.deed === 'edit' ? what.text : null, sure);
        break;
      case 'message':
        messages.push(new Thing(what.text, done));
        // It was what was being typed.
        draft?.is(null, sure);
        break;
      case 'room':
        people.push(new Thing(what.text, done));
        break;
      case 'draft':
        if (draft) draft.is(what.text, sure);
        else draft = new Thing(what.text, sure);
        break;
      case 'form':
        if (form) form.is(what.text, sure);
        else form = new Thing(what.text, done);
        // From then on nothing of it is changed.
        released = done && what.release;
        break;
      default:
    }
  }
  return { notes, messages, people, form, draft, released };
}

/** Where a review stands: as the person left it, and shown to them so, unless the practice did something of its own and they are told. */
function judgeStatus(acts: readonly Act[], its: TaskTruth | undefined, view: ReviewWork | null, story: Story, disturbed: boolean): Finding[] {
  if (!its) return [];
  if (view?.statusWork === 'sent' && view.conflict === null && view.status !== its.status) return [{ kind: 'lost', what: `${its.task} is ${its.status}, and the app says that the practice has ${view.status}` }];
  if (disturbed) return [];
  const found: Finding[] = [];
  let may: ReadonlySet<string> = new Set([story.began.get(its.task) ?? '']);
  for (const act of acts) {
    const { what, outcome, status, misled } = act;
    const after = statusesAfter(what, may);
    may = outcome === 'done' && !overlaps(act, acts) ? after : new Set([...may, ...after]);
    if (status !== null && !misled && isAlone(act, acts) && !may.has(status)) found.push({ kind: 'wrong', what: `after ${what.deed} ${its.task} is ${[...may].join(' or ')}, and the app said ${status}` });
  }
  // Who was shown a review as it was before may have written in one that was over: the practice does not take the step, and says so.
  if (view?.conflict && acts.some(({ misled }) => misled)) return found;
  if (!may.has(its.status)) found.push({ kind: 'lost', what: `step of ${its.task}: it is ${its.status}, and the person left it ${[...may].join(' or ')}` });
  return found;
}

/** Was nothing else of this assignment under way meanwhile? */
const isAlone = (act: Act, acts: readonly Act[]): boolean => acts.every((one) => one === act || one.until < act.from || one.from > act.until);

/** What a deed makes of where a review may stand. */
function statusesAfter({ deed }: Deed, before: ReadonlySet<string>): ReadonlySet<string> {
  switch (deed) {
    case 'accept': return new Set(['accepted']);
    case 'complete': return new Set(['completed']);
    case 'reject': return new Set(['rejected']);
    case 'note': case 'edit': return new Set(['in-progress']);
    // A draft is finished after the end, too.
    case 'form': return new Set([...before].map((status) => (status === 'completed' ? status : 'in-progress')));
    default: return before;
  }
}

/** Each entry of the record is at the practice once, all of them make one chain, and each opening is in it. */
export function judgeRecord({ entries }: Truth, look: Look, story: Story): Finding[] {
  const found: Finding[] = [];
  const times = new Map<number, number>();
  for (const { seq } of entries) times.set(seq, (times.get(seq) ?? 0) + 1);
  const last = Math.max(0, ...story.heads.keys());
  const missing: number[] = [];
  for (let seq = 1; seq <= last; seq += 1) if (!times.has(seq)) missing.push(seq);
  if (missing.length > 0) found.push({ kind: 'lost', what: `entries ${missing.slice(0, 8).join(', ')} of ${last} of the record` });
  const twice = [...times].filter(([, count]) => count > 1);
  if (twice.length > 0) found.push({ kind: 'duplicated', what: `entries ${twice.slice(0, 8).map(([seq, count]) => `${seq} (${count} times)`).join(', ')} of the record` });
  const verifier = new Verifier({ enrolled: look.key, signatures: 'all' });
  for (const entry of entries.toSorted((a, b) => a.seq - b.seq)) verifier.add(entry);
  for (const { kind, sequence, until } of verifier.finish().verdict.findings) if (kind !== 'gap') found.push({ kind: 'lost', what: `the record from ${sequence} to ${until}: ${kind}` });
  for (const { seq, hash } of entries) {
    const said = story.heads.get(seq);
    if (said !== undefined && said !== hash.toString('base64url')) found.push({ kind: 'lost', what: `entry ${seq} of the record is another than the app named` });
  }
  const openings = new Map<string, number>();
  for (const { event, task } of entries) if (event === 'opened' && task !== null) openings.set(task, (openings.get(task) ?? 0) + 1);
  for (const [task, count] of story.opened) if ((openings.get(task) ?? 0) < count) found.push({ kind: 'lost', what: `openings of ${task}: ${count}, and ${openings.get(task) ?? 0} on record` });
  return found;
}

/** What has been taken away, and which rounds could have told. */
export class Withdrawals {
  #moment = 0;
  readonly #gone = new Map<string, { at: number; byRow: boolean }>();
  readonly #told = new Set<string>();

  /** A moment that is later than all before it. */
  now(): number {
    this.#moment += 1;
    return this.#moment;
  }

  /** @param byRow the questions about one row tell it too, and not only a whole round */
  withdrawn(task: string, byRow: boolean): void {
    const before = this.#gone.get(task);
    if (!before) this.#gone.set(task, { at: this.now(), byRow });
  }

  restored(task: string): void {
    this.#gone.delete(task);
    this.#told.delete(task);
  }

  /** The app was told what had been true before: what it knew, it may have forgotten. */
  misled(): void {
    this.#told.clear();
  }

  /** A round that began then has succeeded, and was told nothing but the truth. */
  round(began: number): void {
    for (const [task, { at }] of this.#gone) if (at < began) this.#told.add(task);
  }

  /** The same of the questions about one row. */
  row(task: string, began: number): void {
    const gone = this.#gone.get(task);
    if (gone?.byRow === true && gone.at < began) this.#told.add(task);
  }

  get told(): ReadonlySet<string> {
    return new Set(this.#told);
  }
}
