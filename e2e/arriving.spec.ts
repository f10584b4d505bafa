/** Coming in, and everything that can be wrong on the way: each has its own words, and the app goes on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { beginSignIn, firstSignIn, openClinic, PIN, row, signInAddress, signInInBrowser, unlock, type Clinic } from './support/journey.ts';

let clinic: Clinic;
/** The standing banner. */
const connection = (window: Page) => window.getByRole('region', { name: 'Connection' });
test.beforeEach(async () => {
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

test('a wrong site file names the field; corrected, the app goes on', async () => {
  const right = readFileSync(clinic.site, 'utf8');
  writeFileSync(clinic.site, JSON.stringify({ ...(JSON.parse(right) as object), fhirBase: 'http://practice.example/fhir' }));
  const { window } = await clinic.start();
  await expect(window.getByRole('heading', { level: 1 })).toContainText('site file has a mistake');
  await expect(window.getByText(/“fhirBase” is wrong\. Expected: an https:\/\/ address/)).toBeVisible();
  writeFileSync(clinic.site, right);
  await window.getByRole('button', { name: 'Try again' }).click();
  await expect(window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
});

test('without a site file the app says who can help', async () => {
  const { window } = await clinic.start({ site: `${clinic.site}.nowhere` });
  await expect(window.getByRole('heading', { level: 1 })).toContainText('not been set up');
});

test('an unreachable practice and a refused sign-in each say so, and signing in then works', async () => {
  const app = await clinic.start();
  const { window } = app;
  clinic.practice.lies.down = true;
  await beginSignIn(window);
  await expect(window.getByText('The practice’s system cannot be reached')).toBeVisible();
  clinic.practice.lies.down = false;

  await beginSignIn(window);
  const address = await signInAddress(window);
  await expect.poll(() => clinic.openedAddresses()).toContain(address);
  await signInInBrowser(address, clinic.person('ada'), 'Deny');
  await expect(window.getByText('The practice refused the sign-in')).toBeVisible();
  await firstSignIn(app, clinic.person('ada'));
});

test('where no browser can be opened the address is there to copy', async () => {
  const app = await clinic.start({ env: { XDG_DATA_DIRS: clinic.folder, XDG_DATA_HOME: clinic.folder, XDG_CONFIG_HOME: clinic.folder } });
  await beginSignIn(app.window);
  await expect(app.window.getByText('This computer has no browser the app can open')).toBeVisible();
  expect(clinic.openedAddresses()).toEqual([]);
  const address = await signInAddress(app.window);
  await app.window.getByRole('button', { name: 'Copy address' }).click();
  expect(await app.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe(address);
  await app.window.getByRole('button', { name: 'Cancel' }).click();
  await expect(app.window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
});

test('somebody without a role is told why and sees nothing', async () => {
  const { window } = await clinic.start();
  await beginSignIn(window);
  await signInInBrowser(await signInAddress(window), clinic.person('noel'));
  await expect(window.getByRole('heading', { level: 1 })).toContainText('no role');
  expect(clinic.practice.accessLog.filter(({ path }) => /\/(Task|DocumentReference|Patient|Binary)/.test(path))).toEqual([]);
});

test('a person with two roles chooses one; as a manager no media, note or grade is fetched', async () => {
  const { window } = await clinic.start();
  await beginSignIn(window);
  await signInInBrowser(await signInAddress(window), clinic.person('dee'));
  await expect(window.getByRole('heading', { level: 1, name: 'Choose your role' })).toBeVisible();
  await window.getByRole('radio', { name: /^Manager/ }).check();
  await window.getByRole('button', { name: 'Continue' }).click();
  await signInInBrowser(await signInAddress(window), clinic.person('dee'));
  await expect(window.getByRole('heading', { level: 1, name: 'Events' })).toBeVisible();
  expect(clinic.practice.accessLog.filter(({ path }) => /\/(Binary|Encounter|Consent|QuestionnaireResponse|Communication)/.test(path))).toEqual([]);
});

test('a wrong PIN is counted, a lock hides everything, the right PIN opens it again', async () => {
  const app = await clinic.start();
  const { window } = app;
  await firstSignIn(app, clinic.person('ada'));
  const patient = clinic.practice.repo.recordings().find((r) => r.ownerPractitionerIds.includes(clinic.person('ada').practitionerId))?.patientName ?? '';
  await expect(window.getByText(patient).first()).toBeVisible();
  await window.getByRole('button', { name: 'Lock' }).click();
  await expect(window.getByRole('heading', { level: 1, name: 'Unlock as' })).toBeVisible();
  await expect(window.getByText(patient)).toHaveCount(0);
  await unlock(app, '999111');
  await expect(window.getByText(/9 tries left/).first()).toBeVisible();
  await unlock(app, PIN);
  await expect(window.getByText(patient).first()).toBeVisible();
});

test('an expired session keeps the person in and asks them to sign in', async () => {
  const app = await clinic.start();
  const { window } = app;
  await firstSignIn(app, clinic.person('ada'));
  await expect(window.getByText(/Ready offline/).first()).toBeVisible({ timeout: 60_000 });
  clinic.practice.lies.rejectTokens = true;
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(connection(window).getByText('Your sign-in has ended')).toBeVisible();
  await expect(window.getByText(/Ready offline/).first()).toBeVisible();
  clinic.practice.lies.rejectTokens = false;
  await connection(window).getByRole('button', { name: 'Sign in' }).click();
  await signInInBrowser(await signInAddress(window), clinic.person('ada'));
  await expect(window.getByText('Connected to the practice.')).toBeVisible();
  await expect(connection(window).getByText('Your sign-in has ended')).toHaveCount(0);
});

test('somebody else signing in does not get into an open room', async () => {
  const app = await clinic.start();
  const { window } = app;
  await firstSignIn(app, clinic.person('ada'));
  clinic.practice.lies.rejectTokens = true;
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(connection(window).getByText('Your sign-in has ended')).toBeVisible();
  clinic.practice.lies.rejectTokens = false;
  await connection(window).getByRole('button', { name: 'Sign in' }).click();
  await signInInBrowser(await signInAddress(window), clinic.person('ben'));
  await expect(window.getByText('Someone else signed in')).toBeVisible();
});

test('signing out ends offline use; switching user keeps the vaults apart', async () => {
  const app = await clinic.start();
  const { window } = app;
  await firstSignIn(app, clinic.person('ada'));
  await expect(window.getByText(/Ready offline/).first()).toBeVisible({ timeout: 60_000 });
  await window.getByRole('button', { name: 'Switch user' }).click();
  await expect(window.getByRole('button', { name: /Unlock as Dr Ada/ })).toBeVisible();
  await firstSignIn(app, clinic.person('ben'), '730518');
  await expect(window.getByText(/Ready offline/).nth(3)).toBeVisible({ timeout: 60_000 });
  const adaOnly = clinic.practice.repo.recordings().filter((r) => r.ownerPractitionerIds.includes(clinic.person('ada').practitionerId) && !r.ownerPractitionerIds.includes(clinic.person('ben').practitionerId));
  const benPatients = new Set(clinic.practice.repo.recordings().filter((r) => r.ownerPractitionerIds.includes(clinic.person('ben').practitionerId)).map((r) => r.patientName));
  for (const { patientName } of adaOnly.filter((r) => !benPatients.has(r.patientName))) await expect(window.getByText(patientName)).toHaveCount(0);
  await window.getByRole('button', { name: 'Sign out' }).click();
  await window.getByRole('button', { name: /Unlock as Dr Ben/ }).click();
  await unlock(app, '730518');
  await expect(connection(window).getByText('Your sign-in has ended')).toBeVisible();
  await row(window, 'Ready offline').first().getByRole('button', { name: /^Review/ }).click();
  await expect(window.getByText(/time for working offline has ended/).first()).toBeVisible();
});
