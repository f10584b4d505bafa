import type { Interval } from '../../preload/intervals.ts';

/** Seconds. The player says where it is at least every quarter of a second: a mask begins that much early, so that nothing of what it hides is shown before it is noticed. */
const LEAD = 0.25;

/** Whether picture and sound at `position` are hidden from a group. @param rate of playing; 0 while nothing moves */
export const isMasked = (masks: readonly Interval[], position: number, rate: number): boolean => masks.some(([from, until]) => position >= from - LEAD * rate && position <= until);
