/** A person who has no mouse: what the window has the focus on is all that they can act on. */
import { expect, type Locator, type Page } from '@playwright/test';
import { row, videoState } from './journey.ts';

/** More stops of the Tab key than any screen has. */
const MOST_STEPS = 400;

/** One key after the other. */
export async function press(window: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await window.keyboard.press(key);
}

/** Goes on with Tab until the focus is there. @param most so many stops, and it counts as out of reach */
export async function tabTo(window: Page, target: Locator, { back = false, most = MOST_STEPS } = {}): Promise<void> {
  await expect(target).toBeVisible({ timeout: 60_000 });
  for (let step = 0; step < most; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await press(window, back ? 'Shift+Tab' : 'Tab');
  }
  throw new Error(`Tab does not reach ${String(target)}`);
}

/** The first button of exactly this name. */
export const button = (within: Page | Locator, name: string | RegExp): Locator => within.getByRole('button', { name, exact: true }).first();

/** Goes there and presses it. */
export async function enter(window: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(window, target);
  await press(window, key);
}

/** Goes there and writes over what is in it. */
export async function write(window: Page, field: Locator, words: string): Promise<void> {
  await tabTo(window, field);
  await press(window, 'Control+a');
  await window.keyboard.type(words);
}

/** Of a list that stays as it is chosen: letters go to what they begin. @param shown what is chosen then */
export async function choose(window: Page, list: Locator, words: string, shown: string | RegExp = words): Promise<void> {
  await tabTo(window, list);
  await window.keyboard.type(words);
  await expect(list.locator('option:checked')).toHaveText(shown);
}

export const stage = (window: Page): Locator => window.getByTestId('stage');

/** Opens a row that is ready, and goes to the player. @param most as for {@link tabTo} */
export async function openRow(window: Page, patient: string, most?: number): Promise<void> {
  await tabTo(window, row(window, patient).getByRole('button', { name: /^Review/ }).first(), { most });
  await press(window, 'Enter');
  await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
  await tabTo(window, stage(window), { most });
}
