/** What the notes panel knows of notes, without a screen. */
import type { Note, OthersNote, ReviewWork, WorkState } from '../../preload/review.ts';
import type { Interval } from '../../preload/intervals.ts';

export type Listed = { own: Note; fixed: boolean } | { own: null; theirs: OthersNote };

/** With completion, others have the notes as they are; whoever reads a released form reads what it cites. */
export function isFixed({ status, responses }: Pick<ReviewWork, 'status' | 'responses'>, { id }: Pick<Note, 'id'>): boolean {
  return isOver(status) || responses.some(({ state, answers }) => state === 'released' && Object.values(answers).some(({ cites }) => cites.includes(id)));
}

export const isOver = (status: ReviewWork['status']): boolean => status === 'completed' || status === 'rejected';

/** By time, mine before others' at the same moment. */
export function listed(work: Pick<ReviewWork, 'notes' | 'othersNotes' | 'status' | 'responses'>): Listed[] {
  const from = (one: Listed) => (one.own ?? one.theirs).from;
  return [...work.notes.map((own): Listed => ({ own, fixed: isFixed(work, own) })), ...work.othersNotes.map((theirs): Listed => ({ own: null, theirs }))].sort((a, b) => from(a) - from(b));
}

/** What is hidden from a group, whoever asked for it. */
export const masksOf = ({ notes, othersNotes }: Pick<ReviewWork, 'notes' | 'othersNotes'>): Interval[] =>
  [...notes, ...othersNotes].flatMap(({ kind, from, until }): Interval[] => (kind === 'mask' && until !== null ? [[from, until]] : []));

/** Is there anything of what the person wrote that the practice did not take? */
export const hasRefused = (notes: readonly { state: WorkState }[], responses: readonly { work: WorkState }[], messages: readonly { state: WorkState }[]): boolean =>
  [...notes, ...messages].some(({ state }) => state === 'refused') || responses.some(({ work }) => work === 'refused');

/** A stretch as it is kept: hundredths, as media fragments have them. */
export const hundredths = (seconds: number): number => Math.round(seconds * 100) / 100;
