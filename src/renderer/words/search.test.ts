import { expect, test } from 'vitest';
import { matches } from './search.ts';

const row = { title: 'Knee pain, 2 weeks', patient: { name: 'Zoë Samplepatient', nhsNumber: '9990000018' } };

test.each(['', '  ', 'zoe', 'ZOË', 'sample', 'knee zoe', '999 000 0018', '9990000018', '000-0018', '0018', '2 weeks'])('"%s" finds the row', (typed) => {
  expect(matches(row, typed)).toBe(true);
});

test.each(['shoulder', 'knee shoulder', '999 000 0026', '3 weeks'])('"%s" does not', (typed) => {
  expect(matches(row, typed)).toBe(false);
});

test('a temporary patient has no number to find', () => {
  expect(matches({ title: 'Cough', patient: { name: 'Demo Visitor', nhsNumber: null } }, '999')).toBe(false);
});
