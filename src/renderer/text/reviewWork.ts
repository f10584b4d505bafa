/** Words of what a person makes of a recording: notes, forms, messages, finishing. */
import type { WorkState } from '../../preload/review.ts';

const states: Record<WorkState, string> = { here: 'Saved here, not sent yet', sent: 'Sent to the practice', refused: 'Not taken by the practice' };

export const reviewWork = {
  tabs: 'Beside the player',
  places: { transcript: 'Transcript', notes: 'Notes', forms: 'Forms', messages: 'Messages', finish: 'Finish' },
  states,
};
