/** Finding and choosing among the lines of a transcript, without a screen. */
import type { Cue } from './cues.ts';
import type { Interval } from '../../preload/intervals.ts';

/** Where a text was found: a line, and from where to where in it. */
export interface Match {
  line: number;
  from: number;
  to: number;
}

/** Every place, in order, whatever the case; lines that are hidden are not looked into. */
export function matchesIn(cues: readonly Cue[], wanted: string, isHidden: (cue: Cue) => boolean = () => false): Match[] {
  const words = wanted.trim();
  if (words === '') return [];
  const pattern = new RegExp(words.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s+'), 'giu');
  return cues.flatMap((cue, line) => (isHidden(cue) ? [] : [...cue.text.matchAll(pattern)].map(({ 0: found, index }) => ({ line, from: index, to: index + found.length }))));
}

/** The match to go to first: on the line that is being spoken, or after it; else the first of all. */
export const firstFrom = (matches: readonly Match[], line: number): number => Math.max(0, matches.findIndex((match) => match.line >= line));

/** Is any of it hidden from a group? */
export const isLineMasked = ({ from, to }: Cue, masks: readonly Interval[]): boolean => masks.some(([start, end]) => from < end && to > start);

/** From the beginning of the first chosen line to the end of the last, in whatever order they were chosen. */
export function stretchOfLines(cues: readonly Cue[], a: number, b: number): Interval | null {
  const chosen = cues.slice(Math.min(a, b), Math.max(a, b) + 1);
  const [first] = chosen;
  if (!first) return null;
  const end = Math.max(...chosen.map(({ to }) => to));
  return end > first.from ? [first.from, end] : null;
}
