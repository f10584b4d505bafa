/** What a clinician makes of a recording, and what becomes of it: notes, forms, messages, group teaching, finishing, and the words that outlive a recording. */
import path from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import type { Communication, Task } from '@medplum/fhirtypes';
import type { ViewingRoom } from '../../src/preload/contract.ts';
import type { NoteFields } from '../../src/preload/review.ts';
import type { RecordingInfo } from '../../practice/index.ts';
import type { App } from '../harness/app.ts';
import { everythingHere, firstSignIn, row, videoState, type Clinic } from '../support/journey.ts';
import { computerInside } from './computer.ts';
import { instead } from './door.ts';
import { finding, moments } from './list.ts';
import { backToList, goOn, open, tab, update } from './steps.ts';
import { heading, patience, type Tour } from './Tour.ts';

const stage = (window: Page) => window.getByTestId('stage');
const problem = (within: Page | Locator) => within.locator('.nhsuk-error-summary');
const typing = (window: Page) => window.getByRole('textbox', { name: /^Note, / });

/** Notes that the person wrote before: what the tour looks at is the list of them, and not their writing. */
async function write({ window }: App, patient: string, notes: readonly NoteFields[]): Promise<void> {
  const written = await window.evaluate(async ({ name, fields }) => {
    const door = (globalThis as unknown as { viewingRoom: ViewingRoom }).viewingRoom;
    const list = await door.worklist();
    const rows = list.ok ? await door.rows(list.value.ids, '') : list;
    const id = rows.ok ? rows.value.rows.find((one) => one.patient.name === name)?.id ?? '' : '';
    const saved = [];
    for (const note of fields) saved.push((await door.saveNote(id, null, note)).ok);
    return saved;
  }, { name: patient, fields: notes });
  expect(written).toEqual(notes.map(() => true));
}

const point = (from: number, category: NoteFields['category'], text: string): NoteFields => ({ kind: 'point', from, until: null, category, text });
const stretch = (from: number, until: number, category: NoteFields['category'], text: string): NoteFields => ({ kind: 'range', from, until, category, text });
const mask = (from: number, until: number): NoteFields => ({ kind: 'mask', from, until, category: 'general', text: '' });

/** The player's own states, and the transcript's. Leaves the recording open. */
export async function player(tour: Tour, app: App, patient: string): Promise<void> {
  const { window } = app;
  await open(app, patient);
  await tour.picture(app, 'review-before', 'Before the first frame: whose recording it is, and nothing plays unasked.');
  await goOn(app, 3);
  await expect(window.locator('.vjs-text-track-cue')).not.toHaveCount(0, patience);
  await stage(window).press('k');
  await window.getByLabel('Caption size').selectOption('large');
  await window.getByLabel('Caption background').selectOption('half');
  await expect(window.locator('.vr-captions--large.vr-captions--half, .vr-captions--large .vr-captions--half').first()).toBeVisible(patience);
  await tour.picture(app, 'review-captions', 'Captions as the person chose them: large, on a half dark ground.');
  await window.getByLabel('Caption size').selectOption('medium');
  await window.getByLabel('Caption background').selectOption('solid');
  for (const key of ['i', 'ArrowRight', 'o', 'r']) await stage(window).press(key);
  await expect(window.getByRole('button', { name: 'Loop on' })).toBeVisible(patience);
  await tour.picture(app, 'review-marks', 'From and to are set, and the stretch between them is looped.');
  await stage(window).press('Escape');
  const bar = await window.locator('.vjs-progress-holder').boundingBox();
  if (!bar) throw new Error('there is no progress bar');
  await window.mouse.move(bar.x + bar.width * 0.6, bar.y + bar.height / 2);
  const small = window.getByTestId('hover-picture');
  await expect(small).toBeVisible(patience);
  await expect.poll(() => small.evaluate((canvas: HTMLCanvasElement) => new Set(canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data).size), patience).toBeGreaterThan(20);
  await tour.glance(window, 'review-hover', 'Where the pointer is on the progress bar, a small picture of that place: made here, and sealed beside the recording.', { pointing: true });
  await window.mouse.move(2, 2);

  await window.getByPlaceholder('Search the transcript').fill('I');
  await expect(window.locator('.vr-mark--current')).toBeVisible(patience);
  await tour.picture(app, 'transcript-search', 'A search in the transcript: every match is marked, Enter goes from one to the next, and following pauses.');
  await window.getByPlaceholder('Search the transcript').fill('nothing of that kind');
  await expect(window.getByText('Not found')).toBeVisible(patience);
  await tour.picture(app, 'transcript-search-nothing', 'A search in the transcript that finds nothing.');
  await window.getByRole('button', { name: 'Jump to current' }).click();
  await window.locator('[data-line="5"]').evaluate((line) => line.scrollIntoView({ block: 'center' }));
  const [from, to] = [await window.locator('[data-line="4"] > span').boundingBox(), await window.locator('[data-line="6"] > span').boundingBox()];
  if (!from || !to) throw new Error('there are no lines to select');
  await window.mouse.move(from.x + 4, from.y + 8);
  await window.mouse.down();
  await window.mouse.move(to.x + to.width - 4, to.y + to.height - 8, { steps: 6 });
  await window.mouse.up();
  await expect(window.getByRole('button', { name: /^Note on / })).toBeVisible(patience);
  await tour.picture(app, 'transcript-selected', 'Text that is selected in the transcript becomes a note on that stretch.');
  await window.getByRole('button', { name: /^Note on / }).click();
  await expect(typing(window)).toBeFocused();
  await tour.picture(app, 'note-from-transcript', 'The note has its stretch before a word of it is written.');
}

/** From no note to several. The recording is open on its tab for notes. */
export async function notes(tour: Tour, app: App, patient: string): Promise<void> {
  const { window } = app;
  await open(app, patient);
  await tab(app, 'Notes');
  await tour.picture(app, 'notes-none', 'Notes, before the first: what to press, and where to type.');
  await tab(app, 'Transcript');
  await goOn(app, 4);
  await stage(window).press('n');
  await window.keyboard.type('Lets her finish before asking');
  await expect(window.getByText('Draft kept on this computer.')).toBeVisible(patience);
  await tour.picture(app, 'note-writing', 'A note is being written: the recording has paused, the note has its place, and what is typed is kept at once.');
  let back = await instead(app, 'saveDraft', 'disk-full');
  await window.keyboard.type(' more');
  await expect(window.getByText(/Your draft is not kept yet/)).toBeVisible(patience);
  await tour.picture(app, 'note-not-kept', 'What is typed could not be kept: it is said at once, and the app goes on trying.');
  await back();
  back = await instead(app, 'saveNote', 'disk-full', { of: 'note' });
  await window.getByRole('button', { name: 'Save note' }).click();
  await expect(problem(window)).toBeVisible(patience);
  await tour.picture(app, 'note-not-saved', 'A note that could not be saved: why, and it stays where it was typed.');
  await back();
  await window.getByRole('button', { name: 'Save note' }).click();
  await expect(problem(window)).toHaveCount(0, patience);
  await window.getByRole('button', { name: 'Save note' }).click();
  await expect(window.getByText('Write something first.')).toBeVisible(patience);
  await tour.picture(app, 'note-empty', 'A note without a word is not saved.');
  await write(app, patient, [
    point(8.2, 'strength', 'An open question, and then time for the answer.'), stretch(19, 25.5, 'development', 'The patient says what frightens her. Come back to it before the plan: what did she think it was?'),
    point(32, 'question', 'Safety net agreed, but until when?'), mask(38, 43), point(45, 'learning', 'Diary first, tablets second.'),
  ]);
  await expect(window.getByRole('list', { name: /^Notes, in the order/ }).getByRole('listitem')).toHaveCount(6, patience);
  await expect(window.getByText('Sent to the practice').first()).toBeVisible({ timeout: 60_000 });
  await tour.picture(app, 'notes', 'Several notes: points, a stretch and a mask, each with its kind, and whether the practice has it; the lanes under the picture show where they are.', { large: true });
  await window.getByRole('button', { name: /^Change the note 0:19/ }).click();
  await expect(window.getByRole('heading', { name: 'Change a note' })).toBeVisible(patience);
  await tour.picture(app, 'note-changing', 'A note is changed in place; leaving it as it was is one button away.');
  await window.getByRole('button', { name: 'Leave as it was' }).click();
  await window.getByRole('button', { name: /^Remove the note 0:45/ }).click();
  await expect(window.getByRole('button', { name: 'Undo' })).toBeVisible(patience);
  await tour.picture(app, 'note-removed', 'A note was removed, and can be had back.');
  await tab(app, 'Messages');
  await tour.picture(app, 'messages-nobody', 'Messages go only between those whom the recording concerns; here that is nobody else.');
}

/** Somebody else is in the room. The recording is open, and a stretch of it is masked. */
export async function group(tour: Tour, app: App): Promise<void> {
  const { window } = app;
  await tab(app, 'Finish');
  await window.getByRole('button', { name: 'Start group teaching' }).click();
  await expect(window.getByText(/Say who is in the room/)).toBeVisible(patience);
  await tour.picture(app, 'group-nobody', 'Group teaching needs to know who else is in the room.');
  await window.getByLabel('Who else is in the room?').fill('Dr Demo Trainee\nDr Sam Registrar');
  await window.getByRole('button', { name: 'Start group teaching' }).click();
  await expect(window.getByText(/^Group teaching is on/).first()).toBeVisible(patience);
  await tour.picture(app, 'group-on', 'Group teaching is on: who is there is said above the player for as long as it is, and the patient’s details are hidden until they are asked for.');
  await tab(app, 'Notes');
  await tour.picture(app, 'group-notes', 'Notes are out of sight while others are in the room, and more can be written.');
  await window.getByRole('button', { name: 'Show notes' }).click();
  await window.getByRole('button', { name: /^Go to 0:38/ }).click();
  await tab(app, 'Transcript');
  await stage(window).press('ArrowRight');
  await expect(window.getByTestId('cover')).toBeVisible(patience);
  await expect(window.getByText('Masked', { exact: true }).last()).toBeVisible(patience);
  await tour.picture(app, 'group-masked', 'A masked stretch: no picture, no sound and no words of it while others are in the room. The file is unchanged.');
  await tab(app, 'Finish');
  await window.getByRole('button', { name: 'End group teaching' }).click();
  await expect(window.getByText(/^Group teaching is on/)).toHaveCount(0, patience);
}

const grade = async ({ window }: App, question: RegExp, name: string) => window.getByRole('group', { name: question }).getByRole('radio', { name, exact: true }).check();
const choose = ({ window }: App, title: string) => window.getByLabel('Form', { exact: true }).selectOption({ label: title });

/** A trainer grades a trainee's consultation and releases it. Leaves the recording open, with another form as a draft. */
export async function forms(tour: Tour, app: App, recording: RecordingInfo): Promise<void> {
  const { window } = app;
  await open(app, recording.patientName);
  await write(app, recording.patientName, [point(9, 'strength', 'Waits for the answer'), stretch(24, 31, 'development', 'The plan comes before the question')]);
  await tab(app, 'Forms');
  await tour.picture(app, 'form-choose', 'The practice’s forms: none is begun.');
  await choose(app, 'Consultation Observation Tool');
  await expect(window.getByText('0 of 13 graded')).toBeVisible(patience);
  await tour.picture(app, 'form-empty', 'The COT with its 13 criteria: nothing is graded, so nothing can be released.');
  await grade(app, /^1 /, 'Excellent');
  await window.getByRole('button', { name: /^Cite a note: 1 / }).click();
  await window.getByRole('checkbox', { name: /Waits for the answer/ }).check();
  await tour.picture(app, 'form-citing', 'A grade cites the notes that it rests on.');
  await window.getByRole('button', { name: 'Close notes' }).click();
  for (const [question, name] of [[/^2 /, 'Competent'], [/^3 /, 'Competent'], [/^4 /, 'Needs Further Development']] as const) await grade(app, question, name);
  await expect(window.getByText('4 of 13 graded')).toBeVisible(patience);
  await expect(window.getByText('Kept as your draft')).toBeVisible({ timeout: 60_000 });
  await tour.picture(app, 'form-part', 'Graded in part, and kept with every choice; the notes that a grade rests on lead to their place.', { large: true });
  await window.getByRole('button', { name: 'Wide' }).click();
  await tour.picture(app, 'form-wide', 'The form in half of the window, the picture smaller beside it.');
  await window.getByRole('button', { name: 'Wide' }).click();
  let back = await instead(app, 'saveForm', 'disk-full');
  await grade(app, /^5 /, 'Competent');
  await expect(window.getByText('Not saved. Trying again.')).toBeVisible(patience);
  await tour.picture(app, 'form-not-kept', 'A grade that could not be kept: it is said beside the count, and tried again.');
  await back();
  for (let n = 6; n <= 13; n += 1) await grade(app, new RegExp(`^${n} `), n === 11 ? 'Needs Further Development' : 'Competent');
  await grade(app, /^Overall judgement/, 'Competent');
  await window.getByLabel('Feedback', { exact: true }).fill('Calm and clear. Ask what she would like before you tell her the plan.');
  await window.getByRole('button', { name: 'Release feedback' }).scrollIntoViewIfNeeded();
  await tour.picture(app, 'form-whole', 'Graded whole, with feedback in words: still a draft that nobody else sees.');

  await choose(app, 'Telephone check of Demo Surgery');
  await grade(app, /^Asked whether/, 'Partly done');
  await window.getByRole('button', { name: 'Release feedback' }).scrollIntoViewIfNeeded();
  await expect(window.getByText('One question must be answered first.')).toBeVisible(patience);
  await tour.picture(app, 'form-practice', 'A form that the practice made itself, with help and a question that must be answered before it is released.');
  await choose(app, 'SCA-style review');
  await expect(window.getByText('0 of 3 graded')).toBeVisible(patience);
  await tour.picture(app, 'form-sca', 'An SCA-style form, and that it is not the exam.');
  await choose(app, 'Free feedback');
  await expect(window.getByText('0 of 3 written')).toBeVisible(patience);
  await tour.picture(app, 'form-free', 'Free feedback: what went well, what could be different, what is next.');

  await choose(app, 'Consultation Observation Tool (draft)');
  await window.getByRole('button', { name: 'Release feedback' }).click();
  await tour.dialog(app, 'review/FormEditor.tsx', 'form-release', 'Before feedback is released: whose recording it is, how much of it was watched, who will see it, and that it cannot be taken back.');
  back = await instead(app, 'releaseForm', 'disk-full', { of: 'release' });
  await window.getByRole('button', { name: 'Release', exact: true }).click();
  await expect(problem(window.getByRole('dialog'))).toBeVisible(patience);
  await tour.dialog(app, 'review/FormEditor.tsx', 'form-release-failed', 'It could not be released: why, in the dialog, and nothing is lost.');
  await back();
  await window.getByRole('button', { name: 'Release', exact: true }).click();
  await expect(window.getByText(/^Released .* cannot be changed any more/)).toBeVisible(patience);
  await tour.picture(app, 'form-released', 'Released feedback, as the trainee reads it: final, and on its way.');
  await window.getByRole('button', { name: 'Save a summary for your portfolio' }).click();
  await window.getByLabel('Your reflection').fill('Graded after the second viewing.');
  await tour.dialog(app, 'review/PortfolioDialog.tsx', 'portfolio', 'A summary for a portfolio: a reflection, and no patient in it unless that is chosen.');
  await window.getByLabel(/^Put in who the patient is/).check();
  await tour.dialog(app, 'review/PortfolioDialog.tsx', 'portfolio-named', 'With the patient in it: what that means is said.');
  await window.getByRole('button', { name: 'Cancel' }).click();
}

/** Messages about the recording that is open, with the clinician who was in it. */
export async function thread(tour: Tour, app: App, clinic: Clinic, [me, other]: readonly [me: string, other: string]): Promise<void> {
  const { window } = app;
  const { practice } = clinic;
  await tab(app, 'Messages');
  await expect(window.getByText('No messages yet.')).toBeVisible(patience);
  await window.getByRole('button', { name: 'Send message' }).click();
  await expect(window.getByText('Write something first.')).toBeVisible(patience);
  await tour.picture(app, 'messages-none', 'No message yet: to whom one goes, and that an empty one is not sent.');
  practice.lies.down = true;
  await window.getByLabel('Your message').fill('Shall we look at the ending together on Thursday?');
  await window.getByLabel(/^About 0:/).check();
  await window.getByRole('button', { name: 'Send message' }).click();
  await expect(window.getByText('Saved here, not sent yet')).toBeVisible(patience);
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('No connection to the practice.')).toBeVisible(patience);
  await tour.picture(app, 'messages-unsent', 'Without the practice a message waits here, and says so.');
  practice.lies.down = false;
  await update(app);
  await expect(window.getByText('Sent to the practice').last()).toBeVisible({ timeout: 60_000 });
  const sent = await practice.repo.all<Communication>('Communication');
  const [mine] = sent.filter(({ sender }) => sender?.reference === `Practitioner/${clinic.person(me).practitionerId}`);
  if (!mine) throw new Error('the message has not arrived');
  await practice.repo.update<Communication>({
    ...mine, id: 'reply-tour', meta: undefined, identifier: (mine.identifier ?? []).map((one) => ({ ...one, value: 'urn:uuid:2f0d0f4e-6a0b-4d8e-9a55-3c1f7a9f5a11' })), extension: [], sent: new Date().toISOString(),
    sender: { reference: `Practitioner/${clinic.person(other).practitionerId}` }, recipient: [{ reference: `Practitioner/${clinic.person(me).practitionerId}` }], payload: [{ contentString: 'Thank you, yes. I had not noticed that I told her the plan first.' }],
  });
  await update(app);
  await expect(window.getByText(/I had not noticed/)).toBeVisible({ timeout: 60_000 });
  await tour.picture(app, 'messages', 'A thread with the other clinician; a message leads to the place that it is about.');
}

/** The review that is open is finished without the practice, then with it. It has notes, a released form and a draft. */
export async function finish(tour: Tour, app: App, { practice }: Clinic): Promise<void> {
  const { window } = app;
  await tab(app, 'Forms');
  await choose(app, 'SCA-style review');
  await grade(app, /^1 /, 'Pass');
  await expect(window.getByText('1 of 3 graded')).toBeVisible(patience);
  await stage(window).press('n');
  await window.keyboard.type('One more thing');
  await expect(window.getByText('Draft kept on this computer.')).toBeVisible(patience);
  await tab(app, 'Finish');
  await tour.picture(app, 'finish', 'Where the review stands, the ways on, and group teaching.');
  await window.getByRole('button', { name: 'Finish review…' }).click();
  await tour.dialog(app, 'review/FinishPanel.tsx', 'finish-dialog', 'Before a review is finished: whose recording it is, how much of it was watched, what the practice then has, what is still a draft, and what is unfinished.', { large: true });
  const back = await instead(app, 'completeReview', 'disk-full', { of: 'step' });
  await window.getByRole('button', { name: 'Finish review', exact: true }).click();
  await expect(problem(window)).toBeVisible(patience);
  await tour.picture(app, 'finish-failed', 'It could not be finished: why, beside the player.');
  await back();
  practice.lies.down = true;
  await window.getByRole('button', { name: 'Finish review…' }).click();
  await window.getByRole('button', { name: 'Finish review', exact: true }).click();
  await expect(window.getByText('The practice has not been told yet.')).toBeVisible(patience);
  await tour.picture(app, 'finish-unsent', 'Finished without the practice: it is told by itself as soon as there is a connection.');
  practice.lies.down = false;
  await update(app);
  await expect(window.getByText('The practice knows.')).toBeVisible({ timeout: 60_000 });
  await tour.picture(app, 'finished', 'Finished, and the practice knows.');
  await tab(app, 'Notes');
  await tour.picture(app, 'notes-finished', 'The notes of a finished review stay as they are.');
  await backToList(app);
}

export async function decline(tour: Tour, app: App, patient: string): Promise<void> {
  const { window } = app;
  await open(app, patient);
  await tab(app, 'Finish');
  await window.getByRole('button', { name: 'Decline…' }).click();
  await window.getByRole('button', { name: 'Decline', exact: true }).click();
  await expect(problem(window.getByRole('dialog'))).toBeVisible(patience);
  await tour.dialog(app, 'review/FinishPanel.tsx', 'decline-error', 'A review is declined with a reason, and not without.');
  await window.getByRole('dialog').getByLabel('Why?').selectOption({ label: 'The patient or the recording is wrong' });
  await tour.dialog(app, 'review/FinishPanel.tsx', 'decline', 'Where the reason is the wrong patient, the key that closes the recording at once is named.');
  await window.getByRole('dialog').getByLabel('Why?').selectOption({ label: 'I have no time for it' });
  const back = await instead(app, 'rejectReview', 'disk-full');
  await window.getByRole('button', { name: 'Decline', exact: true }).click();
  await expect(problem(window)).toBeVisible(patience);
  await back();
  await window.getByRole('button', { name: 'Decline…' }).click();
  await expect(window.getByRole('dialog').getByLabel('Why?')).toHaveValue('no-time');
  await window.getByRole('button', { name: 'Decline', exact: true }).click();
  await heading(window, 'Your recordings');
  await expect(window.getByText(/^You declined a review/)).toBeVisible(patience);
  await tour.picture(app, 'declined', 'Declined: it is off the list, and the practice is told.');
}

const taskOf = async ({ practice }: Clinic, { taskIds: [id = ''] }: RecordingInfo): Promise<Task & { id: string }> => practice.repo.read<Task>('Task', id);

/** The practice finished the review meanwhile. */
export async function finishedElsewhere(tour: Tour, app: App, clinic: Clinic, recording: RecordingInfo): Promise<void> {
  const { window } = app;
  const { practice } = clinic;
  await open(app, recording.patientName);
  practice.lies.down = true;
  await stage(window).press('n');
  await window.keyboard.type('Written on the train');
  await window.keyboard.press('Control+Enter');
  await expect(window.getByText('Saved here, not sent yet')).toBeVisible(patience);
  await tab(app, 'Finish');
  await expect(window.getByText('The practice has not been told yet.')).toBeVisible(patience);
  await practice.repo.update<Task>({ ...(await taskOf(clinic, recording)), status: 'completed' });
  practice.lies.down = false;
  await update(app);
  await expect(window.getByText('This review was already finished').first()).toBeVisible({ timeout: 60_000 });
  await tour.picture(app, 'conflict', 'The review was finished elsewhere before the own step arrived: what happened, what counts, and that nothing of one’s own is lost.');
  await backToList(app);
}

/** One recording is withdrawn and one given to a colleague while words about them wait here: they are kept, and removed when the practice has answered. */
export async function keptWork(tour: Tour, app: App, clinic: Clinic, withdrawn: RecordingInfo, reassigned: RecordingInfo, to: string): Promise<void> {
  const { window } = app;
  const { practice } = clinic;
  practice.lies.down = true;
  await open(app, reassigned.patientName);
  await write(app, reassigned.patientName, [point(6, 'strength', 'Listens without a word'), stretch(14, 22, 'safety', 'Red flags asked, one by one')]);
  await tab(app, 'Forms');
  await choose(app, 'Free feedback');
  await window.getByLabel('What went well', { exact: true }).fill('The opening, and the silence after it.');
  await expect(window.getByText('Saved here, not sent yet').last()).toBeVisible(patience);
  await backToList(app);
  await open(app, withdrawn.patientName);
  await write(app, withdrawn.patientName, [point(4, 'question', 'Why was the appointment moved?')]);
  await stage(window).press('n');
  await window.keyboard.type('Half a thought');
  await expect(window.getByText('Draft kept on this computer.')).toBeVisible(patience);
  await practice.repo.update<Task>({ ...(await taskOf(clinic, reassigned)), owner: { reference: `Practitioner/${clinic.person(to).practitionerId}` } });
  await practice.repo.update<Task>({ ...(await taskOf(clinic, withdrawn)), status: 'cancelled', statusReason: { text: 'consent-withdrawn' } });
  practice.lies.down = false;
  await update(app);
  await heading(window, 'The recording has been closed');
  await expect(window.getByRole('button', { name: 'What you wrote' })).toBeVisible(patience);
  await tour.picture(app, 'withdrawn-kept', 'A recording that was withdrawn while a note was being written: the words are kept, and the way to them is here.');
  await backToList(app);
  await expect(window.getByText(/no longer yours \(2\)/)).toBeVisible({ timeout: 60_000 });
  await tour.picture(app, 'worklist-kept', 'The list says that there are words about recordings that are no longer one’s own.');
  await window.getByText(/no longer yours \(2\)/).click();
  await expect(window.getByRole('button', { name: /^Remove what is kept/ }).first()).toBeVisible({ timeout: 60_000 });
  await tour.screen(app, /^Your notes for recordings/, 'kept', 'One’s own words about recordings that were withdrawn or given to somebody else. No patient is named.');
  const back = await instead(app, 'dropKeptWork', 'disk-full');
  await window.getByRole('button', { name: /^Remove what is kept/ }).first().click();
  await window.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(problem(window)).toBeVisible(patience);
  await tour.picture(app, 'kept-problem', 'Kept words could not be removed: why, and they are still there.');
  await back();
  await expect(window.getByRole('button', { name: /^Remove what is kept/ })).toHaveCount(2, patience);
  for (let left = 2; left > 0; left -= 1) {
    await window.getByRole('button', { name: /^Remove what is kept/ }).first().click();
    if (left === 2) await tour.dialog(app, 'screens/KeptWorkScreen.tsx', 'kept-remove', 'Before kept words are removed: what is gone for good.');
    await window.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(window.getByRole('alertdialog')).toHaveCount(0, patience);
    if (left === 2) await tour.picture(app, 'kept-removed', 'One of them is removed.');
  }
  await expect(window.getByText('Nothing is kept')).toBeVisible(patience);
  await tour.picture(app, 'kept-empty', 'Nothing is kept any more.');
  await backToList(app);
}

/** What a trainer released, as the trainee finds it, and the trainee's answer. The recording is open. */
export async function trainee(tour: Tour, app: App): Promise<void> {
  const { window } = app;
  await tab(app, 'Notes');
  await tour.picture(app, 'notes-others', 'A trainer’s notes beside one’s own: outlined on the lanes, and by name.');
  await tab(app, 'Forms');
  await expect(window.getByText(/^From Dr Dee Bothroles/)).toBeVisible(patience);
  await tour.picture(app, 'feedback', 'Released feedback as the trainee reads it; a note that a grade cites leads to its place.');
  await tab(app, 'Messages');
  await window.getByLabel('Your message').fill('Thank you. I will ask first next time.');
  await window.getByRole('button', { name: 'Send message' }).click();
  await expect(window.getByText('Sent to the practice').last()).toBeVisible({ timeout: 60_000 });
  await tour.picture(app, 'feedback-reply', 'The trainee’s reply.');
}

export async function settings(tour: Tour, app: App, patient: string): Promise<void> {
  const { window } = app;
  await window.getByRole('button', { name: 'Settings' }).click();
  await tour.screen(app, 'Settings', 'settings', 'What a person chooses for themselves; each change counts at once.', { large: true });
  await computerInside(tour, app);
  const back = await instead(app, 'saveSettings', 'disk-full');
  await window.getByLabel('Use shortcuts of one letter or sign').uncheck();
  await expect(window.getByText(/could not be kept/)).toBeVisible(patience);
  await tour.picture(app, 'settings-not-kept', 'A choice that could not be kept holds until the app locks, and says so.');
  await back();
  await window.getByRole('button', { name: 'Try again' }).click();
  await expect(window.getByText(/could not be kept/)).toHaveCount(0, patience);
  await window.getByRole('button', { name: 'Show every shortcut' }).click();
  await tour.dialog(app, 'player/HelpDialog.tsx', 'keys-off', 'Every shortcut, with those of one letter turned off.');
  await window.getByRole('button', { name: 'Close' }).click();
  await window.getByLabel('Use shortcuts of one letter or sign').check();
  await window.getByLabel('Largest').check();
  await tour.picture(app, 'settings-largest', 'Settings with the largest letters.');
  await backToList(app);
  await tour.picture(app, 'worklist-largest', 'The worklist with the largest letters.');
  await open(app, patient);
  await tab(app, 'Notes');
  await tour.picture(app, 'review-largest', 'A review with the largest letters.', { large: true });
  await backToList(app);
  await window.getByRole('button', { name: 'Settings' }).click();
  await window.getByLabel('Normal', { exact: true }).check();
  await window.waitForTimeout(600);
  await backToList(app);
}

/** Sizes of the picture, and where one stopped. */
export async function pictureSizes(tour: Tour, app: App, patient: string): Promise<void> {
  const { window } = app;
  await open(app, patient);
  await goOn(app, 5);
  await expect.poll(async () => (await videoState(window)).time, patience).toBeGreaterThan(10);
  await backToList(app);
  await open(app, patient);
  await expect(window.getByRole('button', { name: /^Continue from / })).toBeVisible(patience);
  await tour.picture(app, 'review-continue', 'A recording that was left in the middle: go on from there, or from the beginning.');
  await window.getByLabel('Picture', { exact: true }).selectOption('large');
  await tour.picture(app, 'review-large', 'A large picture: the patient above it, what is beside it below.');
  await window.getByLabel('Picture', { exact: true }).selectOption('small');
  await tour.picture(app, 'review-small', 'A small picture.');
  await window.getByLabel('Picture', { exact: true }).selectOption('fit');
  const back = await instead(app, 'review', 'disk-fault');
  await backToList(app);
  await row(window, patient).getByRole('button', { name: /^Review/ }).click();
  await expect(problem(window)).toBeVisible(patience);
  await tour.picture(app, 'review-no-work', 'What was written about a recording cannot be read: it can still be watched, and why is said.');
  await back();
  await backToList(app);
}

/** A clinician's day on a computer where nobody has been: every panel and dialog of a review, and what becomes of it. */
export async function atWork(tour: Tour, clinic: Clinic): Promise<void> {
  const app = await clinic.start({ profileDir: path.join(clinic.folder, 'work') });
  const cara = clinic.person('cara');
  await firstSignIn(app, cara);
  await everythingHere(app.window);
  const [watched, other, trainees, elsewhere, withdrawn, reassigned] = (['rec-21', 'rec-22', 'rec-23', 'rec-24', 'rec-25', 'rec-28'] as const).map((id) => clinic.recording(id)) as [RecordingInfo, RecordingInfo, RecordingInfo, RecordingInfo, RecordingInfo, RecordingInfo];
  await player(tour, app, watched.patientName);
  await backToList(app);
  await notes(tour, app, watched.patientName);
  await group(tour, app);
  await backToList(app);
  await pictureSizes(tour, app, other.patientName);
  await forms(tour, app, trainees);
  await thread(tour, app, clinic, ['cara', 'ada']);
  await finish(tour, app, clinic);
  await settings(tour, app, watched.patientName);
  await finding(tour, app, { word: 'answer', spoken: 'tablet' });
  await decline(tour, app, other.patientName);
  await finishedElsewhere(tour, app, clinic, elsewhere);
  await keptWork(tour, app, clinic, withdrawn, reassigned, 'ben');
  await moments(tour, app, clinic, cara.name);
  await app.close();
}
