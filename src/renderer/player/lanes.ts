import type { Interval } from '../../preload/intervals.ts';
import { mergeIntervals } from './exposure.ts';

/** Something at a place of the recording. `until` is null for a point. */
export interface Marker {
  id: string;
  kind: 'point' | 'range' | 'mask';
  from: number;
  until: number | null;
  label: string;
  mine: boolean;
}

/** One button of the lane: a marker, or several that stand too close to have one each. Shares of the lane's width, from 0 to 1. */
export interface Placed {
  markers: readonly Marker[];
  left: number;
  width: number;
  /** From 0, downwards. */
  level: number;
}

const LEVELS = 3;
const share = (seconds: number, duration: number): number => Math.min(1, Math.max(0, seconds / duration));

/**
 * Gives every marker a place where no other lies over it: on the first level that is free, and where none is, together with the last one there.
 * @param least width that a button needs, as a share of the lane
 */
export function placeMarkers(markers: readonly Marker[], duration: number, least: number): Placed[] {
  if (!(duration > 0)) return [];
  const placed: Placed[] = [];
  const ends = Array.from({ length: LEVELS }, () => 0);
  for (const marker of [...markers].sort((a, b) => a.from - b.from || (a.until ?? a.from) - (b.until ?? b.from))) {
    const from = share(marker.from, duration);
    const width = Math.min(1, Math.max(least, share(marker.until ?? marker.from, duration) - from));
    // A point stands over its moment; what reaches past the end is moved in.
    const left = Math.min(1 - width, Math.max(0, marker.until === null ? from - width / 2 : from));
    const level = ends.findIndex((end) => end <= left + 1e-9);
    if (level >= 0) {
      placed.push({ markers: [marker], left, width, level });
      ends[level] = left + width;
      continue;
    }
    const last = placed.findLastIndex((one) => one.level === LEVELS - 1);
    const crowd = placed[last];
    if (crowd) placed[last] = { ...crowd, markers: [...crowd.markers, marker] };
  }
  return placed.sort((a, b) => (a.markers[0]?.from ?? 0) - (b.markers[0]?.from ?? 0) || a.level - b.level);
}

/** Seconds before a note at which looking at it begins. */
const BEFORE = 3;
/** Where the player goes for a note: what led to it is seen too. */
export const beforeNote = (from: number): number => Math.max(0, from - BEFORE);

/** Whole per cent of the recording that were shown; 100 only where nothing that can be noticed is missing. */
export function coverage(watched: readonly Interval[], duration: number): number {
  if (!(duration > 0)) return 0;
  const seconds = mergeIntervals(watched).reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, duration) - Math.min(from, duration)), 0);
  const percent = (seconds / duration) * 100;
  return percent >= 99.5 ? 100 : Math.floor(percent);
}
