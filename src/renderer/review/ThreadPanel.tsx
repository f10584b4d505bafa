import type { PlayerControls } from '../player/createPlayer.ts';
import type { Review } from './useReviewWork.ts';

interface Props {
  review: Review;
  /** The player, or null while there is none. */
  controls: () => PlayerControls | null;
}

export function ThreadPanel({ review: { work } }: Props) {
  return <p className="vr-secondary">{work.status}</p>;
}
