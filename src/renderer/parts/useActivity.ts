import { useEffect } from 'react';
import { attempt, door } from '../door.ts';

const atMostEvery = 5000;
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

/** Tells the main process that someone is there, at most every five seconds. */
export function useActivity(on: boolean): void {
  useEffect(() => {
    if (!on) return undefined;
    let last = 0;
    const notice = () => {
      const now = Date.now();
      if (now - last < atMostEvery) return;
      last = now;
      void attempt(door.activity());
    };
    for (const sign of signs) window.addEventListener(sign, notice, { capture: true, passive: true });
    return () => {
      for (const sign of signs) window.removeEventListener(sign, notice, { capture: true });
    };
  }, [on]);
}
