import { expect, test } from 'vitest';
import type { StorageView, WorklistRow } from '../../preload/contract.ts';
import { bytesOf, isKept, needsRoom } from './storage.ts';

const patient = { name: 'Demo Samplepatient', dateOfBirth: '1962-03-14', nhsNumber: null };
const copy = (changes: Partial<StorageView['copies'][number]> = {}) => ({
  id: 'a', title: 'Knee pain', patient, bytes: 1000, partial: false, progress: 'new' as const, due: '2026-12-03T12:00:00Z', lastOpened: null, suggested: false, ...changes,
});
const row = (id: string, state: WorklistRow['copy']['state'], offline = true): WorklistRow => ({
  id, title: 'Knee pain', patient, consultedAt: '2026-11-20T09:00:00Z', medium: 'video', review: 'own', purpose: 'TREAT', due: null, progress: 'new', sensitive: false, sensitiveKinds: [], offline,
  hasTranscript: false, copy: { state, received: 5, total: 10, rate: null, problem: null },
});

test('only want of room sends to storage', () => {
  expect(needsRoom({ code: 'budget-full', message: '' })).toBe(true);
  expect(needsRoom({ code: 'disk-full', message: '' })).toBe(true);
  expect(needsRoom({ code: 'internal', message: '' })).toBe(false);
  expect(needsRoom(null)).toBe(false);
});

test('a copy is kept for what is still due and may be reviewed offline', () => {
  expect(isKept(copy(), row('a', 'sealed'))).toBe(true);
  for (const change of [{ suggested: true }, { partial: true }, { due: null }, { progress: 'reviewed' as const }]) expect(isKept(copy(change), row('a', 'sealed'))).toBe(false);
  expect(isKept(copy(), row('a', 'sealed', false))).toBe(false);
  expect(isKept(copy(), undefined)).toBe(false);
});

test('sizes add up', () => {
  expect(bytesOf([])).toBe(0);
  expect(bytesOf([copy(), copy({ bytes: 500 })])).toBe(1500);
});
