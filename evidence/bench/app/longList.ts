/** A list of ten thousand assignments, offline: unlocked, searched, scrolled. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { hashRaw } from '@node-rs/argon2';
import { everythingHere, firstSignIn, openClinic, PIN } from '../../../e2e/support/journey.ts';
import { vaultFolders } from '../../../e2e/support/vaults.ts';
import { root } from '../../../scripts/lib/paths.ts';
import { must } from '../../../scripts/lib/process.ts';
import { median, type Measured } from '../measure.ts';
import { FAMILY, OWNER, WORD } from '../seeded.ts';

/** Numbers that are searched for, digit by digit. */
const SEARCHES = 24;
const SCROLLS = 9;
const FRAMES = 300;
/** px a frame: a quick turn of the wheel. */
const STEP = 120;
/** A frame that is later than this was missed, at 60 a second. */
const LATE_MS = 20;

/** ms that Argon2id takes with this vault's own parameters. */
async function argonTime(profile: string, runs: number): Promise<number> {
  const [folder = ''] = vaultFolders(profile);
  const { keyring } = JSON.parse(readFileSync(path.join(folder, 'keyring.json'), 'utf8')) as { keyring: { slots: { secret: { salt: string; memoryCost: number; timeCost: number; parallelism: number } }[] } };
  const secret = keyring.slots[0]?.secret;
  if (!secret) throw new Error('the vault has no secret');
  const times = [];
  for (let n = 0; n < runs; n += 1) {
    const began = performance.now();
    await hashRaw(PIN, { ...secret, salt: Buffer.from(secret.salt, 'base64url') });
    times.push(performance.now() - began);
  }
  return median(times);
}

interface Keyed {
  pressed: number | null;
  painted: number | null;
}

/** From now on the page notes the moment of the next key, and the first paint after it that has rows, all of them, and whatever else `until` asks (a CSS selector that no element may match). */
async function noteKey(page: Page): Promise<void> {
  await page.evaluate(() => {
    const keyed: Keyed = { pressed: null, painted: null };
    const count = (): string => document.querySelector('.vr-search__count')?.textContent ?? '';
    Object.assign(globalThis, { keyed });
    addEventListener('keydown', ({ timeStamp }) => {
      keyed.pressed = timeStamp;
      const before = count();
      const look = () => {
        const rows = document.querySelector('tr[data-row]') !== null && document.querySelector('tr:not([aria-hidden]) > td[colspan]') === null;
        if (rows && count() !== before) requestAnimationFrame(() => setTimeout(() => {
          keyed.painted = performance.now();
        }));
        else requestAnimationFrame(look);
      };
      look();
    }, { capture: true, once: true });
  });
}

/** ms from the key to what it brought. */
async function keyTime(page: Page): Promise<number> {
  await page.waitForFunction(() => (globalThis as unknown as { keyed: Keyed }).keyed.painted !== null, undefined, { timeout: 60_000, polling: 50 });
  const { pressed, painted } = await page.evaluate(() => (globalThis as unknown as { keyed: Keyed }).keyed);
  return (painted ?? NaN) - (pressed ?? NaN);
}

/** From Enter on the lock screen to rows, again and again. Leaves the list open. */
async function unlocks(page: Page, runs: number): Promise<number[]> {
  const times = [];
  for (let n = -1; n < runs; n += 1) {
    const field = page.getByLabel('Your PIN', { exact: true });
    await field.fill(PIN);
    await noteKey(page);
    await field.press('Enter');
    const time = await keyTime(page);
    if (n >= 0) times.push(time);
    if (n < runs - 1) await page.getByRole('button', { name: 'Lock', exact: true }).click();
  }
  return times;
}

/** Each digit leaves a tenth of what was found before. */
async function searches(page: Page, prefix: string, count: number): Promise<number[]> {
  const field = page.getByRole('searchbox').first();
  const rows = page.locator('.vr-search__count');
  const times = [];
  for (let n = 1; n <= SEARCHES; n += 1) {
    const number = String(Math.min(count, 1000 + ((n * 6180) % 9000)));
    await field.fill(prefix);
    await expect(rows).toHaveText(new RegExp(`^(${count} of )?\\d+ recordings`));
    await page.waitForTimeout(200);
    for (const digit of number) {
      await noteKey(page);
      await field.press(digit);
      times.push(await keyTime(page));
    }
  }
  await field.fill('');
  return times;
}

/** Share of late frames while the list goes by, from where it stands, in per cent: rows that nobody has seen yet. */
const scroll = (page: Page): Promise<number> => page.evaluate(({ frames, step, late }) => new Promise<number>((resolve) => {
  const times: number[] = [];
  const next = (now: number) => {
    times.push(now);
    scrollBy(0, step);
    if (times.length <= frames) requestAnimationFrame(next);
    else resolve((times.slice(1).filter((time, n) => time - (times[n] ?? time) > late).length / frames) * 100);
  };
  requestAnimationFrame(next);
}), { frames: FRAMES, step: STEP, late: LATE_MS });

const p95 = (figures: readonly number[]): number => figures.toSorted((a, b) => a - b)[Math.ceil(figures.length * 0.95) - 1] ?? NaN;
const spread = (figures: readonly number[]): [number, number] => [Math.min(...figures), Math.max(...figures)];

export async function longList({ runs, assignments }: { runs: number; assignments: number }): Promise<Record<string, Measured>> {
  const clinic = await openClinic();
  try {
    let app = await clinic.start();
    await firstSignIn(app, clinic.person(OWNER));
    await everythingHere(app.window);
    await app.close();
    // The practice knows none of them: from here on it is not reached.
    clinic.practice.lies.down = true;
    await must(process.execPath, [path.join(root, 'evidence/bench/seed.ts'), clinic.profileDir, clinic.site, PIN, String(assignments)]);
    const argon = await argonTime(clinic.profileDir, runs);
    app = await clinic.start();
    const { window } = app;
    const unlocked = await unlocks(window, runs);
    await expect(window.locator('.vr-search__count')).toHaveText(/^\d+ recordings\s*$/, { timeout: 120_000 });
    const found = { patient: await searches(window, FAMILY, assignments), transcript: await searches(window, WORD, assignments) };
    await window.waitForTimeout(1_000);
    const late = [];
    for (let n = 0; n < SCROLLS; n += 1) late.push(await scroll(window));
    const own = unlocked.map((time) => time - argon);
    const all = [...found.patient, ...found.transcript];
    return {
      unlock: { value: median(own), runs, spread: spread(own), detail: { Argon2id: argon } },
      search: { value: p95(all), runs: all.length, spread: spread(all), detail: { median: median(all), 'p95, patients': p95(found.patient), 'p95, transcripts': p95(found.transcript) } },
      scroll: { value: median(late), runs: SCROLLS, spread: spread(late) },
    };
  } finally {
    await clinic.stop();
  }
}
