import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { ReviewWork } from '../../preload/review.ts';
import { conflict as conflictText, finish as text } from '../text/reviewWork.ts';
import { FinishPanel } from './FinishPanel.tsx';
import type { About } from './Whose.tsx';

vi.mock('../door.ts', () => ({ door: {} }));

const message = (state: ReviewWork['statusWork']): ReviewWork['thread'] => [{ id: 'm', mine: true, author: '', at: '2026-11-20T10:00:00Z', text: 'Yes', position: null, state }];
const work = (change: Partial<ReviewWork>): ReviewWork => ({
  id: 'row', status: 'in-progress', statusWork: 'sent', conflict: null, notes: [], othersNotes: [], othersLeftOut: 0, forms: [], unshownForms: [], responses: [], othersResponses: [], thread: [], others: [], drafts: {}, watched: [], position: 0, room: [], ...change,
});
const about: About = { patient: { name: 'Sam Testperson', dateOfBirth: '1984-07-02', nhsNumber: null }, medium: 'video', watched: null, group: false };
const shown = (change: Partial<ReviewWork>): string =>
  renderToStaticMarkup(<FinishPanel review={{ work: work(change), run: async () => true, show: () => undefined, problem: null, failures: 0 }} about={about} purpose="TREAT" title={{ current: null }} onDeclined={() => undefined} />);

test('what the practice did not take is said, with the way to send it again', () => {
  const refused = shown({ thread: message('refused') });
  expect(refused).toContain(text.refused.what);
  expect(refused).toContain(text.sendAgain);
  for (const state of ['here', 'sent'] as const) expect(shown({ thread: message(state) })).not.toContain(text.refused.what);
});

test('an end of the review that waits for what was not taken does not claim to go by itself', () => {
  const end = { status: 'completed', statusWork: 'here' } as const;
  expect(shown({ ...end, thread: message('refused') })).toContain(text.waits);
  expect(shown({ ...end, thread: message('refused') })).not.toContain(text.stepStates.here);
  expect(shown({ ...end, thread: message('here') })).toContain(text.stepStates.here);
});

test('a review that the practice had finished is not said to be finished and not to have been taken', () => {
  const own = { status: 'completed', statusWork: 'refused' } as const;
  const conflict = { kind: 'completed-elsewhere', at: '2026-11-20T10:00:00Z', who: null } as const;
  expect(shown(own)).toContain(text.stepStates.refused);
  expect(shown({ ...own, conflict })).not.toContain(text.stepStates.refused);
  expect(shown({ ...own, conflict })).toContain(conflictText.words['completed-elsewhere'].means);
  expect(shown({ status: 'completed', statusWork: 'sent', conflict })).toContain(text.stepStates.sent);
});
