import { useEffect, useState } from 'react';
import type { Problem, Worklist } from '../../preload/contract.ts';
import type { Hit, ListQuery } from '../../preload/review.ts';
import { attempt, door } from '../door.ts';
import { Turns } from './Turns.ts';

export const everything: ListQuery = { text: '', progress: [], due: 'any', copy: 'any', review: 'any', refused: false, sort: 'changed', descending: false };

export const isFiltered = ({ text, progress, due, copy, review, refused }: ListQuery): boolean => text.trim() !== '' || refused || progress.length > 0 || due !== 'any' || copy !== 'any' || review !== 'any';

export interface Found {
  /** What was asked. */
  query: ListQuery;
  ids: readonly string[];
  hits: ReadonlyMap<string, readonly Hit[]>;
  counts: Record<string, number>;
}

/** What the main process finds for a query, asked anew whenever the list changes; an answer that another question has overtaken is dropped. Null until the first. */
export function useFound(worklist: Worklist | null, query: ListQuery): { found: Found | null; problem: Problem | null } {
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turns] = useState(() => new Turns());

  useEffect(() => {
    if (worklist === null) return undefined;
    let current = true;
    turns.take(async () => {
      const result = current ? await attempt(door.findRows(query)) : null;
      if (!current || !result) return;
      setProblem(result.ok ? null : result.error);
      if (!result.ok) return;
      const hits = new Map<string, Hit[]>();
      for (const hit of result.value.hits) hits.set(hit.id, [...(hits.get(hit.id) ?? []), hit]);
      setFound({ query, ids: result.value.ids, hits, counts: result.value.counts });
    });
    return () => {
      current = false;
    };
  }, [worklist, query, turns]);

  if (found === null) return { found, problem };
  // What has gone from the list goes at once, and not when the next answer is here.
  const listed = new Set(worklist?.ids);
  return { found: { ...found, ids: found.ids.filter((id) => listed.has(id)) }, problem };
}
