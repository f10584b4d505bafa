/** What the practice says of patients and recordings, for a manager's screens: one date that is none keeps nothing else away. */
import { expect, it } from 'vitest';
import { PatientRef, RecordingRef } from '../../preload/console.ts';
import type { PracticeHttp } from './http.ts';
import { patientView, Subjects } from './subjects.ts';

const patient = (id: string, birthDate: string) => ({ resourceType: 'Patient', id, birthDate, name: [{ family: 'Samplepatient' }] });
const recording = (id: string, start: string) => ({ resourceType: 'DocumentReference', id, status: 'current', description: 'Consultation', subject: { reference: 'Patient/a' }, content: [{ attachment: {} }], context: { period: { start } } });
const resources = [
  patient('a', '1961-03-11'), patient('b', '1961-02-30'), patient('c', '9999-99-99'), recording('a', '2026-03-14T09:00:00Z'), recording('b', '2026-02-30T09:00:00Z'), recording('c', '2026-03-14T23:59:60Z'), recording('d', '2026-03-14'),
];
const http = {
  fhirBase: 'https://practice.invalid/fhir',
  json: async (target: string) => ({ resourceType: 'Bundle', entry: resources.filter(({ resourceType }) => target.startsWith(`${resourceType}?`)).map((resource) => ({ resource })) }),
} as unknown as PracticeHttp;

it('takes a date that is none for none', async () => {
  const subjects = new Subjects(http);
  const patients = await subjects.patients(['Patient/a', 'Patient/b', 'Patient/c']);
  expect([...patients].map(([reference, named]) => PatientRef.parse(patientView(reference, named)).dateOfBirth)).toEqual(['1961-03-11', null, null]);
  const recordings = await subjects.recordings(['a', 'b', 'c', 'd'].map((id) => `DocumentReference/${id}`));
  expect([...recordings.values()].map((named) => RecordingRef.parse({ recording: null, document: null, title: null, consultedAt: named!.consultedAt }).consultedAt)).toEqual(['2026-03-14T09:00:00Z', null, null, null]);
});
