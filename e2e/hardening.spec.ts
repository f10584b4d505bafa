/** The page is confined: by the operating system, and from Node, the network and other pages. */
import { expect, test } from '@playwright/test';
import { sandboxFaults } from './harness/sandbox.ts';
import { openClinic } from './support/journey.ts';

interface Door { viewingRoom: { openRecording: (id: unknown) => Promise<unknown> } }

test('the page runs sandboxed, reaches neither Node nor the network, and says which runtime this is', async () => {
  const clinic = await openClinic();
  try {
    const app = await clinic.start();
    const page = app.window;
    await expect(page.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible();
    expect(await sandboxFaults(app.electron.process().pid ?? -1)).toEqual([]);

    const reach = await page.evaluate(async (practice) => {
      const tried = async (work: () => unknown) => {
        try {
          await work();
          return 'done';
        } catch {
          return 'refused';
        }
      };
      return {
        node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
        fetch: await tried(() => fetch(practice)),
        opened: globalThis.open(practice) === null ? 'refused' : 'done',
        microphone: await tried(() => navigator.mediaDevices.getUserMedia({ audio: true })),
        door: Object.keys((globalThis as unknown as Door).viewingRoom).filter((name) => name === 'send' || name === 'invoke' || name === 'ipcRenderer'),
      };
    }, clinic.practice.url);
    expect(reach).toEqual({ node: [], fetch: 'refused', opened: 'refused', microphone: 'refused', door: [] });
    // The one thing of these that the page's policy refuses, and the harness has heard it: every other test fails at the end of an app that went against it.
    // Chromium says it twice.
    await expect.poll(() => app.refused).toHaveLength(2);
    expect(app.refused.splice(0).join('\n')).toContain(`Refused to connect to '${clinic.practice.url}`);
    // A grant that was never given opens nothing, and a call that does not fit the contract is refused loudly.
    const bad = await page.evaluate(() => (globalThis as unknown as Door).viewingRoom.openRecording(7));
    expect(bad).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    await expect(page.getByText(/^For trying out only/)).toBeVisible();
  } finally {
    await clinic.stop();
  }
});
