/** Whether the patient's consents allow the purpose of a review. */
import { inPeriod } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import type { Consent } from '../fhir/resources.ts';
import { PURPOSE_OF_USE } from '../fhir/systems.ts';
import type { Offered } from '../service/offered.ts';
import type { Site } from '../site.ts';

/**
 * Direct care needs no training consent; a purpose that needs one needs it active, current, for this recording and this purpose. An
 * active refusal that may cover this recording and purpose outweighs any permission; and a consent that the recording names and that the practice
 * did not send may be one.
 */
export function consentAllows(offered: Offered, purpose: string, site: Site, now: number): boolean {
  const needed = site.purposes[purpose]?.consent;
  if (needed === undefined || !allSent(offered, site)) return false;
  type Provision = NonNullable<Consent['provision']>;
  const names = (provision: Provision, code: string) => (provision.purpose ?? []).some((p) => p.system === PURPOSE_OF_USE && p.code === code);
  const isOfThis = (provision: Provision) => (provision.data ?? []).some((d) =>
    d.meaning === 'instance' && localReference(d.reference.reference, site.fhirBase, 'DocumentReference') === `DocumentReference/${offered.recording?.id}`);
  const active = offered.consents.flatMap(({ status, provision }) => (status === 'active' && provision ? [provision] : []));
  // What a refusal leaves out it does not limit; what a permission leaves out it does not give.
  const refused = active.some((p) => p.type === 'deny' && ((p.period?.start ?? p.period?.end) === undefined || inPeriod(now, p.period ?? {}))
    && (!p.purpose?.some(({ system }) => system === PURPOSE_OF_USE) || names(p, purpose) || (needed !== null && names(p, needed))) && (!p.data?.length || isOfThis(p)));
  if (refused) return false;
  return needed === null || active.some((p) => p.type === 'permit' && !p.provision?.length && p.period !== undefined && inPeriod(now, p.period) && names(p, needed) && isOfThis(p));
}

/** Whether every Consent that the recording names is here. */
function allSent({ recording, consents }: Offered, site: Site): boolean {
  const named = (recording?.context?.related ?? []).filter(({ reference }) => /(^|\/)Consent\//.test(reference ?? ''));
  return named.every(({ reference }) => consents.some(({ id }) => localReference(reference, site.fhirBase, 'Consent') === `Consent/${id}`));
}
