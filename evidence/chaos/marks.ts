/** What every text of a run, and every few hundred bytes of its media, has in it: so that what is left on a disk is found. */
export const MARKS = { words: 'chaos-words-', spoken: 'chaos-spoken-', media: 'chaos-media-' };
