import type { Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { readMarker, type ClockMarker } from '../../practice/clock-marker.ts';

/** The clock that the picture on screen shows: read from the pixels, because a media element's own time proves nothing. */
export async function shownClock(window: Page): Promise<ClockMarker | undefined> {
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
