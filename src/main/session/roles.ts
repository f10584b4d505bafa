/** The roles that a person may choose from: their active PractitionerRoles in this practice that the site file maps. */
import type { RoleKind } from '../../preload/contract.ts';
import type { PractitionerRole } from '../fhir/resources.ts';
import type { Site } from '../site.ts';

export interface SessionRole {
  /** PractitionerRole id. */
  id: string;
  kind: RoleKind;
  name: string;
}

/** One entry for each kind that a PractitionerRole's codes map to; a role of another practitioner is nobody's. */
export function sessionRoles(roles: readonly PractitionerRole[], practitioner: string, site: Site): SessionRole[] {
  const found: SessionRole[] = [];
  for (const role of roles) {
    if (role.active === false || role.practitioner?.reference?.endsWith(`Practitioner/${practitioner}`) !== true) continue;
    for (const kind of ['clinician', 'manager'] as const) {
      const code = (role.code ?? []).find((concept) => (concept.coding ?? []).some((coding) => site.roles[kind].some((m) => m.system === coding.system && m.code === coding.code)));
      if (code) found.push({ id: role.id, kind, name: code.text ?? (kind === 'clinician' ? 'Clinician' : 'Practice manager') });
    }
  }
  return found;
}
