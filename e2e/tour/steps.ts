/** What people do between the screens that the tour looks at. */
import path from 'node:path';
import { expect } from '@playwright/test';
import type { Person } from '../../practice/index.ts';
import type { App } from '../harness/app.ts';
import { openBrowser } from '../harness/browser.ts';
import { beginSignIn, PIN, row, signInAddress, videoState, type Clinic } from '../support/journey.ts';
import { heading, patience, type Tour } from './Tour.ts';

/** Answers the practice's pages in a browser of its own, and takes pictures of them when asked to. */
export async function answerPractice(tour: Tour, address: string, person: Person, withPictures = false): Promise<void> {
  const browser = await openBrowser(address);
  try {
    const { page } = browser;
    await heading(page, 'Sign in to Demo Surgery');
    await page.getByLabel('Username').fill(person.username);
    await page.getByLabel('Password').fill(person.password);
    if (withPictures) await tour.glance(page, 'practice-login', 'The practice’s own login page, in the computer’s browser. The app never sees the password.');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const end = page.getByRole('heading', { name: /You are signed in|Choose your role|no role/ });
    for (let step = 0; step < 2; step += 1) {
      const allow = page.getByRole('button', { name: 'Allow' });
      await expect(allow.or(end).first()).toBeVisible(patience);
      if (await end.isVisible()) break;
      if (withPictures && step === 1) await tour.glance(page, 'practice-consent', 'The practice asks what the app may do: only what the role needs. Split in two, first who you are, then this.');
      await allow.click();
    }
    await expect(end).toBeVisible(patience);
    if (withPictures) await tour.glance(page, 'practice-done', 'The browser says that it is done. Back to the app.');
  } finally {
    await browser.close();
  }
}

export async function setPin(app: App, pin = PIN): Promise<void> {
  await app.window.getByLabel('PIN', { exact: true }).fill(pin);
  await app.window.getByLabel('Type the PIN again', { exact: true }).fill(pin);
  await app.window.getByRole('button', { name: 'Save and continue' }).click();
}

export const unlockWith = async (app: App, pin: string) => {
  await app.window.getByLabel('Your PIN', { exact: true }).fill(pin);
  await app.window.getByRole('button', { name: 'Unlock', exact: true }).click();
};

export const backToList = async (app: App) => {
  await app.window.getByRole('button', { name: 'Back to list' }).first().click();
  await heading(app.window, 'Your recordings');
};

/** Opens a row and waits for its first frame. */
export async function open({ window }: App, title: string): Promise<void> {
  await row(window, title).getByRole('button', { name: /^Review/ }).click();
  await expect.poll(() => videoState(window), patience).toMatchObject({ ready: true });
  await expect(window.getByRole('tab', { name: 'Finish' })).toBeVisible(patience);
}

/** Opens a row and plays it from a line of its transcript, or from the start. */
export async function play(app: App, title: string, from?: number): Promise<void> {
  await open(app, title);
  await goOn(app, from);
}

/** Plays what is open, from a line of its transcript or from where it is. */
export async function goOn({ window }: App, from?: number): Promise<void> {
  if (from !== undefined) await window.locator(`[data-line="${from}"]`).click();
  await window.getByRole('button', { name: /^Play/ }).first().click();
  const begun = (await videoState(window)).time;
  await expect.poll(async () => (await videoState(window)).time, patience).toBeGreaterThan(begun + 1.5);
}

/** Another tab beside the player. */
export const tab = async ({ window }: App, name: string) => {
  const one = window.getByRole('tab', { name: new RegExp(`^${name}`) });
  await one.click();
  await expect(one).toHaveAttribute('aria-selected', 'true', patience);
};

/** Asks the practice, and waits until that is over. */
export const update = async ({ window }: App) => {
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('Checking for changes')).toBeHidden(patience);
};

/** Someone else signs in on a computer where nobody has been, and does `act`. */
export async function another(tour: Tour, clinic: Clinic, username: string, act: (app: App) => Promise<void>): Promise<void> {
  const app = await clinic.start({ profileDir: path.join(clinic.folder, username) });
  await beginSignIn(app.window);
  await expect(app.window.getByLabel('Sign-in address')).toHaveValue(/^http/, patience);
  await answerPractice(tour, await signInAddress(app.window), clinic.person(username));
  await act(app);
  await app.close();
}
