/**
 * A tour of the packaged app over the demo practice: every screen a clinician, a manager or the practice's IT may meet, as numbered
 * pictures with captions in VIEWING_ROOM_OUTPUT. Each picture is taken only after the screen showed what it is about, so a screen
 * that does not come fails the tour. Run by `npm run walkthrough`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, type Page } from '@playwright/test';
import type { PractitionerRole, Task } from '@medplum/fhirtypes';
import type { Person, RecordingInfo } from '../practice/index.ts';
import type { App } from './harness/app.ts';
import { openBrowser } from './harness/browser.ts';
import { startKeychain } from './harness/keyring.ts';
import { beginSignIn, firstSignIn, openClinic, PIN, row, signInAddress, videoState, type Clinic } from './support/journey.ts';
import { damage, vaultFolders } from './support/vaults.ts';

const output = process.env.VIEWING_ROOM_OUTPUT;
if (!output) throw new Error('VIEWING_ROOM_OUTPUT names the folder for the pictures; npm run walkthrough sets it');

/** Far more than a screen needs on a slow machine, and far less than a person would wait. */
const patience = { timeout: 30_000 };

interface Picture {
  file: string;
  caption: string;
}
const pictures: Picture[] = [];

/** Keeps what `page` shows. The pointer is moved away first: a button under it looks pressed. */
async function picture(page: Page, name: string, caption: string): Promise<void> {
  const file = `${String(pictures.length + 1).padStart(2, '0')}-${name}.png`;
  await page.mouse.move(2, 2);
  await page.screenshot({ path: path.join(output ?? '', file) });
  pictures.push({ file, caption });
  console.log(`${file}  ${caption}`);
}

const heading = (page: Page, name: string | RegExp) => expect(page.getByRole('heading', { level: 1, name })).toBeVisible(patience);

/** A screen of `app`, named by its first heading. */
async function screen(app: App, title: string | RegExp, name: string, caption: string): Promise<void> {
  await heading(app.window, title);
  await picture(app.window, name, caption);
}

/** Answers the practice's pages in a browser of its own, and takes pictures of them when asked to. */
async function answerPractice(address: string, person: Person, withPictures = false): Promise<void> {
  const browser = await openBrowser(address);
  try {
    const { page } = browser;
    await heading(page, 'Sign in to Demo Surgery');
    await page.getByLabel('Username').fill(person.username);
    await page.getByLabel('Password').fill(person.password);
    if (withPictures) await picture(page, 'practice-login', 'The practice’s own login page, in the computer’s browser. The app never sees the password.');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const end = page.getByRole('heading', { name: /You are signed in|Choose your role|no role/ });
    for (let step = 0; step < 2; step += 1) {
      const allow = page.getByRole('button', { name: 'Allow' });
      await expect(allow.or(end).first()).toBeVisible(patience);
      if (await end.isVisible()) break;
      if (withPictures && step === 1) await picture(page, 'practice-consent', 'The practice asks what the app may do: only what the role needs. Split in two, first who you are, then this.');
      await allow.click();
    }
    await expect(end).toBeVisible(patience);
    if (withPictures) await picture(page, 'practice-done', 'The browser says that it is done. Back to the app.');
  } finally {
    await browser.close();
  }
}

async function setPin(app: App, pin = PIN): Promise<void> {
  await app.window.getByLabel('PIN', { exact: true }).fill(pin);
  await app.window.getByLabel('Type the PIN again', { exact: true }).fill(pin);
  await app.window.getByRole('button', { name: 'Save and continue' }).click();
}

const unlockWith = async (app: App, pin: string) => {
  await app.window.getByLabel('Your PIN', { exact: true }).fill(pin);
  await app.window.getByRole('button', { name: 'Unlock', exact: true }).click();
};

/** Opens a row, waits for its first frame and plays it from a line of its transcript, or from the start. */
async function play(app: App, title: string, from?: number): Promise<void> {
  const { window } = app;
  await row(window, title).getByRole('button', { name: /^Review/ }).click();
  await expect.poll(() => videoState(window), patience).toMatchObject({ ready: true });
  if (from !== undefined) await window.locator(`[data-line="${from}"]`).click();
  await window.getByRole('button', { name: /^Play/ }).first().click();
  const begun = (await videoState(window)).time;
  await expect.poll(async () => (await videoState(window)).time, patience).toBeGreaterThan(begun + 1.5);
}

const backToList = async (app: App) => {
  await app.window.getByRole('button', { name: 'Back to list' }).first().click();
  await heading(app.window, 'Your recordings');
};

/** First time on this computer: sign-in, the practice's pages, a PIN, the worklist. */
async function firstTime(clinic: Clinic): Promise<App> {
  const ada = clinic.person('ada');
  const app = await clinic.start();
  const { window } = app;
  await expect.poll(() => window.evaluate(() => [innerWidth, innerHeight])).toEqual([1366, 768]);
  await screen(app, 'Sign in to Viewing Room', 'sign-in', 'First start: the practice is known from its site file.');
  await beginSignIn(window);
  await expect(window.getByLabel('Sign-in address')).toHaveValue(/^http/, patience);
  await screen(app, 'Finish signing in in your browser', 'browser', 'The sign-in page is in the browser; its address can be copied where none opened.');
  await answerPractice(await signInAddress(window), ada, true);
  await screen(app, 'Choose a PIN', 'set-pin', 'A PIN protects the copies on this computer.');
  await setPin(app, '123456');
  await expect(window.getByText('There is a problem')).toBeVisible(patience);
  await picture(window, 'set-pin-error', 'A PIN that is too easy.');
  await setPin(app);
  await heading(window, 'Your recordings');
  await expect(window.getByText(/^Downloading, [1-9]/)).toBeVisible(patience);
  await picture(window, 'worklist-downloading', 'The worklist, while the recordings that may be used offline are downloaded, checked and sealed one by one.');
  await expect(window.getByText(/Waiting to download|Downloading/)).toHaveCount(0, { timeout: 120_000 });
  await picture(window, 'worklist', 'The worklist, ready: whose recording, which consultation, why, until when, and what is on this computer.');
  return app;
}

async function worklist(app: App, patient: string): Promise<void> {
  const { window } = app;
  await window.getByRole('searchbox').fill(patient.split(' ')[1] ?? patient);
  await expect(window.getByText(/^1 of \d+ recordings$/)).toBeVisible(patience);
  await picture(window, 'search', 'Search over patients, dates, titles, notes and transcripts, with filters beside it.');
  await window.getByRole('searchbox').fill('nobody of that name');
  await expect(window.getByText(/^No recording matches/)).toBeVisible(patience);
  await picture(window, 'search-nothing', 'A search that finds nothing says so.');
  await window.getByRole('button', { name: 'Clear search' }).click();
  await window.getByRole('heading', { name: /^Withheld/ }).scrollIntoViewIfNeeded();
  await window.mouse.wheel(0, 2000);
  await sleep(300);
  await picture(window, 'withheld', 'Two recordings that did not pass: a reference and a reason, never a title, a patient or a picture.');
  await window.getByRole('button', { name: /^Why\?/ }).first().click();
  await screen(app, /^Recording W-.* is withheld$/, 'withheld-why', 'Why it is withheld, what it means and what to do.');
  await backToList(app);
}

/** One recording that the person says is another patient's, and one that the practice stops while it plays. */
async function wrongAndStopped(app: App, clinic: Clinic, wrong: string, stopped: RecordingInfo): Promise<void> {
  const { window } = app;
  await play(app, wrong);
  await window.getByRole('button', { name: 'Fullscreen' }).click();
  await expect(window.getByText('Wrong patient? Press F9')).toBeVisible(patience);
  await sleep(500);
  await picture(window, 'review-full-screen', 'Full screen: whose recording it is stays over the picture, and so does the way out of the wrong one.');
  await window.keyboard.press('F9');
  await expect(window.getByText(/quote W-/)).toBeVisible(patience);
  // There is no window manager here that would give the window its size back.
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1366, 768));
  await expect.poll(() => window.evaluate(() => [innerWidth, innerHeight])).toEqual([1366, 768]);
  await screen(app, 'Wrong patient: the recording has been closed', 'wrong-patient', 'One key, F9, or the button beside the patient: the screen is blank at once, the copy is erased, and the practice is told.');
  await window.keyboard.press('Escape');
  await heading(window, 'Your recordings');
  await play(app, stopped.patientName);
  await clinic.practice.repo.stop({ system: 'urn:ietf:rfc:3986', value: stopped.masterIdentifier }, { reason: 'wrong-patient' });
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('Your practice has stopped this recording').first()).toBeVisible(patience);
  await picture(window, 'stopped', 'The practice stops a recording while it plays: gone at once, everywhere, and for good until two people lift it.');
  await backToList(app);
  await expect(row(window, 'stopped this recording')).toBeVisible(patience);
  await window.mouse.wheel(0, 4000);
  await sleep(300);
  await picture(window, 'withheld-stopped', 'What was stopped, and what the clinician said is another patient’s, stay withheld with their reasons.');
  await row(window, 'shows another patient').getByRole('button', { name: /^Why\?/ }).click();
  await screen(app, /^Recording W-.* is withheld$/, 'wrong-patient-why', 'It stays closed unless the practice puts it right.');
  await backToList(app);
  clinic.practice.lies.listStatus = 500;
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('The practice’s list of stopped recordings cannot be read')).toBeVisible(patience);
  await picture(window, 'stop-list-unreadable', 'The stop list does not answer: what was stopped stays so, and the rest is open only as long as it would be offline.');
  clinic.practice.lies.listStatus = 0;
  await window.getByRole('button', { name: 'Update now' }).click();
  await expect(window.getByText('The practice’s list of stopped recordings cannot be read')).toHaveCount(0, patience);
}

/** A practice that has no stop list. */
async function noStopList(clinic: Clinic): Promise<void> {
  clinic.practice.lies.listStatus = 404;
  const app = await clinic.start({ profileDir: path.join(clinic.folder, 'no-stop-list') });
  await firstSignIn(app, clinic.person('cara'));
  await expect(app.window.getByText(/gives this app no list of stopped recordings/)).toBeVisible(patience);
  await picture(app.window, 'no-stop-list', 'A practice without a stop list: said for as long as it is so.');
  await app.close();
  clinic.practice.lies.listStatus = 0;
}

async function reviews(app: App, clinic: Clinic, titles: { video: string; audio: string; sensitive: string; wrong: string; stopped: RecordingInfo; taken: string; takenTask: string }): Promise<void> {
  const { window } = app;
  await play(app, titles.video, 3);
  await picture(window, 'review', 'A review: the patient beside the player before the first frame, captions, a transcript that follows, and who is watching as a watermark.');
  await window.getByRole('button', { name: 'Help' }).click();
  await sleep(300);
  await picture(window, 'review-keys', 'Every shortcut: one key, or the Help button, anywhere.');
  await window.getByRole('button', { name: 'Close' }).click();
  await backToList(app);
  await play(app, titles.audio);
  await picture(window, 'review-audio', 'A telephone consultation: sound only, with its transcript.');
  await backToList(app);
  await play(app, titles.sensitive);
  await picture(window, 'review-sensitive', 'A sensitive recording: marked, with what makes it so, downloaded only when it is opened, and locked sooner when nobody touches anything.');
  await backToList(app);
  await wrongAndStopped(app, clinic, titles.wrong, titles.stopped);
  await play(app, titles.taken);
  const task = await clinic.practice.repo.read<Task>('Task', titles.takenTask);
  await clinic.practice.repo.update({ ...task, status: 'cancelled', statusReason: { text: 'consent-withdrawn' } });
  await window.getByRole('button', { name: 'Update now' }).click();
  await screen(app, 'The recording has been closed', 'withdrawn', 'The practice withdraws an assignment while it plays: the picture goes at once, and the copy is destroyed.');
  await backToList(app);
  // The update that closed it goes on reading; another is begun only after it.
  await expect(window.getByText('Checking for changes')).toBeHidden(patience);
  clinic.practice.lies.everyonesTasks = true;
  await window.getByRole('button', { name: 'Update now' }).click();
  const foreign = window.getByText(/assignments that are not yours/);
  await expect(foreign).toBeVisible(patience);
  await foreign.scrollIntoViewIfNeeded();
  await picture(window, 'not-yours', 'The practice answers with everyone’s assignments: none is shown, and the clinician is told how many there were.');
  clinic.practice.lies.everyonesTasks = false;
}

async function lockAndUnlock(app: App): Promise<void> {
  const { window } = app;
  await window.getByRole('button', { name: 'Lock', exact: true }).click();
  await screen(app, 'Unlock as Dr Ada Sampleton', 'locked', 'Locked: nothing of a patient is on the screen or readable on the disk.');
  await unlockWith(app, '000001');
  await expect(window.getByText('That PIN is not right').first()).toBeVisible(patience);
  await picture(window, 'wrong-pin', 'A wrong PIN is counted before it is tried, and what follows the last try is said.');
  await unlockWith(app, PIN);
  await heading(window, 'Your recordings');
}

async function offline(app: App, clinic: Clinic, title: string): Promise<App> {
  clinic.practice.lies.down = true;
  await app.window.getByRole('button', { name: 'Update now' }).click();
  await expect(app.window.getByText('No connection to the practice.')).toBeVisible(patience);
  await picture(app.window, 'offline', 'The practice cannot be reached: what is here stays usable until the lease ends.');
  await app.close();
  const again = await clinic.start();
  await screen(again, 'Unlock as Dr Ada Sampleton', 'offline-unlock', 'Restarted without a connection: the PIN opens what is sealed here.');
  await unlockWith(again, PIN);
  await heading(again.window, 'Your recordings');
  await expect(again.window.getByText('No connection to the practice.')).toBeVisible(patience);
  await play(again, title, 2);
  await picture(again.window, 'offline-review', 'A review without the practice.');
  await again.window.getByRole('button', { name: 'Back to list' }).first().click();
  await row(again.window, 'Ready').first().waitFor(patience);
  clinic.practice.lies.down = false;
  return again;
}

const toStorage = async ({ window }: App) => {
  await window.getByRole('button', { name: 'Storage on this computer' }).first().click();
  await heading(window, 'Storage on this computer');
};

/** The copies on this computer: what they use, and one of them removed. */
async function storage(app: App, title: string): Promise<void> {
  const { window } = app;
  await toStorage(app);
  await window.getByRole('checkbox', { name: new RegExp(title) }).first().check(patience);
  await picture(window, 'storage', 'The copies on this computer: what they use, and which the person wants to remove.');
  await window.getByRole('button', { name: /^Remove selected/ }).click();
  await expect(window.getByRole('alertdialog')).toBeVisible(patience);
  await picture(window, 'storage-confirm', 'Before copies are removed it is said what that means.');
  await window.getByRole('button', { name: /^Remove cop/ }).click();
  await expect(window.getByText(/removed \(/)).toBeVisible(patience);
  await picture(window, 'storage-removed', 'Removed here; the practice still has it, and it can be downloaded again.');
  await backToList(app);
}

async function changePin(app: App, from: string, to: string): Promise<void> {
  const { window } = app;
  const change = async (present: string) => {
    await window.getByLabel('Present PIN', { exact: true }).fill(present);
    await window.getByLabel('New PIN', { exact: true }).fill(to);
    await window.getByLabel('Type the new PIN again', { exact: true }).fill(to);
    await window.getByRole('main').getByRole('button', { name: 'Change PIN' }).click();
  };
  await window.getByRole('button', { name: 'Change PIN' }).click();
  await screen(app, 'Change PIN', 'change-pin', 'Changing the PIN needs the present one. Recordings are not touched.');
  await change('000001');
  await expect(window.getByRole('link', { name: 'That PIN is not right' })).toBeVisible(patience);
  await picture(window, 'change-pin-wrong', 'A wrong present PIN counts as a try, as it does when unlocking.');
  await change(from);
  await screen(app, 'Your PIN has been changed', 'changed-pin', 'The PIN has been changed.');
  await backToList(app);
}

/** What a forgotten PIN costs, read and not done. */
async function forgottenPin(app: App, pin: string): Promise<void> {
  const { window } = app;
  await window.getByRole('button', { name: 'Lock', exact: true }).click();
  await window.getByRole('button', { name: 'I have forgotten my PIN' }).click();
  await screen(app, /^Forgotten PIN/, 'forgotten-pin', 'A forgotten PIN: first what is lost, then what stays. Nothing has been erased yet.');
  await window.getByRole('button', { name: /^Erase my copies/ }).click();
  await expect(window.getByRole('alertdialog')).toBeVisible(patience);
  await picture(window, 'forgotten-pin-confirm', 'Whose copies are erased is said once more.');
  await window.getByRole('button', { name: 'Cancel' }).click();
  await window.getByRole('button', { name: 'Back: I remember it' }).click();
  await heading(window, 'Unlock as Dr Ada Sampleton');
  await unlockWith(app, pin);
  await heading(window, 'Your recordings');
}

/** A practice that became stricter: a shared login needs a passphrase. */
async function stricter(clinic: Clinic, pin: string): Promise<void> {
  const shared = path.join(clinic.folder, 'shared-site.json');
  writeFileSync(shared, JSON.stringify({ ...clinic.practice.siteFile(), sharedLogin: true }));
  const app = await clinic.start({ site: shared });
  await heading(app.window, 'Unlock as Dr Ada Sampleton');
  await unlockWith(app, pin);
  await screen(app, 'Choose a new passphrase', 'stricter', 'The practice now asks for a passphrase: nothing else is shown before there is one.');
  await app.close();
}

/** A practice that allows little space: what did not fit is said, and where room can be made. */
async function littleSpace(clinic: Clinic): Promise<void> {
  const small = path.join(clinic.folder, 'small-site.json');
  writeFileSync(small, JSON.stringify({ ...clinic.practice.siteFile(), diskBudgetBytes: 1_200_000 }));
  const app = await clinic.start({ site: small, profileDir: path.join(clinic.folder, 'small') });
  await firstSignIn(app, clinic.person('ben'));
  await expect(app.window.getByText(/not downloaded: .* more room/)).toBeVisible({ timeout: 120_000 });
  await picture(app.window, 'no-room', 'The space that the practice allows is used up: how much is missing, and the way to Storage.');
  await app.window.getByRole('button', { name: 'Storage', exact: true }).first().click();
  await heading(app.window, 'Storage on this computer');
  await expect(app.window.getByRole('checkbox').first()).toBeVisible(patience);
  await picture(app.window, 'storage-full', 'Full: what is due for review without a connection is never suggested, and the person decides.');
  await app.close();
}

/** A part of one person's vault is damaged, then the whole of it; someone else on the computer is not kept out. */
async function damagedVaults(clinic: Clinic, pin: string): Promise<void> {
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
  await screen(app, 'Part of the store on this computer is damaged', 'library-damaged', 'The part with the list and the copies is damaged; the record of what was viewed is whole and still sent.');
  await app.window.getByRole('button', { name: 'Start again' }).click();
  await expect(app.window.getByRole('alertdialog')).toBeVisible(patience);
  await picture(app.window, 'library-damaged-confirm', 'What goes and what stays, before anything is set aside.');
  await app.window.getByRole('button', { name: 'Cancel' }).click();
  await app.close();

  damage(path.join(vault, 'keyring.json'), 16);
  app = await clinic.start();
  const broken = app.window.getByRole('button', { name: 'A store that cannot be opened' });
  await expect(broken).toBeVisible(patience);
  await picture(app.window, 'vault-broken', 'One store cannot be opened, so whose it is cannot be read; the other person comes in as ever.');
  await broken.click();
  await screen(app, 'The store of recordings on this computer is damaged', 'vault-damaged', 'The whole of a store is damaged: it is left as it is, and the way on is said.');
  await app.close();
}

/** Someone else signs in on a computer where nobody has been, and does `act`. */
async function another(clinic: Clinic, username: string, act: (app: App) => Promise<void>): Promise<void> {
  const app = await clinic.start({ profileDir: path.join(clinic.folder, username) });
  await beginSignIn(app.window);
  await expect(app.window.getByLabel('Sign-in address')).toHaveValue(/^http/, patience);
  await answerPractice(await signInAddress(app.window), clinic.person(username));
  await act(app);
  await app.close();
}

async function roles(clinic: Clinic): Promise<void> {
  await another(clinic, 'dee', (app) => screen(app, 'Choose your role', 'choose-role', 'Someone with two roles works in one at a time.'));
  await another(clinic, 'pat', (app) => console_(app, clinic));
  await another(clinic, 'cal', async (app) => {
    await expect(app.window.getByText(/the whole record\./)).toBeVisible(patience);
    await expect(app.window.getByRole('table', { name: 'Actions' }).getByText('Pat Demomanager').first()).toBeVisible(patience);
    await screen(app, 'Managers’ actions', 'managers-actions', 'The second reader whom the site file names: what the managers looked at, took away and did. Nothing can be done here.');
  });
  await another(clinic, 'noel', (app) => screen(app, 'You have no role that uses this app', 'no-role', 'Signed in, yet without a role: nothing is shown but why.'));
}

/** A practice manager's console: what happened, to whom, and what is done about it. */
async function console_(app: App, { practice }: Clinic): Promise<void> {
  const { window } = app;
  const go = (place: string) => window.getByRole('navigation').getByRole('button', { name: place, exact: true }).click();
  await expect(window.getByText(/entries read/)).toBeVisible(patience);
  await expect(window.getByText(/the whole record\./)).toBeVisible(patience);
  await expect(window.getByRole('table').first()).toBeVisible(patience);
  await screen(app, 'Events', 'console-events', 'A manager: who was listed, presented, shown and exposed to what. No recording is fetched or played.');
  await window.getByRole('table').first().getByRole('button').first().click();
  await expect(window.getByRole('dialog').or(window.getByRole('complementary')).first()).toBeVisible(patience);
  await picture(window, 'console-event', 'One entry as it was signed. Every value offers to be filtered by; Up and Down change the entry.');
  await window.keyboard.press('Escape');
  await go('People and recordings');
  const watched = practice.repo.recordings().find(({ id }) => id === 'rec-01');
  await window.getByLabel('Recording', { exact: true }).fill(watched?.masterIdentifier ?? '');
  await window.getByRole('button', { name: 'Show history' }).click();
  await expect(window.getByText(/exposed for/).first()).toBeVisible(patience);
  await screen(app, /History of a recording/, 'console-history', 'The history of a recording: how far each person got with it, in one sentence and person by person.');
  await window.getByRole('button', { name: 'Open an incident from this' }).click();
  await window.getByRole('dialog').getByRole('textbox').fill('The patient asked who has seen it.');
  await picture(window, 'console-open-incident', 'An incident is opened about what is on screen; the record fills in what it knows.');
  await window.getByRole('dialog').getByRole('button', { name: /^Open/ }).click();
  await screen(app, /Question about who saw/, 'console-incident', 'An incident: the clock of 72 hours, whom the recording reached, stopping it from here, and what the regulator asks.');
  await go('Incidents');
  await screen(app, 'Incidents', 'console-incidents', 'The practice’s register. Each saving is a version that stays.');
  await go('Flags');
  await screen(app, 'Flags', 'console-flags', 'Something to look at, and why: reasons, not accusations.');
  await go('Assignments and stops');
  await expect(window.getByRole('heading', { name: 'Stops', exact: true })).toBeVisible(patience);
  await screen(app, 'Assignments and stops', 'console-assignments', 'Who reviews what until when, and what is stopped.');
  await go('Devices');
  await screen(app, 'Devices', 'console-devices', 'Each computer’s chain: last contact, version, key, and whether it holds. A manager enrols its key.');
}

/** The practice takes a role back, then renews somebody's session for another person. */
async function whoIsHere(clinic: Clinic): Promise<void> {
  const { repo, lies } = clinic.practice;
  const role = await repo.read<PractitionerRole>('PractitionerRole', 'role-gp-1');
  let app = await clinic.start({ profileDir: path.join(clinic.folder, 'role') });
  await firstSignIn(app, clinic.person('ada'));
  await repo.update<PractitionerRole>({ ...structuredClone(role), active: false });
  await app.window.getByRole('button', { name: 'Update now' }).click();
  await screen(app, 'Your role has ended', 'role-ended', 'The practice takes the role back: everything is closed at once, and its copies are erased.');
  await app.close();
  app = await clinic.start({ profileDir: path.join(clinic.folder, 'role') });
  await unlockWith(app, PIN);
  await expect(row(app.window, 'You no longer have the role').first()).toBeVisible(patience);
  await picture(app.window, 'role-ended-list', 'Until a sign-in finds a role, every recording stays withheld.');
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
  await picture(app.window, 'somebody-else', 'A session that was renewed for somebody else is given back; what is mine stays here.');
  await app.close();
  lies.renewsAs = '';
}

/** What keeps the app from starting. */
async function troubles(clinic: Clinic): Promise<void> {
  const wrong = path.join(clinic.folder, 'wrong-site.json');
  writeFileSync(wrong, JSON.stringify({ ...clinic.practice.siteFile(), fhirBase: 'http://records.practice.example/fhir' }));
  let app = await clinic.start({ site: wrong, profileDir: path.join(clinic.folder, 'wrong-site') });
  await expect(app.window.getByText('fhirBase')).toBeVisible(patience);
  await screen(app, /./, 'site-file-wrong', 'A wrong site file: which field, and what it should be.');
  await app.close();
  const keychain = await startKeychain('locked');
  try {
    app = await clinic.start({ env: keychain.env });
    await screen(app, /keychain|keyring/i, 'keychain-locked', 'The computer’s keychain is locked: the copies are there, and cannot be opened yet.');
    await app.close();
  } finally {
    await keychain.stop();
  }
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

const clinic = await openClinic();
try {
  const { repo } = clinic.practice;
  // The practice lies: one manifest names another patient's birth date, another is signed by a key that no site file trusts.
  await repo.signManifest('rec-02', (manifest) => {
    manifest.patient.birthDate = '1900-01-01';
  });
  await repo.signManifest('rec-09', () => undefined, { signWith: 'stranger' });
  // Large enough that its download can be seen: a clip with padding that players skip (an MP4 `free` box).
  const clip = readFileSync(path.join(import.meta.dirname, '../resources/demo/knee.mp4'));
  const padding = Buffer.alloc(160 * 1024 * 1024);
  padding.writeUInt32BE(padding.length);
  padding.write('free', 4, 'latin1');
  const large = await repo.addRecording({ owner: 'ada', title: 'Knee pain, second call', description: 'Video consultation: knee pain, second call', media: Buffer.concat([clip, padding]), patient: { given: 'Lou', family: 'Longcall' }, period: { start: inDays(-1), end: inDays(1) } });

  let app = await firstTime(clinic);
  await worklist(app, large.patientName);
  await reviews(app, clinic, { video: clinic.recording('rec-01').patientName, audio: clinic.recording('rec-04').patientName, sensitive: clinic.recording('rec-08').patientName, wrong: clinic.recording('rec-05').patientName, stopped: clinic.recording('rec-06'), taken: clinic.recording('rec-03').patientName, takenTask: clinic.recording('rec-03').taskIds[0] ?? '' });
  await lockAndUnlock(app);
  app = await offline(app, clinic, clinic.recording('rec-01').patientName);
  await storage(app, clinic.recording('rec-07').patientName);
  await changePin(app, PIN, '730519');
  await forgottenPin(app, '730519');
  await app.close();
  await stricter(clinic, '730519');
  await littleSpace(clinic);
  await noStopList(clinic);
  await roles(clinic);
  await whoIsHere(clinic);
  await troubles(clinic);
  await damagedVaults(clinic, '730519');
  const index = pictures.map(({ file, caption }) => `## ${file.slice(0, 2)}\n\n${caption}\n\n![${caption}](${file})\n`);
  writeFileSync(path.join(output, 'index.md'), `# A tour of Viewing Room\n\nThe packaged app over the demo practice. Everyone in it is invented.\n\n${index.join('\n')}`);
} finally {
  await clinic.stop();
}
