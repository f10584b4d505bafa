import { useEffect, useState } from 'react';
import type { TrailState } from '../../../preload/console.ts';
import { attempt, door } from '../../door.ts';

/** Where the reading of the record stands, as main last told it; null until then. */
export function useTrail(): TrailState | null {
  const [trail, setTrail] = useState<TrailState | null>(null);
  useEffect(() => {
    let current = true;
    const stop = door.onTrail(setTrail);
    void attempt(door.trailState()).then((result) => {
      // What was pushed meanwhile is newer than this answer.
      if (current && result.ok) setTrail((pushed) => pushed ?? result.value);
    });
    return () => {
      current = false;
      stop();
    };
  }, []);
  return trail;
}
