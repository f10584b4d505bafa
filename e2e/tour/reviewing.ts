/** Reviews, and what ends one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@playwright/test';
import type { Task } from '@medplum/fhirtypes';
import type { RecordingInfo } from '../../practice/index.ts';
import type { App } from '../harness/app.ts';
import { row, type Clinic } from '../support/journey.ts';
import { backToList, play } from './steps.ts';
import { heading, patience, type Tour } from './Tour.ts';
import { trainee } from './work.ts';

/** One recording that the person says is another patient's, and one that the practice stops while it plays. */
async function wrongAndStopped(tour: Tour, app: App, clinic: Clinic, wrong: string, stopped: RecordingInfo): Promise<void> {
  const { window } = app;
  await play(app, wrong);
  await window.getByRole('button', { name: 'Fullscreen' }).click();
  await expect(window.getByText('Wrong patient? Press F9')).toBeVisible(patience);
  await sleep(500);
  await tour.glance(window, 'review-full-screen', 'Full screen: whose recording it is stays over the picture, and so does the way out of the wrong one.');
  await window.keyboard.press('F9');
  await expect(window.getByText(/quote W-/)).toBeVisible(patience);
  // There is no window manager here that would give the window its size back.
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768));
  await expect.poll(() => window.evaluate(() => [innerWidth, innerHeight])).toEqual([1366, 768]);
  await tour.screen(app, 'Wrong patient: the recording has been closed', 'wrong-patient', 'One key, F9, or the button beside the patient: the screen is blank at once, the copy is erased, and the practice is told.');
  await window.keyboard.press('Escape');
  await heading(window, 'Your recordings');
  await play(app, stopped.patientName);
  await clinic.practice.repo.stop({ system: 'urn:ietf:rfc:3986', value: stopped.masterIdentifier }, { reason: 'wrong-patient' });
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('Your practice has stopped this recording').first()).toBeVisible(patience);
  await tour.picture(app, 'stopped', 'The practice stops a recording while it plays: gone at once, everywhere, and for good until two people lift it.');
  await backToList(app);
  await expect(row(window, 'stopped this recording')).toBeVisible(patience);
  await window.mouse.wheel(0, 4000);
  await sleep(300);
  await tour.picture(app, 'withheld-stopped', 'What was stopped, and what the clinician said is another patient’s, stay withheld with their reasons.');
  await row(window, 'shows another patient').getByRole('button', { name: /^Why\?/ }).click();
  await tour.screen(app, /^Recording W-.* is withheld$/, 'wrong-patient-why', 'It stays closed unless the practice puts it right.');
  await backToList(app);
  clinic.practice.lies.listStatus = 500;
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('The practice’s list of stopped recordings cannot be read')).toBeVisible(patience);
  await tour.picture(app, 'stop-list-unreadable', 'The stop list does not answer: what was stopped stays so, and the rest is open only as long as it would be offline.');
  clinic.practice.lies.listStatus = 0;
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('The practice’s list of stopped recordings cannot be read')).toHaveCount(0, patience);
}

export async function reviews(tour: Tour, app: App, clinic: Clinic, titles: { video: string; audio: string; sensitive: string; wrong: string; stopped: RecordingInfo; taken: string; takenTask: string }): Promise<void> {
  const { window } = app;
  await play(app, titles.video, 3);
  await tour.picture(app, 'review', 'A review: the patient beside the player before the first frame, captions, a transcript that follows, and who is watching as a watermark.');
  await window.getByRole('button', { name: 'Help' }).click();
  await sleep(300);
  await tour.dialog(app, 'player/HelpDialog.tsx', 'review-keys', 'Every shortcut: one key, or the Help button, anywhere.');
  await window.getByRole('button', { name: 'Close' }).click();
  await backToList(app);
  await play(app, titles.audio);
  await tour.picture(app, 'review-audio', 'A telephone consultation: sound only, with its transcript.');
  await trainee(tour, app);
  await backToList(app);
  await play(app, titles.sensitive);
  await tour.picture(app, 'review-sensitive', 'A sensitive recording: marked, with what makes it so, downloaded only when it is opened, and locked sooner when nobody touches anything.');
  await backToList(app);
  await wrongAndStopped(tour, app, clinic, titles.wrong, titles.stopped);
  await play(app, titles.taken);
  const task = await clinic.practice.repo.read<Task>('Task', titles.takenTask);
  await clinic.practice.repo.update({ ...task, status: 'cancelled', statusReason: { text: 'consent-withdrawn' } });
  await window.getByRole('button', { name: 'Update now' }).click();
  await tour.screen(app, 'The recording has been closed', 'withdrawn', 'The practice withdraws an assignment while it plays: the picture goes at once, and the copy is destroyed.');
  await backToList(app);
  // The update that closed it goes on reading; another is begun only after it.
  await expect(window.getByText('Checking for changes')).toBeHidden(patience);
  clinic.practice.lies.everyonesTasks = true;
  await window.getByRole('button', { name: 'Update now' }).click();
  const foreign = window.getByText(/assignments that are not yours/);
  await expect(foreign).toBeVisible(patience);
  await foreign.scrollIntoViewIfNeeded();
  await tour.picture(app, 'not-yours', 'The practice answers with everyone’s assignments: none is shown, and the clinician is told how many there were.');
  clinic.practice.lies.everyonesTasks = false;
}
