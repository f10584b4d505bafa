/** "This computer", as a person uses it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import type { App } from '../harness/app.ts';
import { downloads } from './exports.ts';

const soon = { timeout: 60_000 };

export const isAtComputer = (window: Page): Promise<void> => expect(window.getByRole('heading', { level: 1, name: 'This computer' })).toBeVisible(soon);

/** From a screen on which nobody is in. */
export async function toComputer(window: Page): Promise<void> {
  await window.getByRole('banner').getByRole('button', { name: 'This computer' }).click();
  await isAtComputer(window);
}

/** One thing that was looked at, by its name. */
export const item = (window: Page, title: string): Locator => window.getByRole('listitem').filter({ has: window.getByRole('heading', { level: 2, name: title, exact: true }) });

/** The bundle as the screen shows it, which is what was copied and what was saved. */
export async function supportBundle({ electron, window }: App): Promise<{ text: string; file: string }> {
  await window.getByRole('button', { name: 'Show support bundle' }).click();
  const box = window.getByRole('textbox', { name: 'All of the support bundle' });
  await expect(box).toHaveValue(/viewing-room-support/, soon);
  const text = await box.inputValue();
  await window.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(window.getByText('Copied.')).toBeVisible();
  // A clipboard ends lines as its system does.
  expect((await electron.evaluate(async ({ clipboard }) => clipboard.readText())).replaceAll('\r\n', '\n')).toBe(text);
  await window.getByRole('button', { name: 'Save in Downloads' }).click();
  const saved = window.getByText(/^Saved in your Downloads folder as /);
  await expect(saved).toBeVisible();
  const file = path.join(downloads(), /as (\S+\.json)\.$/.exec(await saved.innerText())?.[1] ?? '');
  expect(readFileSync(file, 'utf8')).toBe(text);
  return { text, file };
}
