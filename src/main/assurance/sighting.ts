/** What a recording claims that cannot be true of another one as well. */
import { moment } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import type { DocumentReference } from '../fhir/resources.ts';
import type { Offered } from '../service/offered.ts';
import type { Site } from '../site.ts';
import { trustedManifest, type SeenManifest } from './manifest.ts';
import type { ReasonCode } from './reasons.ts';
import { attachmentOf, recordingUrn } from './recording.ts';
import type { Manifest } from './statements.ts';

/** What one recording claims for itself. Of two that share bytes, a name or a clinician's time, one is wrong, and nothing says which. */
export interface Sighting {
  /** urn:uuid. */
  recording: string;
  /** "DocumentReference/id". */
  document: string;
  /** SHA-256 of the media, base64url; null where neither manifest nor record names it, and none was received. */
  mediaSha256: string | null;
  /** SDS user ids, or "Practitioner/id" where there is no manifest. */
  clinicians: string[];
  /** ms since the epoch; NaN where it is not known. */
  startedAt: number;
  endedAt: number;
}

export function sightingOf(recording: DocumentReference, urn: string, manifest: Manifest | null, site: Site): Sighting {
  const { start, end } = recording.context?.period ?? {};
  return {
    recording: urn, document: `DocumentReference/${recording.id}`, mediaSha256: manifest?.media.sha256 ?? attachmentOf(recording, site)?.sha256Hint ?? null,
    clinicians: manifest?.clinicians ?? (recording.author ?? []).flatMap((author) => localReference(author.reference, site.fhirBase, 'Practitioner') ?? []),
    startedAt: manifest ? Date.parse(manifest.startedAt) : moment(start), endedAt: manifest ? Date.parse(manifest.endedAt) : moment(end),
  };
}

/**
 * What a sync keeps of an assignment to hold others against, whatever is decided of the assignment itself; null where nothing trusted is
 * said. And the manifest that is to be remembered as seen.
 */
export async function sight(offered: Offered, site: Site, seen: (recording: string) => SeenManifest | null): Promise<{ sighting: Sighting | null; manifest: (SeenManifest & { recording: string }) | null }> {
  const { recording } = offered;
  const urn = recording && recordingUrn(recording);
  if (!recording || urn === null) return { sighting: null, manifest: null };
  const { trusted, newest } = await trustedManifest(offered, urn, site, seen(urn));
  return {
    sighting: typeof trusted === 'string' ? null : sightingOf(recording, urn, trusted?.statement ?? null, site),
    manifest: newest && { recording: urn, ...newest },
  };
}

/** Recorders round to the second: two parts of one morning may touch. */
const ROUNDING_MS = 1000;

/** @param others what was sighted of other recordings, and of this one. */
export function rivalReasons(mine: Sighting, others: readonly Sighting[]): ReasonCode[] {
  const found = new Set<ReasonCode>();
  const mediaSha256 = mine.mediaSha256 ?? others.find(({ recording }) => recording === mine.recording)?.mediaSha256 ?? null;
  for (const other of others) {
    if (other.recording === mine.recording) {
      if (other.document !== mine.document) found.add('recording-twice');
      continue;
    }
    if (mediaSha256 !== null && other.mediaSha256 === mediaSha256) found.add('media-under-two');
    // A comparison with an unknown time is false.
    const overlap = Math.min(mine.endedAt, other.endedAt) - Math.max(mine.startedAt, other.startedAt);
    if (overlap > ROUNDING_MS && other.clinicians.some((clinician) => mine.clinicians.includes(clinician))) found.add('recordings-overlap');
  }
  return [...found];
}
