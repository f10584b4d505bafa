/** Whether records name the same patient. */
import type { Patient } from '../fhir/resources.ts';
import type { SignedPatient } from './statements.ts';

interface Identified {
  identifier?: { system?: string | undefined; value?: string | undefined }[] | undefined;
}

const keys = (who: Identified): Set<string> =>
  new Set((who.identifier ?? []).flatMap(({ system, value }) => (system && value ? [`${system}\u0000${value.replace(/\s/g, '')}`] : [])));

/** A merged or temporary patient is the same person through any identifier that both records hold. */
function shareIdentifier(a: Identified, b: Identified): boolean {
  const held = keys(a);
  return [...keys(b)].some((key) => held.has(key));
}

const plain = (name: string): string => name.normalize('NFKC').trim().toLocaleLowerCase('en-GB');

/** Identifier, birth date and family name all agree with what was signed. */
export function isSignedPatient(patient: Patient, signed: SignedPatient): boolean {
  return shareIdentifier(patient, { identifier: signed.identifiers })
    && patient.birthDate === signed.birthDate
    && (patient.name ?? []).some((name) => name.family !== undefined && plain(name.family) === plain(signed.family));
}

/** Two server records of one person: the same record, or a shared identifier and the same birth date. */
export function isSamePatient(a: Patient, b: Patient): boolean {
  return a.id === b.id || (shareIdentifier(a, b) && a.birthDate === b.birthDate);
}
