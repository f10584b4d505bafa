/** What can still be changed of a review, what cannot, and what the person is told of it. */
import type { Communication, DocumentReference, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NoteFields } from '../../../preload/review.ts';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import type { EntryBody } from '../../audit/entry.ts';
import { Failure } from '../../platform/failure.ts';
import { Outgoing } from '../../review/outgoing.ts';
import { Seen } from '../../review/seen.ts';
import { changeAtPractice, Gate, TestDesk, WINDOW } from '../journeys.fixture.ts';
import { closeContent } from '../lock.ts';
import { syncWorklist } from '../sync.ts';
import { buildWorklist } from '../worklist.ts';
import { deliverWork } from './deliverWork.ts';
import { reviewHandlers } from './handlers.ts';
import { dropKeptWork, inLibraryOf, keptWork, learnForms, learnTheirs, releaseForm, removeNote, restoreNote, reviewView, saveDraft, saveForm, saveNote, sayRoom, sendAgain, sendMessage, showReviews, takeStep, tidyWork } from './reviewing.ts';

const practice = practiceForTests();
const COT = 'https://viewing-room.example/fhir/Questionnaire/cot|1';
const GRADED = { grade: 2, text: '', cites: [] as string[] };
let at: TestDesk;
let row = '';
const undo: (() => Promise<unknown>)[] = [];
const note = (text: string, from = 12.5): NoteFields => ({ kind: 'point', from, until: null, category: 'strength', text });
const refused = { code: 'bad-request' };
const said = () => (at.desk.vault?.ledger.entries(1, 10_000) ?? []).map(({ body }) => JSON.parse(body.toString('utf8')) as EntryBody);
const noted = () => said().flatMap((one) => (one.event === 'noted' ? [one.what] : []));
const changeTask = (to: (task: Task) => Task) => changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-01', to);
/** Something about it is wrong, until it is put right. */
const withhold = async (): Promise<void> => {
  await changeAtPractice<DocumentReference>(practice.get(), undo, 'DocumentReference', 'rec-01', (recording) => ({ ...recording, status: 'entered-in-error' }));
  await syncWorklist(at.desk);
  expect(await at.standingOf('task-01')).toContain('recording-status');
};
const putRight = async (): Promise<void> => {
  await undo.pop()?.();
  await syncWorklist(at.desk);
};
const onScreen = (rowId: string): void => at.onScreen(rowId);
const taskThere = () => practice.get().repo.read<Task>('Task', 'task-01');
const deliver = async (): Promise<void> => {
  inLibraryOf(at.desk)((db) => db.prepare('UPDATE outgoing SET next_attempt = 0').run());
  await deliverWork(at.desk);
};
/** All that the form asks for. */
const answered = (cites: string[] = []) => {
  const form = inLibraryOf(at.desk)((db) => JSON.parse(db.prepare('SELECT body FROM form WHERE id = ?').pluck().get(COT) as string) as { items: { linkId: string; kind: string; options: { value: number }[] }[] });
  return Object.fromEntries(form.items.filter(({ kind }) => kind !== 'heading').map(({ linkId, kind, options }, index) => [linkId, { grade: kind === 'grade' ? options[0]?.value ?? 0 : null, text: kind === 'grade' ? '' : 'Well done', cites: index === 0 ? cites : [] }]));
};

beforeEach(async () => {
  at = new TestDesk(practice.get());
  await changeTask((task) => ({ ...task, status: 'requested' }));
  await at.enter('ada');
  await syncWorklist(at.desk);
  await learnForms(at.desk);
  row = at.rowOf('task-01');
  onScreen(row);
});
afterEach(async () => {
  vi.restoreAllMocks();
  practice.get().lies.answer = null;
  at.remove();
  for (const back of undo.splice(0).reverse()) await back();
});

describe('a finished review', () => {
  it('keeps its notes as they are; what was a draft form can still be finished and released, and no other is begun', async () => {
    const first = (await saveNote(at.desk, row, null, note('As it was'))).notes[0]?.id ?? '';
    await saveForm(at.desk, row, COT, { 'cot.1': GRADED });
    await takeStep(at.desk, row, 'completed', null, null);
    const stays = async () => {
      await expect(saveNote(at.desk, row, first, note('Changed'))).rejects.toMatchObject(refused);
      await expect(saveNote(at.desk, row, null, note('Another'))).rejects.toMatchObject(refused);
      await expect(removeNote(at.desk, row, first)).rejects.toMatchObject(refused);
      expect((await reviewView(at.desk, row)).notes.map(({ text }) => text)).toEqual(['As it was']);
    };
    await stays();
    // And once the practice has it, when no step of ours is left to say so.
    while (await deliverWork(at.desk));
    expect((await taskThere()).status).toBe('completed');
    await stays();
    await saveForm(at.desk, row, COT, answered());
    expect((await releaseForm(at.desk, row, COT)).responses).toMatchObject([{ state: 'released' }]);
    await expect(saveForm(at.desk, row, COT, answered())).rejects.toMatchObject(refused);
    const other = (await reviewView(at.desk, row)).forms.find(({ id }) => id !== COT)?.id ?? '';
    expect(other).not.toBe('');
    await expect(saveForm(at.desk, row, other, {})).rejects.toMatchObject(refused);
  });

  it('gives others its notes, and does not take them back with what is said afterwards', async () => {
    const { notes } = await saveNote(at.desk, row, null, note('For others'));
    await deliver();
    const status = async () => (await practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse')).find((one) => JSON.stringify(one).includes(`urn:uuid:${notes[0]?.id ?? '?'}`))?.status;
    expect(await status()).toBe('in-progress');
    await takeStep(at.desk, row, 'completed', null, null);
    while (await deliverWork(at.desk));
    expect(await status()).toBe('completed');
    await sayRoom(at.desk, row, ['Demo Trainee']);
    await deliver();
    expect(await status()).toBe('completed');
  });

  it('says so on the list at once, and one that was turned down is off it, both before the practice knows', async () => {
    at.broken = /fhir/;
    const progress = async () => (await buildWorklist(at.desk)).rows.find(({ id }) => id === row)?.progress;
    expect(await progress()).toBe('new');
    await saveNote(at.desk, row, null, note('Begun'));
    expect(await progress()).toBe('in-progress');
    await takeStep(at.desk, row, 'completed', null, null);
    expect(await progress()).toBe('reviewed');
    inLibraryOf(at.desk)((db) => db.prepare(`UPDATE step SET status = 'rejected'`).run());
    expect(await progress()).toBeUndefined();
  });
});

describe('a note', () => {
  it('that a released form cites stays as it is', async () => {
    const { notes } = await saveNote(at.desk, row, null, note('Cited'));
    const id = notes[0]?.id ?? '';
    await saveForm(at.desk, row, COT, answered([id]));
    await saveNote(at.desk, row, id, note('Changed while a draft cites it'));
    await releaseForm(at.desk, row, COT);
    await expect(saveNote(at.desk, row, id, note('Changed'))).rejects.toMatchObject(refused);
    await expect(removeNote(at.desk, row, id)).rejects.toMatchObject(refused);
    expect((await reviewView(at.desk, row)).notes[0]?.text).toBe('Changed while a draft cites it');
  });

  it('that was removed comes back as it was and where it was cited, until the vault is locked', async () => {
    const [before] = (await saveNote(at.desk, row, null, note('A slip of the hand'))).notes;
    const id = before?.id ?? '';
    await saveForm(at.desk, row, COT, { 'cot.2': { ...GRADED, cites: [id] } });
    const gone = await removeNote(at.desk, row, id);
    expect([gone.notes, gone.responses[0]?.answers['cot.2']?.cites]).toEqual([[], []]);
    const back = await restoreNote(at.desk, row, id);
    expect([back.notes, back.responses[0]?.answers['cot.2']?.cites]).toEqual([[before], [id]]);
    expect(noted().slice(-2)).toEqual(['note-removed', 'note-restored']);
    await expect(restoreNote(at.desk, row, id)).rejects.toMatchObject(refused);
    await deliver();
    const kept = (await practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse')).filter((one) => JSON.stringify(one).includes(`urn:uuid:${id}`));
    expect(kept).toHaveLength(2);
    await removeNote(at.desk, row, id);
    expect(at.desk.removedNotes.size).toBe(1);
    await closeContent(at.desk, new Failure('locked', 'test'));
    expect(at.desk.removedNotes.size).toBe(0);
  });

  it('of which nothing can be recorded is not kept, nor anything that comes with it', async () => {
    const { journal } = at.desk;
    if (!journal) throw new Error('no journal');
    const write = journal.write.bind(journal);
    journal.write = () => { throw new Failure('audit-unwritable', 'test'); };
    await expect(saveNote(at.desk, row, null, note('Unrecorded'))).rejects.toMatchObject({ code: 'audit-unwritable' });
    journal.write = write;
    expect(await reviewView(at.desk, row)).toMatchObject({ status: 'requested', notes: [] });
    expect(inLibraryOf(at.desk)((db) => new Outgoing(db).count())).toBe(0);
  });

  it('or a message, a form or a step for which the disk has no room is told as what it is', async () => {
    const { library } = at.desk.vaultOrThrow();
    await saveForm(at.desk, row, COT, answered());
    vi.spyOn(library, 'work').mockImplementation(() => { throw new Failure('disk-full', 'no space left', {}); });
    const handlers = reviewHandlers(at.desk, () => undefined, () => undefined);
    const of = (what: string) => ({ code: 'disk-full', detail: { of: what } });
    await expect(handlers.saveNote(WINDOW, row, null, note('Too much'))).rejects.toMatchObject(of('note'));
    await expect(handlers.sendMessage(WINDOW, row, 'Too much', null)).rejects.toMatchObject(of('message'));
    await expect(handlers.saveForm(WINDOW, row, COT, {})).rejects.toMatchObject(of('form'));
    await expect(handlers.releaseForm(WINDOW, row, COT)).rejects.toMatchObject(of('release'));
    await expect(handlers.completeReview(WINDOW, row)).rejects.toMatchObject(of('step'));
    await expect(handlers.removeNote(WINDOW, row, 'x')).rejects.toMatchObject(of('change'));
  });

  it('with what no FHIR string may have in it arrives all the same: a line break within a paragraph, half a character, a null', async () => {
    await saveNote(at.desk, row, null, note('One line\u000band the next\u0000, cut off \ud83d'));
    await saveNote(at.desk, row, null, note('\u0007', 20));
    await saveForm(at.desk, row, COT, { feedback: { grade: null, text: 'Cut off \udc00', cites: [] }, development: { grade: null, text: '\u0007', cites: [] } });
    await sayRoom(at.desk, row, ['Demo\u000bTrainee']);
    await takeStep(at.desk, row, 'rejected', 'other', '\u000bNot mine\ud83d');
    while (await deliverWork(at.desk));
    expect(inLibraryOf(at.desk)((db) => new Outgoing(db).of('Task/task-01'))).toEqual([]);
    const kept = JSON.stringify((await practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse')).map(({ item }) => item));
    for (const said of ['One line\nand the next, cut off \ufffd', '-', 'Cut off \ufffd', 'Demo\nTrainee']) expect(kept).toContain(`"valueString":${JSON.stringify(said)}`);
    expect((await taskThere()).statusReason?.text).toBe('\nNot mine\ufffd');
  });

  it('that is kept is not told as one that is not, where its copy for the practice cannot be sealed; that is with the next', async () => {
    const vault = at.desk.vaultOrThrow();
    at.broken = /fhir/;
    vi.spyOn(vault, 'keepWork').mockImplementationOnce(async () => { throw new Failure('disk-full', 'no space left', {}); });
    expect((await saveNote(at.desk, row, null, note('Kept once'))).notes).toMatchObject([{ text: 'Kept once' }]);
    await takeStep(at.desk, row, 'completed', null, null);
    expect(vault.ledger.unsentWork().map(({ kind }) => kind).sort()).toEqual(['notes', 'step']);
  });

  it('is written about in the places that there are, and nowhere else: a draft of anything else would be given with every review', async () => {
    const draft = { text: 'half', from: null, until: null, category: 'general' } as const;
    const id = (await saveNote(at.desk, row, null, note('There'))).notes[0]?.id ?? '';
    for (const place of ['note', 'message', 'reflection', id]) saveDraft(at.desk, row, place, draft);
    for (const place of ['elsewhere', '0d0f5c54-2c0e-4d67-8d0e-4f4f7c1c8a11']) expect(() => saveDraft(at.desk, row, place, draft)).toThrow(expect.objectContaining(refused));
    expect(Object.keys((await reviewView(at.desk, row)).drafts).sort()).toEqual(['note', 'message', 'reflection', id].sort());
  });

  it('is put back where there is a place for it: more than are given would keep the whole review away', async () => {
    const id = (await saveNote(at.desk, row, null, note('First'))).notes[0]?.id ?? '';
    await removeNote(at.desk, row, id);
    inLibraryOf(at.desk)((db) => {
      const add = db.prepare(`INSERT INTO note VALUES (?, 'Task/task-01', 'point', 1, NULL, 'general', 'x', '2026-11-20T10:00:00Z', '2026-11-20T10:00:00Z')`);
      for (let n = 0; n < 2000; n += 1) add.run(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
    });
    await expect(restoreNote(at.desk, row, id)).rejects.toMatchObject(refused);
    expect((await reviewView(at.desk, row)).notes).toHaveLength(2000);
  });

  it('that was being changed has no draft left once it is saved, and a mask leaves the draft beside it alone', async () => {
    const [one] = (await saveNote(at.desk, row, null, note('First'))).notes;
    const id = one?.id ?? '';
    saveDraft(at.desk, row, 'note', { text: 'half a sent', from: 3, until: null, category: 'general' });
    saveDraft(at.desk, row, id, { text: 'First, changed', from: 3, until: null, category: 'general' });
    const { drafts } = await saveNote(at.desk, row, null, { kind: 'mask', from: 1, until: 2, category: 'general', text: '' });
    expect(Object.keys(drafts).sort()).toEqual([id, 'note'].sort());
    expect(Object.keys((await saveNote(at.desk, row, id, note('First, changed'))).drafts)).toEqual(['note']);
  });
});

describe('a step', () => {
  it('that the practice refuses for good is undone here, told, and can be taken again', async () => {
    // Whoever believes this answer asks for a change that no clinician may make.
    practice.get().lies.answer = ({ method, path }, given) => (method === 'GET' && path === 'Task/task-01' ? { ...given, body: Buffer.from(JSON.stringify({ ...JSON.parse(given.body.toString('utf8')) as Task, priority: 'urgent' })) } : given);
    await takeStep(at.desk, row, 'completed', null, null);
    await deliver();
    expect(await reviewView(at.desk, row)).toMatchObject({ status: 'requested', statusWork: 'refused', conflict: { kind: 'refused' } });
    expect(inLibraryOf(at.desk)((db) => new Outgoing(db).count())).toBe(0);
    practice.get().lies.answer = null;
    await takeStep(at.desk, row, 'completed', null, null);
    await deliver();
    expect(await reviewView(at.desk, row)).toMatchObject({ status: 'completed', statusWork: 'sent', conflict: null });
  });

  it.each([['cancelled', 'withdrawn'], ['completed', 'completed-elsewhere'], ['on-hold', 'changed-elsewhere']] as const)('that was read before it was %s, and would be written after, is told as %s and not tried over it', async (status, kind) => {
    let reads = 0;
    const written: number[] = [];
    practice.get().lies.answer = async ({ method, path }, given) => {
      if (path !== 'Task/task-01') return given;
      if (method === 'PUT') written.push(given.status);
      // What the answer says is over by the time that it is heard.
      else if ((reads += 1) === 2) await changeTask((task) => ({ ...task, status }));
      return given;
    };
    await takeStep(at.desk, row, 'rejected', 'no-time', null);
    await deliver();
    practice.get().lies.answer = null;
    expect([written, (await taskThere()).status]).toEqual([[412], status]);
    expect(inLibraryOf(at.desk)((db) => db.prepare('SELECT body FROM conflict').pluck().get())).toContain(`"${kind}"`);
    expect(inLibraryOf(at.desk)((db) => new Outgoing(db).count())).toBe(0);
  });

  it('that does not follow from where the practice has it is told as that, and what is further on already is no conflict', async () => {
    await takeStep(at.desk, row, 'accepted', null, null);
    await changeTask((task) => ({ ...task, status: 'in-progress' }));
    await deliver();
    expect((await taskThere()).status).toBe('in-progress');
    expect((await reviewView(at.desk, row)).conflict).toBeNull();
    await takeStep(at.desk, row, 'completed', null, null);
    await changeTask((task) => ({ ...task, status: 'on-hold' }));
    await deliver();
    expect((await taskThere()).status).toBe('on-hold');
    expect(inLibraryOf(at.desk)((db) => db.prepare('SELECT body FROM conflict').pluck().get())).toContain('changed-elsewhere');
  });
});

describe('what the practice answers and does not keep', () => {
  const answering = (to: (resource: Record<string, unknown>) => Record<string, unknown>, of: string): { writes: () => number } => {
    let writes = 0;
    practice.get().lies.answer = ({ method, path }, given) => {
      if (!path.startsWith(of) || given.status >= 300 || given.body.length === 0) return given;
      if (method !== 'GET') writes += 1;
      return { ...given, body: Buffer.from(JSON.stringify(to(JSON.parse(given.body.toString('utf8')) as Record<string, unknown>))) };
    };
    return { writes: () => writes };
  };
  const noteState = async () => (await reviewView(at.desk, row)).notes[0]?.state;

  it('as it was written is set aside after ten tries, kept, and sent again when the person says so', async () => {
    const { writes } = answering((response) => ({ ...response, item: [{ linkId: 'comment', answer: [{ valueString: 'SOMETHING ELSE' }] }] }), 'QuestionnaireResponse');
    await saveNote(at.desk, row, null, note('As I wrote it'));
    await takeStep(at.desk, row, 'completed', null, null);
    // What cannot be asked, and what is in trouble, is no answer.
    at.broken = /QuestionnaireResponse/;
    for (let round = 0; round < 12; round += 1) await deliver();
    at.broken = null;
    for (let round = 1; round < 10; round += 1) {
      await deliver();
      expect(await noteState()).toBe('here');
    }
    await deliver();
    expect(await reviewView(at.desk, row)).toMatchObject({ notes: [{ text: 'As I wrote it', state: 'refused' }], statusWork: 'here' });
    const written = writes();
    expect(written).toBeGreaterThanOrEqual(10);
    for (let round = 0; round < 3; round += 1) await deliver();
    expect([writes(), (await taskThere()).status]).toEqual([written, 'requested']);
    practice.get().lies.answer = null;
    await sendAgain(at.desk, row);
    while (await deliverWork(at.desk));
    expect(await reviewView(at.desk, row)).toMatchObject({ notes: [{ state: 'sent' }], statusWork: 'sent' });
    expect((await taskThere()).status).toBe('completed');
  });

  it('any longer is set aside in the same way, also when other answers came in between', async () => {
    await saveNote(at.desk, row, null, note('First'));
    await deliver();
    const id = (await reviewView(at.desk, row)).notes[0]?.id ?? '';
    await saveNote(at.desk, row, id, note('Changed'));
    let status = 410;
    practice.get().lies.answer = ({ path }, given) => (path.startsWith('QuestionnaireResponse') ? { ...given, status, body: Buffer.alloc(0) } : given);
    for (let round = 0; round < 9; round += 1) await deliver();
    status = 500;
    for (let round = 0; round < 12; round += 1) await deliver();
    expect(await noteState()).toBe('here');
    status = 410;
    await deliver();
    expect(await noteState()).toBe('refused');
    // Changing it is another way to send it again.
    practice.get().lies.answer = null;
    await saveNote(at.desk, row, id, note('Changed again'));
    await deliver();
    expect(await noteState()).toBe('sent');
  });

  it('of a step is told as a step that was not taken', async () => {
    answering((task) => ({ ...task, status: 'requested' }), 'Task/task-01');
    await takeStep(at.desk, row, 'accepted', null, null);
    for (let round = 0; round < 10; round += 1) await deliver();
    expect(await reviewView(at.desk, row)).toMatchObject({ status: 'requested', statusWork: 'refused', conflict: { kind: 'refused' } });
  });
});

describe('what others do', () => {
  it('is on the screen that shows the review once it is known, with whom an answer goes to', async () => {
    const ben = practice.get().people.find(({ username }) => username === 'ben');
    await practice.get().repo.update<Communication>({
      resourceType: 'Communication', id: 'hello', status: 'completed', about: [{ reference: 'DocumentReference/rec-01' }], sent: '2026-11-20T10:00:00Z', sender: { reference: `Practitioner/${ben?.practitionerId ?? ''}` },
      recipient: [{ reference: at.desk.reviewer().owners[0] ?? '' }], payload: [{ contentString: 'Have you seen this?' }],
    });
    await learnTheirs(at.desk, [row]);
    await showReviews(at.desk);
    const shown = () => at.pushed.filter(({ name }) => name === 'review').map(({ value }) => value);
    expect(shown()).toMatchObject([{ thread: [{ text: 'Have you seen this?', author: ben?.name, mine: false }], others: expect.arrayContaining([ben?.name]) as unknown }]);
    const { thread } = await sendMessage(at.desk, row, 'Yes', null);
    expect(thread.map(({ mine, text }) => [mine, text])).toEqual([[false, 'Have you seen this?'], [true, 'Yes']]);
    at.desk.watching.clear();
    await showReviews(at.desk);
    expect(shown()).toHaveLength(1);
  });
});

describe('a message', () => {
  it('goes to those whom it was said to go to, whoever the practice names by then, and is not taken for sent where it names nobody', async () => {
    const [ben, cara] = ['ben', 'cara'].map((name) => `Practitioner/${practice.get().people.find(({ username }) => username === name)?.practitionerId ?? name}`);
    const write = (sender: string | undefined, status: 'completed' | 'entered-in-error') => practice.get().repo.update<Communication>({
      resourceType: 'Communication', id: `from-${sender?.split('/')[1]}`, status, about: [{ reference: 'DocumentReference/rec-01' }], sent: '2026-11-20T10:00:00Z', sender: { reference: sender ?? '' },
      recipient: [{ reference: at.desk.reviewer().owners[0] ?? '' }], payload: [{ contentString: 'What do you think?' }],
    });
    await write(ben, 'completed');
    await learnTheirs(at.desk, [row]);
    const to = (text: string) => practice.get().repo.all<Communication>('Communication').then((all) => all.filter(({ payload }) => payload?.[0]?.contentString === text).map(({ recipient }) => recipient?.map(({ reference }) => reference)));
    const { others } = await reviewView(at.desk, row);
    at.broken = /fhir/;
    await sendMessage(at.desk, row, 'For those alone', null);
    at.broken = null;
    await write(cara, 'completed');
    await learnTheirs(at.desk, [row]);
    expect((await reviewView(at.desk, row)).others.length).toBeGreaterThan(others.length);
    await deliver();
    const [first, ...more] = await to('For those alone');
    expect(more).toEqual([]);
    expect(first).toContain(ben);
    expect(first).not.toContain(cara);
    at.broken = /fhir/;
    await sendMessage(at.desk, row, 'When nobody is named', null);
    at.broken = null;
    for (const one of [ben, cara]) await write(one, 'entered-in-error');
    for (const { id } of (await practice.get().repo.all<Communication>('Communication')).filter(({ about }) => about?.[0]?.reference === 'DocumentReference/rec-01')) await practice.get().repo.update({ ...await practice.get().repo.read<Communication>('Communication', id), status: 'entered-in-error' });
    await learnTheirs(at.desk, [row]);
    await deliver();
    expect((await to('When nobody is named'))[0]).toEqual(expect.arrayContaining([ben, cara]));
  });
});

describe('a review', () => {
  it('is given of what is on the screen, whose opening is on record, and of nothing else that passes', async () => {
    const { review } = reviewHandlers(at.desk, () => undefined, () => undefined);
    expect(await review(WINDOW, row)).toMatchObject({ id: row });
    await expect(review(WINDOW, at.rowOf('task-02'))).rejects.toMatchObject(refused);
    at.desk.watching.clear();
    await expect(review(WINDOW, row)).rejects.toMatchObject(refused);
  });

  it('is not given while its opening is under way, which may still be refused, although it was on the screen before', async () => {
    const { review } = reviewHandlers(at.desk, () => undefined, () => undefined);
    const { shown } = at.desk;
    if (!shown) throw new Error('nothing on the screen');
    at.desk.watching.clear();
    at.desk.watching.set('another grant', { rowId: row, subject: shown.subject, recording: shown.recording, opening: { ended: null }, seen: new Seen() });
    await expect(review(WINDOW, row)).rejects.toMatchObject(refused);
    await expect(saveNote(at.desk, row, null, note('Of what?'))).rejects.toMatchObject(refused);
    await showReviews(at.desk);
    expect(at.pushed.filter(({ name }) => name === 'review')).toEqual([]);
    // And not of another recording under the same row.
    at.onScreen(row);
    at.desk.shown = { ...shown, grant: `grant of ${row}`, recording: 'urn:uuid:00000000-0000-4000-8000-000000000000' };
    await expect(review(WINDOW, row)).rejects.toMatchObject(refused);
  });
});

describe('who else is in the room', () => {
  it('is in the review by name and on the record by number, each time', async () => {
    await sayRoom(at.desk, row, ['Demo Trainee', 'Demo Nurse']);
    await sayRoom(at.desk, row, []);
    const { room } = await sayRoom(at.desk, row, ['Demo Trainee', 'Demo Student']);
    expect(room).toEqual(['Demo Trainee', 'Demo Student']);
    expect(said().flatMap((one) => (one.event === 'room' ? [one.others] : []))).toEqual([2, 0, 2]);
    expect(JSON.stringify(said())).not.toContain('Demo Trainee');
    await deliver();
    const names = (await practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse')).flatMap(({ item = [] }) => item.filter(({ linkId }) => linkId === 'room').map(({ answer = [] }) => answer.map(({ valueString }) => valueString)));
    expect(names).toContainEqual(['Demo Trainee', 'Demo Nurse', 'Demo Student']);
  });

  it('is not taken for what was turned down, which the practice would not take any more; that nobody is there any more is', async () => {
    await sayRoom(at.desk, row, ['Demo Trainee']);
    await takeStep(at.desk, row, 'rejected', 'no-time', null);
    await expect(sayRoom(at.desk, row, ['Demo Nurse'])).rejects.toMatchObject({ code: 'bad-request' });
    expect((await sayRoom(at.desk, row, [])).room).toEqual([]);
    expect(said().flatMap((one) => (one.event === 'room' ? [one.others] : []))).toEqual([1, 0]);
  });
});

describe('work that is kept', () => {
  it('goes by itself once the practice has it and the assignment is gone, and else only when the person says so', async () => {
    await saveNote(at.desk, row, null, note('Arrived'));
    await deliver();
    tidyWork(at.desk);
    expect((await reviewView(at.desk, row)).notes).toHaveLength(1);
    await changeTask((task) => ({ ...task, status: 'cancelled' }));
    await syncWorklist(at.desk);
    saveDraftOf('half a sent');
    tidyWork(at.desk);
    const [kept] = await keptWork(at.desk);
    expect(kept).toMatchObject({ waiting: 0, notes: [{ text: 'Arrived', state: 'sent' }], drafts: ['half a sent'] });
    inLibraryOf(at.desk)((db) => db.prepare('DELETE FROM draft').run());
    tidyWork(at.desk);
    expect(await keptWork(at.desk)).toEqual([]);
  });

  it('and was finished before it was withdrawn is told as that, and does not wait behind what was refused', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Too late'));
    await takeStep(at.desk, row, 'completed', null, null);
    at.broken = null;
    await changeTask((task) => ({ ...task, status: 'cancelled' }));
    await syncWorklist(at.desk);
    await deliver();
    const [kept] = await keptWork(at.desk);
    expect(kept).toMatchObject({ waiting: 0, conflict: { kind: 'withdrawn' }, notes: [{ text: 'Too late', state: 'refused' }] });
    expect(await dropKeptWork(at.desk, kept?.id ?? '')).toEqual([]);
  });

  it('that was refused does not wait, and can be removed; what waits cannot', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Too late'));
    at.broken = null;
    await changeTask((task) => ({ ...task, status: 'cancelled' }));
    await syncWorklist(at.desk);
    const [before] = await keptWork(at.desk);
    expect(before?.waiting).toBe(2);
    await expect(dropKeptWork(at.desk, before?.id ?? '')).rejects.toMatchObject(refused);
    await deliver();
    const [after] = await keptWork(at.desk);
    expect(after).toMatchObject({ waiting: 0, conflict: { kind: 'withdrawn' }, notes: [{ state: 'refused' }] });
    // Whole numbers: a few digits of one are in many an id.
    expect(JSON.stringify(after)).not.toMatch(/Samplepatient|\b999\s?\d{3}\s?\d{4}\b/);
    expect(await dropKeptWork(at.desk, after?.id ?? '')).toEqual([]);
  });
});

describe('what goes to the practice', () => {
  it('does not wait for a time that only a clock that was wrong has named', async () => {
    const real = Date.now();
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('In a wrong year'));
    const clock = vi.spyOn(at.desk.machine, 'now').mockReturnValue(real + 366 * 86_400_000);
    await deliverWork(at.desk);
    clock.mockRestore();
    at.broken = null;
    while (await deliverWork(at.desk));
    expect((await reviewView(at.desk, row)).notes).toMatchObject([{ state: 'sent' }]);
  });

  it('stays sealed to its recovery key where it changed while it went', async () => {
    at.broken = /fhir/;
    const { notes: [first] } = await saveNote(at.desk, row, null, note('As it went'));
    at.broken = null;
    const { ledger } = at.desk.vaultOrThrow();
    const waiting = () => ledger.unsentWork().map(({ kind }) => kind).sort();
    expect(waiting()).toEqual(['notes', 'step']);
    const http = at.desk.session?.http;
    if (!http) throw new Error('no session');
    const send = http.send.bind(http);
    vi.spyOn(http, 'send').mockImplementation(async (target, init) => {
      const response = await send(target, init);
      if (target !== 'QuestionnaireResponse' || at.broken) return response;
      at.broken = /fhir/;
      await saveNote(at.desk, row, first?.id ?? '', note('Changed meanwhile'));
      return response;
    });
    await deliver();
    expect(waiting()).toEqual(['notes']);
    vi.restoreAllMocks();
    at.broken = null;
    await deliver();
    expect(waiting()).toEqual([]);
  });

  it('leaves no step standing over what the practice says, whatever fails once it is there', async () => {
    await takeStep(at.desk, row, 'accepted', null, null);
    vi.spyOn(at.desk.vaultOrThrow().ledger, 'workSent').mockImplementationOnce(() => {
      throw new Failure('disk-full', 'no room');
    });
    await deliver();
    await deliver();
    expect((await taskThere()).status).toBe('accepted');
    await changeTask((task) => ({ ...task, status: 'in-progress' }));
    await syncWorklist(at.desk);
    expect((await reviewView(at.desk, row)).status).toBe('in-progress');
  });
});

describe('what is sealed to the recovery key', () => {
  it('does not come back once the practice has it, or the person removed it', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Slowly sealed'));
    const { ledger } = at.desk.vaultOrThrow();
    expect(ledger.unsentWork()).toHaveLength(2);
    await changeTask((task) => ({ ...task, status: 'cancelled' }));
    at.broken = null;
    await syncWorklist(at.desk);
    await deliver();
    const [kept] = await keptWork(at.desk);
    expect(await dropKeptWork(at.desk, kept?.id ?? '')).toEqual([]);
    expect(ledger.unsentWork()).toEqual([]);
  });

  it('is not kept where it went while it was being sealed', async () => {
    const vault = at.desk.vaultOrThrow();
    const keep = vault.keepWork.bind(vault);
    const gate = new Gate();
    vi.spyOn(vault, 'keepWork').mockImplementationOnce(async (...given) => {
      await gate.pass();
      return keep(...given);
    });
    const saving = saveNote(at.desk, row, null, note('Sealed too late'));
    await gate.reached;
    while (await deliverWork(at.desk));
    gate.open();
    await saving;
    expect(vault.ledger.unsentWork()).toEqual([]);
  });
});

describe('work of which the recording is withheld', () => {
  it('waits and says so, goes when it passes again, and keeps waiting neither its own steps nor other recordings', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Before it was withheld'));
    const other = at.rowOf('task-02');
    onScreen(other);
    await saveNote(at.desk, other, null, note('Of another'));
    at.broken = null;
    await withhold();
    await deliver();
    expect((await keptWork(at.desk)).filter(({ notes }) => notes.some(({ text }) => text === 'Before it was withheld'))).toMatchObject([{ withheld: true, waiting: 1, conflict: null, notes: [{ state: 'here' }] }]);
    expect((await taskThere()).status).toBe('in-progress');
    expect((await reviewView(at.desk, other)).notes).toMatchObject([{ text: 'Of another', state: 'sent' }]);
    await putRight();
    await deliverWork(at.desk);
    expect(await reviewView(at.desk, row)).toMatchObject({ notes: [{ text: 'Before it was withheld', state: 'sent' }], conflict: null });
    undo.push(() => changeAtPractice<Task>(practice.get(), [], 'Task', 'task-02', (task) => ({ ...task, status: 'requested' })));
  });

  it('is not left behind by the end of the review, which names it', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Named at the end'));
    await takeStep(at.desk, row, 'completed', null, null);
    at.broken = null;
    await withhold();
    while (await deliverWork(at.desk));
    expect((await taskThere()).status).toBe('requested');
    await putRight();
    while (await deliverWork(at.desk));
    const mine = (await practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse')).find((one) => JSON.stringify(one).includes('Named at the end'));
    expect(await taskThere()).toMatchObject({ status: 'completed', output: expect.arrayContaining([expect.objectContaining({ valueReference: { reference: `QuestionnaireResponse/${mine?.id ?? '?'}` } })]) as unknown });
  });

  it('is named at the end of the review also when that arrives while it is withheld', async () => {
    await saveForm(at.desk, row, COT, { feedback: { grade: null, text: 'There already', cites: [] } });
    while (await deliverWork(at.desk));
    at.broken = /fhir/;
    await takeStep(at.desk, row, 'completed', null, null);
    at.broken = null;
    await withhold();
    await deliver();
    const mine = (await practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse')).find((one) => JSON.stringify(one).includes('There already'));
    expect(await taskThere()).toMatchObject({ status: 'completed', output: expect.arrayContaining([expect.objectContaining({ valueReference: { reference: `QuestionnaireResponse/${mine?.id ?? '?'}` } })]) as unknown });
  });

  it('does not keep it from being turned down', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('All the same'));
    await takeStep(at.desk, row, 'rejected', 'no-time', null);
    at.broken = null;
    await withhold();
    await deliver();
    expect((await taskThere()).status).toBe('rejected');
  });

  it('is gone from here once the practice has that it was turned down, and counts as withheld from nobody', async () => {
    const { recording } = at.desk.vaultOrThrow().library.assignment(row) ?? {};
    await takeStep(at.desk, row, 'rejected', 'no-time', null);
    await deliver();
    expect((await taskThere()).status).toBe('rejected');
    expect(at.desk.vaultOrThrow().library.assignment(row)).toBeNull();
    expect(recording).toBeDefined();
    expect(said().filter(({ event }) => event === 'withheld')).toEqual([]);
  });

  it('is told as a conflict once the assignment is gone, and then does not wait', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Too late after all'));
    await takeStep(at.desk, row, 'completed', null, null);
    at.broken = null;
    await withhold();
    await deliver();
    expect(await keptWork(at.desk)).toMatchObject([{ withheld: true, waiting: 2 }]);
    await changeTask((task) => ({ ...task, status: 'cancelled' }));
    await syncWorklist(at.desk);
    await deliver();
    expect(await keptWork(at.desk)).toMatchObject([{ withheld: false, waiting: 0, conflict: { kind: 'withdrawn' }, notes: [{ state: 'refused' }] }]);
  });

  it('because it shows another patient never goes', async () => {
    const recording = at.desk.vaultOrThrow().library.assignment(row)?.recording ?? '';
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Of somebody else'));
    at.broken = null;
    at.desk.vaultOrThrow().ledger.keepWrongPatient(recording, 1);
    await deliver();
    expect(await keptWork(at.desk)).toMatchObject([{ withheld: true, waiting: 0, notes: [{ state: 'refused' }] }]);
  });
});

describe('an assignment that the practice moves to another recording', () => {
  const move = async (): Promise<void> => {
    const { focus, for: patient, encounter, reasonCode } = await practice.get().repo.read<Task>('Task', 'task-02');
    await changeTask((task) => ({ ...task, focus, for: patient, encounter, reasonCode }));
    await syncWorklist(at.desk);
    expect(await at.standingOf('task-01')).toBe('shown');
    chosen();
  };
  /** The row that stands for it by now. */
  const chosen = (): void => {
    row = at.rowOf('task-01');
    onScreen(row);
  };

  it('is another row, and whoever chose the former opens nothing', async () => {
    const former = row;
    await move();
    expect(row).not.toBe(former);
    await expect(reviewView(at.desk, former)).rejects.toThrow();
  });

  it('shows nothing that others wrote of the first', async () => {
    const ben = practice.get().people.find(({ username }) => username === 'ben');
    await practice.get().repo.update<Communication>({
      resourceType: 'Communication', id: 'of-the-first', status: 'completed', about: [{ reference: 'DocumentReference/rec-01' }], sent: '2026-11-20T10:00:00Z', sender: { reference: `Practitioner/${ben?.practitionerId ?? ''}` },
      recipient: [{ reference: at.desk.reviewer().owners[0] ?? '' }], payload: [{ contentString: 'Of the first' }],
    });
    await learnTheirs(at.desk, [row]);
    expect(JSON.stringify(await reviewView(at.desk, row))).toContain('Of the first');
    await move();
    expect(JSON.stringify(await reviewView(at.desk, row))).not.toContain('Of the first');
  });

  it('takes along nothing that the person made of the first: it is kept as theirs, and never written about the second', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Of the first'));
    saveDraft(at.desk, row, 'message', { text: 'half of the first', from: null, until: null, category: 'general' });
    at.broken = null;
    await move();
    await deliver();
    expect(JSON.stringify(await practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse'))).not.toContain('Of the first');
    const second = await reviewView(at.desk, row);
    expect(second).toMatchObject({ notes: [], drafts: {}, status: 'requested' });
    await saveNote(at.desk, row, null, note('Of the second'));
    await deliver();
    const kept = await keptWork(at.desk);
    expect(kept).toMatchObject([{ notes: [{ text: 'Of the first', state: 'refused' }], drafts: ['half of the first'], waiting: 0, conflict: { kind: 'reassigned' } }]);
    expect((await responses()).filter((one) => JSON.stringify(one).includes('Of the second')).map(({ subject }) => subject?.reference)).toEqual(['DocumentReference/rec-02']);
    expect(await dropKeptWork(at.desk, kept[0]?.id ?? '')).toEqual([]);
    expect((await reviewView(at.desk, row)).notes).toMatchObject([{ text: 'Of the second' }]);
  });

  it('while the practice takes a note of the first has that for the first, and the second’s beside it', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Taken of the first'));
    at.broken = null;
    const http = at.desk.session?.http;
    if (!http) throw new Error('no session');
    const send = http.send.bind(http);
    const { ledger } = at.desk.vaultOrThrow();
    let during: string[] = [];
    vi.spyOn(http, 'send').mockImplementation(async (target, init) => {
      const response = await send(target, init);
      if (target !== 'QuestionnaireResponse' || during.length > 0) return response;
      during = ['moving'];
      await move();
      await saveNote(at.desk, row, null, note('Taken of the second'));
      during = ledger.unsentWork().map(({ id }) => id);
      return response;
    });
    await deliver();
    await deliver();
    const about = async (text: string) => (await responses()).filter((one) => JSON.stringify(one).includes(text)).map(({ subject }) => subject?.reference);
    expect(await about('Taken of the first')).toEqual(['DocumentReference/rec-01']);
    expect(await about('Taken of the second')).toEqual(['DocumentReference/rec-02']);
    // Each had a copy of its own under the recovery key.
    expect(new Set(during).size).toBe(2);
  });

  it('and back again has what was made of it, and a note that was removed there is put back nowhere else', async () => {
    await saveNote(at.desk, row, null, note('Of the first'));
    const { notes: [first] } = await saveNote(at.desk, row, null, note('Removed', 1));
    await removeNote(at.desk, row, first?.id ?? '');
    await move();
    await expect(restoreNote(at.desk, row, first?.id ?? '')).rejects.toMatchObject(refused);
    await saveNote(at.desk, row, null, note('Of the second'));
    await undo.pop()?.();
    await syncWorklist(at.desk);
    chosen();
    expect((await reviewView(at.desk, row)).notes).toMatchObject([{ text: 'Of the first' }]);
    expect((await restoreNote(at.desk, row, first?.id ?? '')).notes.map(({ text }) => text)).toEqual(['Removed', 'Of the first']);
    expect(await keptWork(at.desk)).toMatchObject([{ notes: [{ text: 'Of the second' }] }]);
  });
});
const responses = () => practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse');

const saveDraftOf = (text: string): void => inLibraryOf(at.desk)((db) => void db.prepare('INSERT INTO draft VALUES (?, ?, ?)').run('Task/task-01', 'note', JSON.stringify({ text, from: null, until: null, category: 'general', changedAt: '2026-11-20T10:00:00Z' })));
