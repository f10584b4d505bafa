/**
 * What one person made of the recordings that were theirs: notes, forms, messages, steps, unfinished text. Kept by Task in the library, under the KEK, and kept when the
 * recording goes. Each change notes in the same transaction what the practice has to be told; what is told is the state at that time ({@link Outgoing}).
 */
import { randomUUID } from 'node:crypto';
import type { Conflict, FormAnswers, FormResponse, Note, NoteFields, ReviewStatus, ReviewWork } from '../../preload/review.ts';
import type { Db } from '../platform/database.ts';
import { Failure } from '../platform/failure.ts';
import { joinIntervals, type Interval } from '../../preload/intervals.ts';
import { Outgoing, type Kind } from './outgoing.ts';

/** Runs `work` in one transaction on the library. */
export type InLibrary = <T>(work: (db: Db) => T) => T;

export interface Step {
  status: ReviewStatus;
  /** Code, of a rejection. */
  reason: string | null;
  note: string | null;
  at: string;
}

export interface Message {
  id: string;
  text: string;
  /** "Practitioner/id" of everybody whom it goes to, as the person was told when they wrote it. */
  to: string[];
  /** Media seconds, or null. */
  position: number | null;
  at: string;
}

type Draft = ReviewWork['drafts'][string];
type OwnNote = Omit<Note, 'state'>;
type OwnResponse = Omit<FormResponse, 'work'>;

/** What it takes to put a note back as it was: `cited`: answers of draft forms that named it. */
export interface Removed {
  note: OwnNote;
  cited: { form: string; linkId: string }[];
}

/** The door takes no more of these, and would give nothing of a review that has more. */
const MOST_NOTES = 2_000;
const MOST_CITED = 50;
const MOST_MESSAGES = 500;
const MOST_IN_ROOM = 200;

/** Under which is kept what was made of a recording that this Task is not of any more. No Task is called so. */
const asideOf = (task: string, recording: string): string => `${task} ${recording}`;
/** The Task of what is kept under this. */
export const taskOf = (kept: string): string => kept.split(' ')[0] ?? kept;

/** Tables of what is made of a recording and where it has got to; each has the column `task`. */
const MADE = ['note', 'response', 'message', 'draft', 'room', 'watched', 'conflict', 'identity', 'outgoing'];

/** Those that the practice has are then for others too: it is told anew. */
function sendNotes(db: Db, task: string): void {
  if (db.prepare('SELECT 1 FROM note WHERE task = ?').get(task) !== undefined) new Outgoing(db).put(task, 'notes', '');
}

function refuseMore(db: Db, task: string): void {
  if ((db.prepare('SELECT count(*) FROM note WHERE task = ?').pluck().get(task) as number) >= MOST_NOTES) throw new Failure('bad-request', 'too many notes');
}

export class Notebook {
  readonly #in: InLibrary;

  constructor(inLibrary: InLibrary) {
    this.#in = inLibrary;
  }

  /** From here on what is kept of this Task is of this recording; returns under what that is, where the Task is of another by now. */
  keepTo(task: string, recording: string): string {
    return this.#in((db) => {
      db.prepare('INSERT OR IGNORE INTO made_of VALUES (?, ?)').run(task, recording);
      return db.prepare('SELECT 1 FROM made_of WHERE task = ? AND recording = ?').get(task, recording) === undefined ? asideOf(task, recording) : task;
    });
  }

  /**
   * The Task is of this recording now. What the person made of the one before is set aside, to come back with it, and they are told; their step does not hold for this one, and what others
   * wrote of the other is forgotten.
   */
  moved(task: string, recording: string, at: string): void {
    this.#in((db) => {
      const before = db.prepare('SELECT recording FROM made_of WHERE task = ?').pluck().get(task) as string | undefined;
      if (before === undefined || before === recording) return;
      db.prepare('UPDATE made_of SET recording = ? WHERE task = ?').run(recording, task);
      for (const table of ['theirs', 'step']) db.prepare(`DELETE FROM ${table} WHERE task = ?`).run(task);
      db.prepare(`DELETE FROM outgoing WHERE task = ? AND kind = 'step'`).run(task);
      const aside = asideOf(task, before);
      for (const [from, to] of [[task, aside], [asideOf(task, recording), task]]) {
        for (const table of MADE) db.prepare(`UPDATE ${table} SET task = ? WHERE task = ?`).run(to, from);
        db.prepare(`UPDATE found SET task = ? WHERE task = ? AND field = 'note'`).run(to, from);
      }
      if (this.tasks().includes(aside)) this.setConflict(aside, { kind: 'reassigned', at, who: null });
    });
  }

  notes(task: string): OwnNote[] {
    return this.#in((db) => db.prepare(
      'SELECT id, kind, from_s AS "from", until_s AS until, category, body AS text, made AS madeAt, changed AS changedAt FROM note WHERE task = ? ORDER BY from_s, made').all(task)) as OwnNote[];
  }

  /** @param id null makes a new one. Throws `bad-request` for a range that ends before it begins, an empty note, or one that is not this Task's or that a released form cites. */
  saveNote(task: string, id: string | null, fields: NoteFields, at: string): string {
    const { kind, from, until, category, text } = fields;
    if (kind === 'point' ? until !== null : until === null || until <= from) throw new Failure('bad-request', 'no such stretch of the recording');
    if (kind !== 'mask' && text.trim() === '') throw new Failure('bad-request', 'a note without words');
    return this.#change(task, 'notes', '', (db) => {
      if (id === null) {
        refuseMore(db, task);
        const made = randomUUID();
        db.prepare('INSERT INTO note VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(made, task, kind, from, until, category, text, at, at);
        return made;
      }
      this.#refuseCited(db, task, id);
      const { changes } = db.prepare('UPDATE note SET kind = ?, from_s = ?, until_s = ?, category = ?, body = ?, changed = ? WHERE id = ? AND task = ?').run(kind, from, until, category, text, at, id, task);
      if (changes !== 1) throw new Failure('bad-request', 'no such note');
      return id;
    });
  }

  /** What cites it cites it no longer. Throws `bad-request` for one that a released form cites: whoever reads the form reads the note. */
  removeNote(task: string, id: string): Removed {
    return this.#change(task, 'notes', '', (db) => {
      this.#refuseCited(db, task, id);
      const note = this.notes(task).find((one) => one.id === id);
      if (!note) throw new Failure('bad-request', 'no such note');
      db.prepare('DELETE FROM note WHERE id = ? AND task = ?').run(id, task);
      this.keepDraft(task, id, null);
      return { note, cited: this.#cite(db, task, (_linkId, cites) => (cites.includes(id) ? cites.filter((one) => one !== id) : cites)) };
    });
  }

  /** As it was, and cited where it was: unless a form was released since, or the note is there. */
  restoreNote(task: string, { note, cited }: Removed): void {
    this.#change(task, 'notes', '', (db) => {
      const { id, kind, from, until, category, text, madeAt, changedAt } = note;
      refuseMore(db, task);
      if (db.prepare('INSERT OR IGNORE INTO note VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(id, task, kind, from, until, category, text, madeAt, changedAt).changes !== 1) throw new Failure('bad-request', 'not removed');
      this.#cite(db, task, (linkId, cites, form) => (cites.length < MOST_CITED && cited.some((one) => one.form === form && one.linkId === linkId) ? [...cites, id] : cites));
    });
  }

  /** Changes what the answers of draft forms cite, and says which it changed. */
  #cite(db: Db, task: string, to: (linkId: string, cites: string[], form: string) => string[]): Removed['cited'] {
    const changed: Removed['cited'] = [];
    for (const { form, state, answers } of this.#responses(db, task)) {
      if (state === 'released') continue;
      const before = changed.length;
      const after = Object.fromEntries(Object.entries(answers).map(([linkId, answer]) => {
        const cites = to(linkId, answer.cites, form);
        if (cites !== answer.cites) changed.push({ form, linkId });
        return [linkId, { ...answer, cites }];
      }));
      if (changed.length === before) continue;
      db.prepare('UPDATE response SET answers = ? WHERE task = ? AND form = ?').run(JSON.stringify(after), task, form);
      new Outgoing(db).put(task, 'form', form);
    }
    return changed;
  }

  #refuseCited(db: Db, task: string, id: string): void {
    const cited = this.#responses(db, task).some(({ state, answers }) => state === 'released' && Object.values(answers).some(({ cites }) => cites.includes(id)));
    if (cited) throw new Failure('bad-request', 'a released form cites it');
  }

  responses(task: string): OwnResponse[] {
    return this.#in((db) => this.#responses(db, task));
  }

  #responses(db: Db, task: string): OwnResponse[] {
    const rows = db.prepare('SELECT form, state, answers, changed AS changedAt FROM response WHERE task = ? ORDER BY form').all(task) as (Omit<OwnResponse, 'answers'> & { answers: string })[];
    return rows.map((row) => ({ ...row, answers: JSON.parse(row.answers) as FormAnswers }));
  }

  /** Throws `bad-request` once it was released, and for notes that are not there to be cited. @param form canonical "url|version" */
  saveForm(task: string, form: string, answers: FormAnswers, at: string): void {
    this.#change(task, 'form', form, (db) => {
      this.#refuseReleased(db, task, form);
      const known = new Set(db.prepare('SELECT id FROM note WHERE task = ?').pluck().all(task) as string[]);
      if (Object.values(answers).some(({ cites }) => cites.some((id) => !known.has(id)))) throw new Failure('bad-request', 'no such note to cite');
      db.prepare(`INSERT INTO response VALUES (?, ?, 'draft', ?, ?) ON CONFLICT DO UPDATE SET answers = excluded.answers, changed = excluded.changed`).run(task, form, JSON.stringify(answers), at);
    });
  }

  /** From now on it is as it is, and those whom it concerns see it. */
  releaseForm(task: string, form: string, at: string): void {
    this.#change(task, 'form', form, (db) => {
      this.#refuseReleased(db, task, form);
      sendNotes(db, task);
      if (db.prepare(`UPDATE response SET state = 'released', changed = ? WHERE task = ? AND form = ?`).run(at, task, form).changes !== 1) throw new Failure('bad-request', 'nothing to release');
    });
  }

  #refuseReleased(db: Db, task: string, form: string): void {
    if (db.prepare('SELECT state FROM response WHERE task = ? AND form = ?').pluck().get(task, form) === 'released') throw new Failure('bad-request', 'released already');
  }

  messages(task: string): Message[] {
    const rows = this.#in((db) => db.prepare('SELECT id, body AS text, recipients AS "to", position, made AS at FROM message WHERE task = ? ORDER BY made').all(task)) as (Omit<Message, 'to'> & { to: string })[];
    return rows.map((row) => ({ ...row, to: JSON.parse(row.to) as string[] }));
  }

  sendMessage(task: string, text: string, to: readonly string[], position: number | null, at: string): string {
    const id = randomUUID();
    return this.#change(task, 'message', id, (db) => {
      if ((db.prepare('SELECT count(*) FROM message WHERE task = ?').pluck().get(task) as number) >= MOST_MESSAGES) throw new Failure('bad-request', 'too many messages');
      db.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)').run(id, task, text, position, at, JSON.stringify(to));
      return id;
    });
  }

  /** The person's own latest step, or null where they took none that the practice does not have already. */
  step(task: string): Step | null {
    return (this.#in((db) => db.prepare('SELECT status, reason, note, at FROM step WHERE task = ?').get(task)) as Step | undefined) ?? null;
  }

  /** Of every Task of which there is one. */
  steps(): Map<string, ReviewStatus> {
    return new Map((this.#in((db) => db.prepare('SELECT task, status FROM step').all()) as { task: string; status: ReviewStatus }[]).map(({ task, status }) => [task, status]));
  }

  takeStep(task: string, step: Step): void {
    this.#change(task, 'step', '', (db) => {
      if (step.status === 'completed') sendNotes(db, task);
      db.prepare('INSERT INTO step VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status, reason = excluded.reason, note = excluded.note, at = excluded.at').run(task, step.status, step.reason, step.note, step.at);
    });
  }

  /** The practice says where the review stands, and the person's step is part of that. */
  forgetStep(task: string): void {
    this.#in((db) => db.prepare('DELETE FROM step WHERE task = ?').run(task));
  }

  drafts(task: string): Record<string, Draft> {
    const rows = this.#in((db) => db.prepare('SELECT place, body FROM draft WHERE task = ?').all(task)) as { place: string; body: string }[];
    return Object.fromEntries(rows.map(({ place, body }) => [place, JSON.parse(body) as Draft]));
  }

  /** @param draft null forgets it. */
  keepDraft(task: string, place: string, draft: Draft | null): void {
    this.#in((db) => draft === null
      ? db.prepare('DELETE FROM draft WHERE task = ? AND place = ?').run(task, place)
      : db.prepare('INSERT INTO draft VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body').run(task, place, JSON.stringify(draft)));
  }

  /** `now`: who else the person says is in the room; `ever`: everybody who was, when it was shown. */
  room(task: string): { now: string[]; ever: string[] } {
    const names = this.#in((db) => db.prepare('SELECT names FROM room WHERE task = ?').pluck().get(task)) as string | undefined;
    return names === undefined ? { now: [], ever: [] } : JSON.parse(names) as { now: string[]; ever: string[] };
  }

  /** The practice is told who; the record of access says how many. */
  sayRoom(task: string, now: readonly string[]): void {
    const { ever } = this.room(task);
    const all = [...new Set([...ever, ...now])].slice(0, MOST_IN_ROOM);
    const write = (db: Db): void => void db.prepare('INSERT INTO room VALUES (?, ?) ON CONFLICT DO UPDATE SET names = excluded.names').run(task, JSON.stringify({ now, ever: all }));
    if (all.length === ever.length) this.#in(write);
    else this.#change(task, 'notes', '', write);
  }

  /** What was shown of it to this person, and where they stopped; seconds. */
  watched(task: string): { media: Interval[]; position: number } {
    const row = this.#in((db) => db.prepare('SELECT media, position FROM watched WHERE task = ?').get(task)) as { media: string; position: number } | undefined;
    return row ? { media: JSON.parse(row.media) as Interval[], position: row.position } : { media: [], position: 0 };
  }

  addWatched(task: string, media: readonly Interval[], position: number): void {
    this.#in((db) => {
      const before = db.prepare('SELECT media FROM watched WHERE task = ?').pluck().get(task) as string | undefined;
      const all = joinIntervals([...(before === undefined ? [] : JSON.parse(before) as Interval[]), ...media].filter(([from, to]) => to > from), 0.05);
      db.prepare('INSERT INTO watched VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET media = excluded.media, position = excluded.position').run(task, JSON.stringify(all), position);
    });
  }

  conflict(task: string): Conflict | null {
    const body = this.#in((db) => db.prepare('SELECT body FROM conflict WHERE task = ?').pluck().get(task)) as string | undefined;
    return body === undefined ? null : JSON.parse(body) as Conflict;
  }

  setConflict(task: string, conflict: Conflict | null): void {
    this.#in((db) => conflict === null
      ? db.prepare('DELETE FROM conflict WHERE task = ?').run(task)
      : db.prepare('INSERT INTO conflict VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body').run(task, JSON.stringify(conflict)));
  }

  /** Tasks of which there are words of this person, or something on its way. */
  tasks(): string[] {
    return this.#in((db) => db.prepare('SELECT task FROM note UNION SELECT task FROM response UNION SELECT task FROM message UNION SELECT task FROM step UNION SELECT task FROM draft UNION SELECT task FROM outgoing').pluck().all()) as string[];
  }

  /** Is there nothing of it that the practice does not have, and nothing that the person has still to be told? */
  isDone(task: string): boolean {
    return this.#in((db) => ['outgoing', 'draft', 'conflict', 'step'].every((table) => db.prepare(`SELECT 1 FROM ${table} WHERE task = ?`).get(task) === undefined));
  }

  /** Everything of one Task; returns under which names it was kept ({@link Outgoing.identity}). Throws `bad-request` while the practice does not have all of it. */
  forget(task: string): string[] {
    return this.#in((db) => {
      if (db.prepare('SELECT 1 FROM outgoing WHERE task = ? AND problem IS NULL').get(task) !== undefined) throw new Failure('bad-request', 'not sent yet');
      const names = db.prepare('SELECT uuid FROM identity WHERE task = ?').pluck().all(task) as string[];
      for (const table of [...MADE, 'step', 'theirs', 'made_of']) db.prepare(`DELETE FROM ${table} WHERE task = ?`).run(task);
      return names;
    });
  }

  #change<T>(task: string, kind: Kind, ref: string, work: (db: Db) => T): T {
    return this.#in((db) => {
      const result = work(db);
      new Outgoing(db).put(task, kind, ref);
      return result;
    });
  }
}
