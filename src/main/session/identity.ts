/** Who an ID token says is there (OpenID Connect Core §2, SMART App Launch `fhirUser`). */
import type { Site } from '../site.ts';

export interface Identity {
  subject: string;
  sds: string;
  name: string;
  /** Practitioner id within the site's FHIR base. */
  practitioner: string;
}

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

/**
 * Whether a renewed ID token is of the same person. A renewal may leave out claims (OpenID Connect Core §12.2 asks for `iss`, `sub` and `aud`
 * alone), but none may differ.
 */
export function sameAs({ subject, sds, practitioner }: Pick<Identity, 'subject' | 'sds' | 'practitioner'>, site: Site): (claims: Record<string, unknown>) => boolean {
  return (claims) => {
    const renewed = identityOf({ [site.userIdClaim]: sds, fhirUser: `Practitioner/${practitioner}`, ...claims }, site);
    return renewed?.subject === subject && renewed.sds === sds && renewed.practitioner === practitioner;
  };
}
