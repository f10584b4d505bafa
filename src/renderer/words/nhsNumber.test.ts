import { expect, test } from 'vitest';
import { formatNhsNumber } from './nhsNumber.ts';

test('groups ten digits 3 3 4', () => {
  expect(formatNhsNumber('9990000018')).toBe('999 000 0018');
});

test('leaves anything else as it came', () => {
  expect(formatNhsNumber('999')).toBe('999');
  expect(formatNhsNumber('99900000181')).toBe('99900000181');
});
