/** The worklist searched, filtered and sorted. What is found is only ever a row that passes now. */
import type { Hit, ListQuery, Note } from '../../../preload/review.ts';
import type { Assured } from '../../assurance/assess.ts';
import { Outgoing } from '../../review/outgoing.ts';
import { SearchIndex } from '../../review/search.ts';
import { transcriptLines } from '../../review/transcriptLines.ts';
import type { AssignmentRow } from '../../vault/library.ts';
import type { Desk } from '../desk.ts';
import { unaskedRefusal } from '../unasked.ts';
import { compare, listNow, rowsNow, writeListed, type ListRow } from '../worklist.ts';

const DAY_MS = 86_400_000;
/** Of so many rows the content comes with the answer: what the page makes at first, in sight and beyond it, so that it need not ask again. */
const FIRST = 16;

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

/** Their own notes stay to be found with {@link indexNotes}; nothing of the practice's does. @param fields without which all are */
export const unindexRow = (desk: Desk, { task }: AssignmentRow, fields: readonly ('patient' | 'title' | 'date' | 'transcript')[] = ['patient', 'title', 'date', 'transcript']): void => indexOf(desk).remove(task, fields);

export const indexNotes = (desk: Desk, task: string, notes: readonly Pick<Note, 'text' | 'from'>[]): void => indexOf(desk).put(task, ['note'], notes.map(({ text, from }) => ({ field: 'note', text, places: text.split('\n').map(() => from) })));

export function indexTranscript(desk: Desk, { task }: AssignmentRow, vtt: string): void {
  const lines = transcriptLines(vtt);
  indexOf(desk).put(task, ['transcript'], [{ field: 'transcript', text: lines.map(({ text }) => text).join('\n'), places: lines.map(({ from }) => from) }]);
}

const dayIn = (at: number): string => digits.format(at);

/** What it is due as, by day and not by hour, as the list says it; what is reviewed is due no more. @param today as {@link dayIn} says `now` */
function dueAs({ dueAt, progress }: ListRow, now: number, today: string): readonly Exclude<ListQuery['due'], 'any'>[] {
  if (progress === 'reviewed' || dueAt === Infinity) return [];
  if (Math.abs(dueAt - now) < 2 * DAY_MS && dayIn(dueAt) === today) return ['today', 'week'];
  if (dueAt < now) return ['overdue'];
  return dueAt - now <= 7 * DAY_MS ? ['week'] : [];
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

/** What was said in a recording is found where that could be opened now; who and when it is about stays on the list, and one's own words stay one's own. */
function isFoundNow(desk: Desk): (row: ListRow, where: Hit['where']) => boolean {
  const [here, gone] = [true, false].map((offline) => unaskedRefusal(desk, { offline }) === null);
  return ({ offline }, where) => where !== 'transcript' || (offline ? here : gone) === true;
}

/** Rows in which the text is found. */
async function rowsWith(desk: Desk, text: string): Promise<ListRow[]> {
  const found = indexOf(desk).find(text);
  const isFound = isFoundNow(desk);
  return (await listNow(desk, [...found.keys()])).rows.filter((row) => [...found.get(row.task) ?? []].some((where) => isFound(row, where)));
}

/** Where in these rows, in their order, the text is found. */
function hitsIn(desk: Desk, rows: readonly ListRow[], text: string): Hit[] {
  const isFound = isFoundNow(desk);
  const places = indexOf(desk).places(text, rows.map(({ task }) => task));
  return rows.flatMap((row) => places.filter(({ task, field }) => task === row.task && isFound(row, field))
    .map(({ field: where, snippet, marks, position }) => ({ id: row.id, where, position, ...(isShown(row, where) ? { snippet, marks } : { snippet: null, marks: [] }) })));
}

/** The content of these rows, as far as they pass now, and where in them the text is found; recorded before it is given. */
export async function listedRows(desk: Desk, ids: readonly string[], text: string): Promise<{ rows: ListRow[]; hits: Hit[] }> {
  const rows = await rowsNow(desk, ids);
  const hits = hitsIn(desk, rows, text);
  writeListed(desk, rows);
  return { rows, hits };
}

/** `rows` and `hits`: of the first of them. `counts`: rows that the text finds, by progress and in all, whatever the other filters leave. */
export async function findRows(desk: Desk, query: ListQuery): Promise<{ ids: string[]; rows: ListRow[]; hits: Hit[]; counts: Record<string, number> }> {
  desk.vaultOrThrow();
  const matching = query.text.trim() === '' ? (await listNow(desk)).rows : await rowsWith(desk, query.text);
  const now = desk.now();
  const today = dayIn(now);
  const refused = new Set(desk.vaultOrThrow().library.work((db) => new Outgoing(db).refusedTasks()));
  const counts = { refused: matching.filter(({ task }) => refused.has(task)).length, all: matching.length, new: 0, 'in-progress': 0, reviewed: 0, overdue: 0, today: 0, week: 0, here: 0, own: 0, peer: 0 };
  for (const row of matching) {
    counts[row.progress] += 1;
    counts[row.review] += 1;
    if (row.copy.state === 'sealed') counts.here += 1;
    for (const due of dueAs(row, now, today)) counts[due] += 1;
  }
  const left = matching.filter((row) => (query.progress.length === 0 || query.progress.includes(row.progress)) && (query.due === 'any' || dueAs(row, now, today).includes(query.due))
    && (query.copy === 'any' || (query.copy === 'here') === (row.copy.state === 'sealed')) && (query.review === 'any' || query.review === row.review)
    && (!query.refused || refused.has(row.task)));
  left.sort(orders[query.sort]);
  if (query.descending) left.reverse();
  const rows = left.slice(0, FIRST);
  const hits = hitsIn(desk, rows, query.text);
  writeListed(desk, rows);
  return { ids: left.map(({ id }) => id), rows, hits, counts };
}
