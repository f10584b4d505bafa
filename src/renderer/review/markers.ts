import type { ReviewWork } from '../../preload/review.ts';
import type { Marker } from '../player/lanes.ts';

/** Of a marker's label. */
const LONGEST = 80;
const brief = (text: string) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1).trimEnd()}…`;
};

/** What the lane under the picture shows of a review. @param group others are in the room: where something is noted, and not what */
export const markersOf = ({ notes, othersNotes }: Pick<ReviewWork, 'notes' | 'othersNotes'>, group = false): Marker[] => [
  ...notes.map(({ id, kind, from, until, text }) => ({ id, kind, from, until, label: group ? '' : brief(text), mine: true })),
  ...othersNotes.map(({ kind, from, until, text, author }, index) => ({ id: `other-${index}`, kind, from, until, label: group ? '' : brief(`${author}: ${text}`), mine: false })),
];
