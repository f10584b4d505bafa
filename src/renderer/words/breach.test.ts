import { expect, test } from 'vitest';
import type { IncidentFields } from '../../preload/console.ts';
import { breachClock } from './breach.ts';

const fields: IncidentFields = {
  title: '', awareAt: '2026-11-24T09:00:00Z', nature: '', categoriesOfPeople: '', people: null, categoriesOfRecords: '', records: null, contact: '', consequences: '', measures: '', lateBecause: '',
  report: 'undecided', reportReasons: '', reportedAt: null, tellPatients: 'undecided', tellReasons: '', recordings: [], patients: [], checklist: [], corrections: [],
};
const at = (hours: number) => Date.parse('2026-11-24T09:00:00Z') + hours * 3_600_000;
const clock = (change: Partial<IncidentFields>, hours: number) => breachClock({ ...fields, ...change }, at(hours));

test('72 hours from the moment of awareness', () => {
  expect(clock({ awareAt: null }, 0).state).toBe('not-set');
  expect(clock({}, 30)).toEqual({ state: 'running', words: '42 hours left to report to the ICO: it is due at 9:00am on Friday 27 November.' });
  expect(clock({}, 71.5).words).toMatch(/^less than 1 hour left/);
  expect(clock({}, 72).state).toBe('running');
  expect(clock({}, 77.5)).toMatchObject({ state: 'overdue', words: expect.stringMatching(/^Overdue by 5 hours/) });
});

test('a report stops them, and says by how much it was late', () => {
  expect(clock({ report: 'yes', reportedAt: new Date(at(20)).toISOString() }, 200)).toEqual({ state: 'reported', words: 'Reported to the ICO 20 hours after the practice became aware.' });
  expect(clock({ report: 'yes', reportedAt: new Date(at(80)).toISOString() }, 200).words).toContain('80 hours after the practice became aware, 8 hours late');
});

test('a decision not to report stops them only with its reasons', () => {
  expect(clock({ report: 'no' }, 80).state).toBe('overdue');
  expect(clock({ report: 'no', reportReasons: 'Nobody saw it.' }, 80).state).toBe('not-reported');
});
