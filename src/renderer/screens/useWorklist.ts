import { useCallback, useEffect, useState } from 'react';
import type { Problem, Worklist } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';

/** The list as the main process last told it; null until then. */
export function useWorklist() {
  const [worklist, setWorklist] = useState<Worklist | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const load = useCallback(() => {
    void attempt(door.worklist()).then((result) => {
      // What was pushed meanwhile is newer than this answer.
      if (result.ok) setWorklist((known) => known ?? result.value);
      setProblem(result.ok ? null : result.error);
    });
  }, []);

  useEffect(() => {
    const stop = door.onWorklist((pushed) => {
      setWorklist(pushed);
      setProblem(null);
    });
    load();
    return stop;
  }, [load]);

  return { worklist, problem, load };
}
