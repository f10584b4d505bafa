import { expect, test } from 'vitest';
import { incident, opening, register } from './incidents.ts';

test('how much of an incident is stopped', () => {
  expect(incident.standing(1, 1)).toMatch(/^Stopped: closed on every computer that has connected since\./);
  expect(incident.standing(3, 3)).toMatch(/^All 3 are stopped: /);
  expect(incident.standing(1, 3)).toBe('1 of 3 are stopped so far.');
});

test('what has to be looked at in its versions', () => {
  expect(register.remarks('Version 1 is from a computer that nobody has enrolled.', 0)).toBe('Version 1 is from a computer that nobody has enrolled.');
  expect(register.remarks('Version 2 was written twice.', 2)).toBe('Version 2 was written twice. And 2 more to read on its page.');
});

test('what an incident that is opened is about', () => {
  expect(opening.recordings([])).toBe('It is about no recording yet: add them on its page.');
  expect(opening.recordings(['Knee pain, 13 Nov 2026'])).toBe('It is about Knee pain, 13 Nov 2026.');
  expect(opening.recordings(['A', 'B', 'C'], 2)).toBe('It is about 3 recordings: A; B; and 1 more.');
});
