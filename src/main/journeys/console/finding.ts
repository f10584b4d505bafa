/**
 * Finding a patient or a person by what a manager knows of them. The practice is asked for patients, the record for people. No question is so wide that it answers
 * everybody, and that somebody was looked for is itself on the record: whom it found, not what was typed, which is a patient's name.
 */
import type { Found, RecordingRef } from '../../../preload/console.ts';
import { dayTyped } from '../../../preload/words.ts';
import { localReference } from '../../fhir/reference.ts';
import { Failure } from '../../platform/failure.ts';
import { findPatients, patientView, recordingsAbout, type PatientQuestion } from '../../service/subjects.ts';
import type { Desk } from '../desk.ts';
import { readerHere, refused, stillHere } from './acts.ts';
import { subjectsOf } from './assignments.ts';
import type { Console } from './console.ts';

/** More than these are not looked through, but narrowed down. */
const MOST = 20;

/** An NHS number, a date of birth as it is written in England or in ISO, or a name. Throws `act-refused` for what would fit far too many. */
export function questionOf(typed: string): PatientQuestion {
  const text = typed.trim().replace(/\s+/g, ' ');
  const digits = text.replace(/[\s-]/g, '');
  if (/^\d{10}$/.test(digits)) return { by: 'nhs-number', value: digits };
  const date = dayTyped(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text.split('-').reverse().join('/') : text);
  if (date !== null) return { by: 'date-of-birth', value: date };
  const words = text.split(' ').filter((word) => /\p{L}/u.test(word)).map((word) => word.replace(/[^\p{L}\p{M}'’-]/gu, ''));
  if (/\d/.test(text) || words.length === 0 || words.some((word) => word.replace(/[^\p{L}]/gu, '').length < 2)) throw refused('too-vague');
  return { by: 'name', value: words };
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export async function find(desk: Desk, console: Console, typed: string): Promise<Found> {
  const question = questionOf(typed);
  const { http } = readerHere(desk);
  const { patients, more } = await findPatients(http, question, MOST);
  const people = question.by === 'name' ? peopleCalled(await console.devices(), question.value) : [];
  stillHere(desk, console.manager);
  console.manager.journal.write({ event: 'consulted', view: 'search', about: JSON.stringify({ by: question.by, patients: patients.map(({ patient }) => patient), people: people.map(({ sds }) => sds) }) });
  return { patients: patients.map((one) => patientView(one.patient, one)), people, more };
}

/** Whoever has a chain, each once. */
function peopleCalled(devices: Awaited<ReturnType<Console['devices']>>, words: readonly string[]): Found['people'] {
  const people = new Map(devices.map(({ who }) => [who.sds, who]));
  return [...people.values()].filter(({ name }) => words.every((word) => plain(name).split(/[^\p{L}'’-]+/u).some((part) => part.startsWith(plain(word))))).slice(0, MOST);
}

/** @param patient "Patient/id" */
export async function recordingsOf(desk: Desk, console: Console, patient: string): Promise<RecordingRef[]> {
  const { http } = readerHere(desk);
  if (localReference(patient, http.fhirBase, 'Patient') !== patient) throw new Failure('bad-request', 'no such patient');
  const documents = await recordingsAbout(http, patient);
  const named = await subjectsOf(desk).recordings(documents);
  stillHere(desk, console.manager);
  console.manager.journal.write({ event: 'consulted', view: 'recordings', about: JSON.stringify({ patients: [patient] }) });
  return documents.flatMap((document): RecordingRef[] => {
    const one = named.get(document);
    // A transcript is a document of the patient's too.
    return one && one.recording !== null ? [{ recording: one.recording, document, title: one.title, consultedAt: one.consultedAt }] : [];
  });
}
