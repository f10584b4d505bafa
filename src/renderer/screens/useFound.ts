import { useEffect, useMemo, useState } from 'react';
import type { Problem, Reply, Worklist, WorklistRow } from '../../preload/contract.ts';
import type { Hit, ListQuery } from '../../preload/review.ts';
import { attempt, door } from '../door.ts';
import { Turns } from './Turns.ts';

export const everything: ListQuery = { text: '', progress: [], due: 'any', copy: 'any', review: 'any', refused: false, sort: 'changed', descending: false };

export const isFiltered = ({ text, progress, due, copy, review, refused }: ListQuery): boolean => text.trim() !== '' || refused || progress.length > 0 || due !== 'any' || copy !== 'any' || review !== 'any';

/** Content of rows, and where in each the text is. By row. */
export interface ListedRows {
  rows: ReadonlyMap<string, WorklistRow>;
  hits: ReadonlyMap<string, readonly Hit[]>;
}

/** One answer: with the first of its rows. */
export interface Found extends ListedRows {
  /** What was asked. */
  query: ListQuery;
  ids: readonly string[];
  counts: Record<string, number>;
}

export const byRow = ({ rows, hits }: Reply<'rows'>): ListedRows =>
  ({ rows: new Map(rows.map((row) => [row.id, row])), hits: new Map(rows.map(({ id }) => [id, hits.filter((hit) => hit.id === id)])) });

/** Of an answer what is still on the list. What has left it is given up with its content: where it comes back, as something else perhaps, there is nothing to show before the next answer. */
export function without(found: Found, listed: ReadonlySet<string>): Found {
  const ids = found.ids.filter((id) => listed.has(id));
  if (ids.length === found.ids.length) return found;
  const kept = <T>(of: ReadonlyMap<string, T>) => new Map([...of].filter(([id]) => listed.has(id)));
  return { ...found, ids, rows: kept(found.rows), hits: kept(found.hits) };
}

/** What the main process finds for a query, asked anew whenever the list changes; an answer that another question has overtaken is dropped. Null until the first. */
export function useFound(worklist: Worklist, query: ListQuery): { found: Found | null; problem: Problem | null } {
  const [last, setLast] = useState<Found | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turns] = useState(() => new Turns());
  const listed = useMemo(() => new Set(worklist.ids), [worklist]);
  // It goes at once, and not when the next answer is here.
  const found = useMemo(() => last && without(last, listed), [last, listed]);
  if (found !== last) setLast(found);

  useEffect(() => {
    let current = true;
    turns.take(async () => {
      const result = current ? await attempt(door.findRows(query)) : null;
      if (!current || !result) return;
      setProblem(result.ok ? null : result.error);
      if (result.ok) setLast({ query, ids: result.value.ids, counts: result.value.counts, ...byRow(result.value) });
      // The list has changed, and what of it can be shown is not known: whatever is given is asked for anew.
      else setLast((before) => before && { ...before, rows: new Map(), hits: new Map() });
    });
    return () => {
      current = false;
    };
  }, [worklist, query, turns]);

  return { found, problem };
}
