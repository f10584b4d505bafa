/** A person who has no mouse: what the window has the focus on is all that they can act on. */
import { expect, type Locator, type Page } from '@playwright/test';

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
