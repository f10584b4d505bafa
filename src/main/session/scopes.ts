/** Which scopes a session asks for: those of the one role that was chosen, and before that only who is asking. */
import type { RoleKind } from '../../preload/contract.ts';

const identity = ['openid', 'fhirUser', 'profile'];

/** Enough to learn who signed in and which roles they hold. */
const whoScopes = ['user/Practitioner.rs', 'user/PractitionerRole.rs', 'user/Organization.rs'];

const clinicianScopes = [
  'user/Task.rs', 'user/Task.u', 'user/DocumentReference.rs', 'user/Binary.r', 'user/Patient.rs', 'user/Encounter.rs', 'user/Practitioner.rs',
  'user/PractitionerRole.rs', 'user/Organization.rs', 'user/Consent.rs', 'user/Provenance.rs', 'user/Questionnaire.rs', 'user/QuestionnaireResponse.rs',
  'user/QuestionnaireResponse.cu', 'user/Communication.rs', 'user/Communication.c', 'user/AuditEvent.c', 'user/List.rs',
];
const managerScopes = [
  ...clinicianScopes.filter((scope) => !/\/(Binary|Questionnaire|QuestionnaireResponse|Communication)\./.test(scope)),
  'user/Task.c', 'user/AuditEvent.rs', 'user/List.cu', 'user/Provenance.c', 'user/Binary.c',
];

/** Reads what a manager reads, and writes nothing but their own record. */
const guardianScopes = managerScopes.filter((scope) => !/\.[a-z]*[cud]/.test(scope) || scope === 'user/AuditEvent.c');
const scopesOf: Record<RoleKind, string[]> = { clinician: clinicianScopes, manager: managerScopes, guardian: guardianScopes };

/** Without these a role cannot do its work, and sign-in stops with `practice-unsupported`. */
const needed: Record<RoleKind, string[]> = {
  clinician: ['user/Task.rs', 'user/DocumentReference.rs', 'user/Binary.r', 'user/Patient.rs', 'user/Encounter.rs', 'user/AuditEvent.c'],
  manager: ['user/AuditEvent.rs'],
  guardian: ['user/AuditEvent.rs'],
};

/** SMART v1 for a server without `permission-v2`: `.rs`, `.r` and `.s` are `.read`, anything that changes is `.write`. */
function v1(scope: string): string {
  return scope.replace(/\.([a-z]+)$/, (_whole, letters: string) => (/[cud]/.test(letters) ? '.write' : '.read'));
}

export interface Offer {
  scopesSupported: string[] | null;
  /** SMART v2 scopes (`user/Task.rs`); else `.read`/`.write`. */
  permissionV2: boolean;
}

/** @param role null: the first step, in which only identity is asked for. */
export function scopesFor(role: RoleKind | null, offer: Offer): string {
  const wanted = role === null ? whoScopes : scopesOf[role];
  const spelled = [...new Set(offer.permissionV2 ? wanted : wanted.map(v1))];
  const supported = offer.scopesSupported;
  // A server that lists wildcards or nothing at all is asked for everything and decides itself.
  const listed = supported?.some((s) => /^user\/[A-Z]/.test(s)) ? spelled.filter((s) => supported.includes(s)) : spelled;
  return [...identity, ...(role === null ? [] : ['offline_access']), ...listed].join(' ');
}

/** Scopes that the role cannot do without and that were not granted. */
export function missingScopes(role: RoleKind, granted: string | undefined, offer: Offer): string[] {
  // RFC 6749 §5.1: an absent `scope` means that everything asked for was granted.
  if (granted === undefined) return [];
  const held = new Set(granted.split(' '));
  return (offer.permissionV2 ? needed[role] : needed[role].map(v1)).filter((scope) => !held.has(scope));
}
