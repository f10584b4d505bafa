/** Which lines of a transcript are on the page: of an hour there are a thousand, which take longer to make than the picture that somebody waits for, and as much memory as the rest of the page. */

/** The first of them, and the one behind the last. */
export type Made = readonly [from: number, until: number];

/** Lines to either side of where somebody is: more than a screen shows. */
export const ROOM = 40;
/** Lines that come together once somebody is among them. */
const STEP = 50;

const around = (at: number, count: number): Made => [Math.max(0, Math.min(at, count) - ROOM), Math.min(count, at + ROOM)];

/** With the lines around `at`. @param keep somebody has been among those that are there: they stay, and so does what lies between. Otherwise, where those are elsewhere, it begins anew */
export function reaching(made: Made, at: number, count: number, keep: boolean): Made {
  const near = around(at, count);
  const kept: Made = [Math.min(made[0], count), Math.min(made[1], count)];
  const isElsewhere = near[0] > kept[1] || near[1] < kept[0];
  if (isElsewhere && !keep) return near;
  const both: Made = [Math.min(kept[0], near[0]), Math.max(kept[1], near[1])];
  return both[0] === made[0] && both[1] === made[1] ? made : both;
}

/** With some more: first those that follow. */
export const widened = ([from, until]: Made, count: number): Made => (until < count ? [from, Math.min(count, until + STEP)] : [Math.max(0, from - STEP), until]);

export const isWhole = ([from, until]: Made, count: number): boolean => from === 0 && until >= count;
