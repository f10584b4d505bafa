/** Who the session is of can change under it: a role that ends, a token that is renewed for somebody else, a site file that names other keys. */
import { writeFileSync } from 'node:fs';
import type { PractitionerRole } from '@medplum/fhirtypes';
import { expect, test } from '@playwright/test';
import type { App } from './harness/app.ts';
import { deliveredEntries } from './support/audit.ts';
import { beginSignIn, everythingHere, firstSignIn, openClinic, review, row, signInAddress, signInInBrowser, unlock, type Clinic } from './support/journey.ts';
import { sealedFiles } from './support/vaults.ts';

const soon = { timeout: 60_000 };

let clinic: Clinic;
test.beforeEach(async () => {
  test.setTimeout(180_000);
  clinic = await openClinic({ accessTokenSeconds: 35 });
});
test.afterEach(() => clinic.stop());

const first = () => clinic.recording('rec-01').patientName;

async function adaWithCopies(): Promise<App> {
  const app = await clinic.start();
  await firstSignIn(app, clinic.person('ada'));
  await expect(row(app.window, first()).first()).toContainText('Ready offline', soon);
  await everythingHere(app.window);
  return app;
}

test('a role that ends in the middle of a review ends it: copies are erased, and nothing is shown until a role is found', async () => {
  let app = await adaWithCopies();
  await review(app.window, first());
  const role = await clinic.practice.repo.read<PractitionerRole>('PractitionerRole', 'role-gp-1');
  await clinic.practice.repo.update<PractitionerRole>({ ...structuredClone(role), active: false });
  await app.window.getByRole('button', { name: 'Update now' }).click();
  await expect(app.window.getByRole('heading', { level: 1, name: 'Your role has ended' })).toBeVisible();
  await expect(app.window.locator('video, audio, [data-line]')).toHaveCount(0);
  expect(sealedFiles(clinic.profileDir)).toEqual([]);
  await expect.poll(async () => (await deliveredEntries(clinic.practice)).map(({ entry }) => entry.event)).toContain('role-ended');
  await app.close();

  app = await clinic.start();
  await unlock(app);
  await expect(row(app.window, 'You no longer have the role').first()).toBeVisible();
  await expect(app.window.getByText(first())).toHaveCount(0);

  await clinic.practice.repo.update<PractitionerRole>({ ...role, active: true });
  await app.window.getByRole('region', { name: 'Connection' }).getByRole('button', { name: 'Sign in' }).click();
  await signInInBrowser(await signInAddress(app.window), clinic.person('ada'));
  await expect(row(app.window, first()).first()).toContainText('Ready offline', soon);
  await review(app.window, first());
});

test('a session that is renewed for somebody else is given back; what is mine stays mine', async () => {
  const app = await adaWithCopies();
  clinic.practice.lies.renewsAs = clinic.person('ben').username;
  // Until the token has run out, and is renewed.
  await expect(async () => {
    await app.window.getByRole('button', { name: 'Update now' }).click({ timeout: 1000 });
    await expect(app.window.getByText(/do not agree on who you are/).first()).toBeVisible({ timeout: 2000 });
  }).toPass(soon);
  for (const { patientName } of clinic.practice.repo.recordings().filter(({ ownerPractitionerIds }) => !ownerPractitionerIds.includes('gp-1'))) {
    if (clinic.practice.repo.recordings().some((one) => one.patientName === patientName && one.ownerPractitionerIds.includes('gp-1'))) continue;
    await expect(app.window.getByText(patientName)).toHaveCount(0);
  }
  await review(app.window, first());
});

test('a site file with other keys withholds everything until an online sign-in, and is recorded', async () => {
  let app = await adaWithCopies();
  await app.close();
  const site = clinic.practice.siteFile();
  writeFileSync(clinic.site, JSON.stringify({ ...site, transcriberKeys: [] }));
  app = await clinic.start();
  await unlock(app);
  await expect(row(app.window, 'settings changed').first()).toBeVisible();
  await expect(app.window.getByText(first())).toHaveCount(0);
  const before = clinic.practice.accessLog.filter(({ path }) => path.includes('/Binary/')).length;
  await app.window.getByRole('button', { name: 'Update now' }).click();
  await expect(row(app.window, 'settings changed').first()).toBeVisible();
  expect(clinic.practice.accessLog.filter(({ path }) => path.includes('/Binary/')).length).toBe(before);

  const connection = app.window.getByRole('region', { name: 'Connection' });
  await (await connection.getByRole('button', { name: 'Sign in' }).isVisible() ? connection.getByRole('button', { name: 'Sign in' }).click() : beginSignIn(app.window));
  await signInInBrowser(await signInAddress(app.window), clinic.person('ada'));
  await expect(row(app.window, first()).first()).toContainText('Ready offline', soon);
  await expect.poll(async () => (await deliveredEntries(clinic.practice)).map(({ entry }) => entry.event), soon).toContain('site-changed');
});
