import { expect, test } from 'vitest';
import type { Note, OthersNote, ReviewWork } from '../../preload/review.ts';
import { isFixed, listed, masksOf } from './notes.ts';

const note = (id: string, from: number, kind: Note['kind'] = 'point'): Note => ({ id, kind, from, until: kind === 'point' ? null : from + 5, category: 'general', text: id, madeAt: '2026-11-20T10:00:00Z', changedAt: '2026-11-20T10:00:00Z', state: 'sent' });
const theirs = (from: number, kind: Note['kind'] = 'point'): OthersNote => ({ id: null, kind, from, until: kind === 'point' ? null : from + 5, category: 'general', text: 'theirs', author: 'Demo Other', at: '2026-11-20T10:00:00Z' });
const response = (state: 'draft' | 'released', cites: string[]): ReviewWork['responses'][number] => ({ form: 'f|1', state, answers: { a: { grade: 1, text: '', cites } }, changedAt: '2026-11-20T10:00:00Z', work: 'here' });

test('notes stand in the order of the recording, mine first at the same moment', () => {
  const work = { status: 'in-progress' as const, responses: [], notes: [note('late', 30), note('early', 2)], othersNotes: [theirs(30), theirs(1)] };
  expect(listed(work).map((one) => one.own?.id ?? 'theirs')).toEqual(['theirs', 'early', 'late', 'theirs']);
});

test('a note is fixed by completion, or by a released form that cites it, and by nothing else', () => {
  const work = { status: 'in-progress' as const, responses: [response('draft', ['a']), response('released', ['b'])] };
  expect([note('a', 1), note('b', 1), note('c', 1)].map((one) => isFixed(work, one))).toEqual([false, true, false]);
  expect(isFixed({ status: 'completed', responses: [] }, note('c', 1))).toBe(true);
});

test('masks of everybody are hidden from a group', () => {
  expect(masksOf({ notes: [note('a', 1, 'mask'), note('b', 2, 'range')], othersNotes: [theirs(9, 'mask')] })).toEqual([[1, 6], [9, 14]]);
});
