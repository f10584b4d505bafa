/** What was listed, opened and exposed reaches the practice, and the chain can be checked from what the practice holds. */
import { expect, test } from '@playwright/test';
import { brokenLink, deliveredEntries } from './support/audit.ts';
import { firstSignIn, openClinic, review, row, unlock, videoState } from './support/journey.ts';

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
