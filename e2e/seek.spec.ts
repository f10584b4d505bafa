/** A seek shows the frame that was asked for, on a recording of 200 MB: proved by what the decoded picture shows. */
import { expect, test } from '@playwright/test';
import { DEMO_MEDIA, readClips } from '../practice/media/clips.ts';
import { largeRecordingAt } from '../practice/media/large.ts';
import { shownClock } from './support/frame.ts';
import { firstSignIn, openClinic, row, videoState } from './support/journey.ts';

test('seeks in a sealed 200 MB recording show the right decoded frame', async () => {
  test.setTimeout(240_000);
  const clinic = await openClinic({ large: ['200MB'] });
  try {
    const clips = readClips(DEMO_MEDIA);
    const large = clinic.practice.repo.recordings().find((r) => r.size >= 200_000_000);
    expect(large).toBeDefined();
    const app = await clinic.start();
    const { window } = app;
    await firstSignIn(app, clinic.person('ada'));
    const line = row(window, large?.title ?? '-').first();
    await expect(line).toContainText('Ready offline', { timeout: 120_000 });
    await line.getByRole('button', { name: /^Review/ }).click();
    await expect.poll(() => videoState(window)).toMatchObject({ ready: true });
    const { duration } = await videoState(window);
    expect(duration).toBeGreaterThan(1800);

    for (const target of [duration * 0.9, 61.3, duration / 2, 5, duration - 20]) {
      await window.locator('video').evaluate((video: HTMLVideoElement, to) => {
        video.currentTime = to;
      }, target);
      const expected = largeRecordingAt(target, clips);
      await expect.poll(async () => {
        const clock = await shownClock(window);
        return clock?.clip === expected.clip && Math.abs(clock.seconds - expected.seconds) <= 0.2;
      }, { message: `the frame at ${target.toFixed(1)} s` }).toBe(true);
    }
  } finally {
    await clinic.stop();
  }
});
