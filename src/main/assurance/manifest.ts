/** The manifest that counts for a recording, and whether what it says of its call holds together. */
import { createHash } from 'node:crypto';
import type { Offered, SignedStatement } from '../service/offered.ts';
import type { Site } from '../site.ts';
import type { ReasonCode } from './reasons.ts';
import { readStatement } from './signed.ts';
import { Assignment, Manifest, parseStatement, TranscriptStatement } from './statements.ts';

interface TrustedManifest {
  statement: Manifest;
  /** SHA-256 of the exact bytes, base64url. */
  sha256: string;
}

/** The newest manifest of a recording that was ever seen here, kept when everything else about the recording is gone. */
export interface SeenManifest {
  revision: number;
  sha256: string;
}

interface Newest extends TrustedManifest {
  /** Another of this revision differs. */
  contradicted: boolean;
}

/**
 * The manifest of highest revision that a trusted key signed for this recording, and the reason why none counts. What a trusted key signed, and is no statement
 * that can be read, may be newer than those that can.
 */
async function newestManifest(offered: Offered, urn: string, site: Site): Promise<{ best: Newest; reason: ReasonCode | null } | { best: null; reason: ReasonCode }> {
  let unreadable = false;
  let reason: ReasonCode = 'manifest-untrusted';
  let best: Newest | null = null;
  for (const candidate of offered.manifests) {
    const read = await readStatement(Manifest, candidate, site.manifestKeys);
    if (read === 'malformed' && !isOtherStatement(candidate)) unreadable = true;
    if (read === 'retired') reason = 'manifest-key-retired';
    if (typeof read === 'string') continue;
    const { statement, bytes } = read;
    const sha256 = createHash('sha256').update(bytes).digest('base64url');
    if (statement.recording !== urn) reason = 'manifest-other-recording';
    else if (!best || statement.revision > best.statement.revision) best = { statement, sha256, contradicted: false };
    else if (statement.revision === best.statement.revision && sha256 !== best.sha256) best.contradicted = true;
  }
  if (unreadable) reason = 'manifest-malformed';
  return best ? { best, reason: unreadable ? reason : null } : { best, reason };
}

/** A practice may sign everything with one key. */
const isOtherStatement = ({ bytes }: SignedStatement): boolean =>
  [TranscriptStatement, Assignment].some((schema) => parseStatement<unknown>(schema, Buffer.from(bytes, 'base64')) !== null);

/**
 * The manifest that counts; a reason when there is none or two that differ; null where none is asked for and none was ever seen. With
 * what is to be remembered as seen: two that differ too, so that neither they nor an older one come back.
 */
export async function trustedManifest(offered: Offered, urn: string, site: Site, seen: SeenManifest | null): Promise<{ trusted: TrustedManifest | ReasonCode | null; newest: SeenManifest | null }> {
  if (offered.manifests.length === 0) return { trusted: site.assurance === 'unsigned-permitted' && !seen ? null : 'manifest-missing', newest: null };
  const { best, reason } = await newestManifest(offered, urn, site);
  if (!best) return { trusted: reason, newest: null };
  const { statement, sha256, contradicted } = best;
  const older = seen !== null && statement.revision < seen.revision;
  const differs = contradicted || (seen?.revision === statement.revision && seen.sha256 !== sha256);
  // No bytes have an empty digest: after two that differ only a higher revision counts.
  const newest = { revision: statement.revision, sha256: contradicted ? '' : sha256 };
  return { trusted: reason ?? (older ? 'manifest-older' : differs ? 'manifest-contradicts' : { statement, sha256 }), newest };
}

/**
 * Does the list of who joined the call contradict the clinicians that it was signed for? Whose own consultation it is said to be was seen to join it; and a
 * platform that authenticated any clinician saw each of them whom the manifest names, or the manifest was made for another call. @param reviewer SDS user id
 */
export function joinedDiffers({ joined, clinicians, endedAt }: Manifest, reviewer: string): boolean {
  const authenticated = joined.filter(({ role, id }) => role === 'clinician' && id !== undefined).map(({ id }) => id);
  const named = authenticated.length > 0 ? clinicians : clinicians.filter((clinician) => clinician === reviewer);
  return named.some((clinician) => !authenticated.includes(clinician)) || joined.some(({ at }) => Date.parse(at) > Date.parse(endedAt));
}
