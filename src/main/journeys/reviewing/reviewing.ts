/**
 * A person's review of one recording: what they wrote and did, and what others wrote of it. Given only while the recording passes, decided now; their own words stay theirs
 * when it does not ({@link keptWork}).
 */
import type { Conflict, KeptWork, NoteFields, ReviewStatus, ReviewWork, WorkState } from '../../../preload/review.ts';
import type { Assured } from '../../assurance/assess.ts';
import { forClinician } from '../../assurance/reasons.ts';
import { admitReview, type Admitted } from '../../assurance/reviewWork.ts';
import type { Noted, Subject } from '../../audit/entry.ts';
import { Failure, problemOf } from '../../platform/failure.ts';
import { faultFields, log } from '../../platform/log.ts';
import { answersOf, formsOf, FormShelf, unanswered } from '../../review/forms.ts';
import { Notebook, taskOf, type InLibrary } from '../../review/notebook.ts';
import { Outgoing, type Item, type Kind } from '../../review/outgoing.ts';
import { mayStep, type About } from '../../review/resources.ts';
import { localReference } from '../../fhir/reference.ts';
import { displayName } from '../../fhir/resources.ts';
import { Ahead } from '../../service/batch.ts';
import type { Reader } from '../../service/http.ts';
import { readForms, readReviews, reviewsAhead } from '../../service/reviewWork.ts';
import type { AssignmentRow } from '../../vault/library.ts';
import type { Desk } from '../desk.ts';
import { decide, reference } from '../worklist.ts';
import { sealUnsent } from './deliverWork.ts';
import { indexNotes } from './finding.ts';
import { Theirs } from './theirs.ts';

/** The library's tables of the review, of the vault that is open. Throws `locked`. */
export const inLibraryOf = (desk: Desk): InLibrary => {
  const { library } = desk.vaultOrThrow();
  return (work) => library.work(work);
};

export interface Passing {
  row: AssignmentRow;
  assured: Assured;
}

/** The row as it passes now. Throws `bad-request` for one that is not here, `recording-withheld` for one that does not pass. */
export async function passing(desk: Desk, rowId: string): Promise<Passing> {
  const vault = desk.vaultOrThrow();
  const row = vault.library.assignment(rowId);
  if (!row) throw new Failure('bad-request', 'no such row');
  const decision = await decide(desk, row);
  desk.stillOrThrow(vault);
  if (!decision.ok) throw new Failure('recording-withheld', 'withheld', { sentence: forClinician(decision.reasons[0]), reference: reference(row.task) });
  if (new Notebook(inLibraryOf(desk)).keepTo(row.task, decision.assured.recording) !== row.task) throw new Failure('busy', 'of another recording meanwhile');
  return { row, assured: decision.assured };
}

const meOf = (desk: Desk): string => `Practitioner/${desk.person?.practitioner ?? ''}`;

/** What a review's resources refer to. Null where the evidence does not say. */
export function aboutOf(desk: Desk, assured: Assured): About | null {
  const { recording, encounter } = assured.evidence;
  const patient = localReference(recording?.subject?.reference, desk.site.fhirBase, 'Patient');
  if (!recording || patient === null || !desk.person) return null;
  return { document: `DocumentReference/${recording.id}`, encounter: encounter ? `Encounter/${encounter.id}` : null, patient, binary: assured.media.binary, author: meOf(desk) };
}

/** What others wrote, as it was last admitted for what passes now. */
const theirsOf = (desk: Desk, task: string, assured: Assured): Admitted => new Theirs(inLibraryOf(desk)).of(task, aboutOf(desk, assured));

const stateOf = (items: readonly Item[], kind: Kind, ref = ''): WorkState => {
  const item = items.find((one) => one.kind === kind && one.ref === ref);
  return item === undefined ? 'sent' : item.problem === null ? 'here' : 'refused';
};

const statuses: readonly ReviewStatus[] = ['requested', 'accepted', 'in-progress', 'completed', 'rejected'];

/** The Task's status with the person's own step, which the practice may not have yet. */
export function statusOf(assured: Assured, notebook: Notebook, task: string): ReviewStatus {
  const { status } = assured.evidence.task;
  return notebook.step(task)?.status ?? statuses.find((one) => one === status) ?? 'in-progress';
}

/** The door takes no more names, and a message goes to nobody who is not named. */
const MOST_OTHERS = 50;

/** Names of everybody else whom the review concerns, by "Practitioner/id". Nobody without a name: whoever writes sees to whom. */
export function othersOf(desk: Desk, assured: Assured, theirs: Admitted): Map<string, string> {
  const me = meOf(desk);
  const names = new Map<string, string>();
  for (const author of assured.evidence.authors) names.set(`Practitioner/${author.id}`, displayName(author.name));
  for (const { practitioner, name } of theirs.people) names.set(practitioner, name);
  names.delete(me);
  for (const [practitioner, name] of names) if (name === '') names.delete(practitioner);
  return new Map([...names].slice(0, MOST_OTHERS));
}

/** What the person made of one Task, each with where it has got to. */
function ownWork(notebook: Notebook, items: readonly Item[], task: string) {
  return {
    notes: notebook.notes(task).map((note) => ({ ...note, state: stateOf(items, 'notes') })),
    responses: notebook.responses(task).map((one) => ({ ...one, work: stateOf(items, 'form', one.form) })),
    messages: notebook.messages(task).map(({ to: _to, ...one }) => ({ ...one, state: stateOf(items, 'message', one.id) })),
  };
}

export async function reviewView(desk: Desk, rowId: string): Promise<ReviewWork> {
  return viewOf(desk, await passing(desk, rowId));
}

function viewOf(desk: Desk, { row: { task, rowId }, assured }: Passing): ReviewWork {
  const inLibrary = inLibraryOf(desk);
  const notebook = new Notebook(inLibrary);
  const items = inLibrary((db) => new Outgoing(db).of(task));
  const theirs = theirsOf(desk, task, assured);
  const me = meOf(desk);
  const { notes, responses, messages } = ownWork(notebook, items, task);
  const mine = new Set(messages.map(({ id }) => id));
  const { media, position } = notebook.watched(task);
  const { forms, unshown } = new FormShelf(inLibrary).kept();
  return {
    id: rowId, status: statusOf(assured, notebook, task), statusWork: stateOf(items, 'step'), conflict: notebook.conflict(task),
    notes, othersNotes: theirs.notes, othersLeftOut: theirs.leftOut,
    forms, unshownForms: unshown, responses, othersResponses: theirs.responses,
    thread: [
      ...theirs.messages.filter(({ id }) => !mine.has(id)).map(({ id, author, practitioner, at, text, position: where }) => ({ id, mine: practitioner === me, author, at, text, position: where, state: 'sent' as const })),
      ...messages.map((one) => ({ ...one, mine: true, author: desk.person?.name ?? '' })),
    ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    others: [...othersOf(desk, assured, theirs).values()], drafts: notebook.drafts(task), watched: media, position, room: notebook.room(task).now,
  };
}

/** As a screen asks for it: words of others are shown where the opening of what they are about is on record. Throws `bad-request` for what is not on the screen. */
export async function shownReview(desk: Desk, rowId: string): Promise<ReviewWork> {
  const now = await passing(desk, rowId);
  subjectOnScreen(desk, now);
  return viewOf(desk, now);
}

/** This recording by this row, and not one whose opening is under way, or was refused. */
function isOnScreen({ shown, watching }: Desk, { row, assured }: Passing): boolean {
  return shown !== null && watching.has(shown.grant) && shown.rowId === row.rowId && shown.recording === assured.recording;
}

/** As what is on the screen is recorded. Throws `bad-request` where this is not. */
export function subjectOnScreen(desk: Desk, now: Passing): Subject {
  if (!desk.shown || !isOnScreen(desk, now)) throw new Failure('bad-request', 'not on the screen');
  return desk.shown.subject;
}

const nowOf = (desk: Desk): string => new Date(desk.now()).toISOString();

/** One act: what is changed, what is recorded of it and what the practice has to be told are kept together or not at all. */
interface Act {
  notebook: Notebook;
  task: string;
  assured: Assured;
  status: ReviewStatus;
  subject: Subject;
  record: (what: Noted) => void;
}

/** On a recording that passes and is on the screen, kept here at once and sent when it can be. */
async function act(desk: Desk, rowId: string, work: (act: Act) => void): Promise<ReviewWork> {
  const now = await passing(desk, rowId);
  const { row: { task }, assured } = now;
  const subject = subjectOnScreen(desk, now);
  const inLibrary = inLibraryOf(desk);
  const notebook = new Notebook(inLibrary);
  inLibrary(() => work({ notebook, task, assured, subject, status: statusOf(assured, notebook, task), record: (what) => desk.journal?.write({ event: 'noted', subject, what }) }));
  try {
    indexNotes(desk, task, notebook.notes(task));
    await sealUnsent(desk, assured);
  } catch (error) {
    // It is kept, and on its way: nobody is told that it is not. What is still to be sealed is, with the next act on this recording.
    log('refused', { step: 'reviews', code: problemOf(error).code, ...faultFields(error) });
  }
  return reviewView(desk, rowId);
}

/** With completion others have the notes as they are, and what was turned down has none: neither takes more. */
function refuseOver(status: ReviewStatus): void {
  if (status === 'completed' || status === 'rejected') throw new Failure('bad-request', `the review is ${status}`);
}

/** Writing in a review that was not begun begins it. */
function begin(desk: Desk, { notebook, task, status }: Act): void {
  refuseOver(status);
  if (status === 'requested' || status === 'accepted') notebook.takeStep(task, { status: 'in-progress', reason: null, note: null, at: nowOf(desk) });
}

export const saveNote = (desk: Desk, rowId: string, id: string | null, fields: NoteFields): Promise<ReviewWork> => act(desk, rowId, (one) => {
  begin(desk, one);
  one.notebook.saveNote(one.task, id, fields, nowOf(desk));
  // A mask is set beside the editor, and what is in that stays.
  if (id !== null || fields.kind !== 'mask') one.notebook.keepDraft(one.task, id ?? 'note', null);
  one.record(fields.kind === 'mask' ? 'mask' : 'note');
});

/** It can be put back until the vault is locked: {@link restoreNote}. */
export const removeNote = (desk: Desk, rowId: string, id: string): Promise<ReviewWork> => act(desk, rowId, ({ notebook, task, assured: { recording }, status, record }) => {
  refuseOver(status);
  const removed = notebook.removeNote(task, id);
  record('note-removed');
  desk.removedNotes.set(id, { task, recording, removed });
});

export const restoreNote = (desk: Desk, rowId: string, id: string): Promise<ReviewWork> => act(desk, rowId, ({ notebook, task, assured: { recording }, status, record }) => {
  refuseOver(status);
  const kept = desk.removedNotes.get(id);
  if (kept?.task !== task || kept.recording !== recording) throw new Failure('bad-request', 'nothing to put back');
  notebook.restoreNote(task, kept.removed);
  record('note-restored');
  desk.removedNotes.delete(id);
});

export const saveForm = (desk: Desk, rowId: string, form: string, answers: Parameters<Notebook['saveForm']>[2]): Promise<ReviewWork> => act(desk, rowId, (one) => {
  const { notebook, task, status } = one;
  // What was a draft at completion can still be finished and released; nothing new is begun.
  if (status !== 'completed' || !notebook.responses(task).some((response) => response.form === form)) begin(desk, one);
  notebook.saveForm(task, form, answersOf(formOrThrow(desk, form), answers), nowOf(desk));
});

export const releaseForm = (desk: Desk, rowId: string, form: string): Promise<ReviewWork> => act(desk, rowId, ({ notebook, task, status, record }) => {
  if (status === 'rejected') refuseOver(status);
  const answers = notebook.responses(task).find((one) => one.form === form)?.answers ?? {};
  if (unanswered(formOrThrow(desk, form), answers).length > 0) throw new Failure('bad-request', 'not everything that must be answered is');
  notebook.releaseForm(task, form, nowOf(desk));
  record('released');
});

function formOrThrow(desk: Desk, id: string) {
  const form = new FormShelf(inLibraryOf(desk)).all().find((one) => one.id === id);
  if (!form) throw new Failure('bad-request', 'no such form');
  return form;
}

export const sendMessage = (desk: Desk, rowId: string, text: string, position: number | null): Promise<ReviewWork> => act(desk, rowId, ({ notebook, task, assured, record }) => {
  const to = [...othersOf(desk, assured, theirsOf(desk, task, assured)).keys()];
  if (to.length === 0) throw new Failure('bad-request', 'nobody to send it to');
  notebook.sendMessage(task, text.trim(), to, position, nowOf(desk));
  notebook.keepDraft(task, 'message', null);
  record('message');
});

export const takeStep = (desk: Desk, rowId: string, to: Exclude<ReviewStatus, 'requested'>, reason: string | null, note: string | null): Promise<ReviewWork> => act(desk, rowId, ({ notebook, task, status, record }) => {
  if (!mayStep(status, to)) throw new Failure('bad-request', 'no such step from here');
  notebook.setConflict(task, null);
  notebook.takeStep(task, { status: to, reason, note, at: nowOf(desk) });
  record(to);
});

/** What the practice did not take goes once more, as it is here now. */
export const sendAgain = (desk: Desk, rowId: string): Promise<ReviewWork> => act(desk, rowId, ({ task }) => inLibraryOf(desk)((db) => new Outgoing(db).again(task)));

/** Each time that it is said, also of as many as before: it is shown to them anew. */
export const sayRoom = (desk: Desk, rowId: string, names: readonly string[]): Promise<ReviewWork> => act(desk, rowId, ({ notebook, task, status, subject }) => {
  // What was turned down is gone from the practice's list as soon as it hears so, and takes no names after that.
  if (names.length > 0 && status === 'rejected') refuseOver(status);
  notebook.sayRoom(task, names);
  // How many, and not who: names of trainees are in the review, not in the record of access.
  desk.journal?.write({ event: 'room', subject, others: names.length });
});

/** Besides notes that are being changed. */
const PLACES = ['note', 'message', 'reflection'];

/** Also of what has just been taken away: what was being typed is kept. */
export function saveDraft(desk: Desk, rowId: string, place: string, draft: Omit<ReviewWork['drafts'][string], 'changedAt'>): void {
  // What was on the screen is what it was typed about.
  const typedAbout = desk.shown?.rowId === rowId ? desk.shown : desk.vaultOrThrow().library.assignment(rowId);
  if (!typedAbout) throw new Failure('bad-request', 'no such row');
  const { task, recording } = typedAbout;
  const notebook = new Notebook(inLibraryOf(desk));
  const kept = recording === null ? task : notebook.keepTo(task, recording);
  if (!PLACES.includes(place) && !notebook.notes(kept).some(({ id }) => id === place)) throw new Failure('bad-request', 'no such place to write in');
  notebook.keepDraft(kept, place, draft.text === '' ? null : { ...draft, changedAt: nowOf(desk) });
}

/** The person's own words about what does not pass any more, or is not here. */
export async function keptWork(desk: Desk): Promise<KeptWork[]> {
  const vault = desk.vaultOrThrow();
  const inLibrary = inLibraryOf(desk);
  const notebook = new Notebook(inLibrary);
  const shelf = new FormShelf(inLibrary).all();
  const kept: KeptWork[] = [];
  for (const task of notebook.tasks()) {
    const row = vault.library.assignmentOf(task);
    const decision = row && await decide(desk, row);
    if (decision?.ok) continue;
    desk.stillOrThrow(vault);
    const items = inLibrary((db) => new Outgoing(db).of(task));
    const own = ownWork(notebook, items, task);
    const { notes, responses, messages } = own;
    const drafts = Object.values(notebook.drafts(task));
    kept.push({
      id: reference(task), reference: reference(taskOf(task)), at: [...notes.map(({ changedAt }) => changedAt), ...responses.map(({ changedAt }) => changedAt), ...messages.map(({ at }) => at), ...drafts.map(({ changedAt }) => changedAt)].sort().at(-1) ?? nowOf(desk),
      conflict: notebook.conflict(task), ...own,
      forms: shelf.filter(({ id }) => responses.some(({ form }) => form === id)), drafts: drafts.map(({ text }) => text), waiting: items.filter(({ problem }) => problem === null).length, withheld: decision !== null,
    });
  }
  return kept;
}

/** Work on what is gone from here, of which the practice has everything, is kept no longer. */
export function tidyWork(desk: Desk): void {
  const { library } = desk.vaultOrThrow();
  const notebook = new Notebook(inLibraryOf(desk));
  for (const task of notebook.tasks()) {
    if (library.assignmentOf(task) !== null || !notebook.isDone(task)) continue;
    notebook.forget(task);
    indexNotes(desk, task, []);
  }
}

/** @param id its {@link reference} */
export async function dropKeptWork(desk: Desk, id: string): Promise<KeptWork[]> {
  const notebook = new Notebook(inLibraryOf(desk));
  const kept = (await keptWork(desk)).find((one) => one.id === id);
  const task = kept && notebook.tasks().find((one) => reference(one) === id);
  if (task === undefined) throw new Failure('bad-request', 'no such work');
  // Nobody waits for it any more, and what is sealed for the practice does not either.
  for (const name of notebook.forget(task)) desk.vaultOrThrow().ledger.workSent(name, 'removed');
  indexNotes(desk, task, []);
  return keptWork(desk);
}

/** What was shown under a grant counts as watched, and the person comes back to where they stopped. @param position null where that is not known anew */
export function noteWatched(desk: Desk, grant: string, media: readonly [number, number][], position: number | null): void {
  const { shown } = desk;
  if (shown?.grant !== grant || !desk.vault?.unlocked) return;
  const notebook = new Notebook(inLibraryOf(desk));
  const kept = notebook.keepTo(shown.task, shown.recording);
  notebook.addWatched(kept, media, position ?? notebook.watched(kept).position);
}

/** Of what passes now. */
type Passed = { task: string; assured: Assured };

async function passedOf(desk: Desk, rowIds: readonly string[]): Promise<Passed[]> {
  const vault = desk.vaultOrThrow();
  const passed: Passed[] = [];
  for (const rowId of rowIds) {
    const row = vault.library.assignment(rowId);
    const decision = row && await decide(desk, row);
    desk.stillOrThrow(vault);
    if (row && decision?.ok) passed.push({ task: row.task, assured: decision.assured });
  }
  return passed;
}

const documentsOf = (desk: Desk, passed: readonly Passed[]): string[] => passed.flatMap(({ assured }) => aboutOf(desk, assured)?.document ?? []);

/** Asks the practice what others wrote about these rows, and keeps what is admitted. Throws what stopped it. */
export async function learnTheirs(desk: Desk, rowIds: readonly string[]): Promise<void> {
  const { session } = desk;
  if (session && rowIds.length > 0) await takeTheirs(desk, await passedOf(desk, rowIds), session.http);
}

/** @returns whether it has less than was known, fewer notes, messages or reviews of one recording, and that is kept only where `counts` says that it counts; then nothing was kept */
async function takeTheirs(desk: Desk, passed: readonly Passed[], http: Reader, counts = (): boolean => true): Promise<boolean> {
  const vault = desk.vaultOrThrow();
  const me = meOf(desk);
  const { responses, messages, people } = await readReviews(http, documentsOf(desk, passed), me);
  desk.stillOrThrow(vault);
  const inLibrary = inLibraryOf(desk);
  const theirs = new Theirs(inLibrary);
  const titles = new Map(new FormShelf(inLibrary).all().map(({ id, title }) => [id, title]));
  const taken = passed.flatMap(({ task, assured }) => {
    // Gone, withheld or of another recording by now: what was asked about is not here.
    const present = vault.library.assignmentOf(task);
    const about = aboutOf(desk, assured);
    if (!about || present?.recording !== assured.recording || present.withheldSince !== null) return [];
    const { refused: _refused, ...admitted } = admitReview(responses, messages, { assured, me, fhirBase: desk.site.fhirBase, people, titles });
    return [{ task, about, assured, admitted }];
  });
  const isLess = taken.some(({ task, about, admitted }) => (['notes', 'messages', 'responses'] as const).some((kind) => admitted[kind].length < theirs.of(task, about)[kind].length));
  if (isLess && !counts()) return true;
  for (const { task, about, assured, admitted } of taken) {
    new Notebook(inLibrary).keepTo(task, assured.recording);
    theirs.put(task, admitted, about);
  }
  return false;
}

/** The forms that the practice has now. @param mayLack of what it read so far: then a form that is not in it is asked for once more, by itself */
export async function learnForms(desk: Desk, http: Reader | undefined = desk.session?.http, mayLack: () => boolean = () => false): Promise<void> {
  const { session } = desk;
  if (!http || !session) return;
  const vault = desk.vaultOrThrow();
  const shelf = new FormShelf(inLibraryOf(desk));
  let now = formsOf(await readForms(http));
  desk.stillOrThrow(vault);
  if (mayLack() && shelf.all().some(({ id, offered }) => offered && !now.forms.some((form) => form.id === id))) {
    now = formsOf(await readForms(session.http));
    desk.stillOrThrow(vault);
  }
  shelf.keep(now);
}

/** Forms, and what others wrote about these rows, in one request where the practice allows it. Nothing that they wrote is gone because a batch lacks it. */
export async function learnReviews(desk: Desk, rowIds: readonly string[]): Promise<void> {
  const { session } = desk;
  if (!session) return;
  const passed = await passedOf(desk, rowIds);
  const ahead = new Ahead(session.http);
  await reviewsAhead(ahead, documentsOf(desk, passed), meOf(desk));
  await learnForms(desk, ahead, () => ahead.isUsed);
  if (rowIds.length > 0 && await takeTheirs(desk, passed, ahead, () => !ahead.isUsed)) await takeTheirs(desk, passed, session.http);
}

/** What the practice did meanwhile, and the person has to know. */
export function noteConflict(desk: Desk, task: string, kind: Conflict['kind'], who: string | null): void {
  new Notebook(inLibraryOf(desk)).setConflict(task, { kind, at: nowOf(desk), who });
}

/** The review that is on the screen, pushed as it is now. */
export async function showReviews(desk: Desk): Promise<void> {
  const { shown } = desk;
  if (!shown || !desk.watching.has(shown.grant)) return;
  const now = await passing(desk, shown.rowId);
  // It may have been taken away meanwhile.
  if (isOnScreen(desk, now)) desk.machine.push('review', viewOf(desk, now));
}

/** Somebody opens it: what others wrote of it, and the forms, are asked for now. Never throws: what cannot be had stays as it was. */
export async function askAnew(desk: Desk, rowId: string): Promise<void> {
  try {
    await learnReviews(desk, [rowId]);
    await showReviews(desk);
  } catch (error) {
    log('refused', { step: 'reviews', code: problemOf(error).code, ...faultFields(error) });
  }
}
