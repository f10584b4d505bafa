/** The roles that a person may choose from: their PractitionerRoles that are active, current and mapped by the site file; and whom the site file names as second reader. */
import type { RoleKind } from '../../preload/contract.ts';
import { inPeriod } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import type { PractitionerRole } from '../fhir/resources.ts';
import type { Site } from '../site.ts';

/** As screens and the record name the role, which no PractitionerRole does. */
export const SECOND_READER = 'Second reader (Caldicott Guardian)';

export interface SessionRole {
  /** PractitionerRole id. */
  id: string;
  kind: RoleKind;
  name: string;
}

function activeRoles(roles: readonly PractitionerRole[], practitioner: string, site: Site, now: number): PractitionerRole[] {
  return roles.filter((role) => role.active !== false && (!role.period || inPeriod(now, role.period))
    && localReference(role.practitioner?.reference, site.fhirBase, 'Practitioner') === `Practitioner/${practitioner}`);
}

/** One entry for each kind that a PractitionerRole's codes map to; a role of another practitioner is nobody's. */
export function sessionRoles(roles: readonly PractitionerRole[], practitioner: string, site: Site, now: number): SessionRole[] {
  const found: SessionRole[] = [];
  for (const role of activeRoles(roles, practitioner, site, now)) {
    for (const kind of ['clinician', 'manager'] as const) {
      const code = (role.code ?? []).find((concept) => (concept.coding ?? []).some((coding) => site.roles[kind].some((m) => m.system === coding.system && m.code === coding.code)));
      if (code) found.push({ id: role.id, kind, name: code.text ?? (kind === 'clinician' ? 'Clinician' : 'Practice manager') });
    }
  }
  return found;
}

/** What a person may choose from: {@link sessionRoles}, and that of a second reader where the site file names them and they have any role here. @param who of the ID token */
export function rolesToChoose(roles: readonly PractitionerRole[], who: { practitioner: string; sds: string }, site: Site, now: number): SessionRole[] {
  const [any] = activeRoles(roles, who.practitioner, site, now);
  const reads = any && site.secondReaders.includes(who.sds);
  return [...sessionRoles(roles, who.practitioner, site, now), ...(reads ? [{ id: any.id, kind: 'guardian' as const, name: SECOND_READER }] : [])];
}
