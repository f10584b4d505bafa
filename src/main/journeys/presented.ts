/** How long rows were really on the screen: only the screen knows, and it is believed as far as it can be so. */
import type { Presented } from '../../preload/contract.ts';
import type { Subject } from '../audit/entry.ts';
import type { Desk } from './desk.ts';

/** Less than this is nothing that anyone reads; several glances add up to it. */
const PRESENTED_SECONDS = 1;
/** Then what has been added is written at the latest, for a list that stays on the screen. */
const WRITE_MS = 5 * 60_000;
/** So late may a report come after the one before it and still be about the time between them. */
const LATE_MS = 5_000;

/** A row that was put before the person since unlocking, as it was recorded. Times in ms on the steady clock. */
export interface Listed {
  subject: Subject;
  /** Up to here its time on the screen has been told; at first, when it was listed. */
  toldTo: number;
}

/** What one subject was on the screen since unlocking. */
interface OnScreen {
  subject: Subject;
  /** Not written yet. */
  seconds: number;
  /** That it was presented is on disk. */
  written: boolean;
}

/** What the screen told, since unlocking. Times in ms on the steady clock. */
export class Told {
  /** By {@link subjectKey}: a row may move on to another recording. */
  readonly rows = new Map<string, OnScreen>();
  lastReport = -Infinity;
  lastWritten = performance.now();

  clear(): void {
    this.rows.clear();
  }
}

export const subjectKey = ({ recording, document, patient, task }: Subject): string => JSON.stringify([recording, document, patient, task]);

/**
 * Rows that were not listed, and more seconds than have passed, do not count. That a row was presented is written at once, and how much longer with
 * {@link writePresented}. Throws `audit-unwritable`; then nothing counts as listed any more, and what cannot be recorded does not stay on the screen.
 * @param left the list is not on the screen any more.
 */
export function reportPresented(desk: Desk, rows: readonly Presented[], left: boolean): void {
  desk.vaultOrThrow();
  const { told } = desk;
  const now = performance.now();
  for (const { id, seconds } of rows) {
    const listed = desk.listed.get(id);
    if (!listed) continue;
    const from = Math.max(listed.toldTo, told.lastReport - LATE_MS);
    const counted = Math.min(seconds, (now - from) / 1000);
    if (counted <= 0) continue;
    listed.toldTo = from + counted * 1000;
    const key = subjectKey(listed.subject);
    const row = told.rows.get(key) ?? { subject: listed.subject, seconds: 0, written: false };
    row.seconds += counted;
    told.rows.set(key, row);
  }
  told.lastReport = now;
  try {
    const isDue = left || now - told.lastWritten >= WRITE_MS;
    for (const row of told.rows.values()) if (isDue || !row.written) write(desk, row);
    if (isDue) told.lastWritten = now;
  } catch (error) {
    desk.listed.clear();
    throw error;
  }
}

function write(desk: Desk, row: OnScreen): void {
  const seconds = Math.round(row.seconds * 10) / 10;
  if (seconds < (row.written ? 0.1 : PRESENTED_SECONDS)) return;
  desk.journal?.write({ event: 'presented', subject: row.subject, seconds });
  row.written = true;
  row.seconds -= seconds;
}

/** Before whatever ends the person's stay is recorded. Async only so that it fails as what it runs beside: all of it is done when this returns. */
export async function endPresented(desk: Desk): Promise<void> {
  try {
    for (const row of desk.told.rows.values()) write(desk, row);
  } finally {
    desk.told.clear();
  }
}
