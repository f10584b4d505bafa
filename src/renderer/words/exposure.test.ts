import { expect, test } from 'vitest';
import { ben, cleo, dan, ladderOf, row, second } from '../../main/audit/ladder.fixture.ts';
import { intervalWords, ladderSentence, longSeconds, secondsWords } from './exposure.ts';

test('a person counts once, at the furthest rung of several recordings', () => {
  const ladder = ladderOf([
    row({ presentedSeconds: 4 }), row({ recording: second, opened: 1, exposedSeconds: 2 }), row({ who: ben, opened: 1 }), row({ who: cleo, listed: 0, denied: 2 }), row({ who: dan, presentedSeconds: 2 }),
  ]);
  expect(ladderSentence(ladder, 'people')).toBe('1 person was exposed for 2 seconds; 1 opened at least one and was exposed to nothing; 1 was presented with at least one and opened none; 1 was refused at least one.');
});

test('nobody, and who had no more than a copy', () => {
  expect(ladderSentence(ladderOf([]), 'people')).toMatch(/^Nobody/);
  expect(ladderSentence(ladderOf([row({ listed: 0, destroyed: 1 })]), 'people')).toMatch(/^Nobody/);
  expect(ladderSentence(ladderOf([]), 'recordings')).toMatch(/^No recording/);
});

test.each([
  [{ exposedSeconds: 3, transcript: true }, 'for 3 seconds, transcript included.', '1 recording for 3 seconds, transcript included.'],
  [{ exposedSeconds: 3, unreported: true }, 'for 3 seconds, and for a time that the screen did not report.', '1 recording for 3 seconds, and for a time that the screen did not report.'],
  [{ media: [[4, 4]] as [number, number][] }, 'to a still picture.', '1 recording: a still picture.'],
  [{ media: [[4, 4]] as [number, number][], transcript: true }, 'to a still picture and a transcript.', '1 recording: a still picture and a transcript.'],
  [{ transcript: true, unreported: true }, 'to a transcript, and for a time that the screen did not report.', '1 recording: a transcript, and for a time that the screen did not report.'],
  [{ unreported: true }, 'for a time that the screen did not report.', '1 recording for a time that the screen did not report.'],
])('%o', (changes, exposed, to) => {
  const ladder = ladderOf([row({ opened: 1, ...changes })]);
  expect(ladderSentence(ladder, 'people')).toBe(`1 person was exposed ${exposed}`);
  expect(ladderSentence(ladder, 'recordings')).toBe(`Exposed to ${to}`);
});

test('of one person, recordings are counted', () => {
  expect(ladderSentence(ladderOf([row({ exposedSeconds: 12.5, opened: 1 }), row({ recording: second, presentedSeconds: 1 })]), 'recordings'))
    .toBe('Exposed to 1 recording for 12.5 seconds; presented with 1 recording and did not open it.');
});

test('seconds and intervals', () => {
  expect(intervalWords([[3, 12], [60.4, 3729], [5, 5]])).toBe('00:03-00:12, 01:00-62:09, 00:05');
  expect(secondsWords(1)).toBe('1 second');
  expect(secondsWords(9.04)).toBe('9 seconds');
  expect(secondsWords(0.02)).toBe('less than 0.1 seconds');
  expect(longSeconds(125)).toBe('125 seconds (2 minutes 5 seconds)');
});
