/** A long download over a line that breaks, on a computer that is switched off in between: it goes on where it was, and plays. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { goTo, showsFrameAt } from './support/frame.ts';
import { firstSignIn, openClinic, row, unlock, videoState } from './support/journey.ts';

test('a download broken at 60 % of 200 MB and a killed app cost little: the practice is asked for the rest, and the seam plays', async () => {
  test.setTimeout(240_000);
  const clinic = await openClinic({ large: ['200MB'] });
  try {
    const large = clinic.practice.repo.recordings().find((r) => r.size >= 200_000_000);
    if (!large) throw new Error('no large recording');
    clinic.practice.lies.cutMedia.set(large.binaryId, 0.6);
    const first = await clinic.start();
    await firstSignIn(first, clinic.person('ada'));
    await expect(row(first.window, large.title).first()).toContainText('Broken off at', { timeout: 120_000 });
    await first.kill();
    clinic.practice.lies.cutMedia.clear();

    const app = await clinic.start();
    const { window } = app;
    await unlock(app);
    const line = row(window, large.title).first();
    await expect(line).toContainText('Ready offline', { timeout: 120_000 });
    const asked = clinic.practice.accessLog.filter(({ path: wanted }) => wanted.endsWith(`/${large.binaryId}`));
    expect(asked.map(({ status }) => status)).toEqual([200, 206]);
    const from = Number(/^bytes=(\d+)-$/.exec(asked[1]?.range ?? '')?.[1]);
    // What was in the network's buffers when the line broke is fetched again.
    expect(from).toBeGreaterThan(0.5 * large.size);
    expect(from).toBeLessThanOrEqual(0.6 * large.size);
    const sizes = readdirSync(clinic.profileDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sealed')).map((name) => statSync(path.join(clinic.profileDir, name)).size);
    expect(sizes.filter((size) => size > 50_000_000)).toHaveLength(2);

    await line.getByRole('button', { name: /^Review/ }).click();
    await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
    const { duration } = await videoState(window);
    for (const target of [duration * 0.9, duration * 0.3]) {
      await goTo(window, target);
      await showsFrameAt(window, target);
    }
  } finally {
    await clinic.stop();
  }
});
