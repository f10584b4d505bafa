import { expect, test } from 'vitest';
import { reportClock, TO_FILL_IN } from './incident.ts';

const awareAt = '2026-11-26T09:30:00Z';
const end = Date.parse('2026-11-29T09:30:00Z');
const undecided = { awareAt, report: 'undecided', reportReasons: '', reportedAt: null } as const;

test('the 72 hours run from awareness and end with the report', () => {
  expect(reportClock({ ...undecided, awareAt: null }, end)).toEqual({ state: 'not-set', due: null, pastDueMs: null });
  expect(reportClock(undecided, end - 60_000)).toEqual({ state: 'running', due: '2026-11-29T09:30:00.000Z', pastDueMs: -60_000 });
  expect(reportClock(undecided, end).state).toBe('running');
  expect(reportClock(undecided, end + 1000)).toMatchObject({ state: 'overdue', pastDueMs: 1000 });
  expect(reportClock({ ...undecided, report: 'yes', reportedAt: '2026-11-29T09:30:00Z' }, end + 1e9)).toMatchObject({ state: 'reported', pastDueMs: 0 });
  expect(reportClock({ ...undecided, report: 'yes', reportedAt: '2026-11-29T09:30:01Z' }, end + 1e9)).toMatchObject({ state: 'reported-late', pastDueMs: 1000 });
});

test('a decision not to report ends them only with its reasons', () => {
  expect(reportClock({ ...undecided, report: 'no' }, end + 1e9).state).toBe('overdue');
  expect(reportClock({ ...undecided, report: 'no', reportReasons: `${TO_FILL_IN}why]` }, end + 1e9).state).toBe('overdue');
  expect(reportClock({ ...undecided, report: 'no', reportReasons: 'Nobody saw it.' }, end + 1e9).state).toBe('not-reported');
  expect(reportClock({ ...undecided, awareAt: null, report: 'no', reportReasons: 'Nobody saw it.' }, end).state).toBe('not-reported');
});

test('they are hours of time that passes, across the end of summer time', () => {
  expect(reportClock({ ...undecided, awareAt: '2026-10-24T12:00:00+01:00' }, end).due).toBe('2026-10-27T11:00:00.000Z');
});
