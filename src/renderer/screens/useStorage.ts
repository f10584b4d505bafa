import { useCallback, useEffect, useState } from 'react';
import type { Problem, StorageView, Worklist } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';

/** What copies use, asked for anew whenever the list changes. Null until it was told once; what a removal answers replaces it. */
export function useStorage(worklist: Worklist | null) {
  const [storage, setStorage] = useState<StorageView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);

  useEffect(() => {
    let current = true;
    void attempt(door.storage()).then((result) => {
      if (!current) return;
      if (result.ok) setStorage(result.value);
      setProblem(result.ok ? null : result.error);
    });
    return () => {
      current = false;
    };
  }, [worklist, asked]);

  const reload = useCallback(() => setAsked((count) => count + 1), []);
  return { storage, setStorage, problem, reload };
}
