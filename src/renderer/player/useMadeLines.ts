import { startTransition, useEffect, useState } from 'react';
import { isWhole, reaching, widened, type Made } from './madeLines.ts';

/** By then the picture is mostly there, ms. */
const AFTER_MS = 1000;
/** A window that nobody sees has no idle moment, ms. */
const PATIENCE_MS = 500;

/** The lines that are on the page: those around `at` at once, the rest bit by bit once the picture has had its turn. @param all none may be missing: somebody is among them */
export function useMadeLines(count: number, at: number, all: boolean): Made {
  const [kept, setKept] = useState<Made>([0, 0]);
  const made: Made = all && !isWhole(kept, count) ? [0, count] : reaching(kept, at, count);
  if (made !== kept) setKept(made);
  const isDone = isWhole(made, count);

  useEffect(() => {
    if (isDone) return undefined;
    let idle = 0;
    const goOn = () => {
      idle = requestIdleCallback(() => {
        startTransition(() => setKept((before) => widened(before, count)));
        goOn();
      }, { timeout: PATIENCE_MS });
    };
    const timer = setTimeout(goOn, AFTER_MS);
    return () => {
      clearTimeout(timer);
      cancelIdleCallback(idle);
    };
  }, [isDone, count]);
  return made;
}
