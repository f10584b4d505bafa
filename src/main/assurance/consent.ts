/** Whether the patient's consents allow the purpose of a review. */
import { inPeriod, isOutside } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import { Provision } from '../fhir/resources.ts';
import { PURPOSE_OF_USE } from '../fhir/systems.ts';
import type { Offered } from '../service/offered.ts';
import type { Site } from '../site.ts';

const purposesOf = ({ purpose = [] }: Provision): (string | undefined)[] => purpose.flatMap(({ system, code }) => (system === PURPOSE_OF_USE ? [code] : []));

/**
 * Direct care needs no training consent; a purpose that needs one needs it active, current, for this recording and this purpose. An
 * active refusal that may cover this recording and purpose outweighs any permission; and a consent that the recording names and that the practice
 * did not send may be one.
 */
export function consentAllows(offered: Offered, purpose: string, site: Site, now: number): boolean {
  const needed = site.purposes[purpose]?.consent;
  if (needed === undefined || !allSent(offered, site)) return false;
  const active = offered.consents.flatMap(({ status, provision }) => (status === 'active' && provision ? [provision] : []));
  const isOfThis = ({ data = [] }: Provision) => data.some((d) => d.meaning === 'instance' && isThis(d.reference.reference, offered, site));
  if (active.some((provision) => mayRefuse(provision, offered, site, now, [purpose, needed]))) return false;
  return needed === null || active.some((p) => p.type === 'permit' && !p.provision?.length && p.period !== undefined && inPeriod(now, p.period) && purposesOf(p).includes(needed) && isOfThis(p));
}

const isThis = (reference: string | undefined, { recording }: Offered, site: Site): boolean =>
  localReference(reference, site.fhirBase, 'DocumentReference') === `DocumentReference/${recording?.id}`;

/** A resource of this practice that is not this recording; what points elsewhere may be this one by another name. */
function isAnother(reference: string | undefined, offered: Offered, site: Site): boolean {
  const [, type = ''] = /([A-Za-z]{1,64})\/[^/]+(?:\/_history\/[^/]+)?$/.exec(reference ?? '') ?? [];
  return localReference(reference, site.fhirBase, type) !== null && !isThis(reference, offered, site);
}

/**
 * Whether a provision may refuse: it says `deny`, or has an exception in it that is no permission (R4 gives the root no type, and each nested rule one), and it
 * is not clearly about another time, purpose or resource. What it leaves out, or cannot be read, does not limit it; a root without a type only holds others.
 * @param purposes of the review, and of the consent that it needs
 */
function mayRefuse(provision: Provision, offered: Offered, site: Site, now: number, purposes: readonly (string | null)[], nested = false): boolean {
  const { type, period, data = [], provision: exceptions = [] } = provision;
  const others = purposesOf(provision);
  const rules = nested || type !== undefined;
  if (rules && period && isOutside(now, period)) return false;
  if (rules && others.length > 0 && !others.some((code) => code !== undefined && purposes.includes(code))) return false;
  if (rules && data.length > 0 && data.every((d) => d.meaning === 'instance' && isAnother(d.reference.reference, offered, site))) return false;
  if (type === 'deny' || (nested && type !== 'permit')) return true;
  return exceptions.some((exception) => {
    const read = Provision.safeParse(exception);
    return !read.success || mayRefuse(read.data, offered, site, now, purposes, true);
  });
}

/** Whether every Consent that the recording names is here. */
function allSent({ recording, consents }: Offered, site: Site): boolean {
  const named = (recording?.context?.related ?? []).filter(({ reference }) => /(^|\/)Consent\//.test(reference ?? ''));
  return named.every(({ reference }) => consents.some(({ id }) => localReference(reference, site.fhirBase, 'Consent') === `Consent/${id}`));
}
