/** Trainer and trainee: graded by keyboard alone, a note cited, released; read, heard at its place and answered by the other; and at the practice exactly that. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Communication, QuestionnaireResponse } from '@medplum/fhirtypes';
import { expect, test, type Locator, type Page } from '@playwright/test';
import type { ViewingRoom } from '../src/preload/contract.ts';
import { downloads, pdfText, saidIn } from './support/exports.ts';
import { firstSignIn, openClinic, review, row, videoState, type Clinic } from './support/journey.ts';
import { tabTo as tabWithin } from './support/keyboard.ts';

interface Inside { viewingRoom: ViewingRoom }
const COT = 'https://viewing-room.example/fhir/Questionnaire/cot|1';
const soon = { timeout: 60_000 };
let clinic: Clinic;
test.beforeEach(async () => {
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

/** Tab until it has the focus. */
const tabTo = (window: Page, wanted: Locator) => tabWithin(window, wanted, { most: 60 });

/** Another tab beside the player, by keyboard. */
async function openTab(window: Page, name: RegExp): Promise<void> {
  await tabTo(window, window.getByRole('tab', { selected: true }));
  for (let pressed = 0; pressed < 5 && !(await window.getByRole('tab', { name }).evaluate((tab) => tab === document.activeElement)); pressed += 1) await window.keyboard.press('ArrowRight');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
}

/** Of the row that is open. Notes and messages have panels, and specs, of their own. */
const rowId = (page: Page, patient: string) => page.evaluate(async (name) => {
  const door = (globalThis as unknown as Inside).viewingRoom;
  const list = await door.worklist();
  const rows = list.ok ? await door.rows(list.value.ids, '') : list;
  return rows.ok ? rows.value.rows.find((one) => one.patient.name.includes(name))?.id ?? '' : '';
}, patient);

test('a trainer grades a COT by keyboard, cites a note and releases it; the trainee sees it and replies', async () => {
  test.setTimeout(300_000);
  const { practice } = clinic;
  const [cara, ben] = [clinic.person('cara'), clinic.person('ben')];
  const recording = await practice.repo.addRecording({ owner: 'ben', purpose: 'TRAIN', patient: { family: 'Formsperson' }, title: 'Formstitle', consent: { status: 'active', purposes: ['TRAIN', 'HQUALIMP'] } });
  await practice.repo.assign(recording.id, 'cara', new Date(Date.now() + 5 * 86_400_000));
  const at = async () => (await practice.repo.all<QuestionnaireResponse>('QuestionnaireResponse')).filter(({ subject }) => subject?.reference === `DocumentReference/${recording.id}`);
  const onForm = async () => (await at()).find(({ questionnaire }) => questionnaire === COT);

  const trainer = await clinic.start();
  await firstSignIn(trainer, cara);
  const { window } = trainer;
  await expect(row(window, 'Formsperson')).toContainText('Ready offline', soon);
  await review(window, 'Formsperson');
  const id = await rowId(window, 'Formsperson');
  expect(await window.evaluate(async (open) => (await (globalThis as unknown as Inside).viewingRoom.saveNote(open, null, { kind: 'point', from: 9, until: null, category: 'strength', text: 'Waits for the answer <b>here</b>' })).ok, id)).toBe(true);
  // The demo's forms, and the one that the practice made itself.
  await openTab(window, /^Forms/);
  await tabTo(window, window.getByLabel('Form', { exact: true }));
  await expect(window.getByLabel('Form', { exact: true }).locator('option')).toHaveText(['Choose a form', 'Consultation Observation Tool', 'Free feedback', 'SCA-style review', 'Telephone check of Demo Surgery']);
  await window.keyboard.type('Cons');
  await window.keyboard.press('Enter');
  await expect(window.getByText('0 of 13 graded')).toBeVisible();
  await expect(window.getByRole('button', { name: 'Release feedback' })).toHaveAttribute('aria-disabled', 'true');

  const grades = [3, 2, 2, 1, 2, 0, 2, 3, 2, 2, 1, 2, 3];
  for (const [n, grade] of grades.entries()) {
    const group = window.getByRole('group', { name: new RegExp(`^${n + 1} `) });
    await tabTo(window, group.getByRole('radio').first());
    await window.keyboard.press('Space');
    for (let down = 0; down < grade; down += 1) await window.keyboard.press('ArrowDown');
    await expect(group.getByRole('radio').nth(grade)).toBeChecked();
    if (n > 0) continue;
    await tabTo(window, window.getByRole('button', { name: /^Cite a note: 1 / }));
    await window.keyboard.press('Enter');
    await tabTo(window, window.getByRole('checkbox', { name: /Waits for the answer/ }));
    await window.keyboard.press('Space');
  }
  await tabTo(window, window.getByLabel('Feedback', { exact: true }));
  await window.keyboard.type('Calm and clear. <i>Well done</i>');
  await expect(window.getByText('13 of 13 graded')).toBeVisible();
  await expect(window.getByRole('region', { name: 'Consultation Observation Tool' }).getByText('Kept as your draft')).toBeVisible(soon);
  await expect.poll(async () => (await onForm())?.item?.length, soon).toBe(14);
  expect((await at()).map(({ status }) => status)).toEqual(['in-progress', 'in-progress']);

  // Wide, and nothing is pushed out of the window at either width.
  await window.getByRole('button', { name: 'Wide' }).press('Enter');
  expect(await window.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
  await window.getByRole('button', { name: 'Wide' }).press('Enter');
  expect(await window.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);

  await window.getByRole('button', { name: 'Release feedback' }).press('Enter');
  const question = window.getByRole('dialog', { name: 'Release “Consultation Observation Tool”?' });
  await expect(question).toContainText('Dr Ben Exampleby will see it');
  await tabTo(window, question.getByRole('button', { name: 'Release', exact: true }));
  await window.keyboard.press('Enter');
  await expect(window.getByText(/^Released .* cannot be changed any more/)).toBeVisible();
  await expect.poll(async () => (await at()).map(({ status }) => status), soon).toEqual(['completed', 'completed']);
  const note = /urn:uuid:[0-9a-f-]{36}/.exec(JSON.stringify((await at()).find(({ questionnaire }) => questionnaire !== COT)?.item))?.[0];
  expect((await onForm())?.author?.reference).toBe(`Practitioner/${cara.practitionerId}`);
  expect((await onForm())?.item).toEqual([
    ...grades.map((valueInteger, n) => ({ linkId: `cot.${n + 1}`, answer: [{ valueInteger, ...(n === 0 ? { item: [{ linkId: 'cot.1.cites', answer: [{ valueUri: note }] }] } : {}) }] })),
    { linkId: 'feedback', answer: [{ valueString: 'Calm and clear. <i>Well done</i>' }] },
  ]);
  await trainer.close();

  const trainee = await clinic.start({ profileDir: path.join(clinic.folder, 'trainee') });
  await firstSignIn(trainee, ben);
  const theirs = trainee.window;
  await expect(row(theirs, 'Formsperson')).toContainText('Ready offline', soon);
  await review(theirs, 'Formsperson');
  await openTab(theirs, /^Forms/);
  const feedback = theirs.getByRole('region', { name: 'Feedback from others' });
  await expect(feedback).toContainText('From Dr Cara Testworth', soon);
  for (const words of ['1 Encourages the patient’s contribution', 'Excellent', 'Needs Further Development', 'Insufficient Evidence', 'Calm and clear. <i>Well done</i>']) await expect(feedback).toContainText(words);
  // A citation leads to 3 s before its place.
  await feedback.getByRole('button', { name: 'Go to 0:09 Waits for the answer <b>here</b>' }).press('Enter');
  await expect.poll(async () => Math.round((await videoState(theirs)).time)).toBe(6);
  const mine = await rowId(theirs, 'Formsperson');
  expect(await theirs.evaluate(async (open) => (await (globalThis as unknown as Inside).viewingRoom.sendMessage(open, 'Thank you: I will try that.', null)).ok, mine)).toBe(true);
  await expect.poll(async () => (await practice.repo.all<Communication>('Communication')).map(({ about, sender, recipient, payload }) => [about?.[0]?.reference, sender?.reference, recipient?.map(({ reference }) => reference), payload?.[0]?.contentString]), soon)
    .toEqual([[`DocumentReference/${recording.id}`, `Practitioner/${ben.practitionerId}`, [`Practitioner/${cara.practitionerId}`], 'Thank you: I will try that.']]);

  // What the trainee takes away says all of it, and not whose consultation it was.
  await theirs.getByRole('button', { name: 'Save a summary for your portfolio' }).press('Enter');
  await theirs.getByLabel('Your reflection').fill('I will ask first.');
  await theirs.getByRole('button', { name: 'Save the PDF' }).press('Enter');
  const saved = theirs.getByText(/^Saved as viewing-room-portfolio-/);
  await expect(saved).toBeVisible(soon);
  const [name = ''] = /viewing-room-portfolio-[^ ]*\.pdf/.exec(await saved.innerText()) ?? [];
  const file = path.join(downloads(), name);
  const text = await pdfText({ bytes: readFileSync(file) });
  for (const one of [file, `${file}.about.txt`]) rmSync(one);
  for (const words of ['I will ask first.', 'Dr Cara Testworth', 'Needs Further Development', 'Calm and clear.', '0:09']) expect(saidIn(text, words), words).toBeGreaterThan(0);
  for (const words of ['Formsperson', 'Formstitle']) expect(saidIn(text, words), words).toBe(0);
  await trainee.close();
});
