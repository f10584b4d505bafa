/** A computer with the packaged app on it, whose practice is HAPI and Keycloak; and a person at it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from '@playwright/test';
import { launchApp, type App } from '../../../e2e/harness/app.ts';
import { openBrowser } from '../../../e2e/harness/browser.ts';
import { noteDefaultBrowser } from '../../../e2e/harness/default-browser.ts';
import { firstSignIn, PIN } from '../../../e2e/support/journey.ts';
import type { Person } from '../../../practice/index.ts';
import type { Desk } from '../desk.ts';
import { secondFactor } from '../realm.ts';
import { totp } from '../totp.ts';

export interface Room {
  profileDir: string;
  /** The practice's site file. */
  site: string;
  start(): Promise<App>;
  /** From nothing to the worklist. @returns what was filled in at Keycloak, page by page */
  signIn(app: App, person: Person): Promise<string[]>;
  leave(): Promise<void>;
}

export async function openRoom(desk: Desk): Promise<Room> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'interop-'));
  const [profileDir, site] = [path.join(folder, 'profile'), path.join(folder, 'site.json')];
  writeFileSync(site, JSON.stringify(await desk.site()));
  noteDefaultBrowser(folder);
  const apps: App[] = [];
  return {
    profileDir, site,
    start: async () => {
      const app = await launchApp({ site, profileDir });
      apps.push(app);
      return app;
    },
    signIn: async (app, person) => {
      const filled: string[] = [];
      await firstSignIn(app, person, PIN, async (address, who) => void filled.push(...await atKeycloak(address, who)));
      return filled;
    },
    leave: async () => {
      for (const app of apps) await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Keycloak takes a code once: the last half minute of which one was given. */
let lastCode = 0;

async function freshCode(): Promise<string> {
  while (Math.floor(Date.now() / 30_000) <= lastCode) await wait(500);
  lastCode = Math.floor(Date.now() / 30_000);
  return totp(secondFactor.secret, Date.now());
}

/** Answers Keycloak's forms, as many as there are, until the app's own page says how it ended. */
export async function atKeycloak(address: string, person: Person): Promise<string[]> {
  const browser = await openBrowser(address);
  try {
    const { page } = browser;
    const [username, code, accept] = [page.locator('#username'), page.locator('#otp'), page.locator('[name=accept]')];
    const end = page.getByRole('heading', { name: /You are signed in|Choose your role|not signed in|no role/ });
    const filled: string[] = [];
    for (let step = 0; step < 8; step += 1) {
      await expect(username.or(code).or(accept).or(end).first()).toBeVisible({ timeout: 30_000 });
      if (await end.isVisible()) return filled;
      let button = page.locator('[name=login]');
      if (await code.isVisible()) {
        await code.fill(await freshCode());
        filled.push('second factor');
      } else if (await username.isVisible()) {
        await username.fill(person.username);
        await page.locator('#password').fill(person.password);
        filled.push('password');
      } else {
        button = accept;
        filled.push('consent');
      }
      // The next page may look like this one.
      await Promise.all([page.waitForEvent('framenavigated', { timeout: 30_000 }), button.click()]);
    }
    throw new Error(`Keycloak has not come to an end: ${filled.join(', ')}`);
  } finally {
    await browser.close();
  }
}
