import { expect, it } from 'vitest';
import { rowsWanted } from './rowsWanted.ts';

const ids = Array.from({ length: 1000 }, (_, n) => `row ${n}`);
const places = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

it('wants at the top of a list what is on the page', () => {
  expect(rowsWanted(ids, places(0, 15), { startIndex: 0, endIndex: 6 })).toEqual(ids.slice(0, 16));
  expect(rowsWanted(ids, places(0, 15), null)).toEqual(ids.slice(0, 16));
});

it('wants whole blocks where somebody scrolls, before they are in sight, and each row once', () => {
  const wanted = rowsWanted(ids, [0, ...places(128, 151)], { startIndex: 132, endIndex: 139 });
  expect(wanted.toSorted()).toEqual(['row 0', ...ids.slice(100, 200)].toSorted());
  expect(rowsWanted(ids, [0, ...places(112, 127)], { startIndex: 115, endIndex: 121 })).toHaveLength(101);
});

it('wants no row that there is not', () => {
  expect(rowsWanted(ids, places(990, 1003), { startIndex: 992, endIndex: 999 }).toSorted()).toEqual(ids.slice(950).toSorted());
  expect(rowsWanted([], [0], { startIndex: 3, endIndex: 9 })).toEqual([]);
});
