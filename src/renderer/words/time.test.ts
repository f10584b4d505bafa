import { describe, expect, test } from 'vitest';
import { ago, clockTyped, countdown, dayAfter, dayTyped, dueWords, formatClock, formatDate, formatMoment, formatPosition, formatShortDay, localParts, momentOf, typedDay, until, weekendBefore, timeLeft } from './time.ts';

const now = Date.parse('2026-03-14T15:00:00Z');

test('dates and times', () => {
  expect(formatDate('1962-03-14')).toBe('14 March 1962');
  expect(formatShortDay('2026-03-14T14:05:00Z')).toBe('14 Mar 2026');
  expect(formatMoment('2026-03-14T14:05:00Z')).toBe('14 March 2026, 2:05pm');
});

test('uses summer time', () => {
  expect(formatMoment('2026-07-14T23:30:00Z')).toBe('15 July 2026, 12:30am');
});

test('midnight and midday are words', () => {
  expect(formatClock('2026-03-14T00:00:00Z')).toBe('midnight');
  expect(formatClock('2026-03-14T12:00:00Z')).toBe('midday');
  expect(formatClock('2026-03-14T12:05:00Z')).toBe('12:05pm');
  expect(formatClock('2026-03-14T00:05:00Z')).toBe('12:05am');
});

describe('ago', () => {
  test.each([
    ['2026-03-14T14:59:30Z', 'just now'],
    ['2026-03-14T15:01:00Z', 'just now'],
    ['2026-03-14T14:55:00Z', '5 minutes ago'],
    ['2026-03-14T09:30:00Z', 'at 9:30am today'],
    ['2026-03-13T17:45:00Z', 'yesterday at 5:45pm'],
    ['2026-03-02T17:45:00Z', 'on 2 March 2026 at 5:45pm'],
  ])('%s is %s', (time, words) => {
    expect(ago(time, now)).toBe(words);
  });
});

test('until', () => {
  expect(until('2026-03-14T18:00:00Z', now)).toBe('at 6:00pm today');
  expect(until('2026-03-15T18:00:00Z', now)).toBe('at 6:00pm tomorrow');
  expect(until('2026-03-17T18:00:00Z', now)).toBe('at 6:00pm on Tuesday 17 March');
});

test('due by day, not by hour', () => {
  expect(dueWords('2026-03-14T09:00:00Z', now)).toEqual({ words: 'Today', overdue: false });
  expect(dueWords('2026-03-13T23:00:00Z', now)).toEqual({ words: '13 Mar 2026', overdue: true });
  expect(dueWords('2026-03-15T00:30:00Z', now)).toEqual({ words: 'Tomorrow', overdue: false });
  expect(dueWords('2026-03-20T00:30:00Z', now)).toEqual({ words: '20 Mar 2026', overdue: false });
});

test('countdown', () => {
  expect(countdown(0.2)).toBe('1 second');
  expect(countdown(0)).toBe('0 seconds');
  expect(countdown(60)).toBe('1 minute');
  expect(countdown(125)).toBe('2 minutes 5 seconds');
});

test('positions', () => {
  expect(formatPosition(187.9)).toBe('3:07');
  expect(formatPosition(3729)).toBe('1:02:09');
});

test('fields of date and time are England’s', () => {
  expect(localParts('2026-07-01T23:30:00Z')).toEqual({ day: '2026-07-02', clock: '00:30' });
  expect(momentOf('2026-07-02', '00:30')).toBe('2026-07-01T23:30:00.000Z');
  expect(momentOf('2026-12-02', '00:30')).toBe('2026-12-02T00:30:00.000Z');
  expect(momentOf('', '00:30')).toBeNull();
  expect(momentOf('2026-12-02', '')).toBeNull();
});

test('a day is typed as day, month and year, whatever the computer prefers', () => {
  for (const text of ['14/3/2026', '14/03/2026', ' 14.03.2026', '14-3-2026', '14 03 2026']) expect(dayTyped(text)).toBe('2026-03-14');
  for (const text of ['', '3/14/2026', '31/02/2026', '14/3/26', '2026-03-14', '14 March 2026', '0/1/2026']) expect(dayTyped(text), text).toBeNull();
  expect(dayTyped('03/04/2026')).toBe('2026-04-03');
  expect(typedDay('2026-03-14')).toBe('14/03/2026');
  expect(dayAfter('2026-02-28', 1)).toBe('2026-03-01');
  expect(dayAfter('2026-03-29', -1)).toBe('2026-03-28');
});

test('a time is typed with 24 hours', () => {
  expect(['9:05', '0905', '14.05', '00:00', '23:59'].map(clockTyped)).toEqual(['09:05', '09:05', '14:05', '00:00', '23:59']);
  for (const text of ['', '24:00', '12:60', '2:05pm', '9', '9:5']) expect(clockTyped(text), text).toBeNull();
});

test('time that is left is said in days and hours, and never as more', () => {
  const hour = 3_600_000;
  expect([0, 0.99 * hour, hour, 5.9 * hour, 24 * hour, 27.5 * hour, 72 * hour].map(timeLeft)).toEqual(['less than an hour', 'less than an hour', '1 hour', '5 hours', '1 day', '1 day 3 hours', '3 days']);
});

test('a weekend in between is one that begins after now', () => {
  const over = (from: string, to: string) => weekendBefore(Date.parse(from), Date.parse(to));
  expect(over('2026-11-27T17:00:00Z', '2026-11-30T09:00:00Z')).toBe('over');
  expect(over('2026-11-27T17:00:00Z', '2026-11-27T23:00:00Z')).toBeNull();
  expect(over('2026-11-24T09:00:00Z', '2026-11-27T09:00:00Z')).toBeNull();
  expect(over('2026-11-29T09:00:00Z', '2026-12-02T09:00:00Z')).toBeNull();
  // In England's time, also in summer.
  expect(over('2026-06-19T20:00:00Z', '2026-06-19T22:59:00Z')).toBeNull();
  expect(over('2026-06-19T20:00:00Z', '2026-06-19T23:01:00Z')).toBe('at');
});
