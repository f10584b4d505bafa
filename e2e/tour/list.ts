/** The worklist, its search and what is withheld. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@playwright/test';
import type { App } from '../harness/app.ts';
import { backToList } from './steps.ts';
import { patience, type Tour } from './Tour.ts';

export async function worklist(tour: Tour, app: App, patient: string): Promise<void> {
  const { window } = app;
  await window.getByRole('searchbox').fill(patient.split(' ')[1] ?? patient);
  await expect(window.getByText(/^1 of \d+ recordings$/)).toBeVisible(patience);
  await tour.picture(app, 'search', 'Search over patients, dates, titles, notes and transcripts, with filters beside it.');
  await window.getByRole('searchbox').fill('nobody of that name');
  await expect(window.getByText(/^No recording matches/)).toBeVisible(patience);
  await tour.picture(app, 'search-nothing', 'A search that finds nothing says so.');
  await window.getByRole('button', { name: 'Clear search' }).click();
  await window.getByRole('heading', { name: /^Withheld/ }).scrollIntoViewIfNeeded();
  await window.mouse.wheel(0, 2000);
  await sleep(300);
  await tour.picture(app, 'withheld', 'Two recordings that did not pass: a reference and a reason, never a title, a patient or a picture.');
  await window.getByRole('button', { name: /^Why\?/ }).first().click();
  await tour.screen(app, /^Recording W-.* is withheld$/, 'withheld-why', 'Why it is withheld, what it means and what to do.');
  await backToList(app);
}
