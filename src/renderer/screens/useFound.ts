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

/**
 * What the main process finds for a query, asked anew whenever the list changes; an answer that another question has overtaken is dropped. Null until the first.
 * `ids`: of it what is still on the list.
 */
export function useFound(worklist: Worklist, query: ListQuery): { found: Found | null; ids: readonly string[]; problem: Problem | null } {
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turns] = useState(() => new Turns());

  useEffect(() => {
    let current = true;
    turns.take(async () => {
      const result = current ? await attempt(door.findRows(query)) : null;
      if (!current || !result) return;
      setProblem(result.ok ? null : result.error);
      if (result.ok) setFound({ query, ids: result.value.ids, counts: result.value.counts, ...byRow(result.value) });
    });
    return () => {
      current = false;
    };
  }, [worklist, query, turns]);

  // What has gone from the list goes at once, and not when the next answer is here.
  const listed = useMemo(() => new Set(worklist.ids), [worklist]);
  const ids = useMemo(() => found?.ids.filter((id) => listed.has(id)) ?? [], [listed, found]);
  return { found, ids, problem };
}
