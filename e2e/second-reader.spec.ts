/** The second reader whom the site file names sees what a manager did and why, and can do none of it. */
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { ViewingRoom } from '../src/preload/contract.ts';
import { deliveredEntries } from './support/audit.ts';
import { openClinic, row, signInAddress, signInInBrowser, type Clinic } from './support/journey.ts';

const soon = { timeout: 60_000 };

/** From the sign-in screen to the console, on a computer of their own. */
async function consoleFor(clinic: Clinic, username: string) {
  const app = await clinic.start({ profileDir: path.join(clinic.folder, username) });
  await app.window.getByRole('button', { name: 'Sign in with your practice' }).click();
  await signInInBrowser(await signInAddress(app.window), clinic.person(username));
  await expect(app.window.getByText(/the whole record\./)).toBeVisible(soon);
  return app;
}

test('a manager’s stop and export are read by the second reader, who is shown no act and refused every one', async () => {
  test.setTimeout(300_000);
  const clinic = await openClinic();
  try {
    const { practice } = clinic;
    const { masterIdentifier: recording } = clinic.recording('rec-01');

    await test.step('the manager looks at a recording’s history, exports it and stops the recording', async () => {
      const { window, close } = await consoleFor(clinic, 'pat');
      await window.getByRole('navigation').getByRole('button', { name: 'People and recordings' }).click();
      await window.getByLabel('Recording', { exact: true }).fill(recording);
      await window.getByRole('button', { name: 'Show history' }).click();
      await window.getByRole('button', { name: 'Export this history' }).click();
      await expect(window.getByText(/viewing-room-ladder-/).first()).toBeVisible(soon);
      await window.getByRole('button', { name: 'Stop this recording' }).click();
      await window.getByLabel('Reason').selectOption('patient-asked');
      await window.getByRole('dialog').getByRole('button', { name: /^Stop/ }).click();
      await expect(window.getByRole('heading', { name: 'Stops', exact: true })).toBeVisible(soon);
      await window.getByRole('button', { name: 'Sign out' }).click();
      await expect.poll(async () => (await deliveredEntries(practice)).some(({ entry }) => entry.event === 'signed-out'), soon).toBe(true);
      await close();
    });

    await test.step('the second reader sees both, with the reason, and since when it is all there is', async () => {
      const { window } = await consoleFor(clinic, 'cal');
      await expect(window.getByRole('heading', { level: 1, name: 'Managers’ actions' })).toBeVisible();
      await expect(window.getByText('Second reader (Caldicott Guardian)').first()).toBeVisible();
      await expect(window.getByText(/The whole record has been read; the practice received its first entry on/)).toBeVisible();
      const actions = window.getByRole('table', { name: 'Actions' });
      await expect(actions.getByRole('row').filter({ hasText: 'Stopped' })).toContainText(/Pat Demomanager.*The patient asked for it.*Device not enrolled/, soon);
      await expect(actions.getByRole('row').filter({ hasText: 'Exported' })).toContainText('ladder.csv');
      await expect(window.getByRole('table', { name: 'By person' }).getByRole('row').filter({ hasText: 'Pat Demomanager' })).toContainText(/Looked at the record; Exported; Stopped/);
      await window.getByLabel('Did what').selectOption('Stopped');
      await expect(actions.getByRole('row')).toHaveCount(2);

      for (const [place, acts] of [['Assignments and stops', /^(Assign a recording|Stop something|Stop|Extend|Cancel|Propose|Lift)/], ['Devices', /^(Enrol|Revoke)/], ['Incidents', /^Open/], ['Flags', /incident/]] as const) {
        await window.getByRole('navigation').getByRole('button', { name: place }).click();
        await expect(window.getByRole('heading', { level: 1, name: place })).toBeVisible();
        await expect(window.getByRole('main').getByText('Looking…')).toHaveCount(0, soon);
        await expect(window.getByRole('main').getByRole('button', { name: acts })).toHaveCount(0);
      }
      await window.getByRole('navigation').getByRole('button', { name: 'Assignments and stops' }).click();
      await expect(row(window, 'The patient asked for it')).toBeVisible(soon);

      const refused = await window.evaluate(async (of) => {
        const { viewingRoom } = globalThis as unknown as { viewingRoom: ViewingRoom };
        const target = { kind: 'recording' as const, recording: of };
        return Promise.all([viewingRoom.stop(target, 'other'), viewingRoom.lift(target, 'put-right'), viewingRoom.openIncident('query', { recordings: [of], patients: [] }, ''), viewingRoom.cancelAssignment('Task/task-01', 'in-error')]);
      }, recording);
      expect(refused.map((result) => (result.ok ? 'done' : result.error.code))).toEqual(['bad-request', 'bad-request', 'bad-request', 'bad-request']);
      expect((await deliveredEntries(practice)).filter(({ entry }) => ['stopped', 'lifted', 'incident', 'assignment-cancelled'].includes(entry.event))).toHaveLength(1);
    });
  } finally {
    await clinic.stop();
  }
});
