import { useEffect, useEffectEvent, useState } from 'react';
import type { EventFilter, EventRow } from '../../../preload/console.ts';
import type { Problem } from '../../../preload/contract.ts';
import { attempt, door } from '../../door.ts';
import { useConsole } from './context.ts';

interface Shown {
  key: string;
  rows: EventRow[];
  total: number;
  next: string | null;
  pages: number;
  /** How many entries had been read, and how often checked. */
  of: string;
}

/** While the record is being read, the first page follows it so often. */
const follow = 3000;

/** The events of a filter, page by page. The first page follows what is read, unless `still`: nothing moves under who reads further down. */
export function useEvents(filter: EventFilter, still: boolean) {
  const { trail, learn } = useConsole();
  const key = JSON.stringify(filter);
  const read = `${trail?.entries ?? 0} ${trail?.checks ?? 0}`;
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  const [busy, setBusy] = useState(false);

  const ask = useEffectEvent(() => ({ of: read, answer: attempt(door.events(filter, null)) }));
  useEffect(() => {
    let wanted = true;
    const { of, answer } = ask();
    void answer.then((result) => {
      if (!wanted) return;
      setProblem(result.ok ? null : result.error);
      if (!result.ok) return;
      learn(result.value.rows);
      setShown({ key, ...result.value, pages: 1, of });
    });
    return () => {
      wanted = false;
    };
  }, [key, asked, learn]);

  const mine = shown?.key === key ? shown : null;
  const stale = mine !== null && mine.of !== read;
  const follows = stale && !still && mine.pages === 1;
  // Of a record that was not there yet nothing was found: that is no answer, and asked again at once.
  const tooEarly = follows && mine.rows.length === 0;
  const here = tooEarly ? null : mine;
  useEffect(() => {
    if (!follows) return undefined;
    const timer = setTimeout(() => setAsked((count) => count + 1), tooEarly ? 0 : follow);
    return () => clearTimeout(timer);
  }, [follows, tooEarly]);

  const more = async () => {
    if (busy || here?.next == null) return;
    setBusy(true);
    const result = await attempt(door.events(filter, here.next));
    setBusy(false);
    setProblem(result.ok ? null : result.error);
    if (!result.ok) return;
    learn(result.value.rows);
    const { rows, next, total } = result.value;
    setShown((before) => (before?.key === key ? { ...before, rows: [...before.rows, ...rows], next, total, pages: before.pages + 1 } : before));
  };
  return { shown: here, problem, busy, more, reload: () => setAsked((count) => count + 1), stale: stale && !follows };
}
