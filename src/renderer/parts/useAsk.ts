import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import type { Problem, Result } from '../../preload/contract.ts';
import { attempt } from '../door.ts';

/**
 * What main answers to `key`; null until its first answer. Asked for anew also whenever `again` changes, with what is known staying meanwhile. What a change
 * answers replaces it.
 */
export function useAsk<T>(call: () => Promise<Result<T>>, key = '', again: unknown = '') {
  const [answer, setAnswer] = useState<{ key: string; value: T } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  const ask = useEffectEvent(call);

  useEffect(() => {
    let current = true;
    void attempt(ask()).then((result) => {
      if (!current) return;
      if (result.ok) setAnswer({ key, value: result.value });
      setProblem(result.ok ? null : result.error);
    });
    return () => {
      current = false;
    };
  }, [key, again, asked]);

  const reload = useCallback(() => setAsked((count) => count + 1), []);
  const set = (value: T) => {
    setProblem(null);
    setAnswer({ key, value });
  };
  return { value: answer?.key === key ? answer.value : null, set, problem, reload };
}
