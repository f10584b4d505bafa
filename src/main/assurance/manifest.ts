/** The manifest that counts for a recording, and whether what it says of its call holds together. */
import { createHash } from 'node:crypto';
import type { Offered } from '../service/offered.ts';
import type { Site } from '../site.ts';
import type { ReasonCode } from './reasons.ts';
import { readStatement, type Refused } from './signed.ts';
import { Manifest } from './statements.ts';

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

const because: Record<Refused, ReasonCode> = { untrusted: 'manifest-untrusted', retired: 'manifest-key-retired', malformed: 'manifest-malformed' };

/**
 * The manifest of highest revision that a trusted key signed for this recording; a reason when there is none or two that differ; null
 * where none is asked for and none was ever seen.
 */
export async function trustedManifest(offered: Offered, urn: string, site: Site, seen: SeenManifest | null): Promise<TrustedManifest | ReasonCode | null> {
  if (offered.manifests.length === 0) return site.assurance === 'unsigned-permitted' && !seen ? null : 'manifest-missing';
  let reason: ReasonCode = 'manifest-untrusted';
  let best: TrustedManifest | null = null;
  let contradicted = false;
  for (const candidate of offered.manifests) {
    const read = await readStatement(Manifest, candidate, site.manifestKeys);
    if (typeof read === 'string') {
      if (read !== 'untrusted') reason = because[read];
      continue;
    }
    const { statement, bytes } = read;
    const sha256 = createHash('sha256').update(bytes).digest('base64url');
    if (statement.recording !== urn) reason = 'manifest-other-recording';
    else if (!best || statement.revision > best.statement.revision) {
      best = { statement, sha256 };
      contradicted = false;
    } else if (statement.revision === best.statement.revision && sha256 !== best.sha256) contradicted = true;
  }
  if (!best) return reason;
  if (seen && best.statement.revision < seen.revision) return 'manifest-older';
  if (contradicted || (seen?.revision === best.statement.revision && seen.sha256 !== best.sha256)) return 'manifest-contradicts';
  return best;
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
