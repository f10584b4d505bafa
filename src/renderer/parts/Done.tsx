import { useRef } from 'react';
import { Quoting } from './Quoting.tsx';
import { useFocusAfterDialog } from './useFocusAfterDialog.ts';

/** What was just done. Takes the focus each time that `times` grows; nothing before the first. */
export function Done({ words, times }: { words: string; times: number }) {
  const note = useRef<HTMLDivElement>(null);
  useFocusAfterDialog(note, times);
  if (times === 0) return null;
  return <div className="vr-done" tabIndex={-1} ref={note}><p><Quoting text={words} /></p></div>;
}
