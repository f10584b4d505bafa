import { useCallback, useState } from 'react';
import type { Problem, Result } from '../../preload/contract.ts';
import { attempt } from '../door.ts';

/** One thing a person can ask for: whether it is under way, and what went wrong last time. A second press while it runs does nothing. */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  /** How often it has failed: a repeated failure is announced again. */
  const [failures, setFailures] = useState(0);

  const run = useCallback(
    async <T>(call: () => Promise<Result<T>>): Promise<Result<T> | null> => {
      if (busy) return null;
      setBusy(true);
      setProblem(null);
      const result = await attempt(call());
      setBusy(false);
      if (!result.ok) {
        setProblem(result.error);
        setFailures((count) => count + 1);
      }
      return result;
    },
    [busy],
  );
  const clear = useCallback(() => setProblem(null), []);
  return { busy, problem, failures, run, clear };
}
