/** What leaves for a portfolio names the patient only where that was chosen, in the file, beside it and in the record; and what was typed stays text. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { QuestionnaireResponse } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { placeWords, portfolio, watchedWords, type Portfolio } from '../../audit/printed/portfolio.ts';
import { stamp } from '../../audit/ladder.fixture.ts';
import { TestDesk } from '../journeys.fixture.ts';
import { syncWorklist } from '../sync.ts';
import { exportReflection } from './portfolio.ts';
import { learnForms, learnTheirs, releaseForm, saveForm, saveNote } from './reviewing.ts';

const practice = practiceForTests();
const COT = 'https://viewing-room.example/fhir/Questionnaire/cot|1';
const canary = { family: 'Canaryfamily', given: 'Canarygiven', birthDate: '1931-08-17' };
let at: TestDesk;
beforeEach(() => {
  at = new TestDesk(practice.get());
});
afterEach(() => at.remove());

async function reviewed(): Promise<{ row: string; number: string; nhsNumber: string; day: string }> {
  const { repo } = practice.get();
  const recording = await repo.addRecording({ owner: 'ada', patient: canary, title: 'Canarytitle', purpose: 'TRAIN', consent: { status: 'active', purposes: ['TRAIN'] } });
  await at.enter('ada');
  await syncWorklist(at.desk);
  await learnForms(at.desk);
  const row = at.rowOf(recording.taskIds[0] ?? '');
  at.onScreen(row);
  const { notes } = await saveNote(at.desk, row, null, { kind: 'point', from: 93.4, until: null, category: 'strength', text: 'Open <b>question</b>' });
  await saveNote(at.desk, row, null, { kind: 'mask', from: 1, until: 2, category: 'general', text: 'Hidden from groups' });
  await saveForm(at.desk, row, COT, { 'cot.1': { grade: 3, text: '', cites: [notes.find(({ kind }) => kind === 'point')?.id ?? ''] }, feedback: { grade: null, text: '<script>alert(1)</script>', cites: [] } });
  await releaseForm(at.desk, row, COT);
  await repo.update<QuestionnaireResponse>({
    resourceType: 'QuestionnaireResponse', id: `theirs-${recording.id}`, questionnaire: COT, status: 'completed', subject: { reference: `DocumentReference/${recording.id}` }, authored: '2026-11-20T10:00:00Z', author: { reference: 'Practitioner/gp-2' },
    item: [{ linkId: 'cot.2', answer: [{ valueInteger: 1 }] }, { linkId: 'development', answer: [{ valueString: 'Cues' }] }],
  });
  await learnTheirs(at.desk, [row]);
  const number = (await repo.read('Patient', recording.patientId) as unknown as { identifier: { value: string }[] }).identifier.map(({ value }) => value).find((value) => /^999\d{7}$/.test(value)) ?? '';
  const { startedAt } = repo.manifest(recording.id);
  return { row, number, nhsNumber: number.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3'), day: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Europe/London' }).format(new Date(startedAt)) };
}

/** Everything that the export left outside of the vault. */
const left = (): { name: string; text: string }[] => (existsSync(join(at.profile, 'Downloads')) ? readdirSync(join(at.profile, 'Downloads')) : []).map((name) => ({ name, text: readFileSync(join(at.profile, 'Downloads', name), 'utf8') }));
const recorded = () => (at.desk.vault?.ledger.entries(1, 10_000) ?? []).map(({ body }) => JSON.parse(body.toString('utf8')) as Record<string, unknown>).filter(({ event }) => event === 'exported');

it('has no name, birth date, NHS number, title or consultation date unless chosen; with them where they are', async () => {
  const { row, number, nhsNumber, day } = await reviewed();
  const identifiers = ['Canaryfamily', 'Canarygiven', 'Canarytitle', '1931', 'August 1931', number, nhsNumber, day];
  expect(identifiers.every((one) => one.length > 3)).toBe(true);
  const without = await exportReflection(at.desk, row, { reflection: 'I waited.', patient: false, length: 200 });
  expect(left().map(({ name }) => name).sort()).toEqual([without.file, `${without.file}.about.txt`]);
  expect(without.file).toMatch(/^viewing-room-portfolio-\d{4}-\d\d-\d\d-1\.pdf$/);
  for (const { name, text } of left()) for (const one of identifiers) expect(`${name} ${text}`).not.toContain(one);
  for (const one of identifiers) expect(JSON.stringify(recorded())).not.toContain(one);
  const chosen = await exportReflection(at.desk, row, { reflection: 'I waited.', patient: true, length: 200 });
  const page = left().find(({ name }) => name === chosen.file)?.text ?? '';
  for (const one of ['Canaryfamily', 'Canarygiven', 'Canarytitle', '17 August 1931', nhsNumber, day]) expect(page).toContain(one);
  expect(recorded().map((entry) => [entry.what, JSON.parse(entry.filter as string) as unknown])).toEqual([false, true].map((patient) => ['portfolio.pdf', { recording: expect.stringMatching(/^urn:uuid:/) as unknown, patient }]));
});

it('has the reflection, each form in its own words by whom, the notes at their times, and what was watched; as text', async () => {
  const { row } = await reviewed();
  const { file, rows } = await exportReflection(at.desk, row, { reflection: 'First.\n<img src=x>', patient: false, length: 200 });
  const page = left().find(({ name }) => name === file)?.text ?? '';
  for (const part of ['<p>First.</p><p>&lt;img src=x&gt;</p>', 'Excellent', 'Needs Further Development', 'Not graded', '&lt;script&gt;alert(1)&lt;/script&gt;', '1:33', 'Open &lt;b&gt;question&lt;/b&gt;', 'Dr Ben Exampleby', 'Dr Ada Sampleton, released', 'Cues', '0 seconds of 3 minutes 20 seconds (0%)']) expect(page).toContain(part);
  expect(page).not.toContain('Hidden from groups');
  expect(page).not.toMatch(/<script|<img/);
  expect(rows).toBe(3);
});

it('is not made where it could not be recorded, nor of a recording that does not pass', async () => {
  const { row } = await reviewed();
  const { journal } = at.desk;
  if (!journal) throw new Error('no journal');
  const write = journal.write.bind(journal);
  journal.write = (event) => {
    if (event.event === 'exported') throw new Error('disk');
    write(event);
  };
  await expect(exportReflection(at.desk, row, { reflection: '', patient: false, length: null })).rejects.toThrow('disk');
  expect(left()).toEqual([]);
  await expect(exportReflection(at.desk, 'no-row', { reflection: '', patient: false, length: null })).rejects.toMatchObject({ code: 'bad-request' });
});

it('is not made of a recording that is withheld by the time that its pages are', async () => {
  const { row } = await reviewed();
  const { machine } = at.desk;
  const print = machine.printPdf.bind(machine);
  vi.spyOn(machine, 'printPdf').mockImplementation(async (page) => {
    const { library, ledger } = at.desk.vaultOrThrow();
    ledger.keepWrongPatient(library.assignment(row)?.recording ?? '', 1);
    return print(page);
  });
  await expect(exportReflection(at.desk, row, { reflection: '', patient: true, length: null })).rejects.toMatchObject({ code: 'recording-withheld' });
  expect([left(), recorded()]).toEqual([[], []]);
});

it.each([
  ['lease-ended', (): void => at.desk.vaultOrThrow().ledger.set('lease', null)],
  ['recording-not-here', (): void => {
    const { library } = at.desk.vaultOrThrow();
    for (const one of library.assignments()) library.saveAssignment({ ...one, evidence: { ...one.evidence, task: { ...one.evidence.task, input: [] } } });
  }],
])('is not made where the recording could not be opened now: %s', async (code, meanwhile) => {
  const { row } = await reviewed();
  at.desk.stand({ online: false });
  await exportReflection(at.desk, row, { reflection: 'While it may be opened.', patient: false, length: null });
  meanwhile();
  await expect(exportReflection(at.desk, row, { reflection: '', patient: true, length: null })).rejects.toMatchObject({ code });
  expect(at.recorded().filter((event) => event === 'denied')).toHaveLength(1);
  expect(recorded()).toHaveLength(1);
  at.desk.watching.clear();
  await expect(exportReflection(at.desk, row, { reflection: '', patient: true, length: null })).rejects.toMatchObject({ code: 'bad-request' });
});

it('says how much was watched, and never all of it where some was not', () => {
  expect([watchedWords(10, null), watchedWords(99.4, 100), watchedWords(100, 100), watchedWords(130, 100), watchedWords(0, 0)]).toEqual(['10 seconds', '1 minute 40 seconds of 1 minute 40 seconds (99%)', '1 minute 40 seconds of 1 minute 40 seconds (100%)', '1 minute 40 seconds of 1 minute 40 seconds (100%)', '0 seconds']);
  expect([placeWords(93.4, null), placeWords(3729, 3731)]).toEqual(['1:33', '1:02:09 to 1:02:11']);
  const hostile = '"><script>x</script>';
  const what: Portfolio = { patient: { name: hostile, dateOfBirth: '1962-03-14', nhsNumber: null, consultedAt: '2026-11-20T10:00:00Z', title: hostile }, review: 'peer', purpose: hostile, medium: 'audio', reflection: hostile, forms: [{ form: null, title: hostile, author: hostile, releasedAt: '2026-11-20T10:00:00Z', answers: {} }], notes: [], watched: 1, length: 2 };
  expect(portfolio(what, stamp).page).not.toContain('<script');
});
