import type { Patient } from '@medplum/fhirtypes';
import type { StatedPatient } from '../statements.ts';
import { NHS_NUMBER } from '../systems.ts';
import type { WithId } from '@medplum/core';

export type DemoPatient = { id: string; given: string; family: string; gender: 'female' | 'male' | 'other'; birthDate: string; nhsNumber: string };

const PEOPLE: readonly [given: string, family: string, gender: DemoPatient['gender'], birthDate: string][] = [
  ['Demo', 'Samplepatient', 'female', '1961-03-11'], ['Sam', 'Testperson', 'male', '1984-07-02'],
  ['Fay', 'Fictitious', 'female', '1993-12-19'], ['Max', 'Mockford', 'male', '1957-01-30'],
  ['Ida', 'Inventedly', 'female', '2001-05-08'], ['Ned', 'Notreal', 'male', '1972-09-24'],
  ['Una', 'Unperson', 'female', '1949-11-15'], ['Des', 'Demoman', 'male', '1988-02-27'],
  ['Pia', 'Placeholder', 'female', '1966-06-06'], ['Tom', 'Testworthy', 'male', '1995-10-13'],
  ['Eve', 'Exampleton', 'female', '1979-04-21'], ['Guy', 'Pretendham', 'male', '1953-08-09'],
  ['Liv', 'Loremipsum', 'female', '1999-01-17'], ['Art', 'Artificial', 'male', '1968-12-03'],
  ['Zoe', 'Zeropatient', 'other', '1990-03-29'], ['Moe', 'Makebelieve', 'male', '1945-05-05'],
  ['Joy', 'Justademo', 'female', '1982-10-31'], ['Sid', 'Synthetic', 'male', '1976-02-14'],
  ['Bea', 'Blanksheet', 'female', '1964-07-22'], ['Fin', 'Finepretence', 'male', '1997-09-01'],
];

/** Every valid NHS number from the start of the range that is reserved for tests, 999 000 0000 to 999 999 9999. */
export function* testNhsNumbers(from = 999_000_000): Generator<string, undefined> {
  for (let stem = from; stem <= 999_999_999; stem++) {
    const digits = String(stem);
    const sum = Array.from(digits).reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10 && stem !== 999_000_000) yield `${digits}${check}`;
  }
  return undefined;
}

export function demoPatients(): DemoPatient[] {
  const numbers = testNhsNumbers();
  return PEOPLE.map(([given, family, gender, birthDate], i) => ({ id: `pat-${i + 1}`, given, family, gender, birthDate, nhsNumber: nextOf(numbers) }));
}

export function nextOf(numbers: Generator<string, undefined>): string {
  const { value } = numbers.next();
  if (value === undefined) throw new Error('There are no more NHS numbers for tests');
  return value;
}

export function patientResource({ id, given, family, gender, birthDate, nhsNumber }: DemoPatient): WithId<Patient> {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: NHS_NUMBER, value: nhsNumber }],
    active: true,
    name: [{ use: 'official', family, given: [given] }],
    gender,
    birthDate,
    managingOrganization: { reference: 'Organization/org-1' },
  };
}

export function stated({ nhsNumber, birthDate, family }: DemoPatient): StatedPatient {
  return { identifiers: [{ system: NHS_NUMBER, value: nhsNumber }], birthDate, family };
}
