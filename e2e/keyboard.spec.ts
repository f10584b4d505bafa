/** A clinician's day by keyboard alone, but for the practice's own pages: nothing here presses a mouse, and nothing gets the focus but by the Tab key and by what the app does itself. */
import type { Communication, Task } from '@medplum/fhirtypes';
import { expect, test, type Page } from '@playwright/test';
import { deliveredEntries } from './support/audit.ts';
import { everythingHere, openClinic, PIN, row, signInAddress, signInInBrowser, videoState, type Clinic } from './support/journey.ts';
import { button, choose, enter, openRow, press, tabTo, write } from './support/keyboard.ts';
import { sealedFiles } from './support/vaults.ts';

const soon = { timeout: 60_000 };
const NEXT_PIN = '730164';

let clinic: Clinic;
test.beforeEach(async () => {
  test.setTimeout(240_000);
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

/** Signs in for the first time on this computer. */
async function arrive(window: Page, username: string): Promise<void> {
  await enter(window, button(window, 'Sign in with your practice'));
  await signInInBrowser(await signInAddress(window), clinic.person(username));
  await write(window, window.getByLabel('PIN', { exact: true }), PIN);
  await write(window, window.getByLabel('Type the PIN again', { exact: true }), PIN);
  await press(window, 'Enter');
  await expect(window.getByRole('heading', { level: 1, name: 'Your recordings' })).toBeFocused(soon);
  await expect(row(window, 'Ready offline').first()).toBeVisible(soon);
  await everythingHere(window);
}

async function tab(window: Page, name: string): Promise<void> {
  await tabTo(window, window.getByRole('tab', { selected: true }));
  const wanted = window.getByRole('tab', { name: new RegExp(`^${name}`) });
  await press(window, 'Home');
  for (let presses = 0; presses < 5 && !(await wanted.evaluate((element) => element === document.activeElement)); presses += 1) await press(window, 'ArrowRight');
  await press(window, 'Enter');
  await expect(wanted).toHaveAttribute('aria-selected', 'true');
}

async function backToList(window: Page): Promise<void> {
  await enter(window, button(window, 'Back to list'));
  await expect(window.getByRole('heading', { level: 1, name: 'Your recordings' })).toBeFocused();
}

async function lockAndUnlock(window: Page, pin: string): Promise<void> {
  await enter(window, button(window, 'Lock'));
  await write(window, window.getByLabel('Your PIN', { exact: true }), pin);
  await press(window, 'Enter');
  await expect(window.getByRole('heading', { level: 1, name: 'Your recordings' })).toBeFocused(soon);
}

test('found by what was said, shown to a group with a stretch masked, written about, declined', async () => {
  const { window } = await clinic.start();
  await arrive(window, 'cara');
  const [taught, messaged, refused] = (['rec-21', 'rec-23', 'rec-22'] as const).map((id) => clinic.recording(id).patientName) as [string, string, string];

  await test.step('a word of the transcript leads to its place', async () => {
    await press(window, '/');
    await window.keyboard.type('tablet');
    const hit = window.locator('.vr-hits').first().getByRole('button', { name: /^at \d+:\d\d/ }).first();
    await expect(hit).toBeVisible(soon);
    const [minutes = 0, seconds = 0] = (/(\d+):(\d\d)/.exec((await hit.textContent()) ?? '')?.slice(1) ?? []).map(Number);
    expect(minutes * 60 + seconds).toBeGreaterThan(0);
    await enter(window, hit);
    await expect.poll(async () => Math.floor((await videoState(window)).time)).toBe(minutes * 60 + seconds);
    await backToList(window);
    await enter(window, button(window, 'Clear search'));
    await expect(window.getByRole('searchbox')).toBeFocused();
  });

  await test.step('a stretch is masked, and hidden while others are in the room', async () => {
    await openRow(window, taught);
    await press(window, 'i', 'ArrowRight', 'ArrowRight', 'o');
    await tab(window, 'Notes');
    await enter(window, button(window, /^Mask 0:\d\d to 0:\d\d for teaching/));
    await expect(window.getByText(/is masked when you show this to a group/)).toBeVisible();
    await tab(window, 'Finish');
    await enter(window, button(window, 'Start group teaching'));
    await expect(window.getByLabel('Who else is in the room?')).toBeFocused();
    await window.keyboard.type('Dr Demo Trainee');
    await enter(window, button(window, 'Start group teaching'));
    await expect(window.getByText(/^Group teaching is on/).first()).toBeVisible();
    await expect(window.getByTestId('patient-panel')).not.toContainText(taught);
    await enter(window, button(window, 'Show patient details'));
    await expect(window.getByTestId('patient-panel')).toContainText(taught);
    await tab(window, 'Notes');
    await expect(button(window, /^Go to 0:/)).toHaveCount(0);
    await enter(window, button(window, 'Show notes'));
    await enter(window, button(window, /^Go to 0:/));
    await expect(window.getByTestId('cover')).toBeVisible();
    await tab(window, 'Finish');
    await enter(window, button(window, 'End group teaching'));
    await expect(window.getByText(/^Group teaching is on/)).toHaveCount(0);
    await expect(window.getByTestId('cover')).toBeHidden();
    await backToList(window);
  });

  await test.step('a message to the other clinician', async () => {
    await openRow(window, messaged);
    await tab(window, 'Messages');
    await write(window, window.getByLabel('Your message'), 'Shall we look at the ending together?');
    await enter(window, button(window, 'Send message'));
    await expect(window.getByText('Sent to the practice').last()).toBeVisible(soon);
    const sent = (await clinic.practice.repo.all<Communication>('Communication')).map(({ payload }) => payload?.[0]?.contentString);
    expect(sent.filter((words) => words === 'Shall we look at the ending together?')).toHaveLength(1);
    await backToList(window);
  });

  await test.step('a review is declined with a reason', async () => {
    await openRow(window, refused);
    await tab(window, 'Finish');
    await enter(window, button(window, 'Decline…'));
    await choose(window, window.getByRole('dialog').getByLabel('Why?'), 'I have no time for it');
    await enter(window, button(window.getByRole('dialog'), 'Decline'));
    await expect(window.getByText(/^You declined a review/)).toBeVisible(soon);
    const { taskIds: [id = ''] } = clinic.recording('rec-22');
    await expect.poll(async () => (await clinic.practice.repo.read<Task>('Task', id)).status, soon).toBe('rejected');
  });
});

test('settings, a PIN, copies on the computer, and a recording of the wrong patient', async () => {
  const { window } = await clinic.start();
  await arrive(window, 'ada');
  const { patientName } = clinic.recording('rec-01');

  await test.step('what is chosen in the settings counts, through a lock as well', async () => {
    await enter(window, button(window, 'Settings'));
    await expect(window.getByRole('heading', { level: 1, name: 'Settings' })).toBeFocused();
    const size = window.getByRole('group', { name: 'Text size' });
    await tabTo(window, size.getByRole('radio', { checked: true }));
    const before = await window.evaluate(() => getComputedStyle(document.documentElement).fontSize);
    await press(window, 'ArrowDown');
    await expect.poll(() => window.evaluate(() => getComputedStyle(document.documentElement).fontSize)).not.toBe(before);
    // What the computer is set to counts at once, and no longer than it is.
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      await window.emulateMedia({ reducedMotion });
      await expect.poll(() => window.evaluate(() => document.documentElement.classList.contains('vr-less-motion'))).toBe(reducedMotion === 'reduce');
    }
    await enter(window, window.getByLabel('Use shortcuts of one letter or sign'), 'Space');
    await enter(window, button(window, 'Show every shortcut'));
    await expect(window.getByRole('dialog')).toBeVisible();
    await press(window, 'Escape');
    await expect(button(window, 'Show every shortcut')).toBeFocused();
    await backToList(window);
    await lockAndUnlock(window, PIN);
    await expect.poll(() => window.evaluate(() => getComputedStyle(document.documentElement).fontSize)).not.toBe(before);
    await openRow(window, patientName);
    await press(window, 'k');
    await expect(window.getByRole('button', { name: /^Play/ }).first()).toBeVisible();
    expect((await videoState(window)).paused).toBe(true);
    await press(window, 'Space');
    await expect.poll(async () => (await videoState(window)).paused).toBe(false);
    await backToList(window);
  });

  await test.step('another PIN', async () => {
    await enter(window, button(window, 'Change PIN'));
    await write(window, window.getByLabel('Current PIN', { exact: true }), PIN);
    await write(window, window.getByLabel('New PIN', { exact: true }), NEXT_PIN);
    await write(window, window.getByLabel('Type the new PIN again', { exact: true }), NEXT_PIN);
    await press(window, 'Enter');
    await expect(window.getByRole('heading', { level: 1, name: 'Your PIN has been changed' })).toBeFocused(soon);
    await backToList(window);
    await lockAndUnlock(window, NEXT_PIN);
  });

  await test.step('a copy is removed', async () => {
    const copies = sealedFiles(clinic.profileDir).length;
    await enter(window, button(window, 'Storage on this computer'));
    await expect(window.getByRole('heading', { level: 1, name: 'Storage on this computer' })).toBeFocused();
    await enter(window, window.getByRole('table', { name: 'Copies on this computer' }).getByRole('checkbox').first(), 'Space');
    await enter(window, button(window, /^Remove selected/));
    await enter(window, button(window.getByRole('alertdialog'), /^Remove cop/));
    await expect(window.locator('.vr-done')).toBeFocused();
    expect(sealedFiles(clinic.profileDir)).toHaveLength(copies - 1);
    await backToList(window);
  });

  await test.step('the wrong patient, by the button', async () => {
    const { patientName: wrong } = clinic.recording('rec-05');
    await openRow(window, wrong);
    await enter(window, button(window, /^Wrong patient/));
    await expect(window.locator('video, audio')).toHaveCount(0);
    await expect(window.getByText(wrong)).toHaveCount(0);
    await backToList(window);
    await enter(window, button(window, /^Why\?/));
    await expect(window.getByRole('heading', { level: 1, name: /^Recording W-.* is withheld$/ })).toBeFocused();
    await backToList(window);
    await expect.poll(async () => (await deliveredEntries(clinic.practice)).map(({ entry }) => entry.event), soon).toEqual(expect.arrayContaining(['wrong-patient', 'destroyed']));
  });

  await test.step('a forgotten PIN', async () => {
    await enter(window, button(window, 'Lock'));
    await enter(window, button(window, 'I have forgotten my PIN'));
    await expect(window.getByRole('heading', { level: 1, name: /^Forgotten PIN/ })).toBeFocused();
    await enter(window, button(window, /^Erase my copies/));
    await enter(window, button(window.getByRole('alertdialog'), 'Erase'));
    await expect(window.getByRole('heading', { level: 1, name: 'Sign in to Viewing Room' })).toBeFocused(soon);
    expect(sealedFiles(clinic.profileDir)).toEqual([]);
  });
});

test('words about a recording that was given to somebody else are read, and removed once the practice has answered', async () => {
  const { window } = await clinic.start();
  await arrive(window, 'cara');
  const given = clinic.recording('rec-28');
  clinic.practice.lies.down = true;
  await openRow(window, given.patientName);
  await press(window, 'n');
  await window.keyboard.type('Listens without a word');
  await press(window, 'Control+Enter');
  await expect(window.getByRole('list', { name: /^Notes, in the order/ }).getByRole('listitem')).toHaveCount(1);
  await backToList(window);
  const { taskIds: [id = ''] } = given;
  await clinic.practice.repo.update<Task>({ ...(await clinic.practice.repo.read<Task>('Task', id)), owner: { reference: `Practitioner/${clinic.person('ben').practitionerId}` } });
  clinic.practice.lies.down = false;
  await enter(window, button(window, 'Update now'));
  await enter(window, button(window, /no longer yours \(1\)/));
  await expect(window.getByText('Listens without a word')).toBeVisible(soon);
  await expect(window.getByText(given.patientName)).toHaveCount(0);
  await enter(window, button(window, /^Remove what is kept/));
  await enter(window, button(window.getByRole('alertdialog'), 'Remove'));
  await expect(window.getByText('Nothing is kept')).toBeVisible(soon);
  await backToList(window);
});
