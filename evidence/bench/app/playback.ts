/** Opening and seeking: the product's player and a bare window, both open, in turn, with the same file. */
import { expect } from '@playwright/test';
import { pathToFileURL } from 'node:url';
import { everythingHere, firstSignIn, openClinic, row } from '../../../e2e/support/journey.ts';
import { median, type Measured } from '../measure.ts';
import { alternating } from '../pairs.ts';
import { firstFrame, noteFrames, seek, showFile, sizeOf } from './media.ts';
import { makeMovie, MOVIE_SECONDS } from './movie.ts';
import { OWNER } from '../seeded.ts';
import { folderOf, openBare } from './windows.ts';

const TITLE = 'Ten minutes of 720p';
/** Seeks are cheap, and differ by how far from a key frame they end. */
const SEEKS_A_RUN = 5;

/** The same in every run: spread over the recording, never twice near each other. */
const places = (count: number): number[] => Array.from({ length: count }, (_, n) => 2 + ((n * 0.6180339887) % 1) * (MOVIE_SECONDS - 4));

export async function playback({ runs }: { runs: number }): Promise<Record<string, Measured>> {
  const bare = await openBare();
  const clinic = await openClinic();
  try {
    const media = await makeMovie(folderOf('movie'), bare.window);
    await clinic.practice.repo.addRecording({ owner: OWNER, title: TITLE, media, seconds: MOVIE_SECONDS });
    const url = pathToFileURL(media.file).href;
    const app = await clinic.start();
    const { window } = app;
    await firstSignIn(app, clinic.person(OWNER));
    await everythingHere(window);
    for (const page of [window, bare.window]) await noteFrames(page);

    const button = row(window, TITLE).getByRole('button', { name: /^Review/ });
    let size = { width: 0, height: 0 };
    const opened: number[] = [];
    const open = async (): Promise<number> => {
      await button.click();
      const { fromSource, fromClick } = await firstFrame(window);
      opened.push(fromClick);
      size = await sizeOf(window);
      return fromSource;
    };
    const first = await alternating(runs, async () => {
      const figure = await open();
      await window.getByRole('button', { name: 'Back to list' }).click();
      await expect(button).toBeVisible();
      return figure;
    }, async () => {
      await showFile(bare.window, url, size);
      return (await firstFrame(bare.window)).fromSource;
    });
    // The first one warms up, as with the pairs.
    const counted = opened.slice(1);
    await open();
    await showFile(bare.window, url, size);
    await firstFrame(bare.window);
    const pairs = runs * SEEKS_A_RUN;
    const [ours, theirs] = [places(pairs + 1), places(pairs + 1)];
    const next = (of: number[]): number => of.shift() ?? 0;
    return {
      'first-frame': first,
      'open-to-frame': { value: median(counted), runs: counted.length, spread: [Math.min(...counted), Math.max(...counted)] },
      seek: await alternating(pairs, () => seek(window, next(ours)), () => seek(bare.window, next(theirs))),
    };
  } finally {
    await clinic.stop();
    await bare.electron.close();
  }
}
