/** "This computer": in order, in trouble, and what support is given. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@playwright/test';
import type { App } from '../harness/app.ts';
import { item, toComputer } from '../support/computer.ts';
import type { Clinic } from '../support/journey.ts';
import { heading, patience, type Tour } from './Tour.ts';

/** Nobody is in. Leaves the app where it was. */
export async function computer(tour: Tour, app: App): Promise<void> {
  const { window } = app;
  await toComputer(window);
  await expect(item(window, 'Keychain')).toContainText('Good', patience);
  await tour.screen(app, 'This computer', 'computer', 'How this computer stands, also where nobody is in: a sentence for whoever sits at it, a line for IT.', { large: true });
  await window.getByRole('button', { name: 'Show support bundle' }).click();
  await expect(window.getByRole('textbox', { name: 'All of the support bundle' })).toBeVisible(patience);
  await window.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(window.getByText('Copied.')).toBeVisible(patience);
  await window.getByRole('textbox', { name: 'All of the support bundle' }).scrollIntoViewIfNeeded();
  await tour.picture(app, 'computer-bundle', 'The support bundle: all of it is shown before it is copied or saved, and it holds no patient, no person and no address.', { large: true });
  await window.getByRole('button', { name: 'Back', exact: true }).click();
}

/** From a clinician's settings, where they are; back in the settings. */
export async function computerInside(tour: Tour, app: App): Promise<void> {
  const { window } = app;
  await window.getByRole('button', { name: 'This computer' }).click();
  await expect(item(window, 'Record of access')).toBeVisible(patience);
  await tour.screen(app, 'This computer', 'computer-inside', 'The same for a clinician: when the practice answered, what waits, and whether the record of access fits together.');
  await window.getByRole('button', { name: 'Back', exact: true }).click();
  await heading(window, 'Settings');
}

/** A site file with a mistake, and no keychain. */
export async function computerInTrouble(tour: Tour, clinic: Clinic, env: Record<string, string | undefined>): Promise<void> {
  const wrong = path.join(clinic.folder, 'trouble-site.json');
  writeFileSync(wrong, JSON.stringify({ ...clinic.practice.siteFile(), fhirBase: 'http://records.practice.example/fhir' }));
  const app = await clinic.start({ site: wrong, profileDir: path.join(clinic.folder, 'trouble'), env });
  await heading(app.window, 'The practice’s site file has a mistake in it');
  await toComputer(app.window);
  await expect(item(app.window, 'Keychain')).toContainText('Not working', patience);
  await tour.screen(app, 'This computer', 'computer-trouble', 'What does not work stands first: a site file with a mistake, and a keychain that is locked.', { large: true });
  await app.close();
}
