import { expect, test } from 'vitest';
import type { Cue } from './cues.ts';
import { firstFrom, isLineMasked, matchesIn, stretchOfLines } from './lines.ts';

const cue = (from: number, to: number, text: string): Cue => ({ from, to, speaker: null, text });
const cues = [cue(0, 4, 'Good morning. What brings you here?'), cue(4, 9, 'My knee, here (mostly).'), cue(8, 8.5, 'Here?'), cue(12, 20, 'Yes.')];

test('every match in order, whatever the case, and what looks like a pattern is text', () => {
  expect(matchesIn(cues, 'HERE').map(({ line, from }) => [line, from])).toEqual([[0, 30], [1, 9], [2, 0]]);
  expect(matchesIn(cues, '(mostly).')).toEqual([{ line: 1, from: 14, to: 23 }]);
  expect(matchesIn(cues, '.')).toHaveLength(3);
  expect(matchesIn(cues, '  ')).toEqual([]);
  expect(matchesIn(cues, 'here', ({ from }) => from === 4).map(({ line }) => line)).toEqual([0, 2]);
});

test('search begins at what is being spoken, and at the top when nothing follows', () => {
  const found = matchesIn(cues, 'here');
  expect(firstFrom(found, 1)).toBe(1);
  expect(firstFrom(found, 3)).toBe(0);
});

test('a line is masked by what overlaps it, and not by what touches it', () => {
  expect([[3, 5], [4, 5], [0, 4], [8.9, 20]].map((mask) => isLineMasked(cue(4, 9, 'x'), [mask as [number, number]]))).toEqual([true, true, false, true]);
});

test('chosen lines are one stretch, to the end of the last of them', () => {
  expect(stretchOfLines(cues, 2, 1)).toEqual([4, 9]);
  expect(stretchOfLines(cues, 0, 3)).toEqual([0, 20]);
  expect(stretchOfLines(cues, 7, 9)).toBeNull();
});
