/** Whom the recordings of an incident reached: in numbers, and in words for the register and the report. */
import type { Ladder, Rung } from '../../preload/console.ts';
import { longSeconds } from '../../preload/words.ts';
import { counted, listWords, momentWords } from './printed/words.ts';
import { countRungs, isReached, recordingOf } from './reach.ts';

export interface Radius {
  /** How many people got exactly so far. */
  people: Record<Rung, number>;
  recordings: number;
  /** Whose name the record has beside what was reached; null where it does not say for all of it. */
  patients: number | null;
  exposedSeconds: number;
  /** Picture or sound, be it of no length. */
  media: boolean;
  transcript: boolean;
  /** Bytes went out and nothing says of what: the seconds are then a lower bound. */
  unreported: boolean;
  erased: number;
  first: string | null;
  last: string | null;
  /** Rows whose chain does not hold under an enrolled key. */
  unproven: number;
  complete: boolean;
}

/** What was reached, by whom. Rows that were only refused or withheld reached nothing. */
export function radiusOf(ladder: Ladder): Radius {
  const reached = ladder.rows.filter(isReached);
  const recordings = new Set(reached.map(recordingOf));
  const patients = new Set(reached.map(({ patient }) => patient?.patient ?? null));
  const byTime = (times: string[]) => times.sort((a, b) => Date.parse(a) - Date.parse(b));
  return {
    people: countRungs(ladder.rows), recordings: recordings.size, patients: patients.has(null) ? null : patients.size,
    exposedSeconds: reached.reduce((sum, row) => sum + row.exposedSeconds, 0), media: reached.some(({ media }) => media.length > 0), transcript: reached.some(({ transcript }) => transcript), unreported: reached.some(({ unreported }) => unreported),
    erased: ladder.rows.reduce((sum, row) => sum + row.destroyed, 0),
    first: byTime(reached.map(({ first }) => first))[0] ?? null, last: byTime(reached.map(({ last }) => last)).at(-1) ?? null,
    unproven: reached.filter(({ proof }) => proof !== 'verified').length, complete: ladder.complete,
  };
}

/** Who got how far, each person once: for the register and the report. */
export function radiusWords(radius: Radius): string[] {
  const { people, first, last } = radius;
  const reached = people.exposed + people.opened + people.presented + people.listed;
  if (first === null || last === null) return [radius.complete ? 'According to the record nobody had it listed, on screen or open.' : 'As far as the record has been read, nobody had it listed, on screen or open. It has not been read to its end.'];
  const seconds = radius.exposedSeconds > 0 ? `${radius.unreported ? 'at least ' : ''}${longSeconds(radius.exposedSeconds)} of picture or sound in all` : radius.media ? 'a still picture' : '';
  const shown = [seconds, radius.transcript ? 'a transcript' : '', radius.unreported && radius.exposedSeconds === 0 ? 'how much is not on record' : ''].filter((part) => part !== '');
  return [
    `According to the record ${counted(radius.recordings, 'recording')} reached ${counted(reached, 'person', 'people')} between ${momentWords(first)} and ${momentWords(last)}. Each is counted once, where they got furthest:`,
    `– shown some of it: ${people.exposed}${people.exposed > 0 ? ` (${listWords(shown)})` : ''}`,
    `– opened, nothing shown: ${people.opened}`,
    `– on screen in a list, not opened: ${people.presented}`,
    `– listed, not on screen: ${people.listed}`,
    ...(radius.unreported ? ['For some of it the screen did not say what was shown, so it may be more.'] : []),
    ...(radius.unproven > 0 ? [`For ${counted(radius.unproven, 'row')} of this the chain is not proven.`] : []),
    ...(radius.complete ? [] : ['The record had not been read to its end when this was written.']),
  ];
}
