/**
 * What the screens, the printed report and main have to say alike of an incident: its names, when a text counts as filled in, and where the 72 hours stand.
 * Part of the contract, as words.ts is.
 */
import type { Incident, IncidentFields } from './console.ts';

/** What an incident began with. */
export const triggerNames: Record<Incident['trigger'], string> = {
  'wrong-patient': 'Someone said: wrong patient', withheld: 'A recording was withheld for a mismatch', flag: 'A flag', query: 'A question or a complaint',
};

export const decisionNames: Record<IncidentFields['report'], string> = { undecided: 'Not decided', yes: 'Yes', no: 'No' };

/** In the order of the form. */
export const incidentFieldNames = {
  title: 'Title', awareAt: 'When the practice became aware', nature: 'What happened', categoriesOfPeople: 'Which kinds of people', people: 'About how many people', categoriesOfRecords: 'Which kinds of records',
  records: 'About how many records', contact: 'Contact for the regulator', consequences: 'Likely consequences', measures: 'Measures taken or proposed', lateBecause: 'If later than 72 hours: why',
  report: 'Report to the ICO?', reportReasons: 'Reasons for this decision', reportedAt: 'When it was reported', tellPatients: 'Tell the patients?', tellReasons: 'Reasons for this decision', recordings: 'Recordings', patients: 'Patients', checklist: 'Before it is closed', corrections: 'Whose consultation each recording shows',
} as const satisfies Record<keyof IncidentFields, string>;

/** What closes an incident, in the order in which it is usually done: keys of `IncidentFields.checklist`. */
export const checklist = {
  stopped: 'Access to the recordings is stopped, or there is a reason why not', radius: 'Who was shown what has been read from a complete record', guardian: 'The Caldicott Guardian and the data protection officer have been told',
  ico: 'The ICO has been told, or the reasons why not are written down', patients: 'The patients have been told, or the reasons why not are written down', cause: 'The cause is known', 'put-right': 'The recordings are put right, or kept closed for good',
  learnt: 'What prevents it from happening again is written down',
} as const;
export type ChecklistStep = keyof typeof checklist;
export const checklistSteps = Object.keys(checklist) as ChecklistStep[];

/** The mark of what a manager still has to write. A text that has one counts as not filled in. */
export const TO_FILL_IN = '[Fill in: ';
export const isFilled = (text: string): boolean => text.trim() !== '' && !text.includes(TO_FILL_IN.trim());

/** UK GDPR, Article 33(1): to the regulator within 72 hours of becoming aware, hours of the clock, week-ends and changes of summer time included. */
export const REPORT_WITHIN_MS = 72 * 3_600_000;

export interface ReportClock {
  state: 'not-set' | 'running' | 'overdue' | 'reported' | 'reported-late' | 'not-reported';
  /** ISO; null as long as nobody said when the practice became aware. */
  due: string | null;
  /** From then until the report, or where there is none until now: below 0 when that is earlier. Null where nothing is due. */
  pastDueMs: number | null;
}

/** A report that was made stops them; so does a decision, with its reasons, that none is needed. */
export function reportClock({ awareAt, report, reportReasons, reportedAt }: Pick<IncidentFields, 'awareAt' | 'report' | 'reportReasons' | 'reportedAt'>, now: number): ReportClock {
  const end = awareAt === null ? null : Date.parse(awareAt) + REPORT_WITHIN_MS;
  const due = end === null ? null : new Date(end).toISOString();
  if (report === 'no' && isFilled(reportReasons)) return { state: 'not-reported', due, pastDueMs: null };
  if (end === null) return { state: 'not-set', due, pastDueMs: null };
  const pastDueMs = (reportedAt === null ? now : Date.parse(reportedAt)) - end;
  if (reportedAt !== null) return { state: pastDueMs > 0 ? 'reported-late' : 'reported', due, pastDueMs };
  return { state: pastDueMs > 0 ? 'overdue' : 'running', due, pastDueMs };
}
