/** Networks that want something of the person, that are slow, and that are not to be had for long. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@playwright/test';
import { beginSignIn, firstSignIn, openClinic, row, type Clinic } from '../support/journey.ts';
import { startProxy } from '../support/proxy.ts';
import { slowly } from '../support/slowly.ts';
import { heading, patience, type Tour } from './Tour.ts';

/** A proxy that asks who is there, and a network with a page of its own. */
export async function between(tour: Tour, clinic: Clinic): Promise<void> {
  const proxy = await startProxy();
  try {
    proxy.wants = { name: 'surgery', password: 'pass-the-proxy' };
    const app = await clinic.start({ args: proxy.args, profileDir: path.join(clinic.folder, 'between') });
    const { window } = app;
    await beginSignIn(window);
    const ask = window.getByRole('button', { name: 'Sign in to the proxy' });
    await expect(ask).toBeVisible(patience);
    await tour.picture(app, 'proxy-asks', 'The network’s proxy asks who is there: what that is, and the way to tell it.');
    await ask.click();
    await tour.dialog(app, 'parts/ProxyButton.tsx', 'proxy-dialog', 'Name and password for the proxy: kept only until the app is closed.');
    const dialog = window.getByRole('dialog');
    await dialog.getByLabel('Name for the proxy').fill('surgery');
    await dialog.getByLabel('Password for the proxy', { exact: true }).fill('not this one');
    await dialog.getByRole('button', { name: 'Sign in to the proxy' }).click();
    await expect(dialog.getByText('The proxy did not take that name and password')).toBeVisible(patience);
    await tour.dialog(app, 'parts/ProxyButton.tsx', 'proxy-refused', 'The proxy did not take it.');
    await dialog.getByLabel('Password for the proxy', { exact: true }).fill('pass-the-proxy');
    await dialog.getByRole('button', { name: 'Sign in to the proxy' }).click();
    await heading(window, 'Finish signing in in your browser');
    await window.getByRole('button', { name: 'Cancel' }).click();
    await firstSignIn(app, clinic.person('ben'));
    await expect(window.getByText('Ready offline').first()).toBeVisible(patience);
    proxy.portal = true;
    await window.getByRole('button', { name: 'Update now' }).click();
    await expect(window.getByText(/This network may want you to sign in first/)).toBeVisible(patience);
    await tour.picture(app, 'captive-network', 'A page of the network’s own answers in place of the practice: nothing is taken away.');
    await app.close();
  } finally {
    proxy.stop();
  }
}

/** Offline use that ends within two days. */
export async function leaseSoon(tour: Tour, clinic: Clinic): Promise<void> {
  const site = path.join(clinic.folder, 'short-lease.json');
  const file = clinic.practice.siteFile();
  writeFileSync(site, JSON.stringify({ ...file, offline: { ...file.offline, leaseHours: 24 } }));
  const app = await clinic.start({ site, profileDir: path.join(clinic.folder, 'short-lease') });
  await firstSignIn(app, clinic.person('cara'));
  await expect(app.window.getByText('Ready offline').first()).toBeVisible(patience);
  clinic.practice.lies.down = true;
  await app.window.getByRole('button', { name: 'Update now' }).click();
  await expect(app.window.getByText('No connection to the practice.')).toBeVisible(patience);
  await tour.picture(app, 'lease-soon', 'Without the practice, and offline use ends soon: until when, and what to do.');
  clinic.practice.lies.down = false;
  await app.close();
}

/** So much of each answer comes at once, then a piece every so many ms. */
const AT_ONCE = 2_500_000;
const STEP_MS = 1_500;

/** A long recording over a slow line. */
export async function slowLine(tour: Tour): Promise<void> {
  const clinic = await openClinic({ large: ['20MB'] });
  try {
    const large = clinic.practice.repo.recordings().find(({ size }) => size >= 20_000_000);
    if (!large) throw new Error('no large recording');
    clinic.practice.lies.answer = ({ path: asked }, given) => (asked === `Binary/${large.binaryId}` ? { ...given, body: slowly(given.body, STEP_MS, { atOnce: AT_ONCE }) } : given);
    const app = await clinic.start();
    const { window } = app;
    await firstSignIn(app, clinic.person('ada'));
    await expect(row(window, large.title).first()).toContainText('Downloading', patience);
    await window.getByRole('button', { name: 'Storage on this computer' }).click();
    await heading(window, 'Storage on this computer');
    await expect(window.getByRole('button', { name: /^Pause/ }).first()).toBeVisible(patience);
    // Speed is known after some seconds.
    await expect(window.getByText(/bit\/s/).first()).toBeVisible(patience);
    await tour.picture(app, 'storage-downloads', 'All downloads, with speed and time left; each is paused, resumed or cancelled.', { large: true });
    await window.getByRole('button', { name: /^Pause/ }).first().click();
    await expect(window.getByRole('button', { name: /^Resume/ }).first()).toBeVisible(patience);
    await tour.picture(app, 'storage-paused', 'A download that is paused: it goes on when the person says so.');
    await window.getByRole('button', { name: 'Back to list' }).first().click();
    await row(window, large.title).first().getByRole('button', { name: /^Review/ }).click();
    await expect(window.getByText(/^Still downloading\./)).toBeVisible({ timeout: 60_000 });
    await tour.picture(app, 'review-arriving', 'A long recording, watched while it is downloaded.', { large: true });
    await window.locator('video').evaluate((video: HTMLVideoElement) => {
      video.currentTime = video.duration * 0.9;
    });
    await expect(window.getByText(/^Waiting for this part\./)).toBeVisible(patience);
    await tour.glance(window, 'review-arriving-waits', 'Where the person went comes first: it plays as soon as it is here.');
    await app.close();
  } finally {
    await clinic.stop();
  }
}
