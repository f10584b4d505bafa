/** Signing in, a PIN, locks, the practice away, and what is kept on the computer. */
import { expect } from '@playwright/test';
import type { App } from '../harness/app.ts';
import { beginSignIn, PIN, row, signInAddress, type Clinic } from '../support/journey.ts';
import { computer } from './computer.ts';
import { answerPractice, backToList, play, setPin, unlockWith } from './steps.ts';
import { heading, patience, type Tour } from './Tour.ts';

/** First time on this computer: sign-in, the practice's pages, a PIN, the worklist. */
export async function firstTime(tour: Tour, clinic: Clinic): Promise<App> {
  const ada = clinic.person('ada');
  const app = await clinic.start();
  const { window } = app;
  await expect.poll(() => window.evaluate(() => [innerWidth, innerHeight])).toEqual([1366, 768]);
  await tour.screen(app, 'Sign in to Viewing Room', 'sign-in', 'First start: the practice is known from its site file.', { large: true });
  await computer(tour, app);
  await beginSignIn(window);
  await expect(window.getByLabel('Sign-in address')).toHaveValue(/^http/, patience);
  await tour.screen(app, 'Finish signing in in your browser', 'browser', 'The sign-in page is in the browser; its address can be copied where none opened.');
  await answerPractice(tour, await signInAddress(window), ada, true);
  await tour.screen(app, 'Choose a PIN', 'set-pin', 'A PIN protects the copies on this computer.');
  await setPin(app, '123456');
  await expect(window.getByText('There is a problem')).toBeVisible(patience);
  await tour.picture(app, 'set-pin-error', 'A PIN that is too easy.');
  await setPin(app);
  await heading(window, 'Your recordings');
  await expect(window.getByText(/^Downloading, [1-9]/).first()).toBeVisible(patience);
  await tour.picture(app, 'worklist-downloading', 'The worklist, while the recordings that may be used offline are downloaded, checked and sealed one by one.');
  await expect(window.getByText(/Waiting to download|Downloading/)).toHaveCount(0, { timeout: 120_000 });
  await tour.picture(app, 'worklist', 'The worklist, ready: whose recording, which consultation, why, until when, and what is on this computer.', { large: true });
  return app;
}

export async function lockAndUnlock(tour: Tour, app: App): Promise<void> {
  const { window } = app;
  await window.getByRole('button', { name: 'Lock', exact: true }).click();
  await tour.screen(app, 'Unlock as Dr Ada Sampleton', 'locked', 'Locked: nothing of a patient is on the screen or readable on the disk.');
  await unlockWith(app, '000001');
  await expect(window.getByText('That PIN is not right').first()).toBeVisible(patience);
  await tour.picture(app, 'wrong-pin', 'A wrong PIN is counted before it is tried, and what follows the last try is said.');
  await unlockWith(app, PIN);
  await heading(window, 'Your recordings');
}

export async function offline(tour: Tour, app: App, clinic: Clinic, title: string): Promise<App> {
  clinic.practice.lies.down = true;
  await app.window.getByRole('button', { name: 'Update now' }).click();
  await expect(app.window.getByText('No connection to the practice.')).toBeVisible(patience);
  await tour.picture(app, 'offline', 'The practice cannot be reached: what is here stays usable until the lease ends.');
  await app.close();
  const again = await clinic.start();
  await tour.screen(again, 'Unlock as Dr Ada Sampleton', 'offline-unlock', 'Restarted without a connection: the PIN opens what is sealed here.');
  await unlockWith(again, PIN);
  await heading(again.window, 'Your recordings');
  await expect(again.window.getByText('No connection to the practice.')).toBeVisible(patience);
  await play(again, title, 2);
  await tour.picture(again, 'offline-review', 'A review without the practice.');
  await again.window.getByRole('button', { name: 'Back to list' }).first().click();
  await row(again.window, 'Ready').first().waitFor(patience);
  clinic.practice.lies.down = false;
  return again;
}

const toStorage = async ({ window }: App) => {
  await window.getByRole('button', { name: 'Storage on this computer' }).first().click();
  await heading(window, 'Storage on this computer');
};

/** The copies on this computer: what they use, and one of them removed. */
export async function storage(tour: Tour, app: App, title: string): Promise<void> {
  const { window } = app;
  await toStorage(app);
  await window.getByRole('checkbox', { name: new RegExp(title) }).first().check(patience);
  await tour.picture(app, 'storage', 'The copies on this computer: what they use, and which the person wants to remove.');
  await window.getByRole('button', { name: /^Remove selected/ }).click();
  await expect(window.getByRole('alertdialog')).toBeVisible(patience);
  await tour.dialog(app, 'screens/StorageScreen.tsx', 'storage-confirm', 'Before copies are removed it is said what that means.');
  await window.getByRole('button', { name: /^Remove cop/ }).click();
  await expect(window.getByText(/removed \(/)).toBeVisible(patience);
  await tour.picture(app, 'storage-removed', 'Removed here; the practice still has it, and it can be downloaded again.');
  await backToList(app);
}

export async function changePin(tour: Tour, app: App, from: string, to: string): Promise<void> {
  const { window } = app;
  const change = async (present: string) => {
    await window.getByLabel('Current PIN', { exact: true }).fill(present);
    await window.getByLabel('New PIN', { exact: true }).fill(to);
    await window.getByLabel('Type the new PIN again', { exact: true }).fill(to);
    await window.getByRole('main').getByRole('button', { name: 'Change PIN' }).click();
  };
  await window.getByRole('button', { name: 'Change PIN' }).click();
  await tour.screen(app, 'Change PIN', 'change-pin', 'Changing the PIN needs the present one. Recordings are not touched.');
  await change('000001');
  await expect(window.getByRole('link', { name: 'That PIN is not right' })).toBeVisible(patience);
  await tour.picture(app, 'change-pin-wrong', 'A wrong current PIN counts as a try, as it does when unlocking.');
  await change(from);
  await tour.screen(app, 'Your PIN has been changed', 'changed-pin', 'The PIN has been changed.');
  await backToList(app);
}

/** What a forgotten PIN costs, read and not done. */
export async function forgottenPin(tour: Tour, app: App, pin: string): Promise<void> {
  const { window } = app;
  await window.getByRole('button', { name: 'Lock', exact: true }).click();
  await window.getByRole('button', { name: 'I have forgotten my PIN' }).click();
  await tour.screen(app, /^Forgotten PIN/, 'forgotten-pin', 'A forgotten PIN: first what is lost, then what stays. Nothing has been erased yet.');
  await window.getByRole('button', { name: /^Erase my copies/ }).click();
  await expect(window.getByRole('alertdialog')).toBeVisible(patience);
  await tour.dialog(app, 'screens/Forgotten.tsx', 'forgotten-pin-confirm', 'Whose copies are erased is said once more.');
  await window.getByRole('button', { name: 'Cancel' }).click();
  await window.getByRole('button', { name: 'Back: I remember it' }).click();
  await heading(window, 'Unlock as Dr Ada Sampleton');
  await unlockWith(app, pin);
  await heading(window, 'Your recordings');
}
