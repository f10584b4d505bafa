/** What a person does, in the app and in their browser, for the journeys of every spec. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import type { DocumentReference } from '@medplum/fhirtypes';
import { startPractice, type Person, type Practice, type PracticeOptions, type RecordingInfo } from '../../practice/index.ts';
import { launchApp, type App, type LaunchOptions } from '../harness/app.ts';
import { openBrowser } from '../harness/browser.ts';
import { noteDefaultBrowser } from '../harness/default-browser.ts';

export const PIN = '482913';

/** A clinic: a practice, a computer's folders, and the app on it. */
export interface Clinic {
  practice: Practice;
  site: string;
  profileDir: string;
  /** Starts the app; only one runs at a time. */
  start(options?: Partial<LaunchOptions>): Promise<App>;
  /** Ends everything that was started, and removes the folders. */
  stop(): Promise<void>;
  person(username: string): Person;
  recording(id: string): RecordingInfo;
  folder: string;
  /** Addresses that the app opened in the system's browser. */
  openedAddresses(): string[];
}

export async function openClinic(options: PracticeOptions = {}): Promise<Clinic> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'clinic-'));
  const profileDir = path.join(folder, 'profile');
  const site = path.join(folder, 'site.json');
  const practice = await startPractice({ quiet: true, ...options });
  writeFileSync(site, JSON.stringify(practice.siteFile()));
  const openedAddresses = noteDefaultBrowser(folder);
  const apps: App[] = [];
  return {
    practice, site, profileDir, folder, openedAddresses,
    start: async (launch = {}) => {
      const app = await launchApp({ site, profileDir, ...launch });
      apps.push(app);
      return app;
    },
    person: (username) => {
      const person = practice.people.find((p) => p.username === username);
      if (!person) throw new Error(`nobody is called ${username}`);
      return person;
    },
    recording: (id) => {
      const recording = practice.repo.recordings().find((one) => one.id === id);
      if (!recording) throw new Error(`the demo practice has no ${id}`);
      return recording;
    },
    stop: async () => {
      for (const app of apps) await app.close();
      await practice.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The address that the app shows for the browser. */
export async function signInAddress(window: Page): Promise<string> {
  return window.getByLabel('Sign-in address').inputValue();
}

/** Answers the practice's sign-in and consent pages in a real browser, as the person would. */
export async function signInInBrowser(address: string, person: Pick<Person, 'username' | 'password'>, answer: 'Allow' | 'Deny' = 'Allow'): Promise<void> {
  const browser = await openBrowser(address);
  try {
    await browser.page.getByLabel('Username').fill(person.username);
    await browser.page.getByLabel('Password').fill(person.password);
    await browser.page.getByRole('button', { name: 'Sign in' }).click();
    // One page a step: first who you are, then what the role may do.
    for (let step = 0; step < 2; step += 1) {
      const choice = browser.page.getByRole('button', { name: answer });
      const end = browser.page.getByRole('heading', { name: /You are signed in|Choose your role|not signed in|no role/ });
      await expect(choice.or(end)).toBeVisible();
      if (await end.isVisible()) return;
      await choice.click();
    }
    await expect(browser.page.getByRole('heading', { name: /You are signed in|Choose your role|not signed in|no role/ })).toBeVisible();
  } finally {
    await browser.close();
  }
}

/** From the sign-in screen to the worklist for the first time on this computer. */
export async function firstSignIn(app: App, person: Person, pin = PIN, answer: (address: string, person: Person) => Promise<void> = signInInBrowser): Promise<void> {
  const { window } = app;
  await beginSignIn(window);
  await answer(await signInAddress(window), person);
  await window.getByLabel('PIN', { exact: true }).fill(pin);
  await window.getByLabel('Type the PIN again', { exact: true }).fill(pin);
  await window.getByRole('button', { name: 'Save and continue' }).click();
  await expect(window.getByRole('heading', { level: 1, name: 'Your recordings' })).toBeVisible({ timeout: 30_000 });
}

export async function beginSignIn(window: Page): Promise<void> {
  await window.getByRole('button', { name: 'Sign in with your practice' }).click();
}

export async function unlock(app: App, pin = PIN): Promise<void> {
  await app.window.getByLabel('Your PIN', { exact: true }).fill(pin);
  await app.window.getByRole('button', { name: 'Unlock', exact: true }).click();
}

/** What may be used offline is here. */
export async function everythingHere(window: Page): Promise<void> {
  await expect(window.getByText(/^(Waiting to download|Downloading)/)).toHaveCount(0, { timeout: 60_000 });
}

/** A recording of somebody's own consultation, which may be assigned to them without a signature. */
export async function ownRecording({ practice: { repo }, person }: Pick<Clinic, 'practice' | 'person'>, username: string): Promise<RecordingInfo> {
  const author = `Practitioner/${person(username).practitionerId}`;
  const own = (await repo.all<DocumentReference>('DocumentReference')).filter((one) => one.author?.some(({ reference }) => reference === author)).map(({ id }) => id);
  const found = repo.recordings().find(({ id }) => own.includes(id));
  if (!found) throw new Error(`no consultation was ${username}’s`);
  return found;
}

/** The worklist row of a title or a patient. */
export function row(window: Page | Locator, text: string) {
  return window.getByRole('row').filter({ hasText: text });
}

/** Opens a row that is ready and waits for its first decoded frame. */
export async function review(window: Page, text: string): Promise<void> {
  await row(window, text).getByRole('button', { name: /^Review/ }).click();
  await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
}

/** What the media element itself says. */
export function videoState(window: Page) {
  return window.evaluate(() => {
    const media = document.querySelector('video, audio');
    if (!(media instanceof HTMLMediaElement)) return { ready: false, time: -1, paused: true, duration: -1 };
    return { ready: media.readyState >= 2, time: media.currentTime, paused: media.paused, duration: media.duration };
  });
}
