import { useEffect, useState } from 'react';
import { attempt, door } from '../door.ts';
import { Turns } from './Turns.ts';
import { byRow, type ListedRows } from './useFound.ts';

/** So many are given at a time. */
const BATCH = 300;
const none: ListedRows = { rows: new Map(), hits: new Map() };

export interface Kept extends ListedRows {
  of: unknown;
  /** Of these there is what was given when `of` was, or nothing: of the rest at most what was known before. */
  given: ReadonlySet<string>;
}

/** With what came of a question for some: of these nothing stays that was known before, whatever the answer is. */
export function answered(before: Kept, asked: readonly string[], { rows, hits }: ListedRows): Kept {
  const renewed = <T>(known: ReadonlyMap<string, T>, answer: ReadonlyMap<string, T>): Map<string, T> => {
    const now = new Map(known);
    for (const id of asked) now.delete(id);
    for (const [id, one] of answer) now.set(id, one);
    return now;
  };
  return { of: before.of, rows: renewed(before.rows, rows), hits: renewed(before.hits, hits), given: new Set([...before.given, ...asked]) };
}

const begun = (of: unknown, { rows, hits }: ListedRows): Kept => ({ of, rows, hits, given: new Set(rows.keys()) });

/**
 * The content of these rows, as far as it is here: asked for as they come, one question at a time, and anew with whatever they are `of`, the list or an answer.
 * @param text what was searched for. @param first what came with the answer
 */
export function useRows(of: unknown, ids: readonly string[], text = '', first: ListedRows = none): ListedRows {
  const [kept, setKept] = useState(() => begun(of, first));
  const [turns] = useState(() => new Turns());
  if (kept.of !== of) {
    // What is in sight stays until there is something newer.
    const inSight = ids.flatMap((id) => kept.rows.get(id) ?? []).map((row) => [row.id, row] as const);
    setKept({ ...begun(of, first), rows: new Map([...inSight, ...first.rows]) });
  }
  const key = kept.of === of ? ids.filter((id) => !kept.given.has(id)).slice(0, BATCH).join(' ') : '';

  useEffect(() => {
    if (key === '') return undefined;
    let current = true;
    turns.take(async () => {
      if (!current) return;
      const asked = key.split(' ');
      const result = await attempt(door.rows(asked, text));
      setKept((before) => (before.of === of ? answered(before, asked, result.ok ? byRow(result.value) : none) : before));
    });
    return () => {
      current = false;
    };
  }, [of, key, text, turns]);

  return kept;
}
