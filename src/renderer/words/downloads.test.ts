import { expect, test } from 'vitest';
import { formatRate, timeLeft } from './downloads.ts';

test.each([[262_500, '2.1 Mbit/s'], [250_000, '2.0 Mbit/s'], [12_500_000, '100 Mbit/s'], [1_230_000, '9.8 Mbit/s'], [30_000, '0.2 Mbit/s'], [5_000, 'less than 0.1 Mbit/s']])('%d bytes a second read as %s', (rate, words) => {
  expect(formatRate(rate)).toBe(words);
});

test.each([
  [10, 'less than a minute left'], [60, 'less than a minute left'], [61, 'about 2 minutes left'], [480, 'about 8 minutes left'], [1200, 'about 20 minutes left'], [1201, 'about 25 minutes left'],
  [3301, 'about 1 hour left'], [3601, 'about 1 hour 10 minutes left'], [7200, 'about 2 hours left'], [16_000, 'about 4 hours 30 minutes left'], [43_000, 'about 12 hours left'], [90_000, 'more than a day left'],
])('%d seconds read as %s', (seconds, words) => {
  expect(timeLeft(seconds * 1000, 1000)).toBe(words);
});

test('4 GB over a line of 2 Mbit/s', () => {
  expect(timeLeft(4e9, 250_000)).toBe('about 4 hours 30 minutes left');
});
