import { useEffect, useState } from 'react';
import { starting } from '../text/start.ts';
import { Waiting } from './Waiting.tsx';

/** What a start usually takes less than. A screen that is gone in a blink is not made: the one that comes would wait for it. */
const USUAL_MS = 300;

/** Nothing, and words for it where a start takes its time. */
export function Starting() {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), USUAL_MS);
    return () => clearTimeout(timer);
  }, []);
  return isLate ? <Waiting {...starting} /> : null;
}
