/** Whether a recording is this clinician's to review. */
import { inPeriod } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import type { Offered } from '../service/offered.ts';
import type { Site } from '../site.ts';
import type { Reviewer } from './admit.ts';
import { isSignedPatient } from './patient.ts';
import { readStatement } from './signed.ts';
import { Assignment, taskReference, type Manifest } from './statements.ts';

/** Own review: the manifest names me. Peer review: an assignment signed by a trusted key names me for exactly this. */
export async function mine(
  offered: Offered, manifest: Manifest | null, urn: string, purpose: string | null, { reviewer, site, now }: { reviewer: Reviewer; site: Site; now: number },
): Promise<'own' | 'peer' | 'not-mine' | 'assignment-invalid'> {
  if (manifest?.clinicians.includes(reviewer.sds)) return 'own';
  if (!manifest && site.assurance === 'unsigned-permitted') {
    const wrote = (offered.recording?.author ?? []).some((a) => reviewer.owners.includes(localReference(a.reference, site.fhirBase, 'Practitioner') ?? ''));
    if (wrote) return 'own';
  }
  let reason: 'not-mine' | 'assignment-invalid' = 'not-mine';
  for (const candidate of offered.assignments) {
    const read = await readStatement(Assignment, candidate, site.assignmentKeys);
    if (typeof read === 'string') continue;
    const { statement } = read;
    const fits = taskReference(statement) === `Task/${offered.task.id}` && statement.recording === urn && statement.owner === reviewer.sds
      && statement.purpose === purpose && inPeriod(now, statement.period) && offered.patients.every((p) => isSignedPatient(p, statement.patient));
    if (fits) return 'peer';
    reason = 'assignment-invalid';
  }
  return reason;
}
