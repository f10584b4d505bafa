import type { ReactNode } from 'react';
import type { Problem } from '../../preload/contract.ts';
import { events as text } from '../text/console.ts';
import { Button } from './Button.tsx';
import { ProblemSummary } from './ErrorSummary.tsx';

interface Props<T> {
  value: T | null;
  problem: Problem | null;
  onAgain: () => void;
  loading?: string;
  children: (value: T) => ReactNode;
}

/** What was asked for, once it is there; until then that it is on its way, or why it did not come. */
export function Waited<T>({ value, problem, onAgain, loading = text.ask.loading, children }: Props<T>) {
  return (
    <>
      {problem && <ProblemSummary problem={problem}><Button look="secondary" small onClick={onAgain}>{text.ask.tryAgain}</Button></ProblemSummary>}
      {value === null ? problem === null && <p role="status">{loading}</p> : children(value)}
    </>
  );
}
