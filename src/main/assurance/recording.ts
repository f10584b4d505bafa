/** The recording as its DocumentReference describes it. */
import { localReference } from '../fhir/reference.ts';
import type { DocumentReference } from '../fhir/resources.ts';
import { ATTACHMENT_SHA256 } from '../fhir/systems.ts';
import type { Site } from '../site.ts';
import { urn } from './statements.ts';

export interface Attachment {
  binary: string;
  contentType: string;
  /** Bytes. */
  size: number;
  /** base64url; what the record says, which nobody signed. */
  sha256Hint: string | null;
}

/** The one audio or video attachment. A second media attachment, or another digest beside the first, would make "the recording" ambiguous. */
export function attachmentOf(recording: DocumentReference, site: Site): Attachment | null {
  const media = recording.content.filter(({ attachment }) => /^(video|audio)\//.test(attachment.contentType ?? ''));
  const attachment = media.length === 1 ? media[0]?.attachment : undefined;
  const binary = localReference(attachment?.url, site.fhirBase, 'Binary');
  if (!attachment?.contentType || attachment.size === undefined || binary === null) return null;
  const [hint, ...more] = (attachment.extension ?? []).filter((e) => e.url === ATTACHMENT_SHA256).map((e) => e.valueBase64Binary);
  if (more.some((other) => other !== hint)) return null;
  return { binary, contentType: attachment.contentType, size: attachment.size, sha256Hint: hint === undefined ? null : Buffer.from(hint, 'base64').toString('base64url') };
}

/** The name that the manifest uses, which no server gives: urn:uuid. */
export function recordingUrn(recording: DocumentReference): string | null {
  return urn.safeParse(recording.masterIdentifier?.value).data ?? null;
}
