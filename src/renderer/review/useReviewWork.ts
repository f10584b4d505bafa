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

/** A review as main has it, of a recording that was opened. Its screen is made with it: covered from the first where others are in the room, and made once. */
export async function readReview(id: string): Promise<Result<ReviewWork>> {
  const pushed: ReviewWork[] = [];
  const stop = door.onReview((one) => {
    if (one.id === id) pushed.push(one);
  });
  const result = await attempt(door.review(id));
  stop();
  // What was pushed meanwhile is newer than this answer.
  return result.ok ? { ok: true, value: pushed.at(-1) ?? result.value } : result;
}

/** A review as it becomes. Null where there is none: `problem` says why. @param first from {@link readReview}, in the same turn: what is pushed later is heard here */
export function useReviewWork(id: string, first: Result<ReviewWork>): { review: Review | null; problem: Problem | null } {
  const [work, setWork] = useState(first.ok ? first.value : null);
  const [{ problem, failures }, setProblem] = useState<{ problem: Problem | null; failures: number }>(first.ok ? { problem: null, failures: 0 } : { problem: first.error, failures: 1 });

  useEffect(() => door.onReview((pushed) => {
    if (pushed.id === id) setWork(pushed);
  }), [id]);

  const run = useCallback(async (call: () => Promise<Result<ReviewWork>>): Promise<boolean> => {
    const result = await attempt(call());
    if (result.ok) setWork(result.value);
    setProblem((before) => (result.ok ? { problem: null, failures: 0 } : { problem: result.error, failures: before.failures + 1 }));
    return result.ok;
  }, []);

  return { review: work === null ? null : { work, run, show: setWork, problem, failures }, problem };
}
