/** The site check from beginning to end: what can be seen without signing in, and what only somebody who is signed in can. */
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import type { Fetch } from '../service/http.ts';
import { getJson, offered, openLine, providerAddress, smartAddress } from '../session/discovery.ts';
import type { Site } from '../site.ts';
import { checkCapability } from './capability.ts';
import { checkEvidence } from './evidence.ts';
import { inOrder } from './lines.ts';
import { checkMedia } from './media.ts';
import { whyNotTried } from './needs.ts';
import { checkClock, checkReach, checkUpdates, isAnswer, settled } from './network.ts';
import { checkProvider } from './provider.ts';
import { checkConsole, checkRecord, checkReviews, checkStops } from './records.ts';
import { checkScopes } from './scopes.ts';
import type { Signed } from './signIn.ts';
import { checkSiteFile } from './site.ts';
import { checkWorklist } from './worklist.ts';

/** A server that has just started makes its statement when it is first asked. */
const METADATA_MS = 60_000;

export interface CheckGiven {
  site: Site;
  fetch: Fetch;
  /** Folder for key files while they are looked at. */
  folder: string;
  now: () => number;
  /** Another site file was named, and the machine-wide one counts. */
  overruled: boolean;
}

/** @returns the site with the keys of its key files as well */
export async function withoutSignIn({ site: bare, fetch, folder, now, overruled }: CheckGiven): Promise<{ lines: SiteCheckLine[]; site: Site }> {
  const { lines: ofSite, site } = await checkSiteFile(bare, fetch, folder, now(), overruled);
  const line = openLine(fetch);
  const [smart, provider, metadata] = await Promise.all([
    settled(getJson(line, smartAddress(site))), settled(getJson(line, providerAddress(site))), settled(getJson(line, `${site.fhirBase.replace(/\/$/, '')}/metadata`, METADATA_MS)),
  ]);
  const offer = isAnswer(smart) && isAnswer(provider) ? offered(site, smart.json, provider.json).used?.offer : undefined;
  const lines = [
    ...ofSite, ...checkReach([provider], [smart, metadata]), ...checkClock([provider, smart, metadata]), ...await checkUpdates(site, fetch), ...await checkProvider(site, fetch, { smart, provider }),
    ...(offer ? checkScopes(site, offer) : []), ...checkCapability(site, metadata),
  ];
  return { lines, site };
}

/** @param version of this app @param record whether an entry into the practice's access record is written */
export async function asPerson(signed: Signed, site: Site, version: string, now: () => number, record: boolean): Promise<SiteCheckLine[]> {
  const { http, role, sds, practitioner } = signed;
  const lines: SiteCheckLine[] = record ? await checkRecord(signed, version, now()) : [];
  lines.push(await checkStops(signed));
  if (role.kind !== 'clinician') return [...lines, ...await checkConsole(signed)];
  const reviewer = { sds, owners: [`Practitioner/${practitioner}`, `PractitionerRole/${role.id}`] };
  const { lines: ofList, mine } = await checkWorklist(http, reviewer, now());
  const { lines: ofEvidence, assured } = mine === null ? { lines: [], assured: [] } : await checkEvidence(http, mine, reviewer, site, now());
  lines.push(...ofList, ...ofEvidence, ...await checkReviews(signed, assured.map(({ evidence }) => `DocumentReference/${evidence.recording?.id}`)));
  // Nothing of a recording is asked for where it could not be recorded that it was.
  if (lines.some(({ id, mark }) => id === 'record.create' && mark === 'missing')) return lines;
  return [...lines, ...await checkMedia(http, assured)];
}

/** @param who is signed in; null where nobody is, and undefined where somebody should be and it did not work */
export function report(lines: readonly SiteCheckLine[], who: Pick<Signed, 'role'> | null | undefined): SiteCheckLine[] {
  return inOrder(lines, (id, group, found) => whyNotTried(id, group, found, who === null ? null : who?.role.kind));
}
