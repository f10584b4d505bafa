import { reviewWork } from '../text/reviewWork.ts';
import type { DraftState } from './DraftKeeper.ts';

/** Whether what is being typed is kept; nothing where there is nothing to keep. It stands below the buttons: leaving the field changes it, and a button that moves while it is pressed does nothing. */
export function DraftLine({ state }: { state: DraftState | null }) {
  return state === null ? null : <p className={state === 'failed' ? 'vr-overdue' : 'vr-editor__state'}>{reviewWork.drafts[state]}</p>;
}
