/** The worklist, its search and what is withheld. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@playwright/test';
import type { App } from '../harness/app.ts';
import { firstSignIn, PIN, type Clinic } from '../support/journey.ts';
import { instead, push, unsaid } from './door.ts';
import { backToList, unlockWith } from './steps.ts';
import { heading, patience, type Tour } from './Tour.ts';

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

/** What a search finds in notes and transcripts, and filters one after the other. There is a note with `word` in it. */
export async function finding(tour: Tour, app: App, { word, spoken }: { word: string; spoken: string }): Promise<void> {
  const { window } = app;
  await window.getByRole('searchbox').fill(word);
  await expect(window.getByText('In your notes').first()).toBeVisible(patience);
  await tour.picture(app, 'search-note', 'A word that is in a note: where it is, and the way to that place in the recording.');
  await window.getByRole('searchbox').fill(spoken);
  await expect(window.getByText('In the transcript').first()).toBeVisible(patience);
  await tour.picture(app, 'search-transcript', 'Words that were spoken, found in the transcripts; nothing is shown of a sensitive one.');
  await window.getByRole('button', { name: 'Clear search' }).click();
  await window.getByRole('button', { name: /^Not started/ }).click();
  await window.getByRole('button', { name: /^On this computer/ }).click();
  await expect(window.getByRole('button', { name: 'Clear all' })).toBeVisible(patience);
  await tour.picture(app, 'filters', 'The list narrowed to what is not started and on this computer; each filter says how many it would leave.');
  await window.getByRole('button', { name: /^Overdue/ }).click();
  await expect(window.getByText('No recording fits all of these filters.')).toBeVisible(patience);
  await tour.picture(app, 'filters-nothing', 'Filters that leave nothing say so, and are taken off together.');
  await window.getByRole('button', { name: 'Clear all' }).click();
}

/** The list while it is on its way, and when it cannot be read; the warning before the lock, and the screens that last for a moment. */
export async function moments(tour: Tour, app: App, { practice: { lies } }: Clinic, name: string): Promise<void> {
  const { window } = app;
  // What the practice answers would bring the list.
  lies.down = true;
  const again = async () => {
    await window.getByRole('button', { name: 'Lock', exact: true }).click();
    await heading(window, `Unlock as ${name}`);
    await unlockWith(app, PIN);
    await heading(window, 'Your recordings');
  };
  const said = await unsaid(app, 'worklist');
  let back = await instead(app, 'worklist', 'never');
  await again();
  await tour.picture(app, 'worklist-loading', 'The worklist, a moment before it is there.');
  await back();
  back = await instead(app, 'worklist', 'disk-fault');
  await again();
  await expect(window.locator('.nhsuk-error-summary')).toBeVisible(patience);
  await tour.picture(app, 'worklist-problem', 'The list cannot be read: why, and what to do.');
  await back();
  await said();
  lies.down = false;
  await again();
  await push(app, 'idle', { secondsLeft: 58 });
  await tour.dialog(app, 'parts/IdleWarning.tsx', 'idle-warning', 'Nobody has touched anything for a while: a minute’s warning before the app locks.');
  await window.getByRole('alertdialog').getByRole('button').click();
  // What the practice answers meanwhile would bring the room back.
  await unsaid(app, 'state');
  await push(app, 'state', { screen: 'closed' });
  await tour.screen(app, 'Closed', 'closed', 'Everything is closed; what comes next is a moment away.');
  await push(app, 'state', { screen: 'starting' });
  await tour.screen(app, 'Starting', 'starting', 'The app starts.');
}

/** Somebody to whom nothing is assigned, before and after the practice has said so. */
export async function nothingAssigned(tour: Tour, clinic: Clinic): Promise<void> {
  const { lies } = clinic.practice;
  let status = 503;
  lies.answer = ({ path: asked, method }, honest) => {
    if (asked !== 'Task' || method !== 'GET') return honest;
    if (status !== 200) return { ...honest, status, body: Buffer.from('{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"transient"}]}') };
    const bundle = JSON.parse(honest.body.toString()) as object;
    return { ...honest, body: Buffer.from(JSON.stringify({ ...bundle, entry: [], total: 0, link: [] })) };
  };
  const app = await clinic.start({ profileDir: path.join(clinic.folder, 'nothing') });
  await firstSignIn(app, clinic.person('ben'));
  await expect(app.window.getByText('No list yet')).toBeVisible(patience);
  await tour.picture(app, 'worklist-never', 'The practice has not given this computer its list yet.');
  status = 200;
  await app.window.getByRole('button', { name: 'Update now' }).click();
  await expect(app.window.getByText('Nothing to review')).toBeVisible({ timeout: 60_000 });
  await tour.picture(app, 'worklist-empty', 'Nothing is assigned.');
  await app.close();
  lies.answer = null;
}
