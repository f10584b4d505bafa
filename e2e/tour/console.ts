/** The manager's console. */
import { expect } from '@playwright/test';
import type { App } from '../harness/app.ts';
import type { Clinic } from '../support/journey.ts';
import { patience, type Tour } from './Tour.ts';

/** A practice manager's console: what happened, to whom, and what is done about it. */
export async function manager(tour: Tour, app: App, { practice }: Clinic): Promise<void> {
  const { window } = app;
  const go = (place: string) => window.getByRole('navigation').getByRole('button', { name: place, exact: true }).click();
  await expect(window.getByText(/entries read/)).toBeVisible(patience);
  await expect(window.getByText(/the whole record\./)).toBeVisible(patience);
  await expect(window.getByRole('table').first()).toBeVisible(patience);
  await tour.screen(app, 'Events', 'console-events', 'A manager: who was listed, presented, shown and exposed to what. No recording is fetched or played.');
  await window.getByRole('table').first().getByRole('button').first().click();
  await expect(window.getByRole('dialog').or(window.getByRole('complementary')).first()).toBeVisible(patience);
  await tour.dialog(app, 'screens/console/EventDrawer.tsx', 'console-event', 'One entry as it was signed. Every value offers to be filtered by; Up and Down change the entry.');
  await window.keyboard.press('Escape');
  await go('People and recordings');
  const watched = practice.repo.recordings().find(({ id }) => id === 'rec-01');
  await window.getByLabel('Recording', { exact: true }).fill(watched?.masterIdentifier ?? '');
  await window.getByRole('button', { name: 'Show history' }).click();
  await expect(window.getByText(/exposed for/).first()).toBeVisible(patience);
  await tour.screen(app, /History of a recording/, 'console-history', 'The history of a recording: how far each person got with it, in one sentence and person by person.');
  await window.getByRole('button', { name: 'Open an incident from this' }).click();
  await window.getByRole('dialog').getByRole('textbox').fill('The patient asked who has seen it.');
  await tour.dialog(app, 'screens/console/OpenIncident.tsx', 'console-open-incident', 'An incident is opened about what is on screen; the record fills in what it knows.');
  await window.getByRole('dialog').getByRole('button', { name: /^Open/ }).click();
  await tour.screen(app, /Question about who saw/, 'console-incident', 'An incident: the clock of 72 hours, whom the recording reached, stopping it from here, and what the regulator asks.');
  await go('Incidents');
  await tour.screen(app, 'Incidents', 'console-incidents', 'The practice’s register. Each saving is a version that stays.');
  await go('Flags');
  await tour.screen(app, 'Flags', 'console-flags', 'Something to look at, and why: reasons, not accusations.');
  await go('Assignments and stops');
  await expect(window.getByRole('heading', { name: 'Stops', exact: true })).toBeVisible(patience);
  await tour.screen(app, 'Assignments and stops', 'console-assignments', 'Who reviews what until when, and what is stopped.');
  await go('Devices');
  await tour.screen(app, 'Devices', 'console-devices', 'Each computer’s chain: last contact, version, key, and whether it holds. A manager enrols its key.');
}
