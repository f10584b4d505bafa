/** The roles that a person may choose from: their PractitionerRoles that are active, current and mapped by the site file. */
import type { RoleKind } from '../../preload/contract.ts';
import { inPeriod } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import type { PractitionerRole } from '../fhir/resources.ts';
import type { Site } from '../site.ts';

export interface SessionRole {
  /** PractitionerRole id. */
  id: string;
  kind: RoleKind;
  name: string;
}

/** One entry for each kind that a PractitionerRole's codes map to; a role of another practitioner is nobody's. */
export function sessionRoles(roles: readonly PractitionerRole[], practitioner: string, site: Site, now: number): SessionRole[] {
  const found: SessionRole[] = [];
  for (const role of roles) {
    if (role.active === false || (role.period && !inPeriod(now, role.period))) continue;
    if (localReference(role.practitioner?.reference, site.fhirBase, 'Practitioner') !== `Practitioner/${practitioner}`) continue;
    for (const kind of ['clinician', 'manager'] as const) {
      const code = (role.code ?? []).find((concept) => (concept.coding ?? []).some((coding) => site.roles[kind].some((m) => m.system === coding.system && m.code === coding.code)));
      if (code) found.push({ id: role.id, kind, name: code.text ?? (kind === 'clinician' ? 'Clinician' : 'Practice manager') });
    }
  }
  return found;
}
