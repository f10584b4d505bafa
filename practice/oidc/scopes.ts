import type { Person, RoleName } from '../people.ts';

/** What anyone may ask for: who they are and which roles they hold. */
const EVERYONE = ['openid', 'fhirUser', 'profile', 'user/Practitioner.rs', 'user/PractitionerRole.rs', 'user/Organization.rs'];

const CLINICIAN_ONLY = [
  'user/Binary.r', 'user/Questionnaire.rs', 'user/QuestionnaireResponse.rs', 'user/QuestionnaireResponse.cu',
  'user/Communication.rs', 'user/Communication.c',
];
const MANAGER_ONLY = ['user/Task.c', 'user/List.cu', 'user/Provenance.c', 'user/Binary.c'];
/** The access records: who reads them sees what managers see. */
const AUDIT = ['user/AuditEvent.rs'];
const ALL = [
  'offline_access', 'user/Task.rs', 'user/DocumentReference.rs', 'user/Patient.rs', 'user/Encounter.rs',
  'user/Consent.rs', 'user/Provenance.rs', 'user/List.rs', 'user/AuditEvent.c',
];

const ofRole: Record<RoleName, readonly string[]> = {
  clinician: [...ALL, 'user/Task.u', ...CLINICIAN_ONLY], manager: [...ALL, 'user/Task.u', ...AUDIT, ...MANAGER_ONLY], guardian: [...ALL, ...AUDIT],
};

export const allScopes: readonly string[] = [...new Set([...EVERYONE, ...ofRole.clinician, ...ofRole.manager])];

/** The most that a person can be granted: a role they do not hold is not theirs to hand on. */
export function permittedScopes(person: Pick<Person, 'roles'>): Set<string> {
  return new Set([...EVERYONE, ...person.roles.flatMap((role) => ofRole[role])]);
}

/** Which role a token acts in, told by the scopes only that role has. Of a second reader it says that they read as a manager; what they may write is a matter of scopes. */
export function actsAs(scopes: ReadonlySet<string>, role: 'clinician' | 'manager'): boolean {
  return (role === 'clinician' ? CLINICIAN_ONLY : [...AUDIT, ...MANAGER_ONLY]).some((scope) => scopes.has(scope));
}

/** Whether scopes let the bearer do one interaction (`c`, `r`, `u`, `d` or `s`) on a type. */
export function allows(scopes: ReadonlySet<string>, type: string, interaction: 'c' | 'r' | 'u' | 's'): boolean {
  return [...scopes].some((scope) => {
    const [context, letters = ''] = scope.split('.');
    return context === `user/${type}` && letters.includes(interaction);
  });
}

const READABLE: Record<string, string> = {
  openid: 'Know that it is you', profile: 'Know your name', fhirUser: 'Know which member of the practice’s staff you are',
  offline_access: 'Stay signed in until you sign out', 'user/Task': 'review assignments', 'user/DocumentReference': 'details of recordings',
  'user/Binary': 'recordings and signed statements', 'user/Patient': 'names of patients', 'user/Encounter': 'consultations',
  'user/Practitioner': 'clinicians', 'user/PractitionerRole': 'roles', 'user/Organization': 'the practice', 'user/Consent': 'consents',
  'user/Provenance': 'signatures', 'user/Questionnaire': 'review forms', 'user/QuestionnaireResponse': 'your reviews',
  'user/Communication': 'messages about recordings', 'user/AuditEvent': 'access records', 'user/List': 'the stop list',
};

/** A scope in words for the consent page. */
export function inWords(scope: string): string {
  const [context = '', letters] = scope.split('.');
  const what = READABLE[context] ?? context;
  if (letters === undefined) return what;
  const verbs = [letters.includes('r') && 'read', letters.includes('c') && 'add', letters.includes('u') && 'change'].filter(Boolean).join(' and ');
  return `${verbs.charAt(0).toUpperCase()}${verbs.slice(1)} ${what}`;
}
