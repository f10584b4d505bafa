import { expect, test } from 'vitest';
import { formatBytes, formatProgress, percentDone } from './bytes.ts';

test.each([
  [0, '0 bytes'], [512, '512 bytes'], [999, '999 bytes'], [1000, '1 kB'], [48_200_000, '48 MB'], [999_600_000, '1.0 GB'], [1_240_000_000, '1.2 GB'], [12_000_000_000, '12 GB'], [-5, '0 bytes'],
])('%d bytes read as %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test('shares the unit where it can', () => {
  expect(formatProgress(12_000_000, 48_000_000)).toBe('12 of 48 MB');
  expect(formatProgress(800_000, 48_000_000)).toBe('800 kB of 48 MB');
});

test('never says 100 % before the end', () => {
  expect(percentDone(999_999, 1_000_000)).toBe(99);
  expect(percentDone(1_000_000, 1_000_000)).toBe(100);
  expect(percentDone(5, 0)).toBe(0);
});
