/** A manager's work by keyboard alone: after the sign-in there is no press of a mouse, and nothing gets the focus but by the Tab key and by what the app does itself. */
import path from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { deliveredEntries } from './support/audit.ts';
import { beginSignIn, everythingHere, firstSignIn, openClinic, ownRecording, review, signInAddress, signInInBrowser, videoState, type Clinic } from './support/journey.ts';
import * as keys from './support/keyboard.ts';

const soon = { timeout: 60_000 };

let clinic: Clinic;
test.beforeEach(async () => {
  test.setTimeout(240_000);
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

/** A clinician has watched a recording, and the practice has the record of it. */
async function watched(patient: string): Promise<void> {
  const app = await clinic.start();
  const { window } = app;
  await firstSignIn(app, clinic.person('ada'));
  await everythingHere(window);
  await review(window, patient);
  await window.getByRole('button', { name: /^Play/ }).first().click();
  await expect.poll(async () => (await videoState(window)).time).toBeGreaterThan(1.5);
  await window.getByRole('button', { name: 'Lock', exact: true }).click();
  await expect.poll(async () => (await deliveredEntries(clinic.practice)).some(({ entry }) => entry.event === 'locked'), soon).toBe(true);
  await app.close();
}

test('events, a history, an export, a device, an incident with its stop, and an assignment', async () => {
  const { patientName } = clinic.recording('rec-01');
  await watched(patientName);
  const { window } = await clinic.start({ profileDir: path.join(clinic.folder, 'pat') });
  await beginSignIn(window);
  await signInInBrowser(await signInAddress(window), clinic.person('pat'));
  await expect(window.getByText(/the whole record\./)).toBeVisible(soon);
  const dialog = window.getByRole('dialog');
  const enter = (target: Locator, key?: string) => keys.enter(window, target, key);
  const button = (name: string | RegExp, within: Page | Locator = window) => keys.button(within, name);
  const write = (field: Locator, words: string) => keys.write(window, field, words);
  const choose = (list: Locator, words: string) => keys.choose(window, list, words, new RegExp(`^${words}`));
  const go = (place: string) => enter(button(place, window.getByRole('navigation', { name: 'Console' })));

  await test.step('filter the events, and look at one after the other', async () => {
    // Past others that begin alike or come first: only what is chosen is a filter.
    await enter(window.getByLabel('Did what', { exact: true }), 'ArrowDown');
    await window.keyboard.type('Watched');
    await keys.press(window, 'Enter');
    await expect(window.getByRole('button', { name: 'Remove filter: Did what: Watched' })).toBeVisible();
    await expect(window.getByRole('list', { name: 'Filters in use' }).getByRole('button', { name: /^Remove/ })).toHaveCount(1);
    const rows = window.getByRole('table', { name: 'Events' }).locator('tbody tr');
    await expect(rows.first()).toContainText('Watched');
    await enter(rows.first().getByRole('button'));
    await expect(dialog).toContainText('1 of ');
    await keys.press(window, 'ArrowDown');
    await expect(dialog).toContainText('2 of ');
    await enter(dialog.getByRole('button', { name: 'Previous' }));
    await expect(dialog).toContainText('1 of ');
    await keys.press(window, 'Escape');
    await expect(rows.first().getByRole('button')).toBeFocused();
    await enter(button('Export CSV'));
    await expect(window.getByText(/^Saved in your Downloads folder as .*\.csv, with \d+ rows?\.$/)).toBeVisible(soon);
  });

  await test.step('enrol the computer that it came from', async () => {
    await go('Devices');
    await enter(button('Enrol Dr Ada Sampleton’s device'));
    await enter(button('All are the same: enrol', dialog));
    await expect(window.getByText('The device of Dr Ada Sampleton is enrolled.')).toBeVisible(soon);
  });

  await test.step('find the history of the recording', async () => {
    await go('People and recordings');
    await write(window.getByLabel(/^Patient’s name, NHS number/), patientName);
    await keys.press(window, 'Enter');
    await enter(button(`Recordings of ${patientName}`));
    await enter(button(/^Knee pain after running/));
    await expect(window.getByRole('heading', { level: 1, name: /^History of a recording/ })).toBeFocused();
    await expect(window.getByText(/exposed for/)).toBeVisible(soon);
  });

  await test.step('open an incident, stop the recording from it, and write it up', async () => {
    await enter(button('Open an incident from this'));
    await write(dialog.getByRole('textbox'), 'Asked at the desk');
    await enter(button('Open incident', dialog));
    await expect(window.getByRole('heading', { name: 'Versions' })).toBeVisible(soon);
    await enter(button('Stop this recording everywhere'));
    await choose(dialog.getByLabel('Reason'), 'The patient asked');
    await enter(button('Stop now', dialog));
    await expect(window.getByText(/^Stopped: closed on every computer/)).toBeVisible(soon);
    await enter(button('Set it now'));
    await expect(window.getByRole('group', { name: 'When the practice became aware' }).getByLabel('Date')).toBeFocused();
    await window.keyboard.type(new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London' }).format(Date.now() - 86_400_000));
    await keys.press(window, 'Tab');
    await window.keyboard.type('09:00');
    for (const [field, words] of Object.entries({
      'What happened': 'Somebody asked who saw it.', 'Which kinds of people': 'Patients', 'Which kinds of records': 'A recording', 'Likely consequences': 'None', 'Measures taken or proposed': 'Stopped',
    })) await write(window.getByLabel(field, { exact: true }), words);
    for (const [group, words] of [['Report to the ICO?', 'There is no risk.'], ['Tell the patients?', 'The patient asked for it.']] as const) {
      await keys.tabTo(window, window.getByRole('group', { name: group }).getByRole('radio', { checked: true }));
      await keys.press(window, 'ArrowDown', 'ArrowDown');
      await expect(window.getByRole('group', { name: group }).getByLabel('No', { exact: true })).toBeChecked();
      await keys.press(window, 'Tab');
      await window.keyboard.type(words);
    }
    const steps = window.getByRole('checkbox');
    for (let step = 0; step < (await steps.count()); step += 1) await enter(steps.nth(step), 'Space');
    await write(window.getByLabel('What changed in this version, and why'), 'all of it');
    await enter(button('Save as a new version'));
    await expect(window.getByText('Saved as version 2.')).toBeVisible(soon);
  });

  await test.step('assign another recording', async () => {
    await go('Assignments and stops');
    await enter(button('Assign a recording'));
    await write(dialog.getByLabel('Recording', { exact: true }), (await ownRecording(clinic, 'ben')).masterIdentifier);
    await choose(dialog.getByLabel('Clinician', { exact: true }), 'Dr Ben Exampleby');
    await enter(button('Assign', dialog));
    await expect(window.getByText('The recording is assigned.')).toBeVisible(soon);
  });

  await test.step('close the incident', async () => {
    await go('Incidents');
    await enter(button('Question about who saw a recording'));
    await enter(button('Close incident'));
    await write(dialog.getByRole('textbox'), 'Answered');
    await enter(button('Close incident', dialog));
    await expect(window.getByText('This incident is closed. It stays in the register as it is.').first()).toBeVisible(soon);
    await expect.poll(async () => (await deliveredEntries(clinic.practice)).map(({ entry }) => entry.event), soon).toEqual(expect.arrayContaining(['exported', 'device-enrolled', 'stopped', 'assigned', 'incident']));
  });
});
