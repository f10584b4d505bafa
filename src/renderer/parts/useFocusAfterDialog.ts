import { useEffect, type RefObject } from 'react';

/** ms, in which a dialog that goes gives the focus back. */
const GIVEN_BACK_MS = 80;

/** The focus is at this element after a dialog has gone: each time that `times` grows, and not before the first. */
export function useFocusAfterDialog(element: RefObject<HTMLElement | null>, times: number): void {
  useEffect(() => {
    if (times === 0) return undefined;
    const timer = setTimeout(() => element.current?.focus(), GIVEN_BACK_MS);
    return () => clearTimeout(timer);
  }, [element, times]);
}
