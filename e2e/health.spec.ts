/** "This computer" and the support bundle, from where somebody needs them: the problem screen, sign-in, a locked store, settings and the console. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { axeFaults } from './support/accessible.ts';
import { isAtComputer, item, supportBundle, toComputer } from './support/computer.ts';
import { beginSignIn, everythingHere, firstSignIn, openClinic, row, signInAddress, signInInBrowser, unlock, type Clinic } from './support/journey.ts';

let clinic: Clinic;
test.beforeEach(async () => {
  test.setTimeout(180_000);
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

const places = (window: Parameters<typeof toComputer>[0]) => window.evaluate(() => document.documentElement.dataset.place);

test('from the problem screen of a broken site file to the bundle that support asks for', async () => {
  writeFileSync(clinic.site, JSON.stringify({ ...clinic.practice.siteFile(), fhirBase: 'http://records.practice.example/fhir' }));
  const app = await clinic.start();
  const { window } = app;
  const heading = 'The practice’s site file has a mistake in it';
  await expect(window.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  await toComputer(window);
  expect(await places(window)).toBe('computer');
  // What does not work stands first, and is named for whoever can put it right.
  await expect(window.getByRole('listitem').first()).toContainText('Set up for a practiceNot working');
  await expect(item(window, 'Set up for a practice')).toContainText('site-file-invalid, field fhirBase');
  await expect(item(window, 'Keychain')).toContainText('Good');
  await window.screenshot({ path: test.info().outputPath('trouble.png'), fullPage: true });
  const { text, file } = await supportBundle(app);
  rmSync(file);
  const read = JSON.parse(text) as { log: object[] };
  expect(read).toMatchObject({ format: 'viewing-room-support', screen: 'problem', problem: 'site-file-invalid', site: null, logLinesLeftOut: 0, health: { keychain: { is: 'works' }, site: { from: 'named', field: 'fhirBase' } } });
  expect(read.log).toContainEqual(expect.objectContaining({ event: 'problem', code: 'site-file-invalid' }));
  for (const secret of ['records.practice.example', '127.0.0.1', clinic.folder]) expect(text).not.toContain(secret);
  await window.getByRole('button', { name: 'Back', exact: true }).click();
  await expect(window.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  // Put right, the app goes on from where it was.
  writeFileSync(clinic.site, JSON.stringify(clinic.practice.siteFile()));
  await window.getByRole('button', { name: 'Try again' }).click();
  await expect(window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
});

test('from sign-in, from a clinician’s settings, and while locked; a lock takes the person away from it', async () => {
  const app = await clinic.start();
  const { window } = app;
  await toComputer(window);
  await expect(item(window, 'Practice')).toContainText('Not checkedNobody is signed in');
  await expect(item(window, 'Set up for a practice')).toContainText('Good');
  await window.getByRole('button', { name: 'Back', exact: true }).click();
  await firstSignIn(app, clinic.person('ada'));
  await expect(row(window, 'Ready offline').first()).toBeVisible({ timeout: 60_000 });
  await everythingHere(window);
  // A round is over, and has said so.
  await expect.poll(() => readFileSync(path.join(clinic.profileDir, 'logs', 'viewing-room.log'), 'utf8'), { timeout: 60_000 }).toContain('"event":"sync"');
  await window.getByRole('button', { name: 'Settings' }).click();
  await window.getByRole('button', { name: 'This computer' }).click();
  await isAtComputer(window);
  expect(await places(window)).toBe('room/computer');
  await expect(item(window, 'Practice')).toContainText('The practice’s system answers.');
  await expect(item(window, 'Clock')).toContainText('agrees with the practice’s');
  await expect(item(window, 'Record of access')).toContainText('hashes and signatures fit');
  await expect(item(window, 'Disk')).toContainText('reserve for the record held: yes');
  await expect(window.getByRole('listitem').filter({ hasText: 'Not working' })).toHaveCount(0);
  const { text, file } = await supportBundle(app);
  rmSync(file);
  await window.screenshot({ path: test.info().outputPath('inside.png'), fullPage: true });
  for (const event of ['started', 'signed-in', 'sync', 'sealed']) expect(text).toContain(`"event":"${event}"`);
  await window.getByRole('button', { name: 'Lock', exact: true }).click();
  await expect(window.getByRole('heading', { level: 1, name: `Unlock as ${clinic.person('ada').name}` })).toBeVisible();
  await toComputer(window);
  await expect(item(window, 'Record of access')).toContainText('hashes and signatures fit');
  await expect(window.getByText(clinic.person('ada').name)).toHaveCount(0);
  await window.getByRole('button', { name: 'Back', exact: true }).click();
  await unlock(app);
  await expect(window.getByRole('heading', { level: 1, name: 'Your recordings' })).toBeVisible();
});

test('after a fault in the page: the support bundle, with the fault in it; and plain words where that page fails too', async () => {
  const app = await clinic.start();
  const { window, electron } = app;
  await expect(window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
  // No main process says so little: the screen cannot be drawn.
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.send('push:state', { screen: 'sign-in' }));
  const title = window.getByRole('heading', { level: 1 });
  const fault = 'This page could not be shown';
  await expect(title).toHaveText(fault);
  await expect(title).toBeFocused();
  expect(await axeFaults(window)).toEqual([]);
  await window.screenshot({ path: test.info().outputPath('fault.png') });
  const toBundle = window.getByRole('button', { name: 'This computer' });
  await toBundle.click();
  await isAtComputer(window);
  await expect(title).toBeFocused();
  await expect(item(window, 'Keychain')).toContainText('Good');
  expect(await axeFaults(window)).toEqual([]);
  const { text, file } = await supportBundle(app);
  rmSync(file);
  expect((JSON.parse(text) as { log: object[] }).log).toContainEqual(expect.objectContaining({ event: 'fault', step: 'page', errorName: 'TypeError' }));
  await window.getByRole('button', { name: 'Back', exact: true }).click();
  await expect(title).toHaveText(fault);
  await window.evaluate(() => Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', { get: () => null }));
  await toBundle.click();
  await expect(title).toHaveText(fault);
  await expect(title).toBeFocused();
  await expect(toBundle).toHaveCount(0);
  expect(await axeFaults(window)).toEqual([]);
  await window.screenshot({ path: test.info().outputPath('fault-again.png') });
});

for (const username of ['pat', 'cal', 'noel'] as const) {
  test(`for ${username}, who is no clinician`, async () => {
    const app = await clinic.start({ profileDir: path.join(clinic.folder, username) });
    const { window } = app;
    await beginSignIn(window);
    await signInInBrowser(await signInAddress(window), clinic.person(username));
    if (username === 'noel') {
      await expect(window.getByRole('heading', { level: 1, name: 'You have no role that uses this app' })).toBeVisible();
      await toComputer(window);
      await expect(window.getByText(clinic.person(username).name)).toHaveCount(0);
    } else {
      await window.getByRole('navigation', { name: 'Console' }).getByRole('button', { name: 'This computer' }).click();
      await isAtComputer(window);
      expect(await places(window)).toBe('console/computer');
      await expect(item(window, 'Record of access')).not.toContainText('Not working');
    }
    await expect(item(window, 'Keychain')).toContainText('Good');
  });
}
