/** A manager finds a recording by its patient's name, opens an incident about it, keeps it, works on it without the practice, and sends what they wrote. */
import { rmSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { findCanaries } from './harness/canary.ts';
import { axeFaults } from './support/accessible.ts';
import { deliveredEntries } from './support/audit.ts';
import { item, supportBundle, toComputer } from './support/computer.ts';
import { openClinic, PIN, signInAddress, signInInBrowser, unlock } from './support/journey.ts';

const soon = { timeout: 60_000 };

test('an incident is kept, worked on offline, and delivered', async () => {
  test.setTimeout(300_000);
  const clinic = await openClinic();
  try {
    const { practice } = clinic;
    const { patientName, masterIdentifier } = clinic.recording('rec-01');
    const family = patientName.split(' ').at(-1) ?? '';
    const incidents = async () => (await deliveredEntries(practice)).flatMap(({ entry }) => (entry.event === 'incident' ? [entry as unknown as { revision: number; fields: { title: string; awareAt: string; recordings: string[] } }] : []));

    let app = await clinic.start();
    let { window } = app;
    await test.step('found by name', async () => {
      await window.getByRole('button', { name: 'Sign in with your practice' }).click();
      await signInInBrowser(await signInAddress(window), clinic.person('pat'));
      await expect(window.getByText(/entries? read/)).toBeVisible(soon);
      await window.getByRole('navigation').getByRole('button', { name: /People and recordings/ }).click();
      const find = window.getByLabel(/Patient’s name, NHS number/);
      await find.fill('x');
      await find.press('Enter');
      await expect(window.getByText(/So little would fit far too many people/)).toBeVisible();
      await find.fill(family);
      await find.press('Enter');
      await window.getByRole('button', { name: new RegExp(`^Recordings of ${patientName}`) }).first().click();
      await expect(window.getByText(/choose one\.$/)).toBeVisible(soon);
      await window.screenshot({ path: test.info().outputPath('found.png') });
      await find.fill(masterIdentifier);
      await expect(window.getByRole('heading', { level: 1, name: /^History of a recording/ })).toBeVisible(soon);
    });

    await test.step('an incident about it, with times typed in British order', async () => {
      await window.getByRole('button', { name: 'Open an incident from this' }).click();
      await window.getByRole('dialog').getByRole('textbox').fill('Asked at the desk');
      await window.getByRole('dialog').getByRole('button', { name: 'Open incident' }).click();
      await expect(window.getByRole('heading', { name: 'Versions' })).toBeVisible(soon);
      const aware = window.getByRole('group', { name: 'When the practice became aware' });
      await aware.getByLabel('Date').fill('02/03/2026');
      await aware.getByLabel('Time (24 hours)').fill('14:05');
      await window.getByLabel('Title', { exact: true }).fill('Canary title online');
      await window.getByLabel('What changed in this version, and why').fill('title and time');
      await window.getByRole('button', { name: 'Save as a new version' }).click();
      await expect(window.getByText('Saved as version 2.')).toBeVisible(soon);
      await expect(aware.getByLabel('Date')).toHaveValue('02/03/2026');
      await window.getByRole('button', { name: /^Read version 2/ }).click();
      await expect(window.getByRole('dialog').getByText('Changed against version 1:')).toBeVisible();
      await window.screenshot({ path: test.info().outputPath('version.png') });
      await window.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      // Whose consultation it is, decided against the record.
      await window.getByRole('group', { name: /^Whose consultation/ }).getByLabel('Another patient').check();
      await window.getByLabel('The right patient').fill('Patient/pat-2');
      await window.getByLabel('Reason', { exact: true }).last().fill('the voice');
      await window.getByLabel('What changed in this version, and why').fill('whose it is');
      await window.getByRole('button', { name: 'Save as a new version' }).click();
      await expect(window.getByText('Saved as version 3.')).toBeVisible(soon);
      await window.screenshot({ path: test.info().outputPath('incident.png'), fullPage: true });
    });

    await test.step('kept', async () => {
      await window.getByRole('button', { name: 'Keep on this computer' }).click();
      await window.getByLabel('PIN', { exact: true }).fill(PIN);
      await window.getByLabel('Type the PIN again', { exact: true }).fill(PIN);
      await window.getByRole('dialog').getByRole('button', { name: 'Keep on this computer' }).click();
      await expect(window.getByText('Kept on this computer.')).toBeVisible(soon);
      await expect.poll(async () => (await incidents()).length, soon).toBe(3);
      await app.close();
    });

    await test.step('opened and worked on without the practice', async () => {
      practice.lies.down = true;
      app = await clinic.start();
      ({ window } = app);
      await unlock(app);
      await expect(window.getByRole('heading', { level: 1, name: 'Canary title online' })).toBeVisible(soon);
      await expect(window.getByText(/You are working without the practice/)).toBeVisible();
      await window.getByLabel('Title', { exact: true }).fill('Written without the practice');
      await window.getByLabel('What changed in this version, and why').fill('in the train');
      // To the support bundle and back: what was typed and not saved is still there.
      await toComputer(window);
      await expect(window.getByRole('heading', { level: 1 })).toBeFocused();
      await expect(item(window, 'Practice')).toContainText('Nobody is signed in');
      expect(await axeFaults(window)).toEqual([]);
      await window.screenshot({ path: test.info().outputPath('kept-computer.png') });
      rmSync((await supportBundle(app)).file);
      await window.getByRole('button', { name: 'Back', exact: true }).click();
      await expect(window.getByRole('heading', { level: 1, name: 'Canary title online' })).toBeFocused();
      await expect(window.getByLabel('Title', { exact: true })).toHaveValue('Written without the practice');
      await expect(window.getByLabel('What changed in this version, and why')).toHaveValue('in the train');
      await window.getByRole('button', { name: 'Save as a new version' }).click();
      await expect(window.getByText(/Saved as version 4 in your own record/)).toBeVisible(soon);
      await window.screenshot({ path: test.info().outputPath('kept.png'), fullPage: true });
      expect(await findCanaries([clinic.profileDir], [patientName, 'Canary title online', 'Written without the practice'])).toEqual([]);
      await window.getByRole('button', { name: 'Lock', exact: true }).click();
      await expect(window.getByText('Written without the practice')).toHaveCount(0);
    });

    await test.step('and delivered with the next sign-in', async () => {
      practice.lies.down = false;
      await unlock(app);
      await window.getByRole('button', { name: 'Sign in to the practice' }).click();
      await signInInBrowser(await signInAddress(window), clinic.person('pat'));
      await expect.poll(async () => (await incidents()).map(({ revision, fields: { title } }) => [revision, title]).at(-1), soon).toEqual([4, 'Written without the practice']);
      const [second] = (await incidents()).filter(({ revision }) => revision === 2);
      expect(second?.fields).toMatchObject({ awareAt: '2026-03-02T14:05:00.000Z', recordings: [masterIdentifier] });
      await window.getByRole('navigation').getByRole('button', { name: 'Incidents' }).click();
      await window.getByRole('button', { name: 'Written without the practice' }).click();
      await window.getByRole('button', { name: 'Remove from this computer' }).click();
      await window.getByRole('dialog').getByRole('button', { name: 'Remove from this computer' }).click();
      await expect(window.getByText('Removed from this computer.')).toBeVisible(soon);
    });
  } finally {
    await clinic.stop();
  }
});
