/** A whole review by the keyboard alone: notes at a point and on a stretch, a lock in the middle of a word, finishing without the practice, and what the practice has afterwards. */
import type { QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { everythingHere, firstSignIn, openClinic, PIN, videoState, type Clinic } from './support/journey.ts';
import { openRow, press, stage, tabTo as tabWithin } from './support/keyboard.ts';

const soon = { timeout: 60_000 };

let clinic: Clinic;
test.beforeEach(async () => {
  test.setTimeout(240_000);
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

/** Nothing of a review is further away. */
const MOST_STEPS = 120;
/** As somebody without a mouse gets there. */
const tabTo = (window: Page, target: Locator) => tabWithin(window, target, { most: MOST_STEPS });
const open = (window: Page, patient: string) => openRow(window, patient, MOST_STEPS);

const typing = (window: Page) => window.getByRole('textbox', { name: /^Note, / });
const noteList = (window: Page) => window.getByRole('list', { name: /^Notes, in the order/ }).getByRole('listitem');

async function playTo(window: Page, time: number): Promise<void> {
  if ((await videoState(window)).paused) await press(window, 'k');
  await expect.poll(async () => (await videoState(window)).time, soon).toBeGreaterThan(time);
}

test('a review by keyboard, through a lock and without the practice, arrives exactly once and whole', async () => {
  const ada = clinic.person('ada');
  const patient = clinic.recording('rec-01').patientName;
  const app = await clinic.start();
  const { window } = app;
  await firstSignIn(app, ada);
  await everythingHere(window);
  await open(window, patient);

  // Typing pauses and gives the note its place; saving goes on.
  await playTo(window, 2);
  await press(window, 'n');
  await expect(typing(window)).toBeFocused();
  await window.keyboard.type('Asks an open question');
  await expect.poll(async () => (await videoState(window)).paused).toBe(true);
  const pinned = (await videoState(window)).time;
  await expect(window.getByRole('textbox', { name: /^Note, at 0:0\d$/ })).toBeFocused();
  await press(window, 'Control+Enter');
  await expect(noteList(window)).toHaveCount(1);
  await expect(stage(window)).toBeFocused();
  await expect.poll(async () => (await videoState(window)).paused).toBe(false);

  // In and out make it a stretch.
  await playTo(window, pinned + 1);
  await press(window, 'i');
  await playTo(window, pinned + 3);
  await press(window, 'o', 'n');
  await window.keyboard.type('Sums up well');
  await expect(window.getByRole('textbox', { name: /^Note, from 0:\d\d to 0:\d\d$/ })).toBeFocused();
  // Esc goes back and keeps what is there.
  await press(window, 'Escape');
  await expect(stage(window)).toBeFocused();
  await press(window, 'n', 'Control+Enter');
  await expect(noteList(window)).toHaveCount(2);

  // Locked in the middle of a word.
  await press(window, 'n');
  await window.keyboard.type('Half a sent');
  await tabTo(window, window.getByRole('button', { name: 'Lock', exact: true }));
  await press(window, 'Enter');
  await tabTo(window, window.getByLabel('Your PIN', { exact: true }));
  await expect(window.getByText('Half a sent')).toHaveCount(0);
  await window.keyboard.type(PIN);
  await press(window, 'Enter');
  await expect(window.getByRole('heading', { level: 1, name: 'Your recordings' })).toBeVisible(soon);
  await open(window, patient);
  await press(window, 'n');
  await expect(typing(window)).toHaveValue('Half a sent');
  await press(window, 'End');
  await window.keyboard.type('ence, whole');
  await press(window, 'Control+Enter');
  await expect(noteList(window)).toHaveCount(3);

  // A slip can be put right.
  await tabTo(window, noteList(window).last().getByRole('button', { name: /^Remove the note/ }));
  await press(window, 'Enter');
  await expect(noteList(window)).toHaveCount(2);
  await expect(window.getByRole('button', { name: 'Undo' })).toBeFocused();
  await press(window, 'Enter');
  await expect(noteList(window)).toHaveCount(3);

  clinic.practice.lies.down = true;
  await tabTo(window, window.getByRole('tab', { selected: true }));
  await press(window, 'End', 'Enter');
  await tabTo(window, window.getByRole('button', { name: 'Finish review…' }));
  await press(window, 'Enter');
  const dialog = window.getByRole('dialog', { name: 'Finish this review?' });
  await expect(dialog).toContainText('3 notes');
  await tabTo(window, dialog.getByRole('button', { name: 'Finish review' }));
  await press(window, 'Enter');
  await expect(window.getByText('The practice has not been told yet.')).toBeVisible();
  await expect(window.getByRole('heading', { name: 'Where this review stands' })).toBeFocused();
  await expect(window.getByRole('button', { name: /^(Change|Remove) the note/ })).toHaveCount(0);

  clinic.practice.lies.down = false;
  await tabTo(window, window.getByRole('button', { name: 'Update now' }));
  await press(window, 'Enter');
  const { repo } = clinic.practice;
  const taskOf = async () => (await repo.all<Task>('Task')).find(({ focus, owner }) => focus?.reference === 'DocumentReference/rec-01' && owner?.reference === `Practitioner/${ada.practitionerId}`);
  await expect.poll(async () => (await taskOf())?.status, { timeout: 120_000 }).toBe('completed');
  const mine = (await repo.all<QuestionnaireResponse>('QuestionnaireResponse')).filter(({ author, subject }) => author?.reference === `Practitioner/${ada.practitionerId}` && subject?.reference === 'DocumentReference/rec-01');
  expect(mine).toHaveLength(1);
  const [{ id, status, item = [] } = {}] = mine;
  expect(status).toBe('completed');
  const comments = item.filter(({ linkId }) => linkId === 'comment').flatMap(({ answer = [] }) => answer);
  const placeOf = (words: string) => comments.find(({ valueString }) => valueString === words)?.item?.find(({ linkId }) => linkId === 'comment.at')?.answer?.[0]?.valueUri;
  expect(comments.map(({ valueString }) => valueString).sort()).toEqual(['Asks an open question', 'Half a sentence, whole', 'Sums up well']);
  expect(Number(/#t=([\d.]+)$/.exec(placeOf('Asks an open question') ?? '')?.[1])).toBeCloseTo(pinned, 0);
  expect(placeOf('Sums up well')).toMatch(/#t=[\d.]+,[\d.]+$/);
  expect((await taskOf())?.output?.map(({ valueReference }) => valueReference?.reference)).toEqual([`QuestionnaireResponse/${id ?? '?'}`]);
});
