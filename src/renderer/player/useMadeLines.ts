import { startTransition, useEffect, useState } from 'react';
import { isWhole, reaching, widened, type Made } from './madeLines.ts';

/** A window that nobody sees has no idle moment, ms. */
const PATIENCE_MS = 500;

/**
 * The lines that are on the page: those around `at`, and the rest for who is interested in it.
 * @param interest `none`: whoever plays it looks at no others; `some`: they come bit by bit, when the page has nothing else to do; `all`: none may be missing, at once
 */
export function useMadeLines(count: number, at: number, interest: 'none' | 'some' | 'all'): Made {
  const [kept, setKept] = useState<Made>([0, 0]);
  const made: Made = interest === 'all' && !isWhole(kept, count) ? [0, count] : reaching(kept, at, count, interest !== 'none');
  if (made !== kept) setKept(made);
  const isDone = interest === 'none' || isWhole(made, count);

  useEffect(() => {
    if (isDone) return undefined;
    let idle = 0;
    const goOn = () => {
      idle = requestIdleCallback(() => {
        startTransition(() => setKept((before) => widened(before, count)));
        goOn();
      }, { timeout: PATIENCE_MS });
    };
    goOn();
    return () => cancelIdleCallback(idle);
  }, [isDone, count]);
  return made;
}
