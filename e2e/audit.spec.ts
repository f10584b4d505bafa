/** What was listed, presented, opened and exposed reaches the practice, and the chain can be checked from what the practice holds. */
import { createHash } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import { brokenLink, deliveredEntries } from './support/audit.ts';
import { beginSignIn, everythingHere, firstSignIn, openClinic, review, row, signInAddress, signInInBrowser, unlock, videoState, type Clinic } from './support/journey.ts';

const soon = { timeout: 60_000 };

test('listed, opened and exposed intervals arrive once and in order, those of an offline hour too', async () => {
  const clinic = await openClinic();
  try {
    const { practice } = clinic;
    const recording = practice.repo.recordings().find((r) => r.id === 'rec-01');
    const patient = recording?.patientName ?? '';
    let app = await clinic.start();
    await firstSignIn(app, clinic.person('ada'));
    await expect(row(app.window, patient).first()).toContainText('Ready offline', { timeout: 60_000 });
    await app.close();

    practice.lies.down = true;
    app = await clinic.start();
    await unlock(app);
    await review(app.window, patient);
    await app.window.getByRole('button', { name: /^Play/ }).first().click();
    await expect.poll(async () => (await videoState(app.window)).time).toBeGreaterThan(3);
    // While it plays: the last second before it is left counts too.
    const leftAt = (await videoState(app.window)).time;
    await app.window.getByRole('button', { name: 'Back to list' }).click();
    await expect(app.window.getByText(/The record of what you viewed will be sent/)).toBeVisible();
    practice.lies.down = false;
    await app.window.getByRole('button', { name: 'Update now' }).click();

    const delivered = () => deliveredEntries(practice);
    await expect.poll(async () => (await delivered()).some(({ entry }) => entry.event === 'exposed' && entry.media !== undefined), { timeout: 40_000 }).toBe(true);
    await expect(app.window.getByText(/The record of what you viewed will be sent/)).toHaveCount(0, { timeout: 40_000 });

    const all = await delivered();
    expect(brokenLink(all)).toBeNull();
    const about = all.filter(({ entry }) => entry.subject?.document === `DocumentReference/${recording?.id ?? ''}`).map(({ entry }) => entry);
    const order = about.map((entry) => entry.event);
    expect(order).toContain('listed');
    expect(order.indexOf('listed')).toBeLessThan(order.indexOf('opened'));
    expect(order.indexOf('opened')).toBeLessThan(order.indexOf('exposed'));
    const shown = about.flatMap((entry) => entry.media ?? []);
    expect(Math.min(...shown.map(([from]) => from))).toBe(0);
    expect(Math.max(...shown.map(([, to]) => to))).toBeGreaterThanOrEqual(Math.floor(leftAt * 10) / 10);
    // Nothing was opened that is not on the list of what was listed.
    const listed = new Set(all.filter(({ entry }) => entry.event === 'listed').map(({ entry }) => entry.subject?.document));
    for (const { entry } of all.filter(({ entry: e }) => e.event === 'opened')) expect(listed).toContain(entry.subject?.document);
  } finally {
    await clinic.stop();
  }
});

test('rows that were on the screen were presented, those below the fold only listed, until the person scrolls there', async () => {
  const clinic = await openClinic();
  try {
    const { practice } = clinic;
    const start = new Date(Date.now() - 86_400_000);
    // Far more than the window holds. Sensitive, so that none is downloaded and no row of them grows or shrinks.
    for (let day = 10; day < 34; day += 1) {
      await practice.repo.addRecording({
        owner: 'ben', patient: { family: `Rowperson${day}` }, title: `row ${day}`, media: Buffer.alloc(2000, day), seconds: 60, confidentiality: 'V',
        period: { start, end: new Date(Date.now() + (40 + day) * 86_400_000) },
      });
    }
    const app = await clinic.start();
    const { window } = app;
    await firstSignIn(app, clinic.person('ben'));
    const table = window.getByRole('table', { name: /^Your recordings/ });
    const mine = practice.repo.recordings().filter(({ ownerPractitionerIds }) => ownerPractitionerIds.includes(clinic.person('ben').practitionerId));
    await expect(table).toHaveAttribute('aria-rowcount', String(mine.length + 1), { timeout: 60_000 });
    await everythingHere(window);
    await window.waitForTimeout(3000);
    // While others are downloaded rows move a little: what is near the fold is neither. Most of what is below is not on the page at all.
    const rows = await table.locator('[data-row]').evaluateAll((all) => all.map((element) => {
      const { top, bottom, height } = element.getBoundingClientRect();
      return { text: element.textContent, shown: Math.min(bottom, innerHeight) - Math.max(top, 0) >= height / 2, below: top > innerHeight + 150 };
    }));
    const shown = rows.filter((one) => one.shown);
    const below = mine.filter(({ patientName }) => patientName.includes('Rowperson') && rows.every(({ text, below: under }) => under || !text.includes(patientName)));
    const last = mine.find(({ patientName }) => patientName.includes('Rowperson33'))!;
    expect(below).toContain(last);

    /** Seconds in each entry of this kind about a recording. */
    const told = async (event: string, { id }: { id: string }) => (await deliveredEntries(practice)).flatMap(({ entry }) => (entry.event === event && entry.subject?.document === `DocumentReference/${id}` ? [entry.seconds ?? 0] : []));
    /** Locks, and waits until the practice has everything up to there: what it has not got by then was not recorded. */
    const lock = async (times: number) => {
      await window.getByRole('button', { name: 'Lock', exact: true }).click();
      await expect.poll(async () => (await deliveredEntries(practice)).filter(({ entry }) => entry.event === 'locked').length, soon).toBe(times);
    };
    await lock(1);
    for (const one of mine) expect((await told('listed', one)).length, `${one.patientName} is on the list`).toBeGreaterThan(0);
    const seen = mine.filter(({ patientName }) => shown.some(({ text }) => text.includes(patientName)));
    expect(seen.length).toBeGreaterThan(2);
    for (const one of seen) expect((await told('presented', one)).length, `${one.patientName} was on the screen`).toBeGreaterThan(0);
    for (const one of below) expect(await told('presented', one), `${one.patientName} was below the fold`).toEqual([]);

    await unlock(app);
    await table.locator('[data-row]').first().press('End');
    await expect(row(window, 'Rowperson33')).toBeInViewport();
    await window.waitForTimeout(2500);
    await lock(2);
    const seconds = (await told('presented', last)).reduce((sum, one) => sum + one, 0);
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThan(20);
    expect((await told('presented', seen[0]!)).reduce((sum, one) => sum + one, 0)).toBeGreaterThan(3);
    expect(brokenLink(await deliveredEntries(practice))).toBeNull();
  } finally {
    await clinic.stop();
  }
});

/** Signs in as the practice manager, to the whole record. */
async function signInAsManager(window: Page, clinic: Clinic): Promise<void> {
  await beginSignIn(window);
  await signInInBrowser(await signInAddress(window), clinic.person('pat'));
  await expect(window.getByText(/entr(y|ies) read: the whole record/)).toBeVisible(soon);
}
const go = (window: Page, place: RegExp) => window.getByRole('navigation').getByRole('button', { name: place }).click();

test('what a clinician’s computer signed is verified once a manager has enrolled its key, and not before', async () => {
  const clinic = await openClinic();
  try {
    const { practice } = clinic;
    const ada = await clinic.start();
    await firstSignIn(ada, clinic.person('ada'));
    await ada.window.getByRole('button', { name: 'Lock', exact: true }).click();
    const delivered = async () => (await deliveredEntries(practice)).filter(({ entry }) => entry.actor.sds === clinic.person('ada').sdsUserId);
    await expect.poll(async () => (await delivered()).some(({ entry }) => entry.event === 'locked'), soon).toBe(true);
    await ada.close();
    const keys = new Set((await delivered()).map(({ details }) => details.get('chain-key') ?? ''));
    expect(keys.size).toBe(1);
    const fingerprint = createHash('sha256').update(Buffer.from([...keys][0] ?? '', 'base64url')).digest('hex').slice(0, 16).replace(/(.{4})(?=.)/g, '$1 ');

    const { window } = await clinic.start({ profileDir: `${clinic.folder}/pat` });
    await signInAsManager(window, clinic);
    const showAdas = async () => {
      await go(window, /^Events/);
      await window.getByLabel('Who', { exact: true }).selectOption({ label: 'Dr Ada Sampleton' });
      await expect(window.getByRole('button', { name: 'Remove filter: Who: Dr Ada Sampleton' })).toBeVisible();
      const rows = window.getByRole('table', { name: 'Events' }).locator('tbody tr');
      await expect(rows).not.toHaveCount(0);
      return { rows, unproved: rows.filter({ hasText: 'Device not enrolled' }) };
    };
    const before = await showAdas();
    const count = await before.rows.count();
    await expect(before.unproved).toHaveCount(count);
    await before.rows.first().getByRole('button').click();
    await expect(window.getByRole('dialog')).toContainText('no manager has enrolled the key');
    await window.keyboard.press('Escape');

    await go(window, /^Devices/);
    const device = window.getByRole('table', { name: 'Devices' }).getByRole('row').filter({ hasText: 'Dr Ada Sampleton' });
    await expect(device).toContainText('Not enrolled');
    await device.getByRole('button', { name: /^Enrol/ }).click();
    // What the person would read out: it is of the key that the entries came with.
    await expect(window.getByRole('dialog')).toContainText(fingerprint);
    await window.getByRole('dialog').getByRole('button', { name: 'All are the same: enrol' }).click();
    await expect(window.getByText('The device of Dr Ada Sampleton is enrolled.')).toBeVisible(soon);
    await expect(device).toContainText('Verified');

    const after = await showAdas();
    await expect(after.rows).toHaveCount(count);
    await expect(after.unproved).toHaveCount(0);
    await after.rows.first().getByRole('button').click();
    await expect(window.getByRole('dialog')).toContainText('Signed with the key that a manager enrolled');
  } finally {
    await clinic.stop();
  }
});

test('a day of the activity chart is chosen with the keyboard, and what it has is said', async () => {
  const clinic = await openClinic({ events: 2_000 });
  try {
    const { window } = await clinic.start();
    await signInAsManager(window, clinic);
    await window.getByLabel('Period', { exact: true }).selectOption('All that has been read');
    await window.getByRole('button', { name: 'Show activity by day' }).click();
    await window.getByLabel('Show', { exact: true }).selectOption('Listed');
    const chart = window.getByRole('group', { name: 'Listed by day' });
    const bars = chart.getByRole('button');
    await expect(bars).not.toHaveCount(0);
    const names = await bars.evaluateAll((all) => all.map((bar) => bar.getAttribute('aria-label')));
    expect(names.length).toBeGreaterThan(3);
    const focused = () => window.evaluate(() => document.activeElement?.getAttribute('aria-label'));

    // One stop of the Tab key for all of them.
    await window.getByLabel('Show', { exact: true }).focus();
    await window.keyboard.press('Tab');
    expect(await focused()).toBe(names[0]);
    for (const [key, name] of [['ArrowRight', names[1]], ['ArrowRight', names[2]], ['ArrowLeft', names[1]], ['End', names.at(-1)], ['ArrowRight', names.at(-1)], ['Home', names[0]], ['ArrowLeft', names[0]], ['ArrowRight', names[1]]] as const) {
      await window.keyboard.press(key);
      expect(await focused(), key).toBe(name);
    }
    const day = names[1]!.split(':')[0]!;
    await window.keyboard.press('Enter');
    await expect(window.getByRole('status').filter({ hasText: `${day}: ` })).toHaveText(/: [\d,]+ events?/, soon);
    await expect(bars).toHaveCount(1);
    await expect(bars).toHaveAccessibleName(names[1]!);
    expect(await focused()).toBe('Activity by day');
    await window.keyboard.press('Tab');
    await window.keyboard.press('Tab');
    expect(await focused()).toBe(names[1]);
  } finally {
    await clinic.stop();
  }
});
