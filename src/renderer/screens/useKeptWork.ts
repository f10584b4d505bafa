import { useCallback, useEffect, useState } from 'react';
import type { Problem, Worklist } from '../../preload/contract.ts';
import type { KeptWork } from '../../preload/review.ts';
import { attempt, door } from '../door.ts';

/** The person's words about what is not theirs any more; looked for again whenever the list of recordings changes. Null until the first answer. */
export function useKeptWork(worklist: Worklist | null) {
  const [kept, setKept] = useState<readonly KeptWork[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = useCallback(async () => {
    const result = await attempt(door.keptWork());
    if (result.ok) setKept(result.value);
    setProblem(result.ok ? null : result.error);
  }, []);
  useEffect(() => {
    if (worklist === null) return undefined;
    let current = true;
    void attempt(door.keptWork()).then((result) => {
      if (!current) return;
      if (result.ok) setKept(result.value);
      setProblem(result.ok ? null : result.error);
    });
    return () => {
      current = false;
    };
  }, [worklist]);
  return { kept, problem, load, setKept };
}
