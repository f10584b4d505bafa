/** What happens to a vault: its secret changed or forgotten, someone else's beside it, a damaged part, no more room. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import type { Person, RecordingInfo } from '../practice/index.ts';
import type { App } from './harness/app.ts';
import { deliveredEntries } from './support/audit.ts';
import { beginSignIn, everythingHere, firstSignIn, openClinic, PIN, review, row, signInAddress, signInInBrowser, unlock, videoState, type Clinic } from './support/journey.ts';
import { damage, filesBelow, sealedFiles, vaultFolders } from './support/vaults.ts';

const OTHER_PIN = '730518';
const soon = { timeout: 60_000 };

let clinic: Clinic;
test.beforeEach(async () => {
  test.setTimeout(240_000);
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

const heading = (window: Page, name: string | RegExp) => expect(window.getByRole('heading', { level: 1, name })).toBeVisible();
/** What a screen itself offers, beside the bar above it. */
const main = (window: Page) => window.getByRole('main');
const dialog = (window: Page) => window.getByRole('alertdialog');

const patientsOf = (person: Person) => new Set(clinic.practice.repo.recordings().filter((one) => one.ownerPractitionerIds.includes(person.practitionerId)).map((one) => one.patientName));
/** How often the practice was asked for a recording's bytes. */
const fetched = ({ binaryId }: RecordingInfo) => clinic.practice.accessLog.filter(({ path: asked }) => asked.includes(`/Binary/${binaryId}`)).length;

const sealed = (window: Page, text: string) => expect(row(window, text).first()).toContainText('Ready offline', soon);

/** Ada signs in for the first time and what she may use offline is here. */
async function adasComputer(): Promise<App> {
  const app = await clinic.start();
  await firstSignIn(app, clinic.person('ada'));
  await sealed(app.window, clinic.recording('rec-01').patientName);
  await everythingHere(app.window);
  return app;
}

async function playSome(window: Page, patient: string): Promise<void> {
  await review(window, patient);
  await window.getByRole('button', { name: /^Play/ }).first().click();
  await expect.poll(async () => (await videoState(window)).time).toBeGreaterThan(2);
  await window.getByRole('button', { name: 'Back to list' }).first().click();
}

/** The app started without the practice, and something watched that only this computer knows of. */
async function watchedOffline(patient: string): Promise<App> {
  clinic.practice.lies.down = true;
  const app = await clinic.start();
  await unlock(app);
  await playSome(app.window, patient);
  await expect(app.window.getByText(/The record of what you viewed will be sent/)).toBeVisible();
  return app;
}

/** What was exposed offline is with the practice, and the chain has no gap. */
async function expectExposureDelivered({ id }: RecordingInfo): Promise<void> {
  const exposed = async () => (await deliveredEntries(clinic.practice)).some(({ entry }) => entry.event === 'exposed' && entry.media !== undefined && entry.subject?.document === `DocumentReference/${id}`);
  await expect.poll(exposed, soon).toBe(true);
  const sequence = (await deliveredEntries(clinic.practice)).map(({ entry }) => entry.seq);
  expect(sequence).toEqual(sequence.map((_one, index) => index + 1));
}

/** From whichever screen a start again leads to, back to a list that the practice has just brought up to date. */
async function comeBack(app: App, person: Person, pin: string): Promise<void> {
  const { window } = app;
  const title = window.getByRole('heading', { level: 1 });
  for (let step = 0; step < 4; step += 1) {
    await expect(title).toHaveText(/^(Your recordings|Unlock as|Choose a|Sign in to)/);
    const now = await title.innerText();
    if (now === 'Your recordings') break;
    if (now.startsWith('Unlock as')) await unlock(app, pin);
    else if (now.startsWith('Choose a')) {
      await window.getByLabel('PIN', { exact: true }).fill(pin);
      await window.getByLabel('Type the PIN again', { exact: true }).fill(pin);
      await window.getByRole('button', { name: 'Save and continue' }).click();
    } else {
      await beginSignIn(window);
      await signInInBrowser(await signInAddress(window), person);
    }
    await expect(title).not.toHaveText(now);
  }
  await heading(window, 'Your recordings');
  const connection = window.getByRole('region', { name: 'Connection' });
  await expect(connection.getByText('Connected to the practice.').or(connection.getByRole('button', { name: 'Sign in' })).first()).toBeVisible(soon);
  if (await connection.getByRole('button', { name: 'Sign in' }).isVisible()) {
    await connection.getByRole('button', { name: 'Sign in' }).click();
    await signInInBrowser(await signInAddress(window), person);
  }
  await expect(connection.getByText('Connected to the practice.')).toBeVisible(soon);
}

test('a changed PIN: the old one is refused, the new one opens, and nothing is downloaded anew', async () => {
  const first = clinic.recording('rec-01');
  let app = await adasComputer();
  const { window } = app;
  const before = fetched(first);
  expect(before).toBeGreaterThan(0);

  await window.getByRole('button', { name: 'Change PIN' }).click();
  await heading(window, 'Change PIN');
  const change = async (present: string, next: string, again = next) => {
    await window.getByLabel('Current PIN', { exact: true }).fill(present);
    await window.getByLabel('New PIN', { exact: true }).fill(next);
    await window.getByLabel('Type the new PIN again', { exact: true }).fill(again);
    await main(window).getByRole('button', { name: 'Change PIN' }).click();
  };
  await change(PIN, '123456');
  await expect(main(window).getByRole('link', { name: /not a row/ })).toBeVisible();
  await change(PIN, PIN);
  await expect(main(window).getByRole('link', { name: /not the one you have now/ })).toBeVisible();
  await change('999111', OTHER_PIN);
  await expect(main(window).getByRole('link', { name: 'That PIN is not right' })).toBeVisible();
  await expect(main(window).getByText(/9 tries left/)).toBeVisible();
  await change(PIN, OTHER_PIN);
  await heading(window, 'Your PIN has been changed');
  await expect(window.getByText('Your recordings were not touched.')).toBeVisible();
  await main(window).getByRole('button', { name: 'Back to list' }).click();

  await window.getByRole('button', { name: 'Lock', exact: true }).click();
  await unlock(app, PIN);
  await expect(window.getByText('That PIN is not right').first()).toBeVisible();
  await unlock(app, OTHER_PIN);
  await playSome(window, first.patientName);
  expect(fetched(first)).toBe(before);
  await app.close();

  // On disk too: without the practice, after a restart.
  clinic.practice.lies.down = true;
  app = await clinic.start();
  await unlock(app, OTHER_PIN);
  await playSome(app.window, first.patientName);
});

test('a forgotten PIN: what is lost is said first, erasing destroys only that, and what was watched before still arrives', async () => {
  const first = clinic.recording('rec-01');
  let app = await adasComputer();
  await app.close();
  app = await watchedOffline(first.patientName);
  const { window } = app;
  const copies = sealedFiles(clinic.profileDir).length;
  expect(copies).toBeGreaterThan(0);

  await window.getByRole('button', { name: 'Lock', exact: true }).click();
  await window.getByRole('button', { name: 'I have forgotten my PIN' }).click();
  await heading(window, 'Forgotten PIN: Dr Ada Sampleton');
  await expect(window.getByText(new RegExp(`copies of ${copies} recordings on this computer`))).toBeVisible();
  await expect(window.getByText(/entries wait to be sent, and still go to the practice/)).toBeVisible();
  await window.getByRole('button', { name: 'Back: I remember it' }).click();
  await heading(window, 'Unlock as Dr Ada Sampleton');
  expect(sealedFiles(clinic.profileDir)).toHaveLength(copies);

  await window.getByRole('button', { name: 'I have forgotten my PIN' }).click();
  await window.getByRole('button', { name: 'Erase my copies and choose a new PIN' }).click();
  await expect(dialog(window)).toContainText('Erase the copies of Dr Ada Sampleton');
  await dialog(window).getByRole('button', { name: 'Cancel' }).click();
  expect(sealedFiles(clinic.profileDir)).toHaveLength(copies);
  await window.getByRole('button', { name: 'Erase my copies and choose a new PIN' }).click();
  await dialog(window).getByRole('button', { name: 'Erase', exact: true }).click();
  await heading(window, 'Sign in to Viewing Room');
  expect(sealedFiles(clinic.profileDir)).toEqual([]);
  expect(filesBelow(clinic.profileDir).filter((file) => path.basename(file).startsWith('library.db'))).toEqual([]);

  clinic.practice.lies.down = false;
  const before = fetched(first);
  await firstSignIn(app, clinic.person('ada'), OTHER_PIN);
  await sealed(window, first.patientName);
  expect(fetched(first)).toBeGreaterThan(before);
  await expectExposureDelivered(first);
  await playSome(window, first.patientName);
});

test('two clinicians on one computer see only their own, and one damaged vault does not keep the other out', async () => {
  const [ada, ben] = [clinic.person('ada'), clinic.person('ben')];
  const [adas, bens] = [patientsOf(ada), patientsOf(ben)];
  const nothingOf = async (window: Page, theirs: Set<string>, mine: Set<string>) => {
    for (const patient of theirs) if (!mine.has(patient)) await expect(window.getByText(patient)).toHaveCount(0);
  };
  let app = await adasComputer();
  let { window } = app;
  const [adasVault] = vaultFolders(clinic.profileDir);
  if (adasVault === undefined) throw new Error('Ada has no vault');
  await nothingOf(window, bens, adas);

  await window.getByRole('button', { name: 'Switch user' }).click();
  await firstSignIn(app, ben, OTHER_PIN);
  const bensRecording = clinic.recording('rec-11');
  await sealed(window, bensRecording.patientName);
  await nothingOf(window, adas, bens);
  await window.getByRole('button', { name: 'Storage on this computer' }).click();
  await expect(window.getByRole('checkbox', { name: new RegExp(bensRecording.patientName) }).first()).toBeVisible();
  await nothingOf(window, adas, bens);

  await window.getByRole('button', { name: 'Switch user' }).click();
  await window.getByRole('button', { name: 'Unlock as Dr Ada Sampleton' }).click();
  // Ben's PIN is nothing to Ada's vault.
  await unlock(app, OTHER_PIN);
  await expect(window.getByText('That PIN is not right').first()).toBeVisible();
  await unlock(app, PIN);
  await sealed(window, clinic.recording('rec-01').patientName);
  await nothingOf(window, bens, adas);
  await app.close();

  damage(path.join(adasVault, 'keyring.json'), 16);
  app = await clinic.start();
  ({ window } = app);
  const broken = window.getByRole('button', { name: 'A store that cannot be opened' });
  await expect(broken).toBeVisible();
  await expect(window.getByText(/Ada/)).toHaveCount(0);
  await broken.click();
  await heading(window, 'The store of recordings on this computer is damaged');
  await window.getByRole('button', { name: 'Someone else on this computer' }).click();
  await window.getByRole('button', { name: 'Unlock as Dr Ben Exampleby' }).click();
  await unlock(app, OTHER_PIN);
  await playSome(window, bensRecording.patientName);
});

test('a damaged library has a screen of its own; started again, the list comes back and what was watched before arrives', async () => {
  const first = clinic.recording('rec-01');
  let app = await adasComputer();
  await app.close();
  app = await watchedOffline(first.patientName);
  await app.close();
  const [vault] = vaultFolders(clinic.profileDir);
  if (vault === undefined) throw new Error('there is no vault');
  const damaged = damage(path.join(vault, 'library.db'));
  clinic.practice.lies.down = false;

  app = await clinic.start();
  const { window } = app;
  await unlock(app);
  await heading(window, 'Part of the store on this computer is damaged');
  await expect(window.getByText(/record of what was viewed.*is whole/)).toBeVisible();
  // Looking at it changes nothing.
  expect(readFileSync(path.join(vault, 'library.db')).equals(damaged)).toBe(true);
  await window.getByRole('button', { name: 'Start again' }).click();
  await expect(dialog(window)).toContainText('still sent to the practice');
  await dialog(window).getByRole('button', { name: 'Start again' }).click();
  await comeBack(app, clinic.person('ada'), PIN);
  await sealed(window, first.patientName);
  await playSome(window, first.patientName);
  await expectExposureDelivered(first);
  // Set aside, not deleted.
  expect(filesBelow(path.join(clinic.profileDir, 'vaults')).filter((file) => readFileSync(file).equals(damaged))).toHaveLength(1);
});

test('a copy that was removed is gone from the disk, does not come back by itself, and can be downloaded again', async () => {
  const target = await clinic.practice.repo.addRecording({ owner: 'ada', patient: { given: 'Sam', family: 'Storedperson' } });
  const app = await adasComputer();
  const { window } = app;
  await sealed(window, 'Storedperson');
  const [copies, before] = [sealedFiles(clinic.profileDir).length, fetched(target)];

  await window.getByRole('button', { name: 'Storage on this computer' }).click();
  await heading(window, 'Storage on this computer');
  await expect(window.getByText(/^Copies of recordings use .* Your practice allows 21 GB\./)).toBeVisible();
  const box = window.getByRole('checkbox', { name: /Storedperson/ });
  await expect(box).toBeVisible();
  const ticked = window.getByRole('checkbox', { checked: true });
  for (let left = await ticked.count(); left > 0; left -= 1) await ticked.first().click();
  await expect(window.getByText('No copy is ticked.')).toBeVisible();
  await box.check();
  await window.getByRole('button', { name: /^Remove selected \(1, / }).click();
  await expect(dialog(window)).toContainText('still to be reviewed');
  await dialog(window).getByRole('button', { name: 'Remove copy' }).click();
  await expect(window.getByText(/^1 copy was removed/)).toBeVisible();
  await expect(box).toHaveCount(0);
  expect(sealedFiles(clinic.profileDir)).toHaveLength(copies - 1);

  await window.getByRole('button', { name: 'Back to list' }).first().click();
  await expect(row(window, 'Storedperson')).toContainText('Not downloaded');
  const asked = () => clinic.practice.accessLog.filter(({ path: at }) => at.includes('/Task')).length;
  const askedBefore = asked();
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect.poll(asked).toBeGreaterThan(askedBefore);
  await expect(window.getByText('Checking for changes…')).toHaveCount(0);
  await expect(row(window, 'Storedperson')).toContainText('Not downloaded');
  expect(fetched(target)).toBe(before);
  const destroyed = async () => (await deliveredEntries(clinic.practice)).some(({ entry }) => entry.event === 'destroyed' && entry.subject?.document === `DocumentReference/${target.id}`);
  await expect.poll(destroyed, soon).toBe(true);

  await row(window, 'Storedperson').getByRole('button', { name: /^Download/ }).click();
  await sealed(window, 'Storedperson');
  expect(fetched(target)).toBeGreaterThan(before);
  await playSome(window, 'Storedperson');
});

test('a download is paused and goes on where it was; one that is cancelled is gone; on a metered connection nothing comes unasked', async () => {
  const app = await adasComputer();
  const { window } = app;
  const target = await clinic.practice.repo.addRecording({ owner: 'ada', patient: { given: 'Sam', family: 'Pausedperson' } });
  const asked = () => clinic.practice.accessLog.filter(({ path: at }) => at.includes(`/Binary/${target.binaryId}`)).map(({ range }) => range);
  // Half of it comes, and the rest when the test says so.
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  clinic.practice.lies.answer = ({ path: at }, given) => {
    if (at !== `Binary/${target.binaryId}` || given.status >= 300) return given;
    const { body } = given;
    const half = Math.floor(body.length / 2);
    return { ...given, body: (async function* () {
      yield body.subarray(0, half);
      await held;
      yield body.subarray(half);
    })() };
  };

  await window.getByRole('button', { name: 'Update now' }).click();
  await window.getByRole('button', { name: 'Storage on this computer' }).click();
  await heading(window, 'Storage on this computer');
  const line = row(window.getByRole('table', { name: 'Downloads' }), 'Pausedperson');
  await expect(line).toContainText(/Downloading, [1-9]/, soon);
  await line.getByRole('button', { name: /^Pause/ }).press('Enter');
  await expect(line).toContainText('Download paused');
  // The same button now takes it up again, and has kept the focus.
  await expect(line.getByRole('button', { name: /^Resume/ })).toBeFocused();
  goOn();
  clinic.practice.lies.answer = null;
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('Checking for changes…')).toHaveCount(0);
  await expect(line).toContainText('Download paused');
  expect(asked()).toEqual([null]);
  await line.getByRole('button', { name: /^Resume/ }).press('Enter');
  await expect(line).toHaveCount(0, soon);
  expect(asked()[1]).toMatch(/^bytes=[1-9]\d*-$/);
  await window.getByRole('button', { name: 'Back to list' }).first().click();
  await playSome(window, 'Pausedperson');

  await window.getByRole('button', { name: 'Storage on this computer' }).click();
  await window.getByRole('checkbox', { name: 'Download only what I ask for' }).check();
  const other = await clinic.practice.repo.addRecording({ owner: 'ada', patient: { given: 'Sam', family: 'Waitingperson' } });
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('1 recording waits to be downloaded, because you chose to download only what you ask for.')).toBeVisible(soon);
  const waiting = row(window.getByRole('table', { name: 'Downloads' }), 'Waitingperson');
  await waiting.getByRole('button', { name: /^Cancel/ }).click();
  await expect(window.getByText(/^The download was cancelled/)).toBeVisible();
  await expect(waiting).toHaveCount(0);
  await expect(window.getByText(/waits to be downloaded/)).toHaveCount(0);
  expect(fetched(other)).toBe(0);
  await window.getByRole('button', { name: 'Back to list' }).first().click();
  await row(window, 'Waitingperson').getByRole('button', { name: /^Download/ }).click();
  await sealed(window, 'Waitingperson');
});
