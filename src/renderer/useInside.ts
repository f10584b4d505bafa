import { useEffect, useState } from 'react';
import type * as inside from './inside.ts';

export type Inside = typeof inside;

/**
 * The screens of who is in, and “This computer”: four fifths of all code, with the player. Read once what comes before them is on the screen, which is there sooner for it; null until then.
 * @param isPast the app has shown its first screen, or one of them is asked for
 */
export function useInside(isPast: boolean): Inside | null {
  const [screens, setScreens] = useState<Inside | null>(null);
  useEffect(() => {
    if (!isPast) return undefined;
    const waiting = requestIdleCallback(() => {
      void import('./inside.ts').then(setScreens, (error: unknown) => setScreens(() => {
        // Whatever goes wrong with a screen is said by the boundary around all of them.
        throw error;
      }));
    }, { timeout: 500 });
    return () => cancelIdleCallback(waiting);
  }, [isPast]);
  return screens;
}
