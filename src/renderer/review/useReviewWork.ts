import { useCallback, useEffect, useState } from 'react';
import type { Problem, Result } from '../../preload/contract.ts';
import type { ReviewWork } from '../../preload/review.ts';
import { attempt, door } from '../door.ts';

export interface Review {
  work: ReviewWork;
  /** Does one act and shows what then is; resolves to whether it was done. What could not be done is said where {@link problem} is shown. */
  run: (call: () => Promise<Result<ReviewWork>>) => Promise<boolean>;
  /** What an act answered whose failure is said where it was done. */
  show: (work: ReviewWork) => void;
  problem: Problem | null;
  /** Counts failures, so that the same one twice is announced twice. */
  failures: number;
}

/** A review as main has it, and as it becomes. Null until the first answer, or where there is none: `problem` says why. */
export function useReviewWork(id: string): { review: Review | null; problem: Problem | null } {
  const [work, setWork] = useState<ReviewWork | null>(null);
  const [{ problem, failures }, setProblem] = useState<{ problem: Problem | null; failures: number }>({ problem: null, failures: 0 });

  useEffect(() => {
    let current = true;
    const stop = door.onReview((pushed) => {
      if (pushed.id === id) setWork(pushed);
    });
    void attempt(door.review(id)).then((result) => {
      if (!current) return;
      // What was pushed meanwhile is newer than this answer.
      if (result.ok) setWork((known) => known ?? result.value);
      else setProblem({ problem: result.error, failures: 1 });
    });
    return () => {
      current = false;
      stop();
    };
  }, [id]);

  const run = useCallback(async (call: () => Promise<Result<ReviewWork>>): Promise<boolean> => {
    const result = await attempt(call());
    if (result.ok) setWork(result.value);
    setProblem((before) => (result.ok ? { problem: null, failures: 0 } : { problem: result.error, failures: before.failures + 1 }));
    return result.ok;
  }, []);

  return { review: work === null ? null : { work, run, show: setWork, problem, failures }, problem };
}
