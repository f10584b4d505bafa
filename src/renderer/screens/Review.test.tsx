import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { OpenRecording, Problem } from '../../preload/contract.ts';
import type { ReviewWork } from '../../preload/review.ts';
import { problemWords } from '../text/problems.ts';
import { conflict as conflictText, finish } from '../text/reviewWork.ts';
import { Review } from './Review.tsx';

const known = vi.hoisted((): { work: unknown; problem: unknown } => ({ work: null, problem: null }));
vi.mock('../door.ts', () => ({ door: { onRevoked: () => () => undefined } }));
vi.mock('../parts/useSettings.tsx', () => ({ useSettings: () => ({ settings: { pictureSize: 'fit', pauseOnNote: true } }) }));
vi.mock('../player/Player.tsx', () => ({ Player: () => <p>THE PLAYER</p> }));
vi.mock('./PatientPanel.tsx', () => ({ PatientPanel: () => null }));
vi.mock('../review/useReviewWork.ts', () => ({ useReviewWork: () => ({ review: { work: known.work, run: async () => true, show: () => undefined, problem: known.problem, failures: 1 }, problem: null }) }));

const work: ReviewWork = {
  id: 'row', status: 'in-progress', statusWork: 'sent', conflict: null, notes: [], othersNotes: [], othersLeftOut: 0, forms: [], unshownForms: [], responses: [], othersResponses: [], thread: [], others: [], drafts: {}, watched: [], position: 0, room: [],
};
const recording = { grant: 'g', title: 'Recording', medium: 'video', purpose: 'TREAT', patient: { name: 'Sam Testperson', dateOfBirth: '1984-07-02', nhsNumber: null }, transcript: null, transcriptAbsent: null, sensitive: false, sensitiveKinds: [], unsigned: false, consultation: { clinicians: [] }, watermark: { name: '' } } as unknown as OpenRecording;
const shown = (change: Partial<ReviewWork>, problem: Problem | null = null): string => {
  known.work = { ...work, ...change };
  known.problem = problem;
  const nothing = () => undefined;
  return renderToStaticMarkup(<Review id="row" recording={recording} work={{ ok: true, value: work }} online onClose={nothing} onStopped={nothing} onWrong={nothing} onDeclined={nothing} />);
};
const times = (markup: string, words: string): number => markup.split(words).length - 1;
const { what, means } = conflictText.words.reassigned;

test('a conflict is said in full once, beside the player, and pointed to from elsewhere', () => {
  const markup = shown({ conflict: { kind: 'reassigned', at: '2026-11-20T10:00:00Z', who: null } });
  expect(times(markup, means)).toBe(1);
  expect(times(markup, finish.why)).toBe(1);
  expect(markup.indexOf('THE PLAYER')).toBeGreaterThan(0);
  expect(markup.indexOf(what)).toBeGreaterThan(markup.indexOf('THE PLAYER'));
});

test('what could not be done is said beside the player, not above it', () => {
  const problem: Problem = { code: 'disk-full', message: '', detail: { of: 'note' } };
  const markup = shown({}, problem);
  expect(times(markup, problemWords(problem).means)).toBe(1);
  expect(markup.indexOf(problemWords(problem).means)).toBeGreaterThan(markup.indexOf('THE PLAYER'));
});

test('work that was not taken is pointed to, and nothing is where all is well', () => {
  expect(times(shown({ thread: [{ id: 'm', mine: true, author: '', at: '2026-11-20T10:00:00Z', text: 'Yes', position: null, state: 'refused' }] }), finish.why)).toBe(1);
  expect(times(shown({}), finish.why)).toBe(0);
});

test('with others in the room notes, forms and messages are out of sight, and what the consent was asked for is said', () => {
  const covered = (markup: string) => times(markup, 'class="vr-coverable" hidden=""');
  const others = shown({ room: ['Dr Demo Trainee'], othersNotes: [{ id: null, kind: 'point', from: 3, until: null, category: 'general', text: 'Said back', author: 'Dr Ada', at: '2026-11-20T10:00:00Z' }] });
  expect(covered(others)).toBe(3);
  expect(others).toContain('teaching needs the patient’s consent');
  expect(covered(shown({}))).toBe(0);
});
