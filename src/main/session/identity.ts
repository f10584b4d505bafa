/** Who an ID token says is there (OpenID Connect Core §2, SMART App Launch `fhirUser`). */
import { identifiersOf, type Practitioner } from '../fhir/resources.ts';
import { SDS_USER_ID } from '../fhir/systems.ts';
import type { Site } from '../site.ts';

export interface Identity {
  subject: string;
  sds: string;
  name: string;
  /** Practitioner id within the site's FHIR base. */
  practitioner: string;
}

/** What says who it is; a name on a screen does not. */
type Named = Pick<Identity, 'subject' | 'sds' | 'practitioner'>;

/** Null where the claims lack the subject, the user id or a Practitioner of this practice. */
export function identityOf(claims: Record<string, unknown> | undefined, site: Site): Identity | null {
  const text = (name: string) => (typeof claims?.[name] === 'string' ? claims[name] : undefined);
  const sds = text(site.userIdClaim);
  const fhirUser = text('fhirUser');
  const base = `${site.fhirBase.replace(/\/$/, '')}/`;
  const practitioner = /^Practitioner\/([A-Za-z0-9\-.]{1,64})$/.exec(fhirUser?.startsWith(base) ? fhirUser.slice(base.length) : fhirUser ?? '')?.[1];
  const subject = text('sub');
  return subject === undefined || sds === undefined || practitioner === undefined ? null : { subject, sds, practitioner, name: text('name') ?? '' };
}

/** Names of the claims that {@link identityOf} needs and does not find, or not as they must be. */
export function claimsLacking(claims: Record<string, unknown> | undefined, site: Site): string[] {
  const needed = { sub: 'x', [site.userIdClaim]: 'x', fhirUser: 'Practitioner/x' };
  return Object.keys(needed).filter((name) => identityOf({ ...needed, [name]: claims?.[name] }, site) === null);
}

/** Is this Practitioner the person whom the ID token names? Two roots must name the same one: the ID token and the practice's own record. */
export const isRecordOf = (practitioner: Practitioner, { sds }: Identity): boolean => practitioner.active !== false && identifiersOf(practitioner, SDS_USER_ID).includes(sds);

/** Two ID tokens are of one person only where all that names one is the same. */
export const isSamePerson = (one: Named, other: Named): boolean => one.subject === other.subject && one.sds === other.sds && one.practitioner === other.practitioner;

/**
 * Whether a renewed ID token is of the same person. A renewal may leave out claims (OpenID Connect Core §12.2 asks for `iss`, `sub` and `aud`
 * alone), but none may differ.
 */
export function sameAs(person: Named, site: Site): (claims: Record<string, unknown>) => boolean {
  return (claims) => {
    const renewed = identityOf({ [site.userIdClaim]: person.sds, fhirUser: `Practitioner/${person.practitioner}`, ...claims }, site);
    return renewed !== null && isSamePerson(renewed, person);
  };
}
