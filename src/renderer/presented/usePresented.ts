import { useCallback, useEffect, useState } from 'react';
import { PresentedReporter } from './PresentedReporter.ts';

/** For a screen with rows that name patients: the main process is told how long each was on it. */
export function usePresented(): PresentedReporter {
  const [reporter] = useState(() => new PresentedReporter());
  useEffect(() => reporter.start(), [reporter]);
  return reporter;
}

/** The ref of one row's element. */
export function usePresentedRow(reporter: PresentedReporter, id: string) {
  return useCallback((element: HTMLTableRowElement) => reporter.watch(element, id), [reporter, id]);
}
