/** How far people got with recordings, from the ladder: each person once, at the highest rung. */
import type { Ladder, LadderRow } from '../../preload/console.ts';

/** From the highest down. `blocked`: no rung at all, only refused or withheld. */
export const rungs = ['exposed', 'opened', 'presented', 'listed', 'blocked'] as const;
export type Rung = (typeof rungs)[number];

/** Words that were shown and bytes of which the screen did not say what they were count as exposure. */
export const isExposed = (row: LadderRow): boolean => row.exposedSeconds > 0 || row.transcript || row.unreported;

export function rungOf(row: LadderRow): Rung {
  if (isExposed(row)) return 'exposed';
  if (row.opened > 0) return 'opened';
  if (row.presentedSeconds !== null) return 'presented';
  return row.listed > 0 ? 'listed' : 'blocked';
}

/** Highest rung of each person (SDS user id) over these rows. */
export function furthest(rows: readonly LadderRow[]): Map<string, Rung> {
  const reached = new Map<string, Rung>();
  for (const row of rows) {
    const rung = rungOf(row);
    const before = reached.get(row.who.sds);
    if (before === undefined || rungs.indexOf(rung) < rungs.indexOf(before)) reached.set(row.who.sds, rung);
  }
  return reached;
}

/** In the order in which each key came first. Map.groupBy is newer than the oldest runtime. */
export function grouped<T, K>(list: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

export interface Radius {
  /** How many people got exactly so far. */
  people: Record<Rung, number>;
  recordings: number;
  /** Whose name the record has beside what was reached; null where it does not say for all of it. */
  patients: number | null;
  exposedSeconds: number;
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
  const people: Radius['people'] = { exposed: 0, opened: 0, presented: 0, listed: 0, blocked: 0 };
  for (const rung of furthest(ladder.rows).values()) people[rung] += 1;
  const reached = ladder.rows.filter((row) => rungOf(row) !== 'blocked');
  const recordings = new Set(reached.map(({ recording }) => recording.recording ?? recording.document));
  const patients = new Set(reached.map(({ patient }) => patient?.patient ?? null));
  const byTime = (times: string[]) => times.sort((a, b) => Date.parse(a) - Date.parse(b));
  return {
    people, recordings: recordings.size, patients: patients.has(null) ? null : patients.size,
    exposedSeconds: reached.reduce((sum, row) => sum + row.exposedSeconds, 0), transcript: reached.some(({ transcript }) => transcript), unreported: reached.some(({ unreported }) => unreported),
    erased: ladder.rows.reduce((sum, row) => sum + row.destroyed, 0),
    first: byTime(reached.map(({ first }) => first))[0] ?? null, last: byTime(reached.map(({ last }) => last)).at(-1) ?? null,
    unproven: reached.filter(({ proof }) => proof !== 'verified').length, complete: ladder.complete,
  };
}
