import { expect, test } from 'vitest';
import { markersOf } from './markers.ts';

const mine = { id: 'a', kind: 'range' as const, from: 3, until: 9, category: 'general' as const, text: 'Said  back\nto the patient', madeAt: '', changedAt: '', state: 'here' as const };
const theirs = { id: null, kind: 'mask' as const, from: 20, until: 30, category: 'general' as const, text: 'x'.repeat(200), author: 'Dr Demo', at: '' };

test('notes of both become markers, with words on one short line', () => {
  const [first, second] = markersOf({ notes: [mine], othersNotes: [theirs] });
  expect(first).toEqual({ id: 'a', kind: 'range', from: 3, until: 9, label: 'Said back to the patient', mine: true });
  expect(second).toMatchObject({ kind: 'mask', mine: false });
  expect(second?.label).toMatch(/^Dr Demo: x+…$/);
  expect(second?.label).toHaveLength(80);
});

test('to a group they say where something is noted, and not what', () => {
  const before = markersOf({ notes: [mine], othersNotes: [theirs] });
  expect(markersOf({ notes: [mine], othersNotes: [theirs] }, true)).toEqual(before.map((marker) => ({ ...marker, label: '' })));
});
