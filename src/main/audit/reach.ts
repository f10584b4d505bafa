/** How far people got with recordings: each row of the ladder has its rung from here, and each person or recording counts once, at the furthest. */
import { Rung, type LadderRow } from '../../preload/console.ts';

type Reached = Pick<LadderRow, 'listed' | 'presentedSeconds' | 'opened' | 'media' | 'transcript' | 'unreported' | 'wrongPatient' | 'denied' | 'withheld'>;

/**
 * The furthest that the record shows (DESIGN.md, "Exposure ladder"). Where it leaves room the further rung counts: nobody is told that less was seen than may have been.
 * - `exposed`: any picture, sound or text was delivered. A single frame counts, as does an interval of no length; so do bytes of which the screen did not report what
 *   they were. Whether anybody looked makes no difference.
 * - `opened`: it was open, and nothing shows that a byte followed. That it was closed, or said to be another patient's, says that it was open, where the entry of the opening is missing.
 * - `presented`: an entry says that its row was on the screen. How long is another matter: one of 0 seconds, as rounding makes it, still says so.
 * - `listed`: it was in their list, and nothing shows that its row came on the screen.
 * - `refused`: denied or withheld, and no more.
 * - null: a copy was downloaded or destroyed, which shows nobody anything.
 * @param closed entries that say that it was closed
 */
export function rungOf({ listed, presentedSeconds, opened, media, transcript, unreported, wrongPatient, denied, withheld }: Reached, closed = 0): Rung | null {
  if (media.length > 0 || transcript || unreported) return 'exposed';
  if (opened > 0 || closed > 0 || wrongPatient) return 'opened';
  if (presentedSeconds !== null) return 'presented';
  if (listed > 0) return 'listed';
  return denied > 0 || withheld > 0 ? 'refused' : null;
}

/** Did anything of it get to them, be it that it is there? */
export const isReached = ({ rung }: Pick<LadderRow, 'rung'>): boolean => rung !== null && rung !== 'refused';

export const personOf = ({ who }: LadderRow): string => who.sds;
export const recordingOf = ({ recording }: LadderRow): string => recording.recording ?? recording.document ?? '';

/** Furthest rung of each person, or of each recording. Whoever is on none is not in it. */
export function furthest(rows: readonly LadderRow[], by = personOf): Map<string, Rung> {
  const reached = new Map<string, Rung>();
  for (const row of rows) {
    const before = reached.get(by(row));
    if (row.rung !== null && (before === undefined || Rung.options.indexOf(row.rung) < Rung.options.indexOf(before))) reached.set(by(row), row.rung);
  }
  return reached;
}

/** How many are on each rung. */
export function countRungs(rows: readonly LadderRow[], by = personOf): Record<Rung, number> {
  const counts: Record<Rung, number> = { exposed: 0, opened: 0, presented: 0, listed: 0, refused: 0 };
  for (const rung of furthest(rows, by).values()) counts[rung] += 1;
  return counts;
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
