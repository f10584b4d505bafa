/** Which recordings are sensitive: very restricted ones, and those with a label that the site file names. */
import { hasCode, type DocumentReference } from '../fhir/resources.ts';
import { CONFIDENTIALITY } from '../fhir/systems.ts';
import type { Site } from '../site.ts';

export type SensitiveKind = Site['sensitiveLabels'][number]['kind'];

export function sensitivity({ securityLabel = [] }: DocumentReference, { sensitiveLabels }: Site): { sensitive: boolean; sensitiveKinds: SensitiveKind[] } {
  const named = sensitiveLabels.filter(({ system, code }) => securityLabel.some((label) => hasCode(label, system, code)));
  const kinds = [...new Set(named.map(({ kind }) => kind))].sort();
  return { sensitive: kinds.length > 0 || securityLabel.some((label) => hasCode(label, CONFIDENTIALITY, 'V')), sensitiveKinds: kinds };
}
