/** What the site check is to say of HAPI and Keycloak, in Node and in the packaged app alike. */
import type { SiteCheckLine } from '../../src/preload/siteCheck.ts';

/** A clinician of whose recordings the journeys before take nothing back: a consent that was withdrawn would rightly be a line of its own. */
export const BY = 'cara';

/** HAPI names transactions in its statement, and not batches. */
export const ALWAYS = ['warning fhir.batch'];

/** HAPI knows no ranges. */
export const AS_CLINICIAN = [...ALWAYS, 'warning media.range'];

/** What is not as it should be, as "mark id". */
export const faultsOf = (lines: readonly SiteCheckLine[]): string[] => lines.filter(({ mark }) => mark === 'missing' || mark === 'warning').map(({ id, mark }) => `${mark} ${id}`);
