import { expect, test } from 'vitest';
import type { LadderRow } from '../../preload/console.ts';
import { intervalWords, ladderSentence, longSeconds, rungOf, secondsWords } from './exposure.ts';

const row = (sds: string, change: Partial<LadderRow> = {}): LadderRow => ({
  who: { sds, name: sds, role: 'GP' }, recording: { recording: 'urn:r1', document: null, title: null, consultedAt: null }, patient: null,
  listed: 1, presentedSeconds: null, opened: 0, exposedSeconds: 0, attendedSeconds: 0, media: [], transcript: false, unreported: false, denied: 0, withheld: 0, downloaded: 0, destroyed: 0,
  wrongPatient: false, first: '2026-11-24T10:00:00Z', last: '2026-11-24T10:00:00Z', purposes: [], devices: [], proof: 'verified', ...change,
});

test('the day of Babylon in one sentence', () => {
  const rows = [row('a', { opened: 1, presentedSeconds: 4, exposedSeconds: 9 }), row('b', { presentedSeconds: 3 }), row('c', { presentedSeconds: 0.5 }), row('d')];
  expect(ladderSentence(rows, 'people')).toBe('1 person was exposed for 9 seconds; 2 were presented with it and did not open it; 1 had it on their list off screen.');
  expect(ladderSentence(rows.slice(1), 'people')).toBe('2 people were presented with it and did not open it; 1 had it on their list off screen.');
  expect(ladderSentence([], 'people')).toMatch(/^Nobody/);
});

test('a person counts once, at the highest rung of several recordings', () => {
  const other = { recording: 'urn:r2', document: null, title: null, consultedAt: null };
  const rows = [row('a', { presentedSeconds: 4 }), row('a', { recording: other, opened: 1, exposedSeconds: 2 }), row('b', { opened: 1 }), row('c', { listed: 0, denied: 2 }), row('d', { presentedSeconds: 2 })];
  expect(ladderSentence(rows, 'people')).toBe('1 person was exposed for 2 seconds; 1 opened at least one and was exposed to nothing; 1 was presented with at least one and opened none; 1 was refused at least one.');
});

test('a transcript and what nobody reported are exposure, and said', () => {
  expect(rungOf(row('a', { transcript: true }))).toBe('exposed');
  expect(rungOf(row('a', { unreported: true }))).toBe('exposed');
  expect(ladderSentence([row('a', { transcript: true, exposedSeconds: 3 })], 'people')).toBe('1 person was exposed for 3 seconds, transcript included.');
  expect(ladderSentence([row('a', { unreported: true })], 'people')).toContain('for a time that the screen did not report');
});

test('of one person, recordings are counted', () => {
  const other = { recording: 'urn:r2', document: null, title: null, consultedAt: null };
  expect(ladderSentence([row('a', { exposedSeconds: 12.5, opened: 1 }), row('a', { recording: other, presentedSeconds: 1 })], 'recordings'))
    .toBe('Exposed to 1 recording for 12.5 seconds; presented with 1 recording and did not open it.');
});

test('seconds and intervals', () => {
  expect(intervalWords([[3, 12], [60.4, 3729]])).toBe('00:03-00:12, 01:00-62:09');
  expect(secondsWords(1)).toBe('1 second');
  expect(secondsWords(9.04)).toBe('9 seconds');
  expect(secondsWords(0.02)).toBe('less than 0.1 seconds');
  expect(longSeconds(125)).toBe('125 seconds (2 minutes 5 seconds)');
});
