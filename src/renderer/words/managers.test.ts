import { expect, test } from 'vitest';
import { actWords, detailWords, sinceWords } from './managers.ts';

const label = (list: string, value: string) => `<${list} ${value}>`;
const words = (event: string, detail: string) => actWords({ event, detail }, label);

test('what a manager did, and why', () => {
  expect(words('stopped', 'recording, wrong-patient')).toEqual({ about: '', reason: 'It shows another patient' });
  expect(words('stopped', 'all, incident')).toEqual({ about: 'All recordings', reason: 'An incident is being looked into' });
  expect(words('lifted', 'patient, proposed:put-right')).toEqual({ about: 'All recordings of the patient', reason: 'Proposed: What was wrong has been put right' });
  expect(words('lifted', 'patient, confirmed:put-right').reason).toBe('Agreed: What was wrong has been put right');
  expect(words('lifted', 'patient, proposed:in-error').reason).toBe('Proposed: It was stopped by mistake');
  expect(words('assignment-cancelled', 'in-error')).toEqual({ about: '', reason: 'It was assigned by mistake' });
  expect(words('assignment-extended', '2026-11-03T10:00:00Z, more-time')).toEqual({ about: 'Until 3 November 2026, 10:00am', reason: 'More time is needed' });
  expect(words('assigned', '555000000001, 2026-11-01T10:00:00Z, 2026-11-03T10:00:00Z')).toEqual({ about: 'To <people 555000000001>, from 1 November 2026, 10:00am until 3 November 2026, 10:00am', reason: null });
  expect(words('device-enrolled', 'device-a, 555000000001, KEY').about).toBe('<people 555000000001> on computer <devices device-a>');
  expect(words('incident', 'x, 2, closed, query, Told, and put right')).toEqual({ about: 'Version 2, closed', reason: 'Told, and put right' });
});

test('what a manager looked at and took away', () => {
  expect(words('consulted', 'ladder, {"recordings":["urn:uuid:1"],"people":[],"patients":["Patient/1"]}')).toEqual({ about: 'History: <recordings urn:uuid:1>, <patients Patient/1>', reason: null });
  expect(words('consulted', 'assignments, {"recordings":[],"people":["1"],"patients":[],"devices":["d"]}').about).toBe('Assignments: <people 1>, <devices d>');
  expect(words('exported', 'events.csv, 12, HASH, {"from":null}').about).toBe('events.csv, 12 rows');
});

test('what cannot be taken apart is shown as it is', () => {
  expect(words('consulted', 'ladder, {"recordings":["urn')).toEqual({ about: 'History: {"recordings":["urn', reason: null });
  expect(words('assignment-extended', 'soon, of-another-version')).toEqual({ about: 'Until soon', reason: 'of-another-version' });
  expect(words('of-a-later-version', 'a, b').about).toBe('a, b');
});

test('since when it is all there is', () => {
  expect(sinceWords({ since: '2026-03-03T09:00:00Z', complete: true })).toContain('first entry on 3 March 2026');
  expect(sinceWords({ since: '2026-03-03T09:00:00Z', complete: false })).toContain('back to 3 March 2026 so far');
  expect(sinceWords({ since: null, complete: true })).toContain('no entry');
});

test('searches, and what is kept on a computer, have words of their own', () => {
  const label = (_list: string, value: string) => ({ 'Patient/1': 'Demo Samplepatient' })[value] ?? value;
  expect(actWords({ event: 'consulted', detail: 'search, {"by":"name","patients":["Patient/1"],"people":[]}' }, label)).toEqual({ about: 'Search: Demo Samplepatient', reason: null });
  expect(actWords({ event: 'consulted', detail: 'recordings, {"patients":["Patient/1"]}' }, label).about).toBe('Recordings of a patient: Demo Samplepatient');
  expect(actWords({ event: 'incident-kept', detail: '0c6fb1e6-3c5f-4a5e-9a3e-1f2f3d4c5b6a, 2' }, label)).toEqual({ about: 'Version 2', reason: null });
  expect(actWords({ event: 'incident-removed', detail: '0c6fb1e6-3c5f-4a5e-9a3e-1f2f3d4c5b6a, lease-ended' }, label)).toEqual({ about: '', reason: 'Not connected for too long' });
  expect(actWords({ event: 'incident-removed', detail: '0c6fb1e6-3c5f-4a5e-9a3e-1f2f3d4c5b6a, of-tomorrow' }, label).reason).toBe('of-tomorrow');
});

test('an export is named with its rows in one line, and what it was filtered by is left to the entry', () => {
  expect(detailWords({ event: 'exported', detail: 'events.csv, 9, 5684fb63, {"from":null}' }, label)).toBe('events.csv, 9 rows');
  expect(detailWords({ event: 'assignment-cancelled', detail: 'in-error' }, label)).toBe('It was assigned by mistake');
  expect(detailWords({ event: 'closed', detail: '' }, label)).toBe('');
});
