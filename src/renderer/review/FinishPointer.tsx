import type { ReviewWork } from '../../preload/review.ts';
import { conflict as conflictText, finish as text } from '../text/reviewWork.ts';
import { hasRefused } from './notes.ts';

interface Props {
  work: ReviewWork;
  onFinish: () => void;
}

/** What the practice did not take or did otherwise, in short, and the way to where it is said in full. */
export function FinishPointer({ work, onFinish }: Props) {
  const { conflict, notes, responses, thread } = work;
  if (!conflict && !hasRefused(notes, responses, thread)) return null;
  const what = conflict ? conflictText.words[conflict.kind].what : text.refused.what;
  return (
    <p className="vr-notice vr-pointer" role="status">
      <strong>{what}.</strong> <button type="button" className="vr-text-button" onClick={onFinish}>{text.why}</button>
    </p>
  );
}
