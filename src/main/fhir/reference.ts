/**
 * "Type/id" for a reference into this practice's server: relative, absolute under its base, or versioned (FHIR R4 §2.3.0).
 * Null for anything that points elsewhere: another host, a contained resource, another type.
 */
export function localReference(reference: string | undefined, fhirBase: string, type: string): string | null {
  if (reference === undefined) return null;
  const base = fhirBase.replace(/\/$/, '');
  const relative = reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference;
  const match = /^([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(relative);
  return match?.[1] === type ? `${match[1]}/${match[2]}` : null;
}
