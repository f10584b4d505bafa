/** Who signed in, as the practice knows them: Practitioner, roles, organisation. */
import { Organization, Practitioner, PractitionerRole } from '../fhir/resources.ts';
import { Failure } from '../platform/failure.ts';
import type { PracticeHttp, Reader } from './http.ts';
import { oneOfEach, search } from './search.ts';

interface StaffRecord {
  practitioner: Practitioner;
  roles: PractitionerRole[];
  /** By "Organization/id". */
  organizations: Map<string, Organization>;
}

/**
 * Null where the practice knows nobody of that id; `unclear`: ids of roles of which it says two things, or none that can be read. Throws `practice-error` for an answer that says nothing.
 * @param id of the Practitioner that the ID token names.
 */
export async function readRoles(http: Reader, id: string): Promise<(Pick<StaffRecord, 'practitioner' | 'roles'> & { unclear: ReadonlySet<string> }) | null> {
  const roles = `PractitionerRole?practitioner=Practitioner/${id}&_count=50`;
  await http.ahead?.([`Practitioner/${id}`, roles]);
  const answer = await http.json(`Practitioner/${id}`);
  if (answer === null) return null;
  const practitioner = Practitioner.safeParse(answer);
  if (!practitioner.success || practitioner.data.id !== id) throw new Failure('practice-error', 'answer is not that Practitioner');
  const { byId, unclear } = oneOfEach('PractitionerRole', PractitionerRole, await search(http, roles));
  return { practitioner: practitioner.data, roles: [...byId.values()], unclear };
}

/** As {@link readRoles}, with the organisations of the roles. */
export async function readStaff(http: PracticeHttp, id: string): Promise<StaffRecord | null> {
  const known = await readRoles(http, id);
  if (!known) return null;
  const { practitioner, roles } = known;
  const organizations = new Map<string, Organization>();
  for (const reference of new Set(roles.map((role) => role.organization?.reference))) {
    if (reference === undefined || !/^Organization\/[A-Za-z0-9\-.]{1,64}$/.test(reference)) continue;
    const organization = Organization.safeParse(await http.json(reference));
    if (organization.success) organizations.set(reference, organization.data);
  }
  return { practitioner, roles, organizations };
}
