/** Flags that need names, which no entry has: somebody opened a recording of a patient with their own surname, or of a member of the practice's staff. */
import type { Flag } from '../../../preload/console.ts';
import type { OpenedPair } from '../../audit/trail/flags.ts';
import { patientView } from '../../service/subjects.ts';
import type { Desk } from '../desk.ts';
import { subjectsOf } from './assignments.ts';
import { staffHere } from './staff.ts';

const plain = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}]+/gu, ' ').trim();

export async function peopleFlags(desk: Desk, pairs: readonly OpenedPair[]): Promise<Flag[]> {
  const subjects = subjectsOf(desk);
  const patients = await subjects.patients(pairs.map(({ patient }) => patient));
  const staff = await staffHere(desk);
  return pairs.flatMap(({ who, patient, recording, document, first, events }): Flag[] => {
    const named = patients.get(patient);
    const family = plain(named?.family ?? '');
    if (!named || family === '') return [];
    const about = { at: first, who, recording: { recording, document, title: null, consultedAt: null }, patient: patientView(patient, null), events };
    const colleague = staff.find(({ name }) => plain(name).endsWith(plain(named.name)));
    return [
      ...(plain(who.name).split(' ').at(-1) === family ? [{ ...about, id: `same-surname ${who.sds} ${named.patient}`, kind: 'same-surname' as const, sentence: 'The patient has the surname of the person who opened the recording. It may be chance.' }] : []),
      ...(colleague ? [{ ...about, id: `staff-as-patient ${who.sds} ${named.patient}`, kind: 'staff-as-patient' as const, sentence: 'The patient has the name of somebody who works at the practice.' }] : []),
    ];
  });
}
