/** Media seconds as sets: each second counts once, in whatever order and however often it was watched. */
import { joinIntervals, type Interval } from '../../../preload/intervals.ts';

/** The same seconds in order, none twice. A single frame stays as [t, t]. */
export const tidy = (intervals: readonly Interval[]): Interval[] => joinIntervals(intervals, 0);

/** Seconds, of intervals that are tidy. Rounded to a thousandth, or the order of adding would show. */
export const lengthOf = (intervals: readonly Interval[]): number => Math.round(intervals.reduce((sum, [from, to]) => sum + to - from, 0) * 1000) / 1000;
