import type { Problem, StorageView, WorklistRow } from '../../preload/contract.ts';

type StoredCopy = StorageView['copies'][number];

/** Whether removing copies would put this right. */
export const needsRoom = (problem: Problem | null): boolean => problem?.code === 'disk-full' || problem?.code === 'budget-full';

export const bytesOf = (copies: readonly StoredCopy[]): number => copies.reduce((sum, { bytes }) => sum + bytes, 0);

/** Still to be reviewed by a date, and may be reviewed without a connection: the copy is what makes that possible. */
export const isKept = (copy: StoredCopy, row: WorklistRow | undefined): boolean =>
  !copy.suggested && !copy.partial && copy.due !== null && copy.progress !== 'reviewed' && row?.offline === true;
