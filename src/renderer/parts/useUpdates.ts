import { useEffect, useState } from 'react';
import type { UpdatesView } from '../../preload/updates.ts';
import { attempt, door } from '../door.ts';

/** Where updates of the app stand; null until main has answered. Follows what it pushes. */
export function useUpdates(): UpdatesView | null {
  const [view, setView] = useState<UpdatesView | null>(null);
  useEffect(() => {
    let pushed = false;
    const stop = door.onUpdates((next) => {
      pushed = true;
      setView(next);
    });
    void attempt(door.updates()).then((answer) => {
      // What was pushed meanwhile is newer than this answer.
      if (!pushed && answer.ok) setView(answer.value);
    });
    return stop;
  }, []);
  return view;
}
