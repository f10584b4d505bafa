/** Whether records name the same patient. */
import { displayName, identifiersOf, type HumanName, type Identifier, type Patient } from '../fhir/resources.ts';
import { NHS_NUMBER } from '../fhir/systems.ts';
import type { SignedPatient } from './statements.ts';

interface Identified {
  identifier?: Identifier[] | undefined;
}

const unspaced = (value: string): string => value.replace(/\s/g, '');

const nhsNumbers = (who: Identified): string[] => identifiersOf(who, NHS_NUMBER).map(unspaced);

const keys = (who: Identified): Set<string> =>
  new Set((who.identifier ?? []).flatMap(({ system, value }) => (system && value ? [`${system}\u0000${unspaced(value)}`] : [])));

/**
 * A merged or temporary patient is the same person through any identifier that both records hold; but where both hold NHS numbers
 * and none in common, they are two people, whatever else they share.
 */
function shareIdentifier(a: Identified, b: Identified): boolean {
  const [ofA, ofB] = [nhsNumbers(a), nhsNumbers(b)];
  if (ofA.length > 0 && ofB.length > 0 && !ofA.some((number) => ofB.includes(number))) return false;
  const held = keys(a);
  return [...keys(b)].some((key) => held.has(key));
}

const plain = (name: string): string => name.normalize('NFKC').trim().toLocaleLowerCase('en-GB');

const hasFamily = (name: HumanName, family: string): boolean => name.family !== undefined && plain(name.family) === plain(family);

/** Identifier, birth date and family name all agree with what was signed. */
export function isSignedPatient(patient: Patient, signed: SignedPatient): boolean {
  return shareIdentifier(patient, { identifier: signed.identifiers })
    && patient.birthDate === signed.birthDate
    && (patient.name ?? []).some((name) => hasFamily(name, signed.family));
}

/** Two server records of one person: the same record, or a shared identifier and the same birth date. */
export function isSamePatient(a: Patient, b: Patient): boolean {
  return a.id === b.id || (shareIdentifier(a, b) && a.birthDate !== undefined && a.birthDate === b.birthDate);
}

/**
 * The name and number by which the person looking can tell whose recording this is: the name with the signed family name, from its parts,
 * and the signed NHS number, of several the one that the record holds too. A record's other names and free text were never compared with anything.
 */
export function shownAs(patient: Patient, signed: SignedPatient | null): { name: string; nhsNumber: string | null } {
  const held = nhsNumbers(patient);
  if (!signed) return { name: displayName(patient.name), nhsNumber: held[0] ?? null };
  const numbers = nhsNumbers({ identifier: signed.identifiers });
  const names = (patient.name ?? []).filter((name) => hasFamily(name, signed.family)).map((name): HumanName => ({ ...name, text: undefined }));
  return { name: displayName(names), nhsNumber: numbers.find((number) => held.includes(number)) ?? numbers[0] ?? held[0] ?? null };
}
