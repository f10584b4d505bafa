/** What managers do: stop and lift, assign, write an incident up, vouch for a computer; and the record that somebody changed. */
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { AuditEvent } from '@medplum/fhirtypes';
import type { App } from '../harness/app.ts';
import { ownRecording, PIN, signInAddress, type Clinic } from '../support/journey.ts';
import { another, answerPractice, unlockWith } from './steps.ts';
import { heading, patience, type Tour } from './Tour.ts';

export const go = (window: Page, place: string) => window.getByRole('navigation', { name: 'Console' }).getByRole('button', { name: place, exact: true }).click();
const dialogOf = (window: Page) => window.getByRole('dialog');
/** The button of a dialog that does it. */
const yes = (window: Page, name: string) => dialogOf(window).getByRole('button', { name, exact: true });

/** Holds the practice's answers about some resources back, until the returned function is called. */
export function hold({ practice: { lies } }: Clinic, kinds: RegExp): () => void {
  let resolve: () => void = () => undefined;
  const held = new Promise<void>((done) => {
    resolve = done;
  });
  lies.answer = async ({ path: asked }, honest) => {
    if (kinds.test(asked)) await held;
    return honest;
  };
  return () => {
    lies.answer = null;
    resolve();
  };
}

/** Stops a recording, proposes to lift it, and assigns another. */
export async function decide(tour: Tour, app: App, clinic: Clinic): Promise<void> {
  const { window } = app;
  const letGo = hold(clinic, /^(Task|List)/);
  await go(window, 'Assignments and stops');
  await expect(window.getByText('Loading the assignments…')).toBeVisible(patience);
  await tour.screen(app, 'Assignments and stops', 'console-assignments-loading', 'Until the practice has answered.');
  letGo();
  await expect(window.getByRole('table', { name: 'Assignments' })).toBeVisible(patience);
  await tour.screen(app, 'Assignments and stops', 'console-assignments', 'What is stopped, and who reviews what until when.');

  await window.getByRole('button', { name: 'Stop recordings…' }).click();
  await yes(window, 'Continue to the reason').click();
  await expect(dialogOf(window).getByRole('link', { name: 'Choose what to stop' })).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/ChooseStop.tsx', 'console-choose-stop', 'What is to be stopped; the next step asks why.');
  await dialogOf(window).getByLabel('Recording', { exact: true }).fill((await ownRecording(clinic, 'cara')).masterIdentifier);
  await yes(window, 'Continue to the reason').click();
  await dialogOf(window).getByLabel('Reason').selectOption('patient-asked');
  await tour.dialog(app, 'screens/console/StopDialog.tsx', 'console-stop-reason', 'Before it is stopped everywhere it is said what that does, and who can undo it.');
  await yes(window, 'Stop now').click();
  await expect(window.getByText(/^Stopped\. Every computer/)).toBeVisible(patience);
  await tour.picture(app, 'console-stopped', 'Stopped, from when on, and why.');

  const mine = window.getByRole('table', { name: 'Stops' }).getByRole('row').filter({ hasText: 'The patient asked for it' });
  await mine.getByRole('button', { name: /^Propose to lift/ }).click();
  await tour.dialog(app, 'screens/console/Stops.tsx', 'console-lift', 'One person proposes to lift a stop: nothing opens by that.');
  await dialogOf(window).getByLabel('Reason').selectOption('in-error');
  await yes(window, 'Propose to lift').click();
  await expect(window.getByText('Lifting is proposed. Another person has to agree.')).toBeVisible(patience);
  await tour.picture(app, 'console-lift-proposed', 'Proposed. The one who proposed it cannot agree as well.');

  await window.getByRole('button', { name: 'Assign a recording' }).click();
  await yes(window, 'Assign').click();
  await expect(dialogOf(window).getByRole('link', { name: 'Choose a clinician' })).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/AssignDialog.tsx', 'console-assign', 'An assignment has a recording, a clinician, a reason and an end. What is missing is said.');
  await dialogOf(window).getByLabel('Recording', { exact: true }).fill((await ownRecording(clinic, 'ben')).masterIdentifier);
  await dialogOf(window).getByLabel('Clinician', { exact: true }).selectOption(clinic.person('cara').sdsUserId);
  await yes(window, 'Assign').click();
  await expect(dialogOf(window).getByText('That was not done')).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/AssignDialog.tsx', 'console-assign-refused', 'A colleague’s review needs a key that the practice’s settings trust. Nothing was changed, and what to do is said.');
  await dialogOf(window).getByLabel('Clinician', { exact: true }).selectOption(clinic.person('ben').sdsUserId);
  await yes(window, 'Assign').click();
  await expect(window.getByText('The recording is assigned.')).toBeVisible(patience);
  await window.getByLabel('Assigned to', { exact: true }).selectOption({ label: clinic.person('ben').name });
  const made = window.getByRole('table', { name: 'Assignments' }).getByRole('row').nth(1);
  await made.scrollIntoViewIfNeeded();
  await tour.picture(app, 'console-assigned', 'Assigned: a clinician’s own consultation needs no signature. Below, what each clinician has.');
  await made.getByRole('button', { name: /^Extend/ }).click();
  await yes(window, 'Extend').click();
  await expect(dialogOf(window).getByRole('link', { name: 'Give a reason' })).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/ExtendDialog.tsx', 'console-extend', 'More time, with a reason.');
  await yes(window, 'Cancel').click();
  await made.getByRole('button', { name: /^Cancel/ }).click();
  await tour.dialog(app, 'screens/console/Assignments.tsx', 'console-cancel-assignment', 'What cancelling an assignment does, before it is done.');
  await yes(window, 'Keep it').click();
  await window.getByLabel('Assigned to', { exact: true }).selectOption({ label: clinic.person('pat').name });
  await expect(window.getByText('No assignments')).toBeVisible(patience);
  await tour.picture(app, 'console-assignments-none', 'Somebody to whom nothing is assigned.');
}

/** The incident of the recording that was reported as another patient’s, up to its letters, and kept on this computer. */
export async function openIncident(tour: Tour, app: App): Promise<void> {
  const { window } = app;
  const incident = new Incident(window);
  await go(window, 'Incidents');
  await expect(window.getByText('No incidents')).toBeVisible(patience);
  await tour.screen(app, 'Incidents', 'console-incidents-none', 'The practice’s register of breaches, still empty.');
  await go(window, 'Flags');
  await window.getByRole('row').filter({ hasText: 'Wrong patient' }).getByRole('button', { name: /^Open an incident/ }).first().click();
  await yes(window, 'Open incident').click();
  await expect(dialogOf(window).getByRole('alert')).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/OpenIncident.tsx', 'console-open-incident', 'An incident is opened about what is on screen; the record fills in what it knows. A note is needed.');
  await dialogOf(window).getByRole('textbox').fill('Said on the telephone by the doctor who saw it.');
  await yes(window, 'Open incident').click();
  await heading(window, 'Recording reported as another patient’s');
  await expect(window.getByRole('table', { name: 'Who was reached' })).toBeVisible(patience);
  await tour.picture(app, 'console-incident', 'An incident: the clock of 72 hours, whom the recording reached, stopping it from here.', { large: true });
  await window.getByRole('heading', { name: 'What the regulator asks' }).scrollIntoViewIfNeeded();
  await window.mouse.wheel(0, 500);
  await tour.picture(app, 'console-incident-form', 'What the regulator asks, field by field, with what the record already says.');

  await incident.aware(-1);
  await incident.write();
  await window.getByRole('button', { name: 'Save as a new version' }).click();
  await expect(window.getByRole('link', { name: 'Say what changed in this version' })).toBeVisible(patience);
  await tour.picture(app, 'console-incident-faults', 'Nothing is saved without saying what changed.');
  await window.getByRole('group', { name: 'Report to the ICO?' }).getByLabel('No', { exact: true }).check();
  await window.getByLabel('What changed in this version, and why').fill('what is known so far');
  await window.getByRole('button', { name: 'Save as a new version' }).click();
  await expect(window.getByText(/^A decision not to report needs its reasons\./)).toBeVisible(patience);
  await tour.picture(app, 'console-incident-unfit', 'A decision without its reasons: what stands against saving it is said.');
  await window.getByRole('group', { name: 'Report to the ICO?' }).getByLabel('Not decided').check();
  await incident.save('what is known so far', 2);
  await expect(window.getByText(/hours left to report/)).toBeVisible(patience);
  await window.evaluate(() => scrollTo(0, 0));
  await tour.picture(app, 'console-incident-clock', 'The practice became aware yesterday: when the 72 hours end.');

  await window.getByRole('button', { name: 'Stop this recording everywhere' }).click();
  await dialogOf(window).getByLabel('Reason').selectOption('wrong-patient');
  await tour.dialog(app, 'screens/console/BlastRadius.tsx', 'console-incident-stop', 'Stopping the recording from its incident.');
  await yes(window, 'Stop now').click();
  await expect(window.getByText(/^Stopped: closed on every computer/)).toBeVisible(patience);
  await tour.picture(app, 'console-incident-stopped', 'Stopped, and said so where the incident is looked at.');

  await window.getByRole('button', { name: 'Export letters (PDF)' }).click();
  await expect(window.getByText(/^It is not decided, in a saved version/)).toBeVisible(patience);
  await window.getByRole('alert').scrollIntoViewIfNeeded();
  await tour.picture(app, 'console-letters-not-yet', 'Letters come only once it is decided to tell the patients: what is missing is said.');
  await incident.tell();
  await incident.save('the patient is told', 3);
  await window.getByRole('button', { name: 'Export letters (PDF)' }).click();
  const saved = window.getByText(/^Saved in your Downloads folder as /);
  await expect(saved).toBeVisible(patience);
  await saved.scrollIntoViewIfNeeded();
  await tour.picture(app, 'console-letters', 'Letters, one for each patient, saved. Nothing is sent from here.');

  await window.getByRole('button', { name: /^Read version 3/ }).click();
  await tour.dialog(app, 'screens/console/Versions.tsx', 'console-version', 'Each saving is a version that stays: what it changed, and what it was before.', { large: true });
  await yes(window, 'Close').click();
  await window.getByRole('button', { name: 'Keep on this computer' }).click();
  await yes(window, 'Keep on this computer').click();
  await expect(dialogOf(window).getByRole('alert')).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/Keeping.tsx', 'console-keep', 'Keeping the incident on this computer, to work on it without a connection. It needs a PIN.');
  await dialogOf(window).getByLabel('PIN', { exact: true }).fill(PIN);
  await dialogOf(window).getByLabel('Type the PIN again', { exact: true }).fill(PIN);
  await yes(window, 'Keep on this computer').click();
  await expect(window.getByText('Kept on this computer.', { exact: true })).toBeVisible(patience);
  await tour.picture(app, 'console-kept', 'Kept, until when it can be opened without a connection, and the way to remove it.');
  await go(window, 'Incidents');
  await expect(window.getByText('Kept on this computer')).toBeVisible(patience);
  await tour.screen(app, 'Incidents', 'console-incidents', 'The register: what is open, since when, and how long is left to report it.');
}

/** The form of an incident. */
class Incident {
  readonly #window: Page;

  constructor(window: Page) {
    this.#window = window;
  }

  #fill(label: string, words: string): Promise<void> {
    return this.#window.getByLabel(label, { exact: true }).first().fill(words);
  }

  async #moment(group: string, days: number): Promise<void> {
    const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London' }).format(Date.now() + days * 86_400_000);
    const fields = this.#window.getByRole('group', { name: group, exact: true });
    await fields.getByLabel('Date').fill(day);
    await fields.getByLabel('Time (24 hours)').fill('00:01');
  }

  aware(days: number): Promise<void> {
    return this.#moment('When the practice became aware', days);
  }

  async write(): Promise<void> {
    await this.#fill('What happened', 'A recording stood under another patient’s name. A doctor saw that and said so.');
    await this.#fill('Which kinds of people', 'Patients of the practice. No children.');
    await this.#fill('Which kinds of records', 'The recording of one consultation, seen for some seconds.');
    await this.#fill('Likely consequences', 'One doctor of the practice saw some seconds of it. No others are known.');
    await this.#fill('Measures taken or proposed', 'The recording is closed for everybody.');
  }

  async tell(): Promise<void> {
    await this.#window.getByRole('group', { name: 'Tell the patients?' }).getByLabel('Yes').check();
    await this.#window.getByRole('group', { name: 'Tell the patients?' }).locator('xpath=following::textarea[1]').fill('They should hear it from us.');
  }

  async report(): Promise<void> {
    await this.#window.getByRole('group', { name: 'Report to the ICO?' }).getByLabel('Yes').check();
    await this.#window.getByRole('group', { name: 'Report to the ICO?' }).locator('xpath=following::textarea[1]').fill('It is health data.');
    await this.#fill('If later than 72 hours: why', 'The practice was closed over a bank holiday.');
  }

  reported(): Promise<void> {
    return this.#moment('When it was reported', 0);
  }

  async save(note: string, version: number): Promise<void> {
    await this.#window.getByLabel('What changed in this version, and why').fill(note);
    await this.#window.getByRole('button', { name: 'Save as a new version' }).click();
    await expect(this.#window.getByText(new RegExp(`^Saved as version ${version}\\b`))).toBeVisible(patience);
  }
}

/** Vouches for a clinician’s computer. */
export async function enrol(tour: Tour, app: App, clinic: Clinic): Promise<void> {
  const { window } = app;
  const { name } = clinic.person('ada');
  await go(window, 'Devices');
  const device = window.getByRole('row').filter({ hasText: name }).first();
  await expect(device).toContainText('Not enrolled yet');
  await tour.screen(app, 'Devices', 'console-devices', 'Each computer’s chain: last contact, version, key, and whether it holds. A manager enrols its key.');
  await device.getByRole('button', { name: /^Enrol/ }).click();
  await tour.dialog(app, 'screens/console/EnrolDialog.tsx', 'console-enrol', 'The characters are compared with those that the person reads out from their own computer.');
  await yes(window, 'All are the same: enrol').click();
  await expect(window.getByText(`The device of ${name} is enrolled.`)).toBeVisible(patience);
  await expect(device).toContainText('Verified', patience);
  await tour.picture(app, 'console-enrolled', 'Enrolled: what it signed now proves whose it is.');
  await device.getByRole('button', { name: /^Revoke/ }).click();
  await tour.dialog(app, 'screens/console/EnrolDialog.tsx', 'console-revoke', 'Taking that back, and what it does not do.');
  await yes(window, 'Cancel').click();
}

/** Somebody changes an entry of this clinician in the practice’s record. */
export async function tamper({ practice: { repo } }: Clinic, sds: string): Promise<void> {
  const events = await repo.auditEvents();
  const entryOf = (event: AuditEvent) => (event.entity ?? []).flatMap(({ detail = [] }) => detail).find(({ type }) => type === 'chain-entry');
  const read = (event: AuditEvent) => Buffer.from(entryOf(event)?.valueString ?? '', 'base64').toString('utf8');
  const event = structuredClone(events.find((one) => read(one).includes('"event":"exposed"') && read(one).includes(sds)));
  const entry = event && entryOf(event);
  if (!event || !entry) throw new Error('nothing was exposed to them');
  entry.valueString = Buffer.from(read(event).replace(/(?<="at":")\d{4}/, (year) => String(Number(year) - 1))).toString('base64');
  await repo.update(event);
}

/** The same manager without the practice, and with it again: what is kept, what somebody changed meanwhile, and the end of the incident. */
export async function later(tour: Tour, clinic: Clinic): Promise<void> {
  const title = 'Recording reported as another patient’s';
  clinic.practice.lies.down = true;
  const app = await clinic.start({ profileDir: path.join(clinic.folder, 'pat') });
  const { window } = app;
  const incident = new Incident(window);
  await unlockWith(app, PIN);
  await expect(window.getByText(/You are working without the practice/)).toBeVisible(patience);
  await tour.screen(app, title, 'kept-incident', 'A manager without the practice: the one incident that is kept on this computer, as it was then.', { large: true });
  await window.getByRole('button', { name: 'Remove from this computer' }).click();
  await tour.dialog(app, 'screens/console/Keeping.tsx', 'kept-incident-remove', 'Removing it loses nothing of the incident.');
  await yes(window, 'Cancel').click();
  await incident.aware(-4);
  await incident.save('it was earlier', 4);
  await expect(window.getByText(/entry waits to be sent|entries wait to be sent/)).toBeVisible(patience);
  await tour.picture(app, 'kept-incident-saved', 'Written on without the practice: in the manager’s own record, to be sent with the next sign-in. The 72 hours are over.');
  clinic.practice.lies.down = false;
  await window.getByRole('button', { name: 'Sign in to the practice' }).click();
  await answerPractice(tour, await signInAddress(window), clinic.person('pat'));

  await expect(window.getByText(/the whole record\./)).toBeVisible(patience);
  await window.getByRole('button', { name: /^\d+ findings?: the record does not fit together/ }).click(patience);
  await expect(window.getByRole('table', { name: 'Findings' })).toBeVisible(patience);
  await tour.screen(app, 'Findings', 'console-findings', 'Where the record does not fit together: somebody moved an entry of a clinician to a year before.');
  await go(window, 'Devices');
  await expect(window.getByRole('row').filter({ hasText: clinic.person('ada').name }).first()).toContainText('finding', patience);
  await tour.screen(app, 'Devices', 'console-devices-broken', 'The chain of that computer shows that it does not hold.');

  await go(window, 'Incidents');
  await window.getByRole('button', { name: title }).click();
  await expect(window.getByRole('heading', { name: '72 hours' })).toBeVisible(patience);
  await expect(window.getByText('Before it can be closed:')).toBeVisible(patience);
  await tour.picture(app, 'console-incident-overdue', 'Overdue: said where it is seen, with what is left to do.');
  await window.getByText('Before it can be closed:').scrollIntoViewIfNeeded();
  await tour.picture(app, 'console-incident-gaps', 'What is left to do before it can be closed.');
  await incident.report();
  await incident.reported();
  for (const step of await window.getByRole('checkbox').all()) await step.check();
  await incident.save('reported and told', 5);
  await window.getByRole('button', { name: 'Close incident' }).click();
  await tour.dialog(app, 'screens/console/CloseIncident.tsx', 'console-close-incident', 'Closing: it stays in the register with all of its versions.');
  await dialogOf(window).getByRole('textbox').fill('Put right.');
  await yes(window, 'Close incident').click();
  await expect(window.locator('.vr-done', { hasText: 'This incident is closed.' })).toBeFocused(patience);
  await tour.picture(app, 'console-incident-closed', 'Closed, and to be read.');
  clinic.practice.lies.down = true;
  await go(window, 'Assignments and stops');
  await expect(window.getByRole('alert').first()).toBeVisible(patience);
  await tour.screen(app, 'Assignments and stops', 'console-no-answer', 'The practice does not answer: which of it cannot be read, and how to try again.');
  await app.close();
  clinic.practice.lies.down = false;
}

/** Another manager agrees to lift what the first proposed. */
export async function liftWithTwo(tour: Tour, clinic: Clinic): Promise<void> {
  await another(tour, clinic, 'dee', async (app) => {
    const { window } = app;
    await window.getByRole('radio', { name: /^Manager/ }).check(patience);
    await window.getByRole('button', { name: 'Continue' }).click();
    await expect(window.getByLabel('Sign-in address')).toHaveValue(/^http/, patience);
    await answerPractice(tour, await signInAddress(window), clinic.person('dee'));
    await expect(window.getByText(/the whole record\./)).toBeVisible(patience);
    await go(window, 'Assignments and stops');
    await window.getByRole('button', { name: /^Agree to lift/ }).click(patience);
    await tour.dialog(app, 'screens/console/Stops.tsx', 'console-lift-agree', 'Another manager reads who proposed it, and what opens again.');
    await dialogOf(window).getByLabel('Reason').selectOption('in-error');
    await yes(window, 'Agree to lift').click();
    await expect(window.getByText('The stop is lifted.')).toBeVisible(patience);
    await tour.picture(app, 'console-lifted', 'Lifted by two.');
  });
}
