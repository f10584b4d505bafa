/** What others wrote is on the screen only of what it was admitted for, and goes with a copy that is withheld; what is to be hidden from a group stays hidden. */
import type { Communication, DocumentReference, QuestionnaireResponse } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { changeAtPractice, patientAnew, TestDesk } from '../journeys.fixture.ts';
import { syncWorklist } from '../sync.ts';
import { inLibraryOf, learnTheirs, reviewView } from './reviewing.ts';

const practice = practiceForTests();
let at: TestDesk;
let row = '';
const undo: (() => Promise<unknown>)[] = [];
const kept = () => inLibraryOf(at.desk)((db) => db.prepare('SELECT body FROM theirs').pluck().all() as string[]).join();
const masks = async () => (await reviewView(at.desk, row)).othersNotes.map(({ kind, from, until, text }) => [kind, from, until, text]);
const comment = (text: string, place: string, kind: string) => ({ valueString: text, item: [{ linkId: 'comment.at', answer: [{ valueUri: `#t=${place}` }] }, { linkId: 'comment.kind', answer: [{ valueString: kind }] }] });

beforeEach(async () => {
  at = new TestDesk(practice.get());
  const { repo, people } = practice.get();
  const ben = { reference: `Practitioner/${people.find(({ username }) => username === 'ben')?.practitionerId ?? ''}` };
  await repo.update<QuestionnaireResponse>({
    resourceType: 'QuestionnaireResponse', id: 'notes-of-ben', status: 'completed', questionnaire: 'https://viewing-room.example/fhir/Questionnaire/notes|1', subject: { reference: 'DocumentReference/rec-01' }, authored: '2026-11-20T10:00:00Z', author: ben,
    item: [{ linkId: 'comment', answer: [comment('Said of this patient', '3', 'point'), comment('Her name', '5,9', 'mask')] }],
  });
  await at.enter('ada');
  await repo.update<Communication>({
    resourceType: 'Communication', id: 'word-of-ben', status: 'completed', about: [{ reference: 'DocumentReference/rec-01' }], sent: '2026-11-20T10:00:00Z', sender: ben,
    recipient: [{ reference: at.desk.reviewer().owners[0] ?? '' }], payload: [{ contentString: 'Said to you' }],
  });
  await syncWorklist(at.desk);
  row = at.rowOf('task-01');
  at.onScreen(row);
  await learnTheirs(at.desk, [row]);
  const view = JSON.stringify(await reviewView(at.desk, row));
  for (const said of ['Said to you', 'Said of this patient', 'Her name']) expect(view).toContain(said);
});
afterEach(async () => {
  at.remove();
  for (const back of undo.splice(0).reverse()) await back();
});

it('is not kept of what is withheld, also where its answer comes after that', async () => {
  const gate = at.hold(/QuestionnaireResponse\?/);
  const learning = learnTheirs(at.desk, [row]);
  await gate.reached;
  await changeAtPractice<DocumentReference>(practice.get(), undo, 'DocumentReference', 'rec-01', (recording) => ({ ...recording, status: 'entered-in-error' }));
  await syncWorklist(at.desk);
  expect(kept()).not.toMatch(/Said|Her name/);
  gate.open();
  await learning;
  expect(kept()).not.toMatch(/Said|Her name/);
  await undo.pop()?.();
  await syncWorklist(at.desk);
  expect(await masks()).toEqual([['mask', 5, 9, '-']]);
  await learnTheirs(at.desk, [row]);
  expect(await masks()).toEqual([['point', 3, null, 'Said of this patient'], ['mask', 5, 9, 'Her name']]);
});

it('is not given once the practice names another patient record of the recording, of whom nobody said it', async () => {
  await patientAnew(practice.get(), undo, 'task-01', 'rec-01');
  await syncWorklist(at.desk);
  expect(await at.standingOf('task-01')).toBe('shown');
  row = at.rowOf('task-01');
  const view = await reviewView(at.desk, row);
  expect(view.thread).toEqual([]);
  expect(view.others).not.toContain(practice.get().people.find(({ username }) => username === 'ben')?.name);
  expect(await masks()).toEqual([['mask', 5, 9, '-']]);
});
