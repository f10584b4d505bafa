import { expect, type Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { readMarker, type ClockMarker } from '../../practice/clock-marker.ts';
import { DEMO_MEDIA, readClips, type Clip } from '../../practice/media/clips.ts';
import { largeRecordingAt } from '../../practice/media/large.ts';

/** The clock that the picture on screen shows: read from the pixels, because a media element's own time proves nothing. */
async function shownClock(window: Page): Promise<ClockMarker | undefined> {
  const video = window.locator('video');
  const picture = await video.evaluate((element: HTMLVideoElement) => {
    // The picture's own rectangle inside the element: letterboxed, centred.
    const { x, y, width, height } = element.getBoundingClientRect();
    const scale = Math.min(width / element.videoWidth, height / element.videoHeight);
    const [w, h] = [element.videoWidth * scale, element.videoHeight * scale];
    return { x: x + (width - w) / 2, y: y + (height - h) / 2, width: w, height: h };
  });
  const { data, width, height } = PNG.sync.read(await window.screenshot({ clip: picture }));
  return readMarker(data, width, height);
}

/** As whoever goes there gives it to the player; the picture comes later. @param place in seconds */
export const goTo = (window: Page, place: number): Promise<void> => window.locator('video').evaluate((video: HTMLVideoElement, to) => {
  video.currentTime = to;
}, place);

/** Read once, and not before a test needs them. */
let clips: Clip[] | null = null;

/** Waits until the picture of a long recording is the one at `target`, seconds, within 0.2 s. @param options how long it may take, where that is not as usual */
export async function showsFrameAt(window: Page, target: number, options: { timeout?: number } = {}): Promise<void> {
  clips ??= readClips(DEMO_MEDIA);
  const expected = largeRecordingAt(target, clips);
  await expect.poll(async () => {
    const clock = await shownClock(window);
    return clock?.clip === expected.clip && Math.abs(clock.seconds - expected.seconds) <= 0.2;
  }, { message: `the frame at ${target.toFixed(1)} s`, ...options }).toBe(true);
}
