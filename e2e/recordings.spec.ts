/** Recordings that cannot be played, each for its own reason: nothing leaks, the reason is said, the app goes on. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { App } from './harness/app.ts';
import { firstSignIn, openClinic, review, row, videoState, type Clinic } from './support/journey.ts';

let clinic: Clinic;
test.beforeEach(async () => {
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

async function signedIn(): Promise<App> {
  const app = await clinic.start();
  await firstSignIn(app, clinic.person('ada'));
  return app;
}
/** The control of every test here: an honest recording still plays. */
async function anotherStillPlays(app: App): Promise<void> {
  const back = app.window.getByRole('button', { name: 'Back to list' }).first();
  if (await back.isVisible()) await back.click();
  const honest = clinic.practice.repo.recordings().find((r) => r.id === 'rec-01')?.patientName ?? '';
  await expect(row(app.window, honest).first()).toContainText('Ready offline', { timeout: 60_000 });
  await review(app.window, honest);
}

test('media that is not what was signed is withheld, with a reference and no patient; put right, one check brings it', async () => {
  const wrong = await clinic.practice.repo.addRecording({ owner: 'ada', patient: { family: 'Mismatchperson' }, title: 'not what was signed' });
  clinic.practice.lies.mediaInstead.set(wrong.binaryId, randomBytes(wrong.size));
  const app = await signedIn();
  const { window } = app;
  const withheld = row(window, 'not the one that was signed');
  await expect(withheld).toContainText(/W-\w{4}-\w{2}/, { timeout: 60_000 });
  await expect(window.getByText('Mismatchperson')).toHaveCount(0);
  await withheld.getByRole('button', { name: /Why/ }).click();
  await expect(window.getByRole('heading', { level: 1 })).toContainText(/W-\w{4}-\w{2} is withheld/);
  clinic.practice.lies.mediaInstead.clear();
  await window.getByRole('button', { name: 'Check again' }).click();
  await expect(window.getByText(/no longer withheld/)).toBeVisible();
  await window.getByRole('button', { name: 'Back to list' }).first().click();
  await expect(row(window, 'Mismatchperson')).toContainText('Ready offline', { timeout: 60_000 });
  await review(window, 'Mismatchperson');
});

test('a manifest signed by a stranger is withheld before its media is asked for', async () => {
  const forged = await clinic.practice.repo.addRecording({ owner: 'ada', patient: { family: 'Forgedperson' } });
  await clinic.practice.repo.signManifest(forged.id, () => undefined, { signWith: 'stranger' });
  const app = await signedIn();
  await expect(row(app.window, 'not one that your practice trusts')).toBeVisible();
  await expect(app.window.getByText('Forgedperson')).toHaveCount(0);
  await anotherStillPlays(app);
  expect(clinic.practice.accessLog.filter(({ path: asked }) => asked.includes(forged.binaryId))).toEqual([]);
});

test('a container that the player cannot decode says so over a blank frame', async () => {
  await clinic.practice.repo.addRecording({ owner: 'ada', patient: { family: 'Noiseperson' }, media: randomBytes(300_000), contentType: 'video/mp4' });
  const app = await signedIn();
  await expect(row(app.window, 'Noiseperson')).toContainText('Ready offline', { timeout: 60_000 });
  await row(app.window, 'Noiseperson').getByRole('button', { name: /^Review/ }).click();
  await expect(app.window.getByText('This recording cannot be played').first()).toBeVisible();
  expect(await videoState(app.window)).toMatchObject({ ready: false });
  await anotherStillPlays(app);
});

test('a copy that was changed on disk does not play, is destroyed, and comes anew', async () => {
  const target = await clinic.practice.repo.addRecording({ owner: 'ada', patient: { family: 'Damagedperson' } });
  const app = await signedIn();
  await expect(row(app.window, 'Damagedperson')).toContainText('Ready offline', { timeout: 60_000 });
  // One bit in every sealed file of this size.
  const files = readdirSync(clinic.profileDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.name.endsWith('.sealed')).map((entry) => path.join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const bytes = readFileSync(file);
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  }
  await row(app.window, 'Damagedperson').getByRole('button', { name: /^Review/ }).click();
  await expect(app.window.getByText('The copy on this computer is damaged').first()).toBeVisible();
  await app.window.getByRole('button', { name: 'Download again' }).click();
  await expect(row(app.window, 'Damagedperson')).toContainText('Ready offline', { timeout: 30_000 });
  await review(app.window, 'Damagedperson');
  await expect.poll(async () => (await clinic.practice.repo.auditEvents()).some((event) => JSON.stringify(event).includes(`"DocumentReference/${target.id}"`) && event.action === 'D')).toBe(true);
});

test('a recording that does not fit on the disk says what is needed and free; the others come', async () => {
  const site = clinic.practice.siteFile();
  writeFileSync(clinic.site, JSON.stringify({ ...site, largestRecordingBytes: 2 ** 50, diskBudgetBytes: 2 ** 51 }));
  await clinic.practice.repo.addRecording({ owner: 'ada', patient: { family: 'Hugeperson' }, declared: { size: 2 ** 49 } });
  const app = await signedIn();
  // It does not even begin by itself: how much room it wants is said.
  await expect(app.window.getByText(/not downloaded: .* more room/)).toBeVisible({ timeout: 60_000 });
  await expect(row(app.window, 'Hugeperson')).toContainText('Not downloaded');
  await row(app.window, 'Hugeperson').getByRole('button', { name: /^Download/ }).click();
  await expect(row(app.window, 'Hugeperson')).toContainText('Download failed', { timeout: 60_000 });
  await expect(row(app.window, 'Hugeperson')).toContainText(/needs .* is free|not enough room/);
  await anotherStillPlays(app);
});

test('a withdrawn assignment ends playback and its copy is destroyed', async () => {
  const target = await clinic.practice.repo.addRecording({ owner: 'ada', patient: { family: 'Withdrawnperson' } });
  const app = await signedIn();
  await expect(row(app.window, 'Withdrawnperson')).toContainText('Ready offline', { timeout: 60_000 });
  await review(app.window, 'Withdrawnperson');
  const task = await clinic.practice.repo.read('Task', target.taskIds[0] ?? '');
  await clinic.practice.repo.update({ ...task, status: 'cancelled' } as typeof task);
  await app.window.getByRole('button', { name: 'Update now' }).click();
  await expect(app.window.getByRole('heading', { name: 'The recording has been closed' })).toBeVisible();
  expect(await videoState(app.window)).toMatchObject({ ready: false });
  await expect(app.window.getByText('Withdrawnperson')).toHaveCount(0);
  await anotherStillPlays(app);
});
