import { expect, test } from 'vitest';
import { markersOf, masksOf } from './markers.ts';

const mine = { id: 'a', kind: 'range' as const, from: 3, until: 9, category: 'general' as const, text: 'Said  back\nto the patient', madeAt: '', changedAt: '', state: 'here' as const };
const theirs = { kind: 'mask' as const, from: 20, until: 30, category: 'general' as const, text: 'x'.repeat(200), author: 'Dr Demo', at: '' };

test('notes of both become markers, with words on one short line', () => {
  const [first, second] = markersOf({ notes: [mine], othersNotes: [theirs] });
  expect(first).toEqual({ id: 'a', kind: 'range', from: 3, until: 9, label: 'Said back to the patient', mine: true });
  expect(second).toMatchObject({ kind: 'mask', mine: false });
  expect(second?.label).toMatch(/^Dr Demo: x+…$/);
  expect(second?.label).toHaveLength(80);
});

test('masks are hidden whoever made them; a note is not', () => {
  expect(masksOf({ notes: [mine, { ...mine, kind: 'mask', from: 1, until: 2 }], othersNotes: [theirs] })).toEqual([[1, 2], [20, 30]]);
});
