/** Every screen that a clinician works on, and "This computer", judged by axe and at 200 %, where they are busy, empty and in trouble: the part of the walkthrough that is worth its time with every change. */
import { expect, test } from '@playwright/test';
import { startKeychain } from './harness/keyring.ts';
import { everythingHere, firstSignIn, openClinic } from './support/journey.ts';
import { computer, computerInTrouble } from './tour/computer.ts';
import { finding, worklist } from './tour/list.ts';
import { backToList } from './tour/steps.ts';
import { Tour } from './tour/Tour.ts';
import { forms, group, notes, settings, decline } from './tour/work.ts';

test('a clinician’s list, review and settings have no fault that axe knows, and need no sideways scrolling', async () => {
  test.setTimeout(360_000);
  const clinic = await openClinic();
  try {
    await clinic.practice.repo.signManifest('rec-22', (manifest) => {
      manifest.patient.birthDate = '1900-01-01';
    });
    const tour = new Tour();
    const keychain = await startKeychain('locked');
    try {
      await computerInTrouble(tour, clinic, keychain.env);
    } finally {
      await keychain.stop();
    }
    const app = await clinic.start();
    await computer(tour, app);
    await firstSignIn(app, clinic.person('cara'));
    await everythingHere(app.window);
    const [watched, trainees, unwanted] = [clinic.recording('rec-21'), clinic.recording('rec-23'), clinic.recording('rec-24')];
    await worklist(tour, app, watched.patientName);
    await notes(tour, app, watched.patientName);
    await group(tour, app);
    await backToList(app);
    await forms(tour, app, trainees);
    await backToList(app);
    await finding(tour, app, { word: 'answer', spoken: 'tablet' });
    await settings(tour, app, watched.patientName);
    await decline(tour, app, unwanted.patientName);
    await app.close();
    expect(tour.faults).toEqual([]);
    expect(tour.looked).toBe(49);
  } finally {
    await clinic.stop();
  }
});
