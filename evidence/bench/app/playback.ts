/** Opening and seeking: the product's player and a bare window, both open, in turn, with the same file. */
import { expect, type Locator, type Page } from '@playwright/test';
import { pathToFileURL } from 'node:url';
import { everythingHere, firstSignIn, openClinic, row, unlock } from '../../../e2e/support/journey.ts';
import type { LargeSize } from '../../../practice/media/large.ts';
import { median, type Measured } from '../measure.ts';
import { alternating } from '../pairs.ts';
import { withLarge } from './large.ts';
import { firstFrame, noteFrames, readToRest, seek, showFile, sizeOf } from './media.ts';
import { makeMovie, MOVIE_SECONDS } from './movie.ts';
import { OWNER } from '../seeded.ts';
import { folderOf, openBare } from './windows.ts';

const TITLE = 'Ten minutes of 720p';
/** One pair of openings is from 0.5 to 2.5: a median of nine of them says little. */
const OPENINGS_A_RUN = 3;
/** They differ by how far from a key frame they end, and one pair is from 0.6 to 2.5: 45 of them could not tell 1.05 from 1.1. */
const SEEKS_A_RUN = 12;

/** The same in every run: spread over the recording. */
const places = (count: number): number[] => Array.from({ length: count }, (_, n) => 2 + ((n * 0.6180339887) % 1) * (MOVIE_SECONDS - 4));

/** A recording opened in the product's window, and the same file in the bare one, in turn. */
class Openings {
  /** Of each in the product: ms from the click on its row, too. */
  readonly fromClick: number[] = [];
  readonly #window: Page;
  readonly #bare: Page;
  readonly #button: Locator;
  readonly #url: string;
  /** The bare window shows it as large as the product does. */
  #size = { width: 0, height: 0 };

  constructor(window: Page, bare: Page, title: string, url: string) {
    [this.#window, this.#bare, this.#url] = [window, bare, url];
    this.#button = row(window, title).getByRole('button', { name: /^Review/ });
  }

  async ours(): Promise<number> {
    await this.#button.click();
    const { fromSource, fromClick } = await firstFrame(this.#window);
    this.fromClick.push(fromClick);
    this.#size = await sizeOf(this.#window);
    return fromSource;
  }

  async theirs(): Promise<number> {
    await showFile(this.#bare, this.#url, this.#size);
    return (await firstFrame(this.#bare)).fromSource;
  }

  async taken(runs: number): Promise<Measured> {
    for (const page of [this.#window, this.#bare]) await noteFrames(page);
    return alternating(runs * OPENINGS_A_RUN, async () => {
      const figure = await this.ours();
      await this.#window.getByRole('button', { name: 'Back to list' }).click();
      await expect(this.#button).toBeVisible();
      return figure;
    }, () => this.theirs());
  }
}

/** Opening alone, of a long recording. */
export const firstFrameOf = (size: LargeSize) => ({ runs }: { runs: number }): Promise<Record<string, Measured>> => withLarge(size, async ({ clinic, title, file }) => {
  const bare = await openBare();
  try {
    const app = await clinic.start();
    await unlock(app);
    const openings = new Openings(app.window, bare.window, title, pathToFileURL(file).href);
    const first = await openings.taken(runs);
    return { 'first-frame': { ...first, detail: { ...first.detail, 'ms from the click on its row': median(openings.fromClick.slice(1)) } } };
  } finally {
    await bare.electron.close();
  }
});

export async function playback({ runs }: { runs: number }): Promise<Record<string, Measured>> {
  const bare = await openBare();
  const clinic = await openClinic();
  try {
    const media = await makeMovie(folderOf('movie'), bare.window);
    await clinic.practice.repo.addRecording({ owner: OWNER, title: TITLE, media, seconds: MOVIE_SECONDS });
    const app = await clinic.start();
    const { window } = app;
    await firstSignIn(app, clinic.person(OWNER));
    await everythingHere(window);
    const openings = new Openings(window, bare.window, TITLE, pathToFileURL(media.file).href);
    const first = await openings.taken(runs);
    // The first one warms up, as with the pairs.
    const counted = openings.fromClick.slice(1);
    await openings.ours();
    await openings.theirs();
    const pairs = runs * SEEKS_A_RUN;
    const [ours, theirs] = [places(pairs + 1), places(pairs + 1)];
    /** What either still reads after its picture is not to count as the other's. */
    const next = async (page: Page, of: number[]): Promise<number> => {
      for (const each of [window, bare.window]) await readToRest(each);
      return seek(page, of.shift() ?? 0);
    };
    return {
      'first-frame': first,
      'open-to-frame': { value: median(counted), runs: counted.length, spread: [Math.min(...counted), Math.max(...counted)] },
      seek: await alternating(pairs, () => next(window, ours), () => next(bare.window, theirs)),
    };
  } finally {
    await clinic.stop();
    await bare.electron.close();
  }
}
