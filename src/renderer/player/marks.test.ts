import { expect, test } from 'vitest';
import { loopBack, mark, noMarks, stretchOf } from './marks.ts';

test('in and out make a stretch', () => {
  const marks = mark(mark(noMarks, 'in', 5), 'out', 9);
  expect(marks).toEqual({ in: 5, out: 9 });
  expect(stretchOf(marks)).toEqual([5, 9]);
  expect(stretchOf(mark(noMarks, 'out', 9))).toBeNull();
});

test('an end on the wrong side takes the other away', () => {
  const marks = { in: 5, out: 9 };
  expect(mark(marks, 'in', 9)).toEqual({ in: 9, out: null });
  expect(mark(marks, 'in', 8.9)).toEqual({ in: 8.9, out: 9 });
  expect(mark(marks, 'out', 5)).toEqual({ in: null, out: 5 });
});

test('a loop goes back from its end, and lets go of whoever went elsewhere', () => {
  const marks = { in: 5, out: 9 };
  expect([4, 8.9, 9, 9.3, 10, 40].map((position) => loopBack(marks, position))).toEqual([null, null, 5, 5, null, null]);
  expect(loopBack({ in: 5, out: null }, 40)).toBeNull();
  expect(loopBack(marks, 12, true)).toBe(5);
});
