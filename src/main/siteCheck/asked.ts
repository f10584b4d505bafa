/** What the app asks of a FHIR server, by type (docs/backend.md, "Requests"): held against the code in lines.test.ts. */

type Interaction = 'read' | 'search-type' | 'create' | 'update';

export interface Wanted {
  interaction: Interaction;
  /** Search parameters, without those that every type has (`_id`, `_lastUpdated`): servers seldom name these. */
  by?: readonly string[];
  /** Whose work needs it. `reading`: managers and second readers. */
  of: 'clinician' | 'manager' | 'reading';
  /** Nothing at all can be done without. */
  needed?: true;
}

export interface Asked {
  type: string;
  wanted: readonly Wanted[];
  /** Made on a condition (`If-None-Exist`) on this. */
  once?: { of: Wanted['of']; by: readonly string[]; needed?: true };
  /** Changed with `If-Match`. */
  versioned?: true;
}

const read = { interaction: 'read', of: 'clinician', needed: true } as const;
const search = (...by: string[]): Wanted => ({ interaction: 'search-type', of: 'clinician', needed: true, by });

export const asked: readonly Asked[] = [
  { type: 'Practitioner', wanted: [read, search()] },
  { type: 'PractitionerRole', wanted: [search('practitioner')] },
  { type: 'Organization', wanted: [read, search()] },
  {
    type: 'Task', versioned: true, once: { of: 'manager', by: ['identifier'] },
    wanted: [search('owner', 'status'), { interaction: 'read', of: 'clinician' }, { interaction: 'update', of: 'clinician' }, { interaction: 'search-type', of: 'reading', by: ['code', 'focus', 'owner'] }, { interaction: 'create', of: 'manager' }],
  },
  { type: 'DocumentReference', wanted: [search('relatesto'), { interaction: 'search-type', of: 'reading', by: ['identifier', 'subject'] }] },
  { type: 'Binary', wanted: [read, { interaction: 'create', of: 'manager' }] },
  { type: 'Encounter', wanted: [search()] },
  { type: 'Patient', wanted: [search(), { interaction: 'search-type', of: 'reading', by: ['name', 'identifier', 'birthdate'] }] },
  { type: 'Consent', wanted: [search()] },
  { type: 'Provenance', once: { of: 'manager', by: ['target', 'entity'] }, wanted: [search('target'), { interaction: 'create', of: 'manager' }] },
  { type: 'AuditEvent', once: { of: 'clinician', by: ['entity-name'], needed: true }, wanted: [{ interaction: 'create', of: 'clinician', needed: true }, { interaction: 'search-type', of: 'reading', needed: true }] },
  { type: 'List', versioned: true, once: { of: 'manager', by: ['code'] }, wanted: [{ interaction: 'search-type', of: 'clinician', by: ['code'] }, { interaction: 'read', of: 'manager' }, { interaction: 'create', of: 'manager' }, { interaction: 'update', of: 'manager' }] },
  { type: 'Questionnaire', wanted: [{ interaction: 'search-type', of: 'clinician', by: ['status'] }] },
  {
    type: 'QuestionnaireResponse', versioned: true, once: { of: 'clinician', by: ['identifier'] },
    wanted: [{ interaction: 'search-type', of: 'clinician', by: ['subject'] }, { interaction: 'read', of: 'clinician' }, { interaction: 'create', of: 'clinician' }, { interaction: 'update', of: 'clinician' }],
  },
  { type: 'Communication', once: { of: 'clinician', by: ['identifier'] }, wanted: [{ interaction: 'search-type', of: 'clinician', by: ['recipient', 'sender'] }, { interaction: 'create', of: 'clinician' }] },
];
