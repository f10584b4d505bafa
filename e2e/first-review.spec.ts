/** The whole path: sign in, fetch what is mine, seal it, watch it, online and then without the practice. */
import { expect, test } from '@playwright/test';
import { everythingHere, firstSignIn, openClinic, review, row, unlock, videoState, type Clinic } from './support/journey.ts';
import { tabTo } from './support/keyboard.ts';

let clinic: Clinic;
test.beforeEach(async () => {
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

test('a clinician signs in, reviews a recording, and reviews it again offline after a restart', async () => {
  const ada = clinic.person('ada');
  const mine = clinic.practice.repo.recordings().filter((r) => r.ownerPractitionerIds.includes(ada.practitionerId));
  let app = await clinic.start();
  await firstSignIn(app, ada);
  await expect(app.window.getByRole('row').filter({ hasText: 'Ready offline' }).first()).toBeVisible({ timeout: 60_000 });
  const recording = mine.find((r) => r.contentType === 'video/mp4');
  expect(recording).toBeDefined();
  const patient = recording?.patientName ?? '';
  await expect(row(app.window, patient).first()).toContainText('Ready offline', { timeout: 60_000 });
  await review(app.window, patient);
  await expect(app.window.getByText(patient).first()).toBeVisible();
  await app.window.getByRole('button', { name: /^Play/ }).first().click();
  await expect.poll(async () => (await videoState(app.window)).time).toBeGreaterThan(1);
  await app.close();

  await clinic.practice.stop();
  app = await clinic.start();
  await unlock(app);
  await review(app.window, patient);
  await app.window.getByRole('button', { name: /^Play/ }).first().click();
  await expect.poll(async () => (await videoState(app.window)).time).toBeGreaterThan(1);
});

test('closing the window in the middle of a review ends the app in order, and the review is on record', async () => {
  const ada = clinic.person('ada');
  const recording = clinic.practice.repo.recordings().find((r) => r.id === 'rec-01');
  const patient = recording?.patientName ?? '';
  let app = await clinic.start();
  await firstSignIn(app, ada);
  await expect(row(app.window, patient).first()).toContainText('Ready offline', { timeout: 60_000 });
  await review(app.window, patient);
  await app.window.getByRole('button', { name: /^Play/ }).first().click();
  await expect.poll(async () => (await videoState(app.window)).time).toBeGreaterThan(1);
  const child = app.electron.process();
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  await app.window.close();
  expect(await ended).toEqual({ code: 0, signal: null });

  app = await clinic.start();
  await unlock(app);
  const events = async () => (await clinic.practice.repo.auditEvents()).flatMap((event) => (event.subtype ?? []).map((subtype) => subtype.code));
  await expect.poll(events, { timeout: 30_000 }).toEqual(expect.arrayContaining(['recording-playback', 'locked', 'unlocked']));
});

test('a recording is found by its patient and opened, with the keyboard alone', async () => {
  const app = await clinic.start();
  const { window } = app;
  await firstSignIn(app, clinic.person('ada'));
  await expect(row(window, 'Ready offline').first()).toBeVisible({ timeout: 60_000 });
  await everythingHere(window);
  await expect(window.getByRole('heading', { level: 1, name: 'Your recordings' })).toBeFocused();
  await window.keyboard.press('/');
  await expect(window.getByRole('searchbox')).toBeFocused();
  const spoken = clinic.practice.repo.recordings().find(({ id }) => id === 'rec-01');
  await window.keyboard.type(spoken?.patientName.split(' ').at(-1) ?? '-');
  await expect(window.getByText(/^[1-9]\d* of \d+ recordings$/)).toBeVisible();
  const table = window.getByRole('table', { name: /^Your recordings/ });
  await expect(table).toHaveAttribute('aria-rowcount', /^\d+$/);
  const first = table.locator('[data-row]').first();
  await expect(first).toContainText(spoken?.patientName ?? '-');
  await tabTo(window, first, { most: 20 });
  await expect(first).toBeFocused();
  await window.keyboard.press('End');
  await window.keyboard.press('Home');
  await expect(first).toBeFocused();
  await window.keyboard.press('Enter');
  await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
});
