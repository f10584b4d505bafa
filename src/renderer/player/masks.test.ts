import { expect, test } from 'vitest';
import { isMasked } from './masks.ts';

test('a stretch is hidden from before its beginning, as far as playing may come unnoticed', () => {
  const masks: [number, number][] = [[10, 12], [20, 21]];
  const at = (position: number, rate: number) => isMasked(masks, position, rate);
  expect([9.9, 10, 12, 12.1].map((position) => at(position, 0))).toEqual([false, true, true, false]);
  expect([9.7, 9.8].map((position) => at(position, 1))).toEqual([false, true]);
  expect([19.2, 19.3].map((position) => at(position, 3))).toEqual([false, true]);
  expect(isMasked([], 10, 1)).toBe(false);
});
