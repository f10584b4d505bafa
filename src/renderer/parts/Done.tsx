import { useEffect, useRef } from 'react';
import { Quoting } from './Quoting.tsx';

/** What was just done. Takes the focus each time that `times` grows; nothing before the first. */
export function Done({ words, times }: { words: string; times: number }) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // After a dialog has gone and has given the focus back.
    if (times === 0) return undefined;
    const timer = setTimeout(() => note.current?.focus(), 80);
    return () => clearTimeout(timer);
  }, [times]);
  if (times === 0) return null;
  return <div className="vr-done" tabIndex={-1} ref={note}><p><Quoting text={words} /></p></div>;
}
