import { expect, test } from 'vitest';
import { events, history, trail } from './console.ts';

test('where the reading of the record stands', () => {
  const state = { entries: 12_340, since: '2026-03-03T09:00:00Z', complete: false, reading: true };
  expect(trail.words(state)).toBe('12,340 entries read, newest first, back to 3 March 2026; still reading…');
  expect(trail.words({ ...state, reading: false })).toMatch(/not all of it could be read\.$/);
  expect(trail.words({ ...state, entries: 1, complete: true, reading: false })).toBe('1 entry read: the whole record.');
  expect(trail.findings(1)).toBe('1 finding: the record does not fit together');
  expect(trail.findings(3)).toMatch(/^3 findings: /);
  // Of the record alone: that nobody was shown a wrong patient is not said.
  expect(trail.findings(0)).toBe('No entry of it is missing or changed.');
  expect(trail.wrongPatient(1)).toBe('1 report of a wrong patient in the last 7 days');
});

test('who was exposed is named, the rest counted', () => {
  expect(history.exposed(['Dr Ada Sampleton'])).toBe('Who was exposed: Dr Ada Sampleton.');
  expect(history.exposed(['A', 'B', 'C'], 2)).toBe('Who was exposed: A, B and 1 other.');
  expect(history.exposed(['A', 'B', 'C', 'D'], 2)).toMatch(/and 2 others\.$/);
});

test('counts of events', () => {
  expect(events.count(50, 1204, 'the last 30 days')).toBe('The last 30 days: 1,204 events; the newest 50 are shown.');
  expect(events.count(1, 1, '3 November 2026')).toBe('3 November 2026: 1 event.');
  expect(events.count(0, 0, 'since 1 November 2026')).toBe('Since 1 November 2026: no event.');
});
