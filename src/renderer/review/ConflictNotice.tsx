import type { Conflict } from '../../preload/review.ts';
import { conflict as text } from '../text/reviewWork.ts';
import { formatMoment } from '../words/time.ts';

/** What the practice did meanwhile, what it means for the person's work, and since when it is known. */
export function ConflictNotice({ conflict: { kind, at, who } }: { conflict: Conflict }) {
  const { what, means } = text.words[kind];
  return (
    <div className="vr-notice vr-conflict">
      <p><strong>{what}.</strong> {means} {text.when(`on ${formatMoment(at)}`, who)}</p>
    </div>
  );
}
