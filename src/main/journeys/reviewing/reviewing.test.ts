/** A review against a real practice: what was written arrives exactly once, as it was last; what somebody else did meanwhile is told, and no work is lost. */
import type { Communication, Questionnaire, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NoteFields } from '../../../preload/review.ts';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { Outgoing } from '../../review/outgoing.ts';
import { Failure } from '../../platform/failure.ts';
import { changeAtPractice, SECRET, TestDesk } from '../journeys.fixture.ts';
import { lock, unlock } from '../lock.ts';
import { syncWorklist } from '../sync.ts';
import { deliverWork } from './deliverWork.ts';
import { dropKeptWork, inLibraryOf, keptWork, learnForms, learnTheirs, noteWatched, releaseForm, removeNote, reviewView, saveDraft, saveForm, saveNote, sendMessage, takeStep } from './reviewing.ts';

const practice = practiceForTests();
const COT = 'https://viewing-room.example/fhir/Questionnaire/cot|1';
let at: TestDesk;
let row = '';
const undo: (() => Promise<unknown>)[] = [];
const note = (text: string, from = 12.5): NoteFields => ({ kind: 'point', from, until: null, category: 'strength', text });
const responses = async (): Promise<QuestionnaireResponse[]> => (await practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse')).filter(({ subject }) => subject?.reference === 'DocumentReference/rec-01');
const onScreen = (rowId: string): void => at.onScreen(rowId);
const waiting = (): number => inLibraryOf(at.desk)((db) => new Outgoing(db).count());

beforeEach(async () => {
  at = new TestDesk(practice.get());
  await at.enter('ada');
  await syncWorklist(at.desk);
  await learnForms(at.desk);
  row = at.rowOf('task-01');
  onScreen(row);
});
afterEach(async () => {
  for (const back of undo.splice(0).reverse()) await back();
  at.remove();
});

const comments = (response: QuestionnaireResponse | undefined): (string | undefined)[] => (response?.item ?? []).flatMap(({ answer = [] }) => answer.map(({ valueString }) => valueString));

describe('a review', () => {
  it('keeps notes here without the practice, and tells it of their last state exactly once', async () => {
    at.broken = /fhir/;
    const first = (await saveNote(at.desk, row, null, note('Asks an open question'))).notes[0];
    await saveNote(at.desk, row, null, { ...note('Range', 20), kind: 'range', until: 24.25 });
    await saveNote(at.desk, row, first?.id ?? '', note('Asks an open question first'));
    await deliverWork(at.desk);
    const offline = await reviewView(at.desk, row);
    expect(offline).toMatchObject({ status: 'in-progress', statusWork: 'here', notes: [{ text: 'Asks an open question first', state: 'here' }, { kind: 'range', until: 24.25 }] });
    expect(await responses()).toEqual([]);
    at.broken = null;
    inLibraryOf(at.desk)((db) => db.prepare('UPDATE outgoing SET next_attempt = 0').run());
    expect(await deliverWork(at.desk)).toBe(true);
    const [kept, ...more] = await responses();
    expect(more).toEqual([]);
    expect(kept).toMatchObject({ status: 'in-progress', author: { reference: expect.stringMatching(/^Practitioner\//) as unknown } });
    expect(comments(kept)).toEqual(['Asks an open question first', 'Range']);
    expect(JSON.stringify(kept)).toContain('#t=20,24.25');
    expect(await practice.get().repo.read<Task>('Task', 'task-01')).toMatchObject({ status: 'in-progress' });
    expect(waiting()).toBe(0);
    await removeNote(at.desk, row, first?.id ?? '');
    await deliverWork(at.desk);
    expect((await responses()).map(comments)).toEqual([['Range']]);
    expect((await reviewView(at.desk, row)).notes.map(({ state }) => state)).toEqual(['sent']);
    undo.push(() => changeTask((task) => ({ ...task, status: 'requested' })));
  });

  it('goes on where it stopped, also when it was only opened since', async () => {
    const grant = at.desk.shown?.grant ?? '';
    noteWatched(at.desk, grant, [[0, 12.5]], 12.5);
    noteWatched(at.desk, grant, [[3, 4]], null);
    expect(await reviewView(at.desk, row)).toMatchObject({ position: 12.5, watched: [[0, 12.5]] });
    noteWatched(at.desk, grant, [[12.5, 14], [0, 0.3]], 0);
    expect((await reviewView(at.desk, row)).position).toBe(0);
  });

  it('whose answers are lost makes no second one', async () => {
    const before = (await responses()).length;
    const { lies } = practice.get();
    await saveForm(at.desk, row, COT, { 'cot.1': { grade: 3, text: '', cites: [] }, feedback: { grade: null, text: 'Well done', cites: [] }, invented: { grade: 9, text: 'x', cites: [] } });
    let lost = 0;
    lies.answer = ({ path, method }, given) => {
      if (method !== 'POST' || path !== 'QuestionnaireResponse' || lost > 2) return given;
      lost += 1;
      return null;
    };
    for (let round = 0; round < 3; round += 1) {
      await deliverWork(at.desk);
      inLibraryOf(at.desk)((db) => db.prepare('UPDATE outgoing SET next_attempt = 0').run());
    }
    lies.answer = null;
    await deliverWork(at.desk);
    expect(lost).toBe(3);
    const now = await responses();
    expect(now).toHaveLength(before + 1);
    const response = now.find(({ questionnaire }) => questionnaire === COT);
    expect(response?.item?.map(({ linkId }) => linkId)).toEqual(['cot.1', 'feedback']);
    expect(waiting()).toBe(0);
    undo.push(() => changeTask((task) => ({ ...task, status: 'requested' })));
  });

  it('that failed to go while the clock was ahead goes once the clock is right', async () => {
    const { machine } = at.desk;
    machine.now = () => Date.now() + 26 * 3600_000;
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Written tomorrow'));
    await deliverWork(at.desk);
    // The note and that the review has begun: one review.
    expect(waiting()).toBe(2);
    expect(at.desk.standing().unsent).toBe(1);
    machine.now = () => Date.now();
    at.broken = null;
    await deliverWork(at.desk);
    expect(waiting()).toBe(0);
    undo.push(() => changeTask((task) => ({ ...task, status: 'requested' })));
  });

  it('that was finished while the clock was ahead is dated as the practice has it, and stays on the list', async () => {
    const { machine } = at.desk;
    machine.now = () => Date.now() + 3 * 3600_000;
    await takeStep(at.desk, row, 'completed', null, null);
    while (await deliverWork(at.desk));
    machine.now = () => Date.now();
    const { status, lastModified = '' } = await practice.get().repo.read<Task>('Task', 'task-01');
    expect({ status, ahead: Date.parse(lastModified) > Date.now() }).toEqual({ status: 'completed', ahead: false });
    await syncWorklist(at.desk);
    expect(await at.standingOf('task-01')).toBe('shown');
    undo.push(() => changeTask((task) => ({ ...task, status: 'requested' })));
  });

  it('that is on its way while the person locks and is back goes once more, and makes no second one', async () => {
    await saveNote(at.desk, row, null, note('On its way'));
    const gate = at.hold(/QuestionnaireResponse/);
    const sending = deliverWork(at.desk);
    await gate.reached;
    await lock(at.desk, new Failure('locked', 'test'));
    await unlock(at.desk, SECRET);
    gate.open();
    await expect(sending).resolves.toBeTypeOf('boolean');
    while (await deliverWork(at.desk));
    expect(waiting()).toBe(0);
    expect((await responses()).filter((one) => comments(one).includes('On its way'))).toHaveLength(1);
    undo.push(() => changeTask((task) => ({ ...task, status: 'requested' })));
  });

  it('takes back at the practice what is taken back here: a citation, the last grade, the last note', async () => {
    const FREE = COT.replace('cot', 'free');
    const { notes } = await saveNote(at.desk, row, null, note('Cited and gone'));
    const cited = notes.find(({ text }) => text === 'Cited and gone')?.id ?? '';
    await saveForm(at.desk, row, FREE, { 'free.well': { grade: null, text: 'Kept', cites: [cited] } });
    while (await deliverWork(at.desk));
    const mine = async () => (await responses()).filter(({ questionnaire, item }) => questionnaire === FREE || comments({ item } as QuestionnaireResponse).includes('Cited and gone'));
    expect(JSON.stringify(await mine()).split(cited)).toHaveLength(3);
    await removeNote(at.desk, row, cited);
    while (await deliverWork(at.desk));
    expect(JSON.stringify(await responses())).not.toContain(cited);
    expect(JSON.stringify(await responses())).toContain('Kept');
    await saveForm(at.desk, row, FREE, {});
    while (await deliverWork(at.desk));
    expect(JSON.stringify(await responses())).not.toMatch(/Kept|Cited and gone/);
    undo.push(() => changeTask((task) => ({ ...task, status: 'requested' })));
  });

  it('releases a form with the notes that it rests on, once and for good; its group and its citations stand as the form has them', async () => {
    const TELEPHONE = COT.replace('cot', 'telephone');
    const { notes } = await saveNote(at.desk, row, null, note('Two of three were said'));
    const cited = notes.find(({ text }) => text === 'Two of three were said')?.id ?? '';
    await saveForm(at.desk, row, TELEPHONE, { 'opening.private': { grade: 1, text: '', cites: [] } });
    await expect(releaseForm(at.desk, row, TELEPHONE)).rejects.toMatchObject({ code: 'bad-request' });
    await saveForm(at.desk, row, TELEPHONE, { 'opening.identity': { grade: 2, text: '', cites: [cited] }, 'closing.remarks': { grade: null, text: 'Good <b>call</b>', cites: [] } });
    while (await deliverWork(at.desk));
    const draft = (await responses()).filter(({ status }) => status === 'completed').length;
    await releaseForm(at.desk, row, TELEPHONE);
    await expect(saveForm(at.desk, row, TELEPHONE, {})).rejects.toMatchObject({ code: 'bad-request' });
    while (await deliverWork(at.desk));
    const released = (await responses()).filter(({ status }) => status === 'completed');
    expect(released).toHaveLength(draft + 2);
    expect(released.find(({ questionnaire }) => questionnaire === TELEPHONE)?.item).toEqual([
      { linkId: 'opening', item: [{ linkId: 'opening.identity', answer: [{ valueInteger: 2, item: [{ linkId: 'opening.identity.cites', answer: [{ valueUri: `urn:uuid:${cited}` }] }] }] }] },
      { linkId: 'closing', item: [{ linkId: 'closing.remarks', answer: [{ valueString: 'Good <b>call</b>' }] }] },
    ]);
    // Whoever was in the consultation or reviews it too reads it as it was written.
    const theirs = new TestDesk(practice.get());
    await practice.get().repo.assign('rec-01', 'cara', new Date(Date.now() + 86_400_000));
    await theirs.enter('cara');
    try {
      await syncWorklist(theirs.desk);
      await learnForms(theirs.desk);
      const there = theirs.desk.vaultOrThrow().library.assignments().find(({ evidence }) => evidence.recording?.id === 'rec-01')?.rowId ?? '';
      await learnTheirs(theirs.desk, [there]);
      const seen = await reviewView(theirs.desk, there);
      expect(seen.othersResponses.find(({ form }) => form === TELEPHONE)?.answers).toEqual({ 'opening.identity': { grade: 2, text: '', cites: [cited] }, 'closing.remarks': { grade: null, text: 'Good <b>call</b>', cites: [] } });
      expect(seen.othersNotes.find(({ id }) => id === cited)?.text).toBe('Two of three were said');
      expect(seen.othersResponses.map(({ form }) => form)).not.toContain(COT.replace('cot', 'free'));
    } finally {
      theirs.remove();
    }
    undo.push(() => changeTask((task) => ({ ...task, status: 'requested' })));
  });

  it('says of a form that cannot be shown that it is there, and keeps one that is gone for what was written on it', async () => {
    await saveForm(at.desk, row, COT, { 'cot.1': { grade: 1, text: '', cites: [] } });
    await changeAtPractice<Questionnaire>(practice.get(), undo, 'Questionnaire', 'cot', (cot) => ({ ...cot, status: 'retired' }));
    await changeAtPractice<Questionnaire>(practice.get(), undo, 'Questionnaire', 'free', (free) => ({ ...free, item: [...free.item ?? [], { linkId: 'when', text: 'When', type: 'date' }] }));
    await learnForms(at.desk);
    const { forms, unshownForms } = await reviewView(at.desk, row);
    expect(unshownForms).toEqual(['Free feedback']);
    expect(forms.map(({ title, offered }) => [title, offered])).toEqual([['Consultation Observation Tool', false], ['SCA-style review', true], ['Telephone check of Demo Surgery', true]]);
    undo.push(() => changeTask((task) => ({ ...task, status: 'requested' })));
  });

  it('is finished with what it consists of, and the practice says so', async () => {
    await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-01', (task) => ({ ...task }));
    const { notes } = await saveNote(at.desk, row, null, note('Safety net was given', 30));
    await saveForm(at.desk, row, COT, { 'cot.2': { grade: 2, text: '', cites: [notes.at(-1)?.id ?? ''] } });
    await takeStep(at.desk, row, 'completed', null, null);
    expect(await reviewView(at.desk, row)).toMatchObject({ status: 'completed', statusWork: 'here' });
    while (await deliverWork(at.desk));
    const task = await practice.get().repo.read<Task>('Task', 'task-01');
    const mine = await responses();
    expect(task.status).toBe('completed');
    expect(task.output?.map(({ valueReference }) => valueReference?.reference).sort()).toEqual(expect.arrayContaining(mine.filter(({ author }) => author?.reference === `Practitioner/${at.desk.person?.practitioner ?? ''}`).map(({ id }) => `QuestionnaireResponse/${id}`).slice(-2)));
    expect(JSON.stringify(mine)).toContain(`urn:uuid:${notes.at(-1)?.id ?? '?'}`);
    expect(waiting()).toBe(0);
    await expect(takeStep(at.desk, row, 'rejected', 'not-mine', null)).rejects.toMatchObject({ code: 'bad-request' });
  });

  it.each([
    ['withdrawn', (task: Task) => ({ ...task, status: 'cancelled' as const })],
    // Whose it is now the practice does not tell who it was.
    ['withdrawn', (task: Task) => ({ ...task, owner: { reference: 'Practitioner/gp-9' } })],
    ['completed-elsewhere', (task: Task) => ({ ...task, status: 'completed' as const })],
  ])('that was %s meanwhile is told as that, its work kept, and the practice not written over', async (kind, to) => {
    await saveNote(at.desk, row, null, note('Mine all the same'));
    await takeStep(at.desk, row, 'rejected', 'no-time', 'Away');
    await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-01', to);
    const changed = await practice.get().repo.read<Task>('Task', 'task-01');
    for (let round = 0; round < 4; round += 1) {
      inLibraryOf(at.desk)((db) => db.prepare('UPDATE outgoing SET next_attempt = 0').run());
      await deliverWork(at.desk);
    }
    expect((await practice.get().repo.read<Task>('Task', 'task-01')).status).toBe(changed.status);
    expect((await reviewView(at.desk, row)).conflict).toMatchObject({ kind });
    await syncWorklist(at.desk);
    if (kind === 'completed-elsewhere') return;
    const [kept] = await keptWork(at.desk);
    expect(kept).toMatchObject({ conflict: { kind }, notes: [{ text: 'Mine all the same' }] });
    expect(JSON.stringify(kept)).not.toContain('Samplepatient');
  });

  it('keeps what was being typed when it is taken away, and forgets it only when told', async () => {
    saveDraft(at.desk, row, 'note', { text: 'half a sent', from: 3, until: null, category: 'general' });
    await changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-01', (task) => ({ ...task, status: 'cancelled' }));
    await syncWorklist(at.desk);
    const [kept] = await keptWork(at.desk);
    expect(kept?.drafts).toEqual(['half a sent']);
    expect(await dropKeptWork(at.desk, kept?.id ?? '')).toEqual([]);
    expect(await keptWork(at.desk)).toEqual([]);
  });

  it('shows what others released about exactly this recording, and nothing that they have not', async () => {
    const other = practice.get().people.find(({ username }) => username === 'ben');
    const write = (status: 'in-progress' | 'completed', text: string, subject: string) => practice.get().repo.update<QuestionnaireResponse>({
      resourceType: 'QuestionnaireResponse', id: `theirs-${text}`, questionnaire: COT, status, subject: { reference: subject }, authored: '2026-11-20T10:00:00Z', author: { reference: `Practitioner/${other?.practitionerId ?? ''}` },
      item: [{ linkId: 'feedback', answer: [{ valueString: text }] }],
    });
    await write('completed', 'released', 'DocumentReference/rec-01');
    await write('in-progress', 'draft', 'DocumentReference/rec-01');
    await write('completed', 'elsewhere', 'DocumentReference/rec-02');
    await learnTheirs(at.desk, [row]);
    const view = await reviewView(at.desk, row);
    expect(view.othersResponses.map(({ answers, author }) => [answers.feedback?.text, author])).toEqual([['released', other?.name]]);
    await sendMessage(at.desk, row, 'Thank you', 4);
    await deliverWork(at.desk);
    const sent = (await practice.get().repo.all<Communication>('Communication')).filter(({ about }) => about?.[0]?.reference === 'DocumentReference/rec-01');
    expect(sent.map(({ payload, recipient }) => [payload?.[0]?.contentString, recipient?.[0]?.reference])).toEqual([['Thank you', `Practitioner/${other?.practitionerId ?? ''}`]]);
  });
});

const changeTask = (to: (task: Task & { id: string }) => Task & { id: string }) => changeAtPractice<Task>(practice.get(), [], 'Task', 'task-01', to as never);
