/** The worklist searched, filtered and sorted. What is found is only ever a row that passes now. */
import type { WorklistRow } from '../../../preload/contract.ts';
import type { Hit, ListQuery, Note } from '../../../preload/review.ts';
import type { Assured } from '../../assurance/assess.ts';
import { SearchIndex } from '../../review/search.ts';
import { transcriptLines } from '../../review/transcriptLines.ts';
import type { AssignmentRow } from '../../vault/library.ts';
import type { Desk } from '../desk.ts';
import { buildWorklist } from '../worklist.ts';

const DAY_MS = 86_400_000;
const MOST_HITS = 500;

const indexOf = (desk: Desk): SearchIndex => {
  const { library } = desk.vaultOrThrow();
  return new SearchIndex((work) => library.work(work));
};

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Europe/London' });
const digits = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'Europe/London' });

export function indexRow(desk: Desk, { task }: AssignmentRow, { patient: { name, dateOfBirth, nhsNumber }, title, startedAt }: Assured): void {
  const [year = '', month = '', date = ''] = dateOfBirth.split('-');
  const number = nhsNumber === null ? '' : `${nhsNumber} ${nhsNumber.slice(0, 3)} ${nhsNumber.slice(3, 6)} ${nhsNumber.slice(6)}`;
  const at = new Date(startedAt);
  indexOf(desk).put(task, ['patient', 'title', 'date'], [
    { field: 'patient', text: `${name} ${date}/${month}/${year} ${number}` }, { field: 'title', text: title }, { field: 'date', text: `${day.format(at)} ${digits.format(at)}` },
  ]);
}

/** Their own notes stay to be found with {@link indexNotes}; nothing of the practice's does. */
export const unindexRow = (desk: Desk, { task }: AssignmentRow): void => indexOf(desk).remove(task, ['patient', 'title', 'date', 'transcript']);

export const indexNotes = (desk: Desk, task: string, notes: readonly Pick<Note, 'text'>[]): void => indexOf(desk).put(task, ['note'], notes.map(({ text }) => ({ field: 'note', text })));

export function indexTranscript(desk: Desk, { task }: AssignmentRow, vtt: string): void {
  const lines = transcriptLines(vtt);
  indexOf(desk).put(task, ['transcript'], [{ field: 'transcript', text: lines.map(({ text }) => text).join('\n'), places: lines.map(({ from }) => from) }]);
}

function isDue(due: string | null, wanted: ListQuery['due'], now: number): boolean {
  if (wanted === 'any') return true;
  if (due === null) return false;
  const left = Date.parse(due) - now;
  return wanted === 'overdue' ? left < 0 : left >= 0 && left <= (wanted === 'today' ? DAY_MS : 7 * DAY_MS);
}

const orders: Record<ListQuery['sort'], (a: WorklistRow, b: WorklistRow) => number> = {
  due: (a, b) => (a.due ?? '9').localeCompare(b.due ?? '9') || a.consultedAt.localeCompare(b.consultedAt),
  consulted: (a, b) => a.consultedAt.localeCompare(b.consultedAt),
  patient: (a, b) => a.patient.name.localeCompare(b.patient.name, 'en-GB') || a.consultedAt.localeCompare(b.consultedAt),
  changed: (a, b) => (a.progress === b.progress ? (a.due ?? '9').localeCompare(b.due ?? '9') : ['in-progress', 'new', 'reviewed'].indexOf(a.progress) - ['in-progress', 'new', 'reviewed'].indexOf(b.progress)),
};

/** `counts`: rows that the text finds, by progress and in all, whatever the other filters leave. */
export async function findRows(desk: Desk, query: ListQuery): Promise<{ ids: string[]; hits: Hit[]; counts: Record<string, number> }> {
  const { library } = desk.vaultOrThrow();
  const { rows } = await buildWorklist(desk);
  const found = query.text.trim() === '' ? null : indexOf(desk).find(query.text);
  const rowIds = found && new Map(library.assignments().map(({ task, rowId }) => [task, rowId]));
  const byRow = new Map<string, NonNullable<typeof found>>();
  for (const one of found ?? []) {
    const id = rowIds?.get(one.task);
    if (id !== undefined) byRow.set(id, [...(byRow.get(id) ?? []), one]);
  }
  const matching = found === null ? rows : rows.filter(({ id }) => byRow.has(id));
  const counts = { all: matching.length, new: 0, 'in-progress': 0, reviewed: 0 };
  for (const { progress } of matching) counts[progress] += 1;
  const now = desk.now();
  const left = matching.filter((row) => (query.progress.length === 0 || query.progress.includes(row.progress)) && isDue(row.due, query.due, now)
    && (query.copy === 'any' || (query.copy === 'here') === (row.copy.state === 'sealed')) && (query.review === 'any' || query.review === row.review));
  left.sort(orders[query.sort]);
  if (query.descending) left.reverse();
  const hits = left.flatMap((row): Hit[] => (byRow.get(row.id) ?? []).map(({ field, snippet, marks, position }) =>
    // Words of a sensitive recording are not shown in passing.
    ({ id: row.id, where: field, snippet: row.sensitive && (field === 'note' || field === 'transcript') ? null : snippet, marks: row.sensitive && (field === 'note' || field === 'transcript') ? [] : marks, position })));
  return { ids: left.map(({ id }) => id), hits: hits.slice(0, MOST_HITS), counts };
}
