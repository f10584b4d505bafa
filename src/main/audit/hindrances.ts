/** What stands against saving an incident, marking it as reported, and closing it: UK GDPR, Articles 33 and 34, and the practice's own checklist. */
import type { IncidentFields } from '../../preload/console.ts';
import { checklist, checklistSteps, incidentFieldNames, isFilled, REPORT_WITHIN_MS } from '../../preload/incident.ts';

/** Something that stands against a step, and the field where it is put right. */
export interface Hindrance {
  field: keyof IncidentFields;
  sentence: string;
}

/** Against saving these fields at all: a decision without its reasons, or times that cannot be. */
export function againstSaving(fields: IncidentFields, now: number): Hindrance[] {
  const { awareAt, report, reportReasons, reportedAt, tellPatients, tellReasons } = fields;
  const later = (time: string | null) => time !== null && Date.parse(time) > now;
  return list(
    [later(awareAt), 'awareAt', 'The time when the practice became aware is still to come.'],
    [later(reportedAt), 'reportedAt', 'The time of the report is still to come.'],
    [awareAt !== null && reportedAt !== null && Date.parse(reportedAt) < Date.parse(awareAt), 'reportedAt', 'The report is said to be earlier than the practice became aware.'],
    [report === 'no' && !isFilled(reportReasons), 'reportReasons', 'A decision not to report needs its reasons.'],
    [tellPatients === 'no' && !isFilled(tellReasons), 'tellReasons', 'A decision not to tell the patients needs its reasons.'],
    [fields.corrections.some(({ reason }) => !isFilled(reason)), 'corrections', 'A decision whose consultation a recording shows needs its reason.'],
    [fields.corrections.some(({ patient }) => patient !== null && !/^Patient\/[A-Za-z0-9.-]{1,64}$/.test(patient)), 'corrections', 'A decision whose consultation a recording shows names no patient.'],
    [new Set(fields.corrections.map(({ recording }) => recording)).size < fields.corrections.length, 'corrections', 'Of one recording it is decided twice whose consultation it shows.'],
    [report !== 'yes' && reportedAt !== null, 'report', 'It has a time of report, but the decision is not to report, or is not made.'],
    ...(reportedAt === null ? [] : againstReporting(fields, now).map(({ field, sentence }) => [true, field, sentence] as const)),
  );
}

/**
 * Against marking it as reported: the parts of Article 33(3) that are empty. Numbers may be missing, because a report may come in phases (33(4)); a text
 * says itself what is not known yet.
 */
export function againstReporting(fields: IncidentFields, now: number): Hindrance[] {
  const { awareAt, reportedAt, lateBecause } = fields;
  const at = reportedAt === null ? now : Date.parse(reportedAt);
  return list(
    [awareAt === null, 'awareAt', 'When the practice became aware is not set.'],
    [fields.report !== 'yes', 'report', 'It is not decided to report.'],
    ...emptyParts(fields),
    [awareAt !== null && at > Date.parse(awareAt) + REPORT_WITHIN_MS && !isFilled(lateBecause), 'lateBecause', 'After 72 hours a report needs the reasons for the delay.'],
  );
}

export function againstClosing(fields: IncidentFields, now: number): Hindrance[] {
  const undone = checklistSteps.filter((step) => !fields.checklist.includes(step));
  return list(
    ...againstSaving(fields, now).map(({ field, sentence }) => [true, field, sentence] as const),
    [fields.awareAt === null, 'awareAt', 'When the practice became aware is not set.'],
    [!isFilled(fields.title), 'title', 'It has no title.'],
    ...emptyParts(fields),
    [fields.people === null, 'people', 'The number of people is missing.'],
    [fields.records === null, 'records', 'The number of records is missing.'],
    [fields.report === 'undecided', 'report', 'It is not decided whether the ICO is told.'],
    [fields.report === 'yes' && fields.reportedAt === null, 'reportedAt', 'It is to be reported, and is not marked as reported.'],
    [fields.tellPatients === 'undecided', 'tellPatients', 'It is not decided whether the patients are told.'],
    ...undone.map((step) => [true, 'checklist', `Not ticked: ${checklist[step]}.`] as const),
  );
}

type Check = readonly [stands: boolean, field: keyof IncidentFields, sentence: string];

/** One sentence once, however many rules ask for it. */
function list(...checks: Check[]): Hindrance[] {
  const standing = checks.filter(([stands]) => stands).map(([, field, sentence]) => ({ field, sentence }));
  return standing.filter(({ sentence }, index) => standing.findIndex((other) => other.sentence === sentence) === index);
}

/** Of Article 33(3). */
const parts = ['nature', 'categoriesOfPeople', 'categoriesOfRecords', 'contact', 'consequences', 'measures'] as const;

const emptyParts = (fields: IncidentFields): Check[] =>
  parts.map((field) => [!isFilled(fields[field]), field, `${incidentFieldNames[field]}: ${fields[field].trim() === '' ? 'empty' : 'something marked “Fill in” is left'}.`]);
