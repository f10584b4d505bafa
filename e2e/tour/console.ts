/** The manager's console: what can be seen there. What is done about it is in acts.ts. */
import { expect } from '@playwright/test';
import type { App } from '../harness/app.ts';
import { item } from '../support/computer.ts';
import type { Clinic } from '../support/journey.ts';
import { decide, enrol, go, hold, later, liftWithTwo, openIncident, tamper } from './acts.ts';
import { another } from './steps.ts';
import { heading, patience, type Tour } from './Tour.ts';

/** Two managers: one looks and acts, works on without the practice, and finds that the record was changed; the other agrees to lift a stop. */
export async function managers(tour: Tour, clinic: Clinic): Promise<void> {
  const letGo = hold(clinic, /^AuditEvent/);
  await another(tour, clinic, 'pat', async (app) => {
    await tour.screen(app, 'Events', 'console-reading', 'A manager, while the practice’s record is being read: nothing is said of it yet.');
    await go(app.window, 'Flags');
    await expect(app.window.getByText('No flags')).toBeVisible(patience);
    await tour.picture(app, 'console-flags-none', 'No flag, in what has been read so far.');
    await go(app.window, 'Devices');
    await expect(app.window.getByText('No devices')).toBeVisible(patience);
    await tour.picture(app, 'console-devices-none', 'No computer, in what has been read so far; and the key of this one.');
    await go(app.window, 'Events');
    letGo();
    await looking(tour, app, clinic);
    await enrol(tour, app, clinic);
    await decide(tour, app, clinic);
    await openIncident(tour, app);
  });
  await tamper(clinic, clinic.person('ada').sdsUserId);
  await later(tour, clinic);
  await liftWithTwo(tour, clinic);
}

async function looking(tour: Tour, app: App, clinic: Clinic): Promise<void> {
  const { window } = app;
  await expect(window.getByText(/the whole record\./)).toBeVisible(patience);
  await expect(window.getByRole('table').first()).toBeVisible(patience);
  await tour.screen(app, 'Events', 'console-events', 'Who was listed, presented, shown and exposed to what. No recording is fetched or played for a manager.', { large: true });
  await filtering(tour, app, clinic);
  await histories(tour, app, clinic);
  await go(window, 'This computer');
  await expect(item(window, 'Record of access')).toBeVisible(patience);
  await tour.screen(app, 'This computer', 'console-computer', 'How this computer stands, in the console.');
  await go(window, 'Flags');
  await expect(window.getByRole('table', { name: 'Flags' })).toBeVisible(patience);
  await tour.screen(app, 'Flags', 'console-flags', 'Something to look at, and why: reasons, not accusations. What may be another patient’s comes first.');
}

async function filtering(tour: Tour, app: App, clinic: Clinic): Promise<void> {
  const { window } = app;
  const dialog = window.getByRole('dialog');
  await window.getByRole('table').first().getByRole('button').first().click();
  await expect(dialog.getByText('Number in its chain')).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/EventDrawer.tsx', 'console-event', 'One entry as it was signed. Every value offers to be filtered by; Up and Down change the entry.');
  await dialog.getByText('The entry as it was signed').click();
  await dialog.locator('pre').scrollIntoViewIfNeeded();
  await tour.picture(app, 'console-event-signed', 'The same entry to the byte, with its hash and its signature.');
  await window.keyboard.press('Escape');

  await window.getByRole('button', { name: 'Find a patient or recording…' }).click();
  await dialog.getByRole('button', { name: 'Filter by this' }).click();
  await expect(dialog.getByRole('link', { name: 'Search, and choose one' })).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/Filters.tsx', 'console-find-nothing', 'Nothing was chosen: what is missing is said, and leads to the field.');
  await dialog.getByRole('textbox').or(dialog.getByRole('combobox')).fill(clinic.recording('rec-01').patientName);
  await dialog.getByRole('button', { name: 'Search' }).click();
  await dialog.getByRole('button', { name: /^Recordings of/ }).first().click();
  await expect(dialog.getByText(/choose one\.$/)).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/Filters.tsx', 'console-find', 'By what a manager knows: a name, an NHS number or a date of birth, then the recording.', { large: true });
  await dialog.getByRole('button', { name: /, \d/ }).first().click();
  await dialog.getByRole('button', { name: 'Filter by this' }).click();
  await expect(dialog).toBeHidden();

  await window.getByRole('button', { name: 'Save this view' }).click();
  await dialog.getByRole('button', { name: 'Save this view' }).click();
  await expect(dialog.getByRole('link', { name: 'Give the view a name' })).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/SavedViews.tsx', 'console-save-view', 'Filters are kept under a name, and no event with them.');
  await dialog.getByLabel('Name of the view').fill('One recording, last 30 days');
  await dialog.getByRole('button', { name: 'Save this view' }).click();
  await expect(dialog).toBeHidden();
  await tour.picture(app, 'console-filtered', 'Filters in use, each with its own way out; a saved view; what an export would hold.');
  await window.getByRole('button', { name: 'Export CSV' }).click();
  const saved = window.getByText(/^Saved in your Downloads folder as /);
  await expect(saved).toBeVisible(patience);
  await saved.scrollIntoViewIfNeeded();
  await tour.picture(app, 'console-exported', 'An export: the file, how many rows it has, and the digest by which it can be recognised.');
  await window.getByRole('button', { name: 'Delete view' }).click();
  await tour.dialog(app, 'screens/console/SavedViews.tsx', 'console-delete-view', 'Deleting a view changes no event.');
  await dialog.getByRole('button', { name: 'Delete view' }).click();
  await expect(dialog).toBeHidden();
  await window.getByRole('button', { name: 'Clear all' }).click();

  await window.getByRole('button', { name: 'Show activity by day' }).click();
  await expect(window.getByRole('group', { name: 'Opened by day' })).toBeVisible(patience);
  await tour.picture(app, 'console-activity', 'How much of what there was on each day. A day shows its events.');
  await window.getByRole('button', { name: 'Hide activity by day' }).click();
  await window.getByLabel('Period', { exact: true }).selectOption('Between two dates…');
  await window.getByLabel('From', { exact: true }).fill('31/02/2026');
  await window.getByLabel('From', { exact: true }).blur();
  await expect(window.getByText(/^Error:/)).toBeVisible(patience);
  await tour.picture(app, 'console-dates', 'Two dates, and one that is none.');
  await window.getByLabel('From', { exact: true }).fill('01/01/2020');
  await window.getByLabel('To', { exact: true }).fill('02/01/2020');
  await expect(window.getByText('No event found')).toBeVisible(patience);
  await tour.picture(app, 'console-events-none', 'Nothing fits these filters, and each of them can be taken away.');
  await window.getByRole('button', { name: 'Clear all' }).click();
}

async function histories(tour: Tour, app: App, clinic: Clinic): Promise<void> {
  const { window } = app;
  const watched = clinic.recording('rec-01');
  await go(window, 'People and recordings');
  await tour.screen(app, 'People and recordings', 'console-people', 'What is looked for: a recording, a clinician or a patient, by what a manager knows of them.');
  await window.getByLabel(/^Patient’s name, NHS number/).fill('nobody of that name');
  await window.getByRole('button', { name: 'Search', exact: true }).first().click();
  await expect(window.getByText(/^Nobody found/)).toBeVisible(patience);
  await tour.picture(app, 'console-people-none', 'A search that finds nobody says what else can be tried.');
  await window.getByLabel('Recording', { exact: true }).fill(watched.masterIdentifier);
  await window.getByRole('button', { name: 'Show history' }).click();
  await expect(window.getByText(/exposed for/).first()).toBeVisible(patience);
  await tour.screen(app, /History of a recording/, 'console-history', 'The history of a recording: how far each person got with it, in one sentence and person by person.', { large: true });
  await window.getByRole('button', { name: 'Stop this recording' }).click();
  await window.getByRole('dialog').getByRole('button', { name: 'Stop now' }).click();
  await expect(window.getByRole('link', { name: 'Give a reason' })).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/StopDialog.tsx', 'console-stop', 'Whose recording it is, to be compared before it is stopped. A reason out of a few is needed.');
  await window.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

  await window.getByRole('button', { name: 'Choose another' }).click();
  await window.getByRole('radio', { name: 'A clinician' }).check();
  await window.getByLabel('Clinician', { exact: true }).selectOption({ label: clinic.person('ada').name });
  await window.getByRole('button', { name: 'Show history' }).click();
  await expect(window.getByRole('table', { name: 'History of a clinician' })).toBeVisible(patience);
  await tour.screen(app, /History of a clinician/, 'console-history-person', 'The history of a clinician: what they were listed, shown and watched, recording by recording.');
  await window.getByRole('button', { name: 'Choose another' }).click();
  await window.getByRole('radio', { name: 'A patient' }).check();
  await window.getByLabel('Patient', { exact: true }).fill(`Patient/${watched.patientId}`);
  await window.getByRole('button', { name: 'Show history' }).click();
  await heading(window, /Access report of a patient/);
  await window.getByRole('button', { name: 'Export access report' }).click();
  const saved = window.getByText(/^Saved in your Downloads folder as /);
  await expect(saved).toBeVisible(patience);
  await tour.picture(app, 'console-history-patient', 'A patient’s access report, on the screen and saved: what they may ask for.');
}
