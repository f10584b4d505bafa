import { useEffect, useState } from 'react';
import type { Worklist, WorklistRow } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';

/** So many are given at a time. */
const BATCH = 300;

/** The content of these rows, as far as it is here: asked for as they come, and anew whenever the list changes. What is not on the list any more has none. */
export function useRows(worklist: Worklist | null, ids: readonly string[]): ReadonlyMap<string, WorklistRow> {
  const [kept, setKept] = useState<{ of: Worklist | null; rows: ReadonlyMap<string, WorklistRow> }>({ of: null, rows: new Map() });
  const key = ids.join(' ');

  useEffect(() => {
    if (worklist === null || key === '') return undefined;
    let current = true;
    const known = kept.of === worklist ? kept.rows : null;
    const wanted = key.split(' ').filter((id) => known?.has(id) !== true);
    const ask = async () => {
      for (let at = 0; at < wanted.length; at += BATCH) {
        const result = await attempt(door.rows(wanted.slice(at, at + BATCH)));
        if (!current || !result.ok) return;
        setKept((before) => ({ of: worklist, rows: new Map([...(before.of === worklist ? before.rows : keptOf(before.rows, key)), ...result.value.map((row) => [row.id, row] as const)]) }));
      }
    };
    if (wanted.length > 0) void ask();
    return () => {
      current = false;
    };
    // What is kept changes with every answer, and says nothing new about what to ask for.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [worklist, key]);

  const listed = new Set(worklist?.ids);
  return new Map([...kept.rows].filter(([id]) => listed.has(id)));
}

/** Of an older list what is in sight, until its answer is here. */
const keptOf = (rows: ReadonlyMap<string, WorklistRow>, key: string) => {
  const wanted = new Set(key.split(' '));
  return [...rows].filter(([id]) => wanted.has(id));
};
