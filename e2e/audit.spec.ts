/** What was listed, presented, opened and exposed reaches the practice, and the chain can be checked from what the practice holds. */
import { expect, test } from '@playwright/test';
import { brokenLink, deliveredEntries } from './support/audit.ts';
import { everythingHere, firstSignIn, openClinic, review, row, unlock, videoState } from './support/journey.ts';

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
    await app.window.getByRole('button', { name: 'Back to list' }).click();
    await expect(app.window.getByText(/wait to be sent/)).toBeVisible();
    practice.lies.down = false;
    await app.window.getByRole('button', { name: 'Update now' }).click();

    const delivered = () => deliveredEntries(practice);
    await expect.poll(async () => (await delivered()).some(({ entry }) => entry.event === 'exposed' && entry.media !== undefined), { timeout: 40_000 }).toBe(true);
    await expect(app.window.getByText(/wait to be sent/)).toHaveCount(0, { timeout: 40_000 });

    const all = await delivered();
    expect(brokenLink(all)).toBeNull();
    const about = all.filter(({ entry }) => entry.subject?.document === `DocumentReference/${recording?.id ?? ''}`).map(({ entry }) => entry);
    const order = about.map((entry) => entry.event);
    expect(order).toContain('listed');
    expect(order.indexOf('listed')).toBeLessThan(order.indexOf('opened'));
    expect(order.indexOf('opened')).toBeLessThan(order.indexOf('exposed'));
    const shown = about.flatMap((entry) => entry.media ?? []);
    expect(Math.min(...shown.map(([from]) => from))).toBe(0);
    expect(Math.max(...shown.map(([, to]) => to))).toBeGreaterThan(3);
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
    await expect(row(window, 'Rowperson33')).toHaveCount(1, { timeout: 60_000 });
    await everythingHere(window);
    await window.waitForTimeout(3000);
    const elements = window.getByRole('table', { name: 'Your recordings' }).locator('tbody tr');
    // While others are downloaded rows move a little: what is near the fold is neither.
    const rows = await elements.evaluateAll((all) => all.map((element) => {
      const { top, bottom, height } = element.getBoundingClientRect();
      return { text: element.textContent, shown: Math.min(bottom, innerHeight) - Math.max(top, 0) >= height / 2, below: top > innerHeight + 150 };
    }));
    const last = rows.find(({ text }) => text.includes('Rowperson33'))!;
    expect(last.below).toBe(true);

    const recordings = practice.repo.recordings();
    /** Seconds in each entry of this kind about the row's patient. */
    const told = async (event: string, { text }: { text: string }) => (await deliveredEntries(practice)).flatMap(({ entry }) => {
      const about = recordings.find(({ id }) => entry.subject?.document === `DocumentReference/${id}`);
      return entry.event === event && about && text.includes(about.patientName) ? [entry.seconds ?? 0] : [];
    });
    /** Locks, and waits until the practice has everything up to there: what it has not got by then was not recorded. */
    const lock = async (times: number) => {
      await window.getByRole('button', { name: 'Lock', exact: true }).click();
      await expect.poll(async () => (await deliveredEntries(practice)).filter(({ entry }) => entry.event === 'locked').length, soon).toBe(times);
    };
    await lock(1);
    for (const one of rows) expect((await told('listed', one)).length, `${one.text} is on the list`).toBeGreaterThan(0);
    const shown = rows.filter((one) => one.shown);
    expect(shown.length).toBeGreaterThan(2);
    for (const one of shown) expect((await told('presented', one)).length, `${one.text} was on the screen`).toBeGreaterThan(0);
    for (const one of rows.filter(({ below, text }) => below && text.includes('Rowperson'))) expect(await told('presented', one), `${one.text} was below the fold`).toEqual([]);

    await unlock(app);
    await row(window, 'Rowperson33').scrollIntoViewIfNeeded();
    await window.waitForTimeout(2500);
    await lock(2);
    const seconds = (await told('presented', last)).reduce((sum, one) => sum + one, 0);
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThan(20);
    expect((await told('presented', shown[0]!)).reduce((sum, one) => sum + one, 0)).toBeGreaterThan(3);
    expect(brokenLink(await deliveredEntries(practice))).toBeNull();
  } finally {
    await clinic.stop();
  }
});
