/** The worklist searched, filtered and sorted. What is found is only ever a row that passes now. */
import type { Hit, ListQuery, Note } from '../../../preload/review.ts';
import type { Assured } from '../../assurance/assess.ts';
import { Outgoing } from '../../review/outgoing.ts';
import { SearchIndex, type Found } from '../../review/search.ts';
import { transcriptLines } from '../../review/transcriptLines.ts';
import type { AssignmentRow } from '../../vault/library.ts';
import type { Desk } from '../desk.ts';
import { unaskedRefusal } from '../unasked.ts';
import { compare, listNow, writeListed, type ListRow } from '../worklist.ts';

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

export const indexNotes = (desk: Desk, task: string, notes: readonly Pick<Note, 'text' | 'from'>[]): void => indexOf(desk).put(task, ['note'], notes.map(({ text, from }) => ({ field: 'note', text, places: text.split('\n').map(() => from) })));

export function indexTranscript(desk: Desk, { task }: AssignmentRow, vtt: string): void {
  const lines = transcriptLines(vtt);
  indexOf(desk).put(task, ['transcript'], [{ field: 'transcript', text: lines.map(({ text }) => text).join('\n'), places: lines.map(({ from }) => from) }]);
}

const dayIn = (at: number): string => digits.format(at);

/** By day and not by hour, as the list says it; what is reviewed is due no more. */
function isDue({ dueAt, progress }: ListRow, wanted: ListQuery['due'], now: number): boolean {
  if (wanted === 'any') return true;
  if (progress === 'reviewed' || dueAt === Infinity) return false;
  const isToday = dueAt - now < 2 * DAY_MS && now - dueAt < 2 * DAY_MS && dayIn(dueAt) === dayIn(now);
  if (wanted === 'overdue') return dueAt < now && !isToday;
  return isToday || (wanted === 'week' && dueAt >= now && dueAt - now <= 7 * DAY_MS);
}

const collator = new Intl.Collator('en-GB');
const stages = { 'in-progress': 0, new: 1, reviewed: 2 };
const orders: Record<ListQuery['sort'], (a: ListRow, b: ListRow) => number> = {
  due: (a, b) => compare(a.dueAt, b.dueAt) || a.consulted - b.consulted,
  consulted: (a, b) => a.consulted - b.consulted,
  patient: (a, b) => collator.compare(a.patient.name, b.patient.name) || a.consulted - b.consulted,
  changed: (a, b) => Number(a.progress === 'reviewed') - Number(b.progress === 'reviewed') || compare(a.dueAt, b.dueAt) || stages[a.progress] - stages[b.progress],
};

/** Words of a sensitive recording are not shown in passing. */
const isShown = ({ sensitive }: ListRow, where: Hit['where']): boolean => !sensitive || (where !== 'note' && where !== 'transcript');

/** By Task. What was said in a recording is found where that could be opened now; who and when it is about stays on the list, and one's own words stay one's own. */
function foundIn(desk: Desk, rows: readonly ListRow[], text: string): Map<string, Found[]> {
  const [here, gone] = [true, false].map((offline) => unaskedRefusal(desk, { offline }) === null);
  const silent = new Set(rows.filter(({ offline }) => !(offline ? here : gone)).map(({ task }) => task));
  const found = new Map<string, Found[]>();
  for (const one of indexOf(desk).find(text)) if (one.field !== 'transcript' || !silent.has(one.task)) found.set(one.task, [...(found.get(one.task) ?? []), one]);
  return found;
}

/** `counts`: rows that the text finds, by progress and in all, whatever the other filters leave. */
export async function findRows(desk: Desk, query: ListQuery): Promise<{ ids: string[]; hits: Hit[]; counts: Record<string, number> }> {
  desk.vaultOrThrow();
  const { rows } = await listNow(desk);
  const found = query.text.trim() === '' ? null : foundIn(desk, rows, query.text);
  const matching = found === null ? rows : rows.filter(({ task }) => found.has(task));
  const now = desk.now();
  const refused = new Set(desk.vaultOrThrow().library.work((db) => new Outgoing(db).refusedTasks()));
  const counts = { refused: matching.filter(({ task }) => refused.has(task)).length, all: matching.length, new: 0, 'in-progress': 0, reviewed: 0, overdue: 0, today: 0, week: 0, here: 0, own: 0, peer: 0 };
  for (const row of matching) {
    counts[row.progress] += 1;
    counts[row.review] += 1;
    if (row.copy.state === 'sealed') counts.here += 1;
    for (const due of ['overdue', 'today', 'week'] as const) if (isDue(row, due, now)) counts[due] += 1;
  }
  const left = matching.filter((row) => (query.progress.length === 0 || query.progress.includes(row.progress)) && isDue(row, query.due, now)
    && (query.copy === 'any' || (query.copy === 'here') === (row.copy.state === 'sealed')) && (query.review === 'any' || query.review === row.review)
    && (!query.refused || refused.has(row.task)));
  left.sort(orders[query.sort]);
  if (query.descending) left.reverse();
  const shown = left.flatMap((row) => (found?.get(row.task) ?? []).map((one) => ({ row, one }))).slice(0, MOST_HITS);
  const places = indexOf(desk).places(query.text, shown.map(({ one }) => one));
  const hits = shown.flatMap(({ row, one: { id, field: where } }): Hit[] => {
    const place = places.get(id);
    return place ? [{ id: row.id, where, ...place, ...(isShown(row, where) ? {} : { snippet: null, marks: [] }) }] : [];
  });
  // Words of a row are its content.
  writeListed(desk, [...new Set(shown.map(({ row }) => row))]);
  return { ids: left.map(({ id }) => id), hits, counts };
}
