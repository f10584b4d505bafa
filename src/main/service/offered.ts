/**
 * What the practice offers for one assignment: everything that assurance may look at, as it came, and nothing decided.
 * `Offered` is a brand: only {@link offer} makes one, and assurance takes nothing else.
 */
import type { Consent, DocumentReference, Encounter, Organization, Patient, Practitioner, Task } from '../fhir/resources.ts';

/** Exact signed bytes (base64) and the detached compact JWS over them (RFC 7515 App. F). */
export interface SignedStatement {
  bytes: string;
  jws: string;
}

export interface Evidence {
  fhirBase: string;
  task: Task;
  recording: DocumentReference | null;
  /** Another current DocumentReference says that it replaces the recording. */
  replaced: boolean;
  encounter: Encounter | null;
  /** Every Patient that Task, recording, encounter or consent names: usually one. */
  patients: Patient[];
  consents: Consent[];
  custodian: Organization | null;
  /** The recording's authors, for their names; those that the practice gives. */
  authors: Practitioner[];
  /** Every signed statement on the recording, in the order in which it was answered. */
  manifests: SignedStatement[];
  assignments: SignedStatement[];
  transcript: { document: DocumentReference; statements: SignedStatement[] } | null;
}

declare const offered: unique symbol;
export type Offered = Evidence & { readonly [offered]: true };

export function offer(evidence: Evidence): Offered {
  return evidence as Offered;
}
