import { expect, test } from 'vitest';
import type { Incident, IncidentFields } from '../../preload/console.ts';
import { changedFields, merged, versionBefore } from './versions.ts';

const base: IncidentFields = {
  title: 'a', awareAt: null, nature: 'n', categoriesOfPeople: '', people: null, categoriesOfRecords: '', records: null, contact: '', consequences: '', measures: '', lateBecause: '', report: 'undecided', reportReasons: '',
  reportedAt: null, tellPatients: 'undecided', tellReasons: '', recordings: ['urn:uuid:1'], patients: [], checklist: [], corrections: [],
};

test('what changed in a version', () => {
  expect(changedFields(base, { ...base })).toEqual([]);
  expect(changedFields(base, { ...base, title: 'b', recordings: [], corrections: [{ recording: 'urn:uuid:1', patient: null, reason: 'r' }] })).toEqual(['title', 'recordings', 'corrections']);
});

test('what was typed is not lost when another version was saved meanwhile', () => {
  const mine = { ...base, title: 'mine', nature: 'mine', people: 3 };
  const theirs = { ...base, title: 'theirs', measures: 'theirs', people: 3 };
  expect(merged(base, mine, theirs)).toEqual({ fields: { ...base, title: 'mine', nature: 'mine', people: 3, measures: 'theirs' }, both: ['title'], taken: ['measures'] });
  expect(merged(base, base, theirs)).toEqual({ fields: theirs, both: [], taken: ['title', 'people', 'measures'] });
});

test('a version is held against the last of the number before it', () => {
  const version = (number: number, by: string): Incident['versions'][number] => ({ version: number, at: '2026-11-26T10:00:00Z', by, note: '', state: 'open', fields: base });
  const versions = [version(1, 'a'), version(2, 'b'), version(2, 'c'), version(3, 'd')];
  expect(versions.map((_one, index) => versionBefore(versions, index)?.by)).toEqual([undefined, 'a', 'a', 'c']);
});
