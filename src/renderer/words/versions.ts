import type { Incident, IncidentFields } from '../../preload/console.ts';

type Field = keyof IncidentFields;
type Version = Incident['versions'][number];

const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);

/** Fields that differ, in the order of the form. */
export const changedFields = (before: IncidentFields, after: IncidentFields): Field[] => (Object.keys(after) as Field[]).filter((field) => differ(before[field], after[field]));

/** The version that this one was written over: the last of the number before it that is known; null for the first. */
export function versionBefore(versions: readonly Version[], index: number): Version | null {
  const number = versions[index]?.version ?? 0;
  return versions.findLast((one) => one.version < number) ?? null;
}

/**
 * What was typed over one version, when another has been saved meanwhile: what was not touched here is theirs, and what was stays. `both`: fields that both changed, each to
 * something else; theirs is in the register, and has to be looked at.
 */
export function merged(base: IncidentFields, mine: IncidentFields, theirs: IncidentFields): { fields: IncidentFields; both: Field[]; taken: Field[] } {
  const touched = new Set(changedFields(base, mine));
  const taken = changedFields(base, theirs).filter((field) => !touched.has(field));
  return {
    fields: { ...mine, ...Object.fromEntries(taken.map((field) => [field, theirs[field]])) },
    both: changedFields(base, theirs).filter((field) => touched.has(field) && differ(mine[field], theirs[field])), taken,
  };
}
