/** Resident memory of all processes of the product, and of a bare window, that play the same recording. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { processesBelow } from '../../../e2e/harness/sandbox.ts';
import { review, unlock } from '../../../e2e/support/journey.ts';
import type { LargeSize } from '../../../practice/media/large.ts';
import { program, testCopy } from '../../../scripts/lib/paths.ts';
import { must } from '../../../scripts/lib/process.ts';
import { provideRuntime } from '../../../scripts/runtime.ts';
import type { Measured } from '../measure.ts';
import { alternating } from '../pairs.ts';
import { withLarge } from './large.ts';
import { noteFrames, play, seek, showFile } from './media.ts';
import { openBare } from './windows.ts';

/** How long each plays for its peak, and how often it is looked at. */
const PLAY_MS = 20_000;
const LOOK_MS = 250;
/** The picture of the product's player in its window, CSS pixels. */
const PICTURE = { width: 640, height: 360 };

/** MB of a process and of all below it. What they share is counted once for each, in both windows. */
async function resident(pid: number): Promise<number> {
  const all = [pid, ...(await processesBelow(pid)).map((one) => one.pid)];
  const sizes = await Promise.all(all.map(async (one) => Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${one}/status`, 'utf8').catch(() => ''))?.[1] ?? 0)));
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

/** The highest while it plays. */
async function peak(pid: number | undefined, page: Page): Promise<number> {
  if (pid === undefined) throw new Error('it has no process');
  await play(page);
  let highest = 0;
  for (const until = performance.now() + PLAY_MS; performance.now() < until;) {
    highest = Math.max(highest, await resident(pid));
    await sleep(LOOK_MS);
  }
  return highest;
}

/**
 * Both programs leave the page cache, and are read from the disk again: one that was just written lies there in larger pieces, of which each process then maps more. Neither runs now.
 * It makes 50 MB more of all processes of a window, whichever of the two was made last.
 */
async function forgetPrograms(): Promise<void> {
  const { executable } = await provideRuntime();
  await must('sync', []);
  for (const file of [executable, path.join(testCopy, program)]) await must('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}

export const memory = (size: LargeSize) => async ({ runs }: { runs: number }): Promise<Record<string, Measured>> => withLarge(size, async ({ clinic, title, file }) => {
  await forgetPrograms();
  const taken = await alternating(runs, async () => {
    const app = await clinic.start();
    await unlock(app);
    await review(app.window, title);
    const highest = await peak(app.electron.process().pid, app.window);
    await app.close();
    return highest;
  }, async () => {
    const { electron, window } = await openBare();
    await noteFrames(window);
    await showFile(window, pathToFileURL(file).href, PICTURE);
    const highest = await peak(electron.process().pid, window);
    await electron.close();
    return highest;
  });
  return { memory: taken };
});

const MINUTE_MS = 60_000;
/** Somebody goes elsewhere in it so often. */
const SEEK_MS = 5_000;

/** Half an hour of playing round and round, and going elsewhere: what it takes at the end ÷ after five minutes, when everything has been used once. */
export async function growth(): Promise<Record<string, Measured>> {
  return withLarge('20MB', async ({ clinic, title }) => {
    const app = await clinic.start();
    await unlock(app);
    await review(app.window, title);
    await play(app.window);
    const pid = app.electron.process().pid ?? 0;
    const began = performance.now();
    const duration = await app.window.locator('video').evaluate((video: HTMLVideoElement) => video.duration);
    const until = async (minutes: number): Promise<number> => {
      for (let n = 0; performance.now() - began < minutes * MINUTE_MS; n += 1) {
        await seek(app.window, 1 + ((n * 0.6180339887) % 1) * (duration - 2));
        await sleep(SEEK_MS);
      }
      // The mean of a minute: a collection may just be due.
      const looks = [];
      for (let n = 0; n < 30; n += 1) {
        looks.push(await resident(pid));
        await sleep(2_000);
      }
      return looks.reduce((sum, look) => sum + look, 0) / looks.length;
    };
    const [early, late] = [await until(4.5), await until(29.5)];
    await app.close();
    return { 'memory-growth': { value: late, ratio: late / early, runs: 1, spread: [late / early, late / early], detail: { 'after 5 min': early } } };
  });
}
