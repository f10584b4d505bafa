/** What is written, and over what, when the practice's answers are wrong, or come when somebody else is here. */
import type { Communication, DocumentReference, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NoteFields } from '../../../preload/review.ts';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { Outgoing } from '../../review/outgoing.ts';
import { changeAtPractice, TestDesk } from '../journeys.fixture.ts';
import { syncWorklist } from '../sync.ts';
import { deliverWork } from './deliverWork.ts';
import { findRows } from './finding.ts';
import { inLibraryOf, keptWork, learnForms, learnTheirs, reviewView, saveNote, sendAgain, sendMessage, takeStep } from './reviewing.ts';

const practice = practiceForTests();
let at: TestDesk;
let row = '';
const undo: (() => Promise<unknown>)[] = [];
const note = (text: string, from = 12.5): NoteFields => ({ kind: 'point', from, until: null, category: 'strength', text });
const practitioner = (username: string): string => `Practitioner/${practice.get().people.find((one) => one.username === username)?.practitionerId ?? username}`;
const changeTask = (to: (task: Task) => Task) => changeAtPractice<Task>(practice.get(), undo, 'Task', 'task-01', to);
const taskThere = () => practice.get().repo.read<Task>('Task', 'task-01');
const responsesWith = async (text: string) => (await practice.get().repo.all<QuestionnaireResponse>('QuestionnaireResponse')).filter((one) => JSON.stringify(one).includes(text));
const waiting = () => inLibraryOf(at.desk)((db) => new Outgoing(db).of('Task/task-01'));
const deliver = async (): Promise<void> => {
  inLibraryOf(at.desk)((db) => db.prepare('UPDATE outgoing SET next_attempt = 0').run());
  await deliverWork(at.desk);
};

beforeEach(async () => {
  at = new TestDesk(practice.get());
  await changeTask((task) => ({ ...task, status: 'requested' }));
  await at.enter('ada');
  await syncWorklist(at.desk);
  await learnForms(at.desk);
  row = at.rowOf('task-01');
  at.onScreen(row);
});
afterEach(async () => {
  vi.restoreAllMocks();
  practice.get().lies.answer = null;
  at.remove();
  for (const back of undo.splice(0).reverse()) await back();
});

describe('what the practice answers to a note that is made', () => {
  it.each(['answer', 'location'] as const)('is not written over where it is something else (%s), and the note goes to where it is its own', async (how) => {
    await practice.get().repo.update<QuestionnaireResponse>({
      resourceType: 'QuestionnaireResponse', id: 'of-ben', status: 'completed', questionnaire: 'https://viewing-room.example/fhir/Questionnaire/notes|1', subject: { reference: 'DocumentReference/rec-02' },
      authored: '2026-11-20T10:00:00Z', author: { reference: practitioner('ben') }, item: [{ linkId: 'comment', answer: [{ valueString: 'Of Ben alone' }] }],
    });
    const theirs = await practice.get().repo.read<QuestionnaireResponse>('QuestionnaireResponse', 'of-ben');
    const put: string[] = [];
    practice.get().lies.answer = ({ method, path }, given) => {
      if (method === 'PUT') put.push(path);
      if (method !== 'POST' || path !== 'QuestionnaireResponse') return given;
      if (how === 'answer') return { ...given, status: 200, body: Buffer.from(JSON.stringify(theirs)) };
      return { ...given, status: 200, body: Buffer.alloc(0), headers: { ...given.headers, location: `${at.desk.site.fhirBase}/QuestionnaireResponse/of-ben` } };
    };
    await saveNote(at.desk, row, null, note(`Of Ada ${how}`));
    await deliver();
    await deliver();
    expect(put).not.toContain('QuestionnaireResponse/of-ben');
    expect((await reviewView(at.desk, row)).notes).toMatchObject([{ state: 'here' }]);
    practice.get().lies.answer = null;
    await deliver();
    expect(await practice.get().repo.read('QuestionnaireResponse', 'of-ben')).toEqual(theirs);
    expect((await responsesWith(`Of Ada ${how}`)).map(({ subject }) => subject?.reference)).toEqual(['DocumentReference/rec-01']);
    expect((await reviewView(at.desk, row)).notes).toMatchObject([{ state: 'sent' }]);
    await practice.get().repo.update({ ...theirs, status: 'entered-in-error' });
  });
});

it.each([400, 422])('what the practice refuses as it is (%i) is set aside, counted apart and found on the list; nothing waits behind it, and it goes when the person sends it again', async (status) => {
  await practice.get().repo.update<Communication>({
    resourceType: 'Communication', id: 'hello-ada', status: 'completed', about: [{ reference: 'DocumentReference/rec-01' }], sent: '2026-11-20T10:00:00Z', sender: { reference: practitioner('ben') },
    recipient: [{ reference: practitioner('ada') }], payload: [{ contentString: 'Have you seen this?' }],
  });
  undo.push(async () => {
    for (const { id } of await practice.get().repo.all<Communication>('Communication')) await practice.get().repo.remove('Communication', id);
  });
  await learnTheirs(at.desk, [row]);
  const query = { text: '', progress: [], due: 'any', copy: 'any', review: 'any', refused: true, sort: 'due', descending: false } as const;
  const found = async () => (await findRows(at.desk, { ...query, progress: [] })).ids;
  expect(await found()).toEqual([]);
  practice.get().lies.answer = ({ method, path }, given) => (method === 'POST' && path === 'Communication' ? { ...given, status, body: Buffer.from('{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]}') } : given);
  await sendMessage(at.desk, row, `Refused with ${status}`, null);
  await saveNote(at.desk, row, null, note(`After ${status}`));
  for (let times = 0; times < 3; times += 1) await deliver();
  expect(at.desk.standing()).toMatchObject({ unsent: 0, refused: 1 });
  expect(await responsesWith(`After ${status}`)).toHaveLength(1);
  expect(await found()).toEqual([row]);
  expect((await findRows(at.desk, { ...query, progress: [], refused: false })).counts).toMatchObject({ refused: 1 });
  expect((await reviewView(at.desk, row)).thread.at(-1)).toMatchObject({ text: `Refused with ${status}`, state: 'refused' });
  practice.get().lies.answer = null;
  await sendAgain(at.desk, row);
  await deliver();
  expect(at.desk.standing()).toMatchObject({ unsent: 0, refused: 0 });
  expect(await found()).toEqual([]);
});

describe('a message', () => {
  it('that the practice has otherwise than it was written is not taken for sent when it is sent again', async () => {
    await practice.get().repo.update<Communication>({
      resourceType: 'Communication', id: 'hello-ada', status: 'completed', about: [{ reference: 'DocumentReference/rec-01' }], sent: '2026-11-20T10:00:00Z', sender: { reference: practitioner('ben') },
      recipient: [{ reference: practitioner('ada') }], payload: [{ contentString: 'Have you seen this?' }],
    });
    await learnTheirs(at.desk, [row]);
    practice.get().lies.answer = ({ method, path }, given) => {
      if (method !== 'POST' || path !== 'Communication' || given.body.length === 0) return given;
      return { ...given, body: Buffer.from(JSON.stringify({ ...JSON.parse(given.body.toString('utf8')) as Communication, payload: [{ contentString: 'Something else' }] })) };
    };
    const state = async () => (await reviewView(at.desk, row)).thread.filter(({ mine }) => mine).map((one) => one.state);
    await sendMessage(at.desk, row, 'As I wrote it', null);
    await deliver();
    expect(await state()).toEqual(['refused']);
    await sendAgain(at.desk, row);
    await deliver();
    expect(await state()).toEqual(['refused']);
    practice.get().lies.answer = null;
    await sendAgain(at.desk, row);
    await deliver();
    expect(await state()).toEqual(['sent']);
  });
});

describe('a step of an assignment that is not here any more', () => {
  it('is not taken at the practice without what was written: what it was of is not known', async () => {
    at.broken = /fhir/;
    await saveNote(at.desk, row, null, note('Not without this'));
    await takeStep(at.desk, row, 'completed', null, null);
    at.broken = null;
    // A list without it, once.
    practice.get().lies.answer = ({ path }, given) => {
      if (path !== 'Task') return given;
      const bundle = JSON.parse(given.body.toString('utf8')) as { entry: { resource: { id: string } }[] };
      return { ...given, body: Buffer.from(JSON.stringify({ ...bundle, total: undefined, entry: bundle.entry.filter(({ resource }) => resource.id !== 'task-01') })) };
    };
    await syncWorklist(at.desk);
    expect(at.desk.vaultOrThrow().library.assignment(row)).toBeNull();
    await deliver();
    practice.get().lies.answer = null;
    expect((await taskThere()).status).toBe('requested');
    expect(await keptWork(at.desk)).toMatchObject([{ waiting: 0, conflict: { kind: 'changed-elsewhere' }, notes: [{ text: 'Not without this', state: 'refused' }] }]);
    await syncWorklist(at.desk);
    row = at.rowOf('task-01');
    at.onScreen(row);
    await sendAgain(at.desk, row);
    await takeStep(at.desk, row, 'completed', null, null);
    while (await deliverWork(at.desk));
    expect((await taskThere()).status).toBe('completed');
    expect(await responsesWith('Not without this')).toHaveLength(1);
  });
});

describe('a step that the practice has, and that its search does not say yet', () => {
  it.each(['in-progress', 'completed', 'rejected'] as const)('counts until it does: %s', async (status) => {
    await takeStep(at.desk, row, 'accepted', null, null);
    await deliver();
    const before = await taskThere();
    practice.get().lies.answer = ({ path }, given) => {
      if (path !== 'Task') return given;
      const bundle = JSON.parse(given.body.toString('utf8')) as { entry: { resource: { id: string } }[] };
      return { ...given, body: Buffer.from(JSON.stringify({ ...bundle, entry: bundle.entry.map((entry) => (entry.resource.id === before.id ? { ...entry, resource: before } : entry)) })) };
    };
    await (status === 'completed' ? takeStep(at.desk, row, 'completed', null, null) : status === 'rejected' ? takeStep(at.desk, row, 'rejected', 'no-time', null) : saveNote(at.desk, row, null, note('Begins it')));
    await deliver();
    await deliver();
    expect((await taskThere()).status).toBe(status);
    expect(await reviewView(at.desk, row)).toMatchObject({ status, statusWork: 'here', conflict: null });
    if (status !== 'in-progress') await expect(saveNote(at.desk, row, null, note('After its end'))).rejects.toMatchObject({ code: 'bad-request' });
    practice.get().lies.answer = null;
    await deliver();
    if (status === 'rejected') expect(at.desk.vaultOrThrow().library.assignment(row)).toBeNull();
    else expect(await reviewView(at.desk, row)).toMatchObject({ status, statusWork: 'sent', conflict: null });
  });
});

describe('what is on its way when somebody else sits down, or it is taken away,', () => {
  it('is not held against them, and leaves nothing with them', async () => {
    await takeStep(at.desk, row, 'accepted', null, null);
    // Of the two times that it is read, the one that is written against.
    const first = at.hold(/Task\/task-01/);
    const sending = deliverWork(at.desk);
    await first.reached;
    const gate = at.hold(/Task\/task-01/);
    first.open();
    await gate.reached;
    await at.enter('ben');
    gate.open();
    await sending;
    expect(inLibraryOf(at.desk)((db) => db.prepare('SELECT task FROM conflict').pluck().all())).toEqual([]);
    expect((await taskThere()).status).toBe('requested');
  });

  it.each([
    ['the vault is locked', async () => at.desk.vaultOrThrow().lock(), () => at.enter('ada')],
    ['its recording is withheld', async () => {
      await changeAtPractice<DocumentReference>(practice.get(), undo, 'DocumentReference', 'rec-01', (recording) => ({ ...recording, status: 'entered-in-error' }));
      await syncWorklist(at.desk);
    }, async () => {
      await undo.pop()?.();
      await syncWorklist(at.desk);
    }],
  ] as [string, () => Promise<unknown>, () => Promise<unknown>][])('is written no more once %s', async (how, stop, goOn) => {
    const { notes: [one] } = await saveNote(at.desk, row, null, note('First'));
    while (await deliverWork(at.desk));
    const second = `Second, when ${how}`;
    await saveNote(at.desk, row, one?.id ?? '', note(second));
    const gate = at.hold(/QuestionnaireResponse\//);
    const sending = deliverWork(at.desk);
    await gate.reached;
    await stop();
    gate.open();
    await sending;
    expect(await responsesWith(second)).toEqual([]);
    await goOn();
    await deliver();
    expect(await responsesWith(second)).toHaveLength(1);
    expect(waiting()).toEqual([]);
  });
});
