/**
 * Finding recordings by what is said of them and in them: SQLite FTS5 in the library, under the KEK, with secure deletion. What is asked for is words and beginnings of words, in
 * any order, all of them in one field.
 */
import type { Hit } from '../../preload/review.ts';
import type { InLibrary } from './notebook.ts';

export type Field = Hit['where'];

export interface Words {
  field: Field;
  text: string;
  /** Where each of its lines is said or about, seconds. */
  places?: readonly number[];
}

/** The place that was found. */
export interface Place {
  task: string;
  field: Field;
  snippet: string;
  /** Of the snippet: [from, to] of what matched. */
  marks: [number, number][];
  position: number | null;
}

/** Private-use characters that no text keeps: see {@link clean}. */
const [OPEN, CLOSE] = ['\ue000', '\ue001'];
const clean = (text: string): string => text.replace(/[\ue000\ue001]/g, '');
/** Characters on each side of the first match. */
const AROUND = 60;
/** Characters of the line in all, with the marks: a word may have no end. */
const MOST = 250;

/** What a person typed as an FTS5 query; null for nothing to look for. Each word in quotes: nothing of it is syntax. */
export function queryOf(typed: string): string | null {
  const words = typed.normalize('NFKC').match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0 ? null : words.slice(0, 12).map((word) => `"${word}"*`).join(' ');
}

export class SearchIndex {
  readonly #in: InLibrary;

  constructor(inLibrary: InLibrary) {
    this.#in = inLibrary;
  }

  /** What these fields of a Task say now; other fields stay. What is as it was is not written again. */
  put(task: string, fields: readonly Field[], words: readonly Words[]): void {
    this.#in((db) => {
      const rows = words.map(({ field, text, places }) => [field, clean(text), places === undefined ? null : JSON.stringify(places)] as const).filter(([, text]) => text.trim() !== '');
      const had = db.prepare(`SELECT field, words, places FROM found WHERE task = ? AND field IN (${fields.map(() => '?').join(', ')}) ORDER BY id`).raw().all(task, ...fields);
      if (JSON.stringify(had) === JSON.stringify(rows)) return;
      db.prepare(`DELETE FROM found WHERE task = ? AND field IN (${fields.map(() => '?').join(', ')})`).run(task, ...fields);
      const add = db.prepare('INSERT INTO found (task, field, words, places) VALUES (?, ?, ?, ?)');
      for (const row of rows) add.run(task, ...row);
    });
  }

  /** Nothing of these Tasks is found any more. */
  remove(task: string, fields?: readonly Field[]): void {
    this.#in((db) => fields === undefined
      ? db.prepare('DELETE FROM found WHERE task = ?').run(task)
      : db.prepare(`DELETE FROM found WHERE task = ? AND field IN (${fields.map(() => '?').join(', ')})`).run(task, ...fields));
  }

  /** In which fields it is, by Task, of every Task. */
  find(typed: string): Map<string, Set<Field>> {
    const query = queryOf(typed);
    const found = new Map<string, Set<Field>>();
    if (query === null) return found;
    // The index is named because SQLite would look each row up by its id, which is a page to decrypt; nothing but what the index holds is asked for.
    const rows = this.#in((db) => db.prepare('SELECT f.task, f.field FROM word JOIN found f INDEXED BY found_names ON f.id = word.rowid WHERE word MATCH ?').raw().all(query)) as [string, Field][];
    for (const [task, field] of rows) {
      const fields = found.get(task);
      if (fields) fields.add(field);
      else found.set(task, new Set([field]));
    }
    return found;
  }

  /** The best match in each field of these Tasks: reads and marks the whole of each text, so only of what is shown. */
  places(typed: string, tasks: readonly string[]): Place[] {
    const query = queryOf(typed);
    if (query === null || tasks.length === 0) return [];
    // With the plus the index is gone through once; without it, once for each id.
    const rows = this.#in((db) => db.prepare(
      `SELECT f.task, f.field, highlight(word, 0, '${OPEN}', '${CLOSE}') AS marked, f.places FROM word JOIN found f ON f.id = word.rowid
       WHERE word MATCH ? AND +word.rowid IN (SELECT id FROM found WHERE task IN (SELECT value FROM json_each(?))) ORDER BY bm25(word)`,
    ).all(query, JSON.stringify(tasks))) as { task: string; field: Field; marked: string; places: string | null }[];
    const best = new Map(rows.toReversed().map((row) => [`${row.task} ${row.field}`, row]));
    return rows.filter((row) => best.get(`${row.task} ${row.field}`) === row)
      .map(({ task, field, marked, places }) => ({ task, field, ...around(marked), position: places === null ? null : (JSON.parse(places) as number[])[lineOf(marked)] ?? null }));
  }
}

const lineOf = (marked: string): number => marked.slice(0, marked.indexOf(OPEN)).split('\n').length - 1;

/** The line of the first match, cut to a length that fits a row, and where in it the matches are. */
function around(marked: string): { snippet: string; marks: [number, number][] } {
  const line = marked.split('\n')[lineOf(marked)] ?? '';
  const start = Math.max(0, line.indexOf(OPEN) - AROUND);
  const cut = line.slice(start, Math.min(line.indexOf(CLOSE) + AROUND, start + MOST));
  const marks: [number, number][] = [];
  let text = start > 0 ? '…' : '';
  let from = -1;
  for (const character of cut) {
    if (character === OPEN) from = text.length;
    else if (character === CLOSE) {
      if (from >= 0) marks.push([from, text.length]);
      from = -1;
    } else text += character;
  }
  // Cut within what matched.
  if (from >= 0 && from < text.length) marks.push([from, text.length]);
  return { snippet: text, marks };
}
