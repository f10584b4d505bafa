import { useEffect, useState } from 'react';
import { attempt, door } from '../door.ts';
import { Turns } from './Turns.ts';
import { byRow, type ListedRows } from './useFound.ts';

/** So many are given at a time. */
const BATCH = 300;
const none: ListedRows = { rows: new Map(), hits: new Map() };

interface Kept extends ListedRows {
  of: unknown;
  /** Of these the content is as it was when `of` was: of the rest there is at most what was known before. */
  given: ReadonlySet<string>;
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
      const result = current ? await attempt(door.rows(key.split(' '), text)) : null;
      if (!result?.ok) return;
      const { rows, hits } = byRow(result.value);
      setKept((before) => (before.of === of ? { of, rows: new Map([...before.rows, ...rows]), hits: new Map([...before.hits, ...hits]), given: new Set([...before.given, ...rows.keys()]) } : before));
    });
    return () => {
      current = false;
    };
  }, [of, key, text, turns]);

  return kept;
}
