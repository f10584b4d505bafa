import { reviewWork } from '../text/reviewWork.ts';
import type { DraftState } from './DraftKeeper.ts';

/** Whether what is being typed is kept; nothing where there is nothing to keep. */
export function DraftLine({ state }: { state: DraftState | null }) {
  return state === null ? null : <p className={state === 'failed' ? 'vr-overdue' : 'vr-editor__state'}>{reviewWork.drafts[state]}</p>;
}
