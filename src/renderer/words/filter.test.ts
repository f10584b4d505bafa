import { expect, test } from 'vitest';
import { addTo, between, fromSaved, isNarrowed, onDay, periodOf, periodWords, removeFrom, toSaved, usualFilter } from './filter.ts';

const now = Date.parse('2026-11-24T15:00:00Z');
const usual = usualFilter(now);

test('the usual filter is the last 30 days, whole ones, in England’s time', () => {
  // The clocks went back that night: midnight was still summer time.
  expect(usual.from).toBe('2026-10-24T23:00:00.000Z');
  expect(periodWords(usual, now)).toBe('the last 30 days (since 25 October 2026)');
  expect(isNarrowed(usual, now)).toBe(false);
});

test('a day, from its beginning to that of the next', () => {
  const day = onDay(usual, '2026-11-03');
  expect([day.from, day.to]).toEqual(['2026-11-03T00:00:00.000Z', '2026-11-04T00:00:00.000Z']);
  expect(periodOf(day, now)).toBe('day');
  expect(periodWords(day, now)).toBe('3 November 2026');
  // The day on which the clocks go back has 25 hours.
  const long = onDay(usual, '2026-10-25');
  expect(Date.parse(long.to ?? '') - Date.parse(long.from ?? '')).toBe(25 * 3_600_000);
});

test('dates of a period are both part of it', () => {
  expect(periodWords(between(usual, '2026-11-01', '2026-11-03'), now)).toBe('1 November 2026 to 3 November 2026');
  expect(periodWords(between(usual, '', '2026-11-03'), now)).toBe('until 3 November 2026');
  expect(periodWords(between(usual, '2026-11-01', ''), now)).toBe('since 1 November 2026');
  expect(periodWords(between(usual, '', ''), now)).toBe('all that has been read');
});

test('values are added once and can be taken off', () => {
  const twice = addTo(addTo(usual, 'people', 'a'), 'people', 'a');
  expect(twice.people).toEqual(['a']);
  expect(isNarrowed(twice, now)).toBe(true);
  expect(removeFrom(twice, 'people', 'a')).toEqual(usual);
});

test('a saved view of the last 30 days moves with the day; any other period stays', () => {
  const later = now + 5 * 86_400_000;
  expect(fromSaved(toSaved(usual, now), later)).toEqual(usualFilter(later));
  const all = between(usual, '', '');
  expect(fromSaved(toSaved(all, now), later)).toEqual(all);
  const day = onDay(usual, '2026-11-03');
  expect(fromSaved(toSaved(day, now), later)).toEqual(day);
});
