/**
 * V8's young generation, which what does not last piles up in until it is looked through: it doubles up to three times 16 MB a process. Playing makes little that lasts, in main and in the page, and
 * for an hour; each was 14 MB of memory that nobody was served by. What it costs is looking more often (evidence/bench/NOTES.md).
 */
import { setFlagsFromString } from 'node:v8';

/** For Chromium's switch `js-flags`: a page begins with it. */
export const SMALL_IN_PAGES = '--max-semi-space-size=1';

/** In this process it stays as large as it is. For when the first screen is there: what is read up to then mostly lasts, and would be looked through again and again. */
export const growNoMore = (): void => setFlagsFromString('--semi-space-growth-factor=1');
