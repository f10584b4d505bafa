import { expect, it, vi } from 'vitest';
import type { WorklistRow } from '../../preload/contract.ts';
import type { Hit } from '../../preload/review.ts';
import { everything, without, type Found } from './useFound.ts';
import { answered, type Kept } from './useRows.ts';

vi.mock('../door.ts', () => ({ door: {}, attempt: () => undefined }));

const row = (id: string, name: string) => ({ id, patient: { name } }) as WorklistRow;
const hit = (id: string): Hit => ({ id, where: 'transcript', snippet: 'what was said', marks: [], position: 1 });
const found: Found = {
  query: everything, ids: ['ann', 'bob'], counts: {}, rows: new Map([['ann', row('ann', 'Ann')], ['bob', row('bob', 'Bob')]]), hits: new Map([['ann', [hit('ann')]], ['bob', []]]),
};

it('what leaves the list goes with its name and the words that were found in it, and does not come back with them', () => {
  const left = without(found, new Set(['bob']));
  expect([left.ids, [...left.rows.keys()], [...left.hits.keys()]]).toEqual([['bob'], ['bob'], ['bob']]);
  const back = without(left, new Set(['ann', 'bob']));
  expect([back.ids, back.rows.has('ann'), back.hits.has('ann')]).toEqual([['bob'], false, false]);
});

it('an answer of which all is still on the list stays the same', () => {
  expect(without(found, new Set(['bob', 'ann', 'cleo']))).toBe(found);
});

const kept: Kept = { of: found, rows: found.rows, hits: found.hits, given: new Set() };

it('of rows that were asked for nothing stays that the answer does not give', () => {
  const now = answered(kept, ['ann'], { rows: new Map(), hits: new Map() });
  expect([[...now.rows.keys()], [...now.hits.keys()], [...now.given]]).toEqual([['bob'], ['bob'], ['ann']]);
});

it('a new answer stands in place of what was known', () => {
  const now = answered(kept, ['ann', 'bob'], { rows: new Map([['ann', row('ann', 'Anna')]]), hits: new Map([['ann', []]]) });
  expect([[...now.rows.values()].map(({ patient }) => patient.name), now.hits.get('ann'), [...now.given]]).toEqual([['Anna'], [], ['ann', 'bob']]);
});
