/** What is asked of a media element, the product's or the bare page's: the same words to both. Each function runs in the page. */
import type { Page } from '@playwright/test';

/** Moments of the page's own clock, ms: something was clicked, the first address was set since then, and its first frame was there. */
interface Noted {
  clicked: number | null;
  source: number | null;
  frame: number | null;
}

/** From here on the page notes its first frames. */
export async function noteFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const noted: Noted = { clicked: null, source: null, frame: null };
    Object.assign(globalThis, { noted });
    addEventListener('click', ({ timeStamp }) => {
      Object.assign(noted, { clicked: timeStamp, source: null, frame: null });
    }, { capture: true });
    const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'src');
    if (!source) throw new Error('a media element has no src');
    Object.defineProperty(HTMLMediaElement.prototype, 'src', {
      ...source,
      set(this: HTMLVideoElement, address: string) {
        if (address !== '' && noted.source === null) {
          noted.source = performance.now();
          this.requestVideoFrameCallback(() => {
            noted.frame = performance.now();
          });
        }
        source.set?.call(this, address);
      },
    });
  });
}

/** Waits for the first frame. @returns ms from the address, and from the click before it */
export async function firstFrame(page: Page): Promise<{ fromSource: number; fromClick: number }> {
  await page.waitForFunction(() => (globalThis as unknown as { noted: Noted }).noted.frame !== null, undefined, { timeout: 60_000 });
  const { clicked, source, frame } = await page.evaluate(() => (globalThis as unknown as { noted: Noted }).noted);
  if (clicked === null || source === null || frame === null) throw new Error('a frame came without an address');
  return { fromSource: frame - source, fromClick: frame - clicked };
}

/**
 * A new media element in the bare page, as the product makes one each time, of the same size on the screen; it is clicked for the time of it. Each has an address of its own, as each opening has in the
 * product: of one that it has played before the page keeps the bytes, and would load nothing.
 */
export async function showFile(page: Page, url: string, size: { width: number; height: number }): Promise<void> {
  await page.evaluate(({ address, width, height }) => {
    const old = document.querySelector('video');
    old?.removeAttribute('src');
    old?.load();
    const video = Object.assign(document.createElement('video'), { preload: 'auto', width, height });
    document.querySelector('div')?.replaceChildren(video);
    document.body.click();
    video.src = `${address}?${performance.now()}`;
  }, { address: url, ...size });
}

/** How large the media element is on the screen, CSS pixels. */
export const sizeOf = (page: Page): Promise<{ width: number; height: number }> => page.locator('video').evaluate(({ clientWidth: width, clientHeight: height }) => ({ width, height }));

/** ms until a decoded frame within 0.2 s of `target` (s) is there. */
export function seek(page: Page, target: number): Promise<number> {
  return page.evaluate((to) => new Promise<number>((resolve, reject) => {
    const video = document.querySelector('video');
    if (!video) throw new Error('no video');
    const began = performance.now();
    const late = setTimeout(() => reject(new Error(`no frame at ${to} s`)), 30_000);
    const onFrame: VideoFrameRequestCallback = (_now, { mediaTime }) => {
      if (Math.abs(mediaTime - to) > 0.2) {
        video.requestVideoFrameCallback(onFrame);
        return;
      }
      clearTimeout(late);
      resolve(performance.now() - began);
    };
    video.requestVideoFrameCallback(onFrame);
    video.currentTime = to;
  }), target);
}

/** Until the media element has taken nothing more for a quarter of a second. */
export const readToRest = (page: Page): Promise<void> => page.evaluate(async () => {
  const video = document.querySelector('video');
  if (!video) throw new Error('no video');
  const held = (): string => Array.from({ length: video.buffered.length }, (_, n) => `${video.buffered.start(n)} ${video.buffered.end(n)}`).join();
  const end = performance.now() + 30_000;
  for (let [last, since] = [held(), performance.now()]; performance.now() - since < 250; await new Promise((done) => setTimeout(done, 25))) {
    if (performance.now() > end) throw new Error('it reads on and on');
    const now = held();
    if (now !== last) [last, since] = [now, performance.now()];
  }
});

/** Plays without sound, round and round. */
export const play = (page: Page): Promise<void> => page.evaluate(async () => {
  const video = document.querySelector('video');
  if (!video) throw new Error('no video');
  Object.assign(video, { muted: true, loop: true });
  await video.play();
});
