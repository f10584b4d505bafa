import { expect, test } from 'vitest';
import type { ListQuery } from '../../preload/review.ts';
import { whyNothing } from './list.ts';

const everything: ListQuery = { text: '', progress: [], due: 'any', copy: 'any', review: 'any', refused: false, sort: 'changed', descending: false };

test('a search that finds nothing says that what is withheld was not searched, where something is', () => {
  const asked = { ...everything, text: ' zeropatient ' };
  expect(whyNothing(asked, false)).toBe('No recording matches “zeropatient”.');
  expect(whyNothing(asked, true)).toBe('No recording matches “zeropatient”. What is withheld is not searched.');
  expect(whyNothing({ ...asked, due: 'today' }, true)).toBe('No recording matches “zeropatient” with these filters. What is withheld is not searched.');
});

test('of filters alone it names the one, or says that they are several', () => {
  expect(whyNothing({ ...everything, due: 'today' }, true)).toBe('Nothing is due today.');
  expect(whyNothing({ ...everything, due: 'today', copy: 'here' }, true)).toBe('No recording fits all of these filters.');
});
