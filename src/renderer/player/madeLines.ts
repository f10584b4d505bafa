/** Which lines of a transcript are on the page: of an hour there are a thousand, which take longer to make than the picture that somebody waits for. */

/** The first of them, and the one behind the last. */
export type Made = readonly [from: number, until: number];

/** Lines to either side of where somebody is: more than a screen shows. */
export const ROOM = 40;
/** Lines that come together afterwards. */
const STEP = 50;

const around = (at: number, count: number): Made => [Math.max(0, Math.min(at, count) - ROOM), Math.min(count, at + ROOM)];

/** With the lines around `at`: those that are there already stay if they meet. */
export function reaching(made: Made, at: number, count: number): Made {
  const near = around(at, count);
  const kept: Made = [made[0], Math.min(made[1], count)];
  if (near[0] >= kept[0] && near[1] <= kept[1]) return kept[1] === made[1] ? made : kept;
  return near[0] > kept[1] || near[1] < kept[0] ? near : [Math.min(kept[0], near[0]), Math.max(kept[1], near[1])];
}

/** With some more: first those that follow. */
export const widened = ([from, until]: Made, count: number): Made => (until < count ? [from, Math.min(count, until + STEP)] : [Math.max(0, from - STEP), until]);

export const isWhole = ([from, until]: Made, count: number): boolean => from === 0 && until >= count;
