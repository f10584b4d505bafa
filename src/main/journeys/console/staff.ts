/** Who works at the practice now, in a role that this app knows. */
import type { PersonRef } from '../../../preload/console.ts';
import { localReference } from '../../fhir/reference.ts';
import { PractitionerRole } from '../../fhir/resources.ts';
import { oneOfEach, search } from '../../service/search.ts';
import { sessionRoles, type SessionRole } from '../../session/roles.ts';
import type { Desk } from '../desk.ts';
import { readerHere, stillHere } from './acts.ts';
import { subjectsOf } from './assignments.ts';

export interface StaffMember extends PersonRef {
  /** "Practitioner/id". */
  practitioner: string;
  roles: SessionRole[];
}

export async function staffHere(desk: Desk): Promise<StaffMember[]> {
  const manager = readerHere(desk);
  const { http } = manager;
  const { byId } = oneOfEach('PractitionerRole', PractitionerRole, await search(http, 'PractitionerRole?_count=100'));
  const roles = [...byId.values()];
  const ids = new Set(roles.flatMap(({ practitioner }) => localReference(practitioner?.reference, http.fhirBase, 'Practitioner') ?? []));
  const named = await subjectsOf(desk).staff(ids);
  stillHere(desk, manager);
  return [...named.values()].flatMap((one): StaffMember[] => {
    if (one?.sds == null) return [];
    const theirs = sessionRoles(roles, one.practitioner.slice('Practitioner/'.length), desk.site, desk.now());
    return theirs.length === 0 ? [] : [{ sds: one.sds, name: one.name, role: theirs.map(({ name }) => name).join(', '), practitioner: one.practitioner, roles: theirs }];
  }).sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}
