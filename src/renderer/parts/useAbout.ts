import { useEffect, useState } from 'react';
import type { About } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';

/** Which app this is; null until main has answered. It never changes while the app runs. */
export function useAbout(): About | null {
  const [about, setAbout] = useState<About | null>(null);
  useEffect(() => {
    let gone = false;
    void attempt(door.about()).then((answer) => {
      if (!gone && answer.ok) setAbout(answer.value);
    });
    return () => {
      gone = true;
    };
  }, []);
  return about;
}
