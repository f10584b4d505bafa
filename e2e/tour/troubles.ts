/** Other roles, other site files, and what has gone wrong. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@playwright/test';
import type { PractitionerRole } from '@medplum/fhirtypes';
import { startKeychain } from '../harness/keyring.ts';
import { firstSignIn, PIN, row, type Clinic } from '../support/journey.ts';
import { damage, vaultFolders } from '../support/vaults.ts';
import { computerInTrouble } from './computer.ts';
import { managers } from './console.ts';
import { another, unlockWith } from './steps.ts';
import { heading, patience, type Tour } from './Tour.ts';

/** A practice that has no stop list. */
export async function noStopList(tour: Tour, clinic: Clinic): Promise<void> {
  clinic.practice.lies.listStatus = 404;
  const app = await clinic.start({ profileDir: path.join(clinic.folder, 'no-stop-list') });
  await firstSignIn(app, clinic.person('cara'));
  await expect(app.window.getByText(/gives this app no list of stopped recordings/)).toBeVisible(patience);
  await tour.picture(app, 'no-stop-list', 'A practice without a stop list: said for as long as it is so.');
  await app.close();
  clinic.practice.lies.listStatus = 0;
}

/** A practice that became stricter: a shared login needs a passphrase. */
export async function stricter(tour: Tour, clinic: Clinic, pin: string): Promise<void> {
  const shared = path.join(clinic.folder, 'shared-site.json');
  writeFileSync(shared, JSON.stringify({ ...clinic.practice.siteFile(), sharedLogin: true }));
  const app = await clinic.start({ site: shared });
  await heading(app.window, 'Unlock as Dr Ada Sampleton');
  await unlockWith(app, pin);
  await tour.screen(app, 'Choose a new passphrase', 'stricter', 'The practice now asks for a passphrase: nothing else is shown before there is one.');
  await app.close();
}

/** A practice that allows little space: what did not fit is said, and where room can be made. */
export async function littleSpace(tour: Tour, clinic: Clinic): Promise<void> {
  const small = path.join(clinic.folder, 'small-site.json');
  writeFileSync(small, JSON.stringify({ ...clinic.practice.siteFile(), diskBudgetBytes: 1_200_000 }));
  const app = await clinic.start({ site: small, profileDir: path.join(clinic.folder, 'small') });
  await firstSignIn(app, clinic.person('ben'));
  await expect(app.window.getByText(/not downloaded: .* more room/)).toBeVisible({ timeout: 120_000 });
  await tour.picture(app, 'no-room', 'The space that the practice allows is used up: how much is missing, and the way to Storage.');
  await app.window.getByRole('button', { name: 'Storage', exact: true }).first().click();
  await heading(app.window, 'Storage on this computer');
  await expect(app.window.getByRole('table', { name: 'Copies on this computer' }).getByRole('checkbox').first()).toBeVisible(patience);
  await tour.picture(app, 'storage-full', 'Full: what is due for review without a connection is never suggested, and the person decides.');
  await app.close();
}

/** A part of one person's vault is damaged, then the whole of it; someone else on the computer is not kept out. */
export async function damagedVaults(tour: Tour, clinic: Clinic, pin: string): Promise<void> {
  const [vault] = vaultFolders(clinic.profileDir);
  if (vault === undefined) throw new Error('there is no vault to damage');
  let app = await clinic.start();
  await app.window.getByRole('button', { name: 'Sign in as someone else' }).click();
  await firstSignIn(app, clinic.person('ben'), '730518');
  await app.close();

  damage(path.join(vault, 'library.db'));
  app = await clinic.start();
  await app.window.getByRole('button', { name: 'Unlock as Dr Ada Sampleton' }).click();
  await unlockWith(app, pin);
  await tour.screen(app, 'Part of the store on this computer is damaged', 'library-damaged', 'The part with the list and the copies is damaged; the record of what was viewed is whole and still sent, and what becomes of notes is said.');
  await app.window.getByRole('button', { name: 'Start again' }).click();
  await expect(app.window.getByRole('alertdialog')).toBeVisible(patience);
  await tour.dialog(app, 'screens/ProblemScreen.tsx', 'library-damaged-confirm', 'What goes and what stays, before anything is set aside.');
  await app.window.getByRole('button', { name: 'Cancel' }).click();
  await app.close();

  damage(path.join(vault, 'keyring.json'), 16);
  app = await clinic.start();
  const broken = app.window.getByRole('button', { name: 'A store that cannot be opened' });
  await expect(broken).toBeVisible(patience);
  await tour.picture(app, 'vault-broken', 'One store cannot be opened, so whose it is cannot be read; the other person comes in as ever.');
  await broken.click();
  await tour.screen(app, 'The store of recordings on this computer is damaged', 'vault-damaged', 'The whole of a store is damaged: it is left as it is, and the way on is said.');
  await app.close();
}


export async function roles(tour: Tour, clinic: Clinic): Promise<void> {
  await another(tour, clinic, 'dee', (app) => tour.screen(app, 'Choose your role', 'choose-role', 'Someone with two roles works in one at a time.'));
  await managers(tour, clinic);
  await another(tour, clinic, 'cal', async (app) => {
    await expect(app.window.getByText(/the whole record\./)).toBeVisible(patience);
    await expect(app.window.getByRole('table', { name: 'Actions' }).getByText('Pat Demomanager').first()).toBeVisible(patience);
    await tour.screen(app, 'Managers’ actions', 'managers-actions', 'The second reader whom the site file names: what the managers looked at, took away and did. Nothing can be done here.');
  });
  await another(tour, clinic, 'noel', (app) => tour.screen(app, 'You have no role that uses this app', 'no-role', 'Signed in, yet without a role: nothing is shown but why.'));
}

/** The practice takes a role back, then renews somebody's session for another person. */
export async function whoIsHere(tour: Tour, clinic: Clinic): Promise<void> {
  const { repo, lies } = clinic.practice;
  const role = await repo.read<PractitionerRole>('PractitionerRole', 'role-gp-1');
  let app = await clinic.start({ profileDir: path.join(clinic.folder, 'role') });
  await firstSignIn(app, clinic.person('ada'));
  const update = app.window.getByRole('button', { name: 'Update now' });
  // The first update would find it by itself, and the button would go while it is pressed.
  await expect(update).not.toHaveAttribute('aria-disabled', 'true', patience);
  await repo.update<PractitionerRole>({ ...structuredClone(role), active: false });
  await update.click();
  await tour.screen(app, 'Your role has ended', 'role-ended', 'The practice takes the role back: everything is closed at once, and its copies are erased.');
  await app.close();
  app = await clinic.start({ profileDir: path.join(clinic.folder, 'role') });
  await unlockWith(app, PIN);
  await expect(row(app.window, 'You no longer have the role').first()).toBeVisible(patience);
  await tour.picture(app, 'role-ended-list', 'Until a sign-in finds a role, every recording stays withheld.');
  await app.close();
  await repo.update<PractitionerRole>({ ...role, active: true });

  app = await clinic.start({ profileDir: path.join(clinic.folder, 'session') });
  await firstSignIn(app, clinic.person('ada'));
  await row(app.window, 'Ready offline').first().waitFor(patience);
  await app.close();
  // Started again it goes on with that session, renewed.
  lies.renewsAs = clinic.person('ben').username;
  app = await clinic.start({ profileDir: path.join(clinic.folder, 'session') });
  await unlockWith(app, PIN);
  await expect(app.window.getByText(/do not agree on who you are/).first()).toBeVisible(patience);
  await tour.picture(app, 'somebody-else', 'A session that was renewed for somebody else is given back; what is mine stays here.');
  await app.close();
  lies.renewsAs = '';
}

/** What keeps the app from starting. */
export async function troubles(tour: Tour, clinic: Clinic): Promise<void> {
  const wrong = path.join(clinic.folder, 'wrong-site.json');
  writeFileSync(wrong, JSON.stringify({ ...clinic.practice.siteFile(), fhirBase: 'http://records.practice.example/fhir' }));
  let app = await clinic.start({ site: wrong, profileDir: path.join(clinic.folder, 'wrong-site') });
  await expect(app.window.getByText('fhirBase')).toBeVisible(patience);
  await tour.screen(app, /./, 'site-file-wrong', 'A wrong site file: which field, and what it should be.');
  await app.close();
  const keychain = await startKeychain('locked');
  try {
    app = await clinic.start({ env: keychain.env });
    await tour.screen(app, /keychain|keyring/i, 'keychain-locked', 'The computer’s keychain is locked: the copies are there, and cannot be opened yet.');
    await app.close();
    await computerInTrouble(tour, clinic, keychain.env);
  } finally {
    await keychain.stop();
  }
}
