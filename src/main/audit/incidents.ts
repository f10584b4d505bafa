/**
 * The practice's register of incidents, from the managers' own entries: each saving is one, whole, and none is ever changed. What is asked for is UK GDPR
 * Articles 33 and 34. The register names no patient: what is written in it goes to the practice's server.
 */
import { z } from 'zod';
import { IncidentFields, IncidentTrigger, type ChecklistStep, type Flag, type Incident, type Ladder, type Proof } from '../../preload/console.ts';
import { Failure } from '../platform/failure.ts';
import type { ManagerEvent } from './entry.ts';
import { BODY_LIMIT } from './reported.ts';
import { longSeconds } from '../../preload/words.ts';
import { counted, listWords, momentWords } from './printed/words.ts';
import { radiusOf, type Radius } from './reach.ts';

export type IncidentEvent = Extract<ManagerEvent, { event: 'incident' }>;

/** Nobody saves so often: a number beyond it is no version. */
const HIGHEST = 1_000_000;

/** An entry's body of this event, as far as the register reads it. */
const Version = z.object({
  event: z.literal('incident'), incident: z.uuid(), revision: z.number().int().min(1).max(HIGHEST), state: z.enum(['open', 'closed']), trigger: IncidentTrigger, fields: IncidentFields,
  note: z.string().max(20_000), id: z.string(), seq: z.number().int(), device: z.string(), at: z.iso.datetime({ offset: true }), actor: z.object({ sds: z.string(), name: z.string() }),
});
type Version = z.infer<typeof Version> & { proof: Proof };

export type Registered = Omit<Incident, 'againstReporting' | 'againstClosing'>;

/** In order of number, then time, then chain: the same whatever order they came in. */
const inOrder = (a: Version, b: Version): number =>
  a.revision - b.revision || Date.parse(a.at) - Date.parse(b.at) || a.actor.sds.localeCompare(b.actor.sds) || a.device.localeCompare(b.device) || a.seq - b.seq;

/**
 * Entries of the event `incident`, in any order, repeated or not → the register, newest first. Of two versions with one number both stay and the later in time
 * counts. A version whose chain is broken stays, and counts only where no other does. What differs in anything is another version: an entry's name proves nothing of what is in it.
 */
export function register(entries: Iterable<{ body: unknown; proof: Proof }>): { incidents: Registered[]; unreadable: number } {
  const incidents = new Map<string, Map<string, Version>>();
  let unreadable = 0;
  for (const { body, proof } of entries) {
    const read = Version.safeParse(body);
    if (!read.success) {
      unreadable += 1;
      continue;
    }
    const version = { ...read.data, proof };
    const versions = incidents.get(version.incident) ?? new Map<string, Version>();
    const whole = JSON.stringify(body);
    // A copy of it that does not hold takes nothing from it.
    if (!versions.has(whole) || proof !== 'broken') versions.set(whole, version);
    incidents.set(version.incident, versions);
  }
  const registered = [...incidents.values()].map((versions) => incidentOf([...versions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, version]) => version).sort(inOrder)));
  return { incidents: registered.sort((a, b) => Date.parse(b.openedAt) - Date.parse(a.openedAt) || a.id.localeCompare(b.id)), unreadable };
}

function incidentOf(versions: Version[]): Registered {
  const sound = versions.filter(({ proof }) => proof !== 'broken');
  const counting = sound.length > 0 ? sound : versions;
  const first = counting[0];
  const current = counting.at(-1);
  if (!first || !current) throw new Error('an incident without a version');
  return {
    id: current.incident, trigger: first.trigger, state: current.state, openedAt: first.at, openedBy: first.actor.name, fields: current.fields, revision: current.revision,
    versions: versions.map(({ revision, at, actor, note, state, fields }) => ({ version: revision, at, by: actor.name, note, state, fields })),
    remarks: remarksOn(versions, counting, current),
  };
}

function remarksOn(versions: Version[], counting: Version[], current: Version): string[] {
  const written = ({ actor, at }: Version) => `by ${actor.name} on ${momentWords(at)}`;
  const remarks: string[] = [];
  const known = new Set(versions.map(({ revision }) => revision));
  const absent = current.revision - [...known].filter((revision) => revision <= current.revision).length;
  if (absent > 0) remarks.push(`${counted(absent, 'version')} before version ${current.revision} ${absent === 1 ? 'is' : 'are'} not in the record as far as it has been read.`);
  for (const number of known) {
    const rivals = counting.filter(({ revision }) => revision === number);
    if (rivals.length < 2) continue;
    remarks.push(`Version ${number} was written ${rivals.length === 2 ? 'twice' : `${rivals.length} times`}: ${rivals.map(written).join('; ')}. All are kept; the last of these counts. Check that nothing of the others is missing from it.`);
  }
  for (const version of versions) {
    if (version.proof === 'broken') remarks.push(`Version ${version.revision}, ${written(version)}, stands in a chain that does not hold${counting.includes(version) ? '' : ', so it does not count'}.`);
    if (version.proof === 'unenrolled') remarks.push(`Version ${version.revision}, ${written(version)}, comes from a computer that no manager has enrolled.`);
  }
  return remarks;
}

/** The mark of what a manager still has to write. A text that has one counts as not filled in. */
export const TO_FILL_IN = '[Fill in: ';
const toFillIn = (what: string): string => `${TO_FILL_IN}${what}]`;
const isFilled = (text: string): boolean => text.trim() !== '' && !text.includes(TO_FILL_IN.trim());

export const checklist: readonly { key: ChecklistStep; words: string }[] = [
  { key: 'stopped', words: 'Stopped everywhere' },
  { key: 'radius', words: 'Who was shown what has been read from a complete record' },
  { key: 'guardian', words: 'Caldicott Guardian and data protection officer told' },
  { key: 'ico', words: 'ICO told or decided not to, with reasons' },
  { key: 'patients', words: 'Patients told or decided not to, with reasons' },
  { key: 'cause', words: 'Cause found' },
  { key: 'put-right', words: 'Recordings put right, or kept closed for good' },
  { key: 'learnt', words: 'What changes so that it does not happen again is written down' },
];

const HOUR = 3_600_000;
/** Article 33(1): hours of the clock, week-ends and changes of summer time included. */
const REPORT_WITHIN = 72 * HOUR;

export interface ReportClock {
  state: 'not-set' | 'running' | 'over' | 'reported' | 'reported-late' | 'not-reported';
  due: string | null;
  /** Below 0 when it is over; null when nothing runs any more, or yet. */
  remainingSeconds: number | null;
}

export function reportClock({ awareAt, report, reportedAt }: IncidentFields, now: number): ReportClock {
  if (awareAt === null) return { state: report === 'no' ? 'not-reported' : 'not-set', due: null, remainingSeconds: null };
  const end = Date.parse(awareAt) + REPORT_WITHIN;
  const due = new Date(end).toISOString();
  if (reportedAt !== null) return { state: Date.parse(reportedAt) > end ? 'reported-late' : 'reported', due, remainingSeconds: null };
  if (report === 'no') return { state: 'not-reported', due, remainingSeconds: null };
  return { state: now > end ? 'over' : 'running', due, remainingSeconds: Math.floor((end - now) / 1000) };
}

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
    [awareAt !== null && at > Date.parse(awareAt) + REPORT_WITHIN && !isFilled(lateBecause), 'lateBecause', 'After 72 hours a report needs the reasons for the delay.'],
  );
}

export function againstClosing(fields: IncidentFields, now: number): Hindrance[] {
  const undone = checklist.filter(({ key }) => !fields.checklist.includes(key));
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
    ...undone.map(({ words }) => [true, 'checklist', `Not ticked: ${words}.`] as const),
  );
}

type Check = readonly [stands: boolean, field: keyof IncidentFields, sentence: string];

/** One sentence once, however many rules ask for it. */
function list(...checks: Check[]): Hindrance[] {
  const standing = checks.filter(([stands]) => stands).map(([, field, sentence]) => ({ field, sentence }));
  return standing.filter(({ sentence }, index) => standing.findIndex((other) => other.sentence === sentence) === index);
}

const parts = [
  ['nature', 'What happened'], ['categoriesOfPeople', 'What kinds of people are concerned'], ['categoriesOfRecords', 'What kinds of records are concerned'], ['contact', 'Whom to contact'],
  ['consequences', 'The likely consequences'], ['measures', 'What was done or is proposed'],
] as const;

const emptyParts = (fields: IncidentFields): Check[] =>
  parts.map(([field, what]) => [!isFilled(fields[field]), field, `${what}: ${fields[field].trim() === '' ? 'empty' : 'something marked “Fill in” is left'}.`]);

/** What an entry has beside its event is less than the difference. */
const LONGEST = BODY_LIMIT - 4096;

/**
 * The next version, to be written into the manager's chain. `incident` is what the manager had before them: two who work on one version at a time make two with
 * one number, which the register says. `bad-request` when something stands against it.
 */
export function next(incident: Registered, changes: { fields?: Partial<IncidentFields>; state?: Incident['state'] }, note: string, now: number): IncidentEvent {
  const fields = IncidentFields.parse({ ...incident.fields, ...changes.fields });
  const state = changes.state ?? incident.state;
  const against = state === 'closed' ? againstClosing(fields, now) : againstSaving(fields, now);
  if (against.length > 0) throw new Failure('bad-request', 'incident is not fit to be saved so');
  const event: IncidentEvent = { event: 'incident', incident: incident.id, revision: Math.min(incident.revision + 1, HIGHEST), state, trigger: incident.trigger, fields, note };
  // Longer than any reader takes: it would come back as unreadable.
  if (Buffer.byteLength(JSON.stringify(event)) > LONGEST) throw new Failure('act-refused', 'incident is too long', { why: 'incident-too-long' });
  return event;
}

/** What an incident is opened from. */
export type Cause =
  | { trigger: 'wrong-patient'; at: string }
  | { trigger: 'withheld'; at: string; reasons: readonly string[] }
  | { trigger: 'flag'; at: string; kind: Flag['kind'] }
  | { trigger: 'query' };

export interface Opening {
  /** A new UUID. */
  incident: string;
  cause: Cause;
  /** Of the recordings that it is about. */
  ladder: Ladder;
  recordings: readonly string[];
  patients: readonly string[];
  /** Of the site file. */
  support: { name: string; contact: string };
}

/** The first version: what the record says, and marks where only the manager can say it. Awareness is for the manager to set. */
export function open({ incident, cause, ladder, recordings, patients, support }: Opening): IncidentEvent {
  const radius = radiusOf(ladder);
  return {
    event: 'incident', incident, revision: 1, state: 'open', trigger: cause.trigger, note: 'Opened',
    fields: {
      title: titleOf(cause), awareAt: null,
      nature: [causeWords(cause), ...radiusWords(radius), toFillIn('what happened and why, and what is not known yet')].join('\n'),
      categoriesOfPeople: `Patients of the practice whose consultations are recorded.\n${toFillIn('whether children or others who need more care are among them; whether the patients that the record names are the right ones')}`,
      people: radius.complete ? radius.patients : null,
      categoriesOfRecords: recordWords(radius), records: radius.complete ? radius.recordings : null,
      contact: `${support.name}, ${support.contact}`,
      consequences: toFillIn('what this may mean for the patients'),
      measures: [...(radius.erased > 0 ? [`The record shows that a copy was erased ${radius.erased === 1 ? 'once' : `${radius.erased} times`}.`] : []), toFillIn('what was stopped, put right and proposed')].join('\n'),
      lateBecause: '', report: 'undecided', reportReasons: '', reportedAt: null, tellPatients: 'undecided', tellReasons: '',
      recordings: [...recordings], patients: [...patients], checklist: [], corrections: [],
    },
  };
}

const flagWords: Record<Flag['kind'], string> = {
  'unassigned-attempt': 'somebody tried to open what is not assigned to them', 'bulk-opening': 'many recordings were opened in a short time', 'out-of-hours': 'a recording was opened out of hours',
  'same-surname': 'a patient has the surname of the person who looked', 'staff-as-patient': 'the patient is one of the practice’s staff', 'failed-secrets': 'a PIN or passphrase was given wrong several times',
  'withheld-mismatch': 'a recording was withheld because records do not agree', 'wrong-patient': 'somebody said “wrong patient”',
};

function titleOf(cause: Cause): string {
  switch (cause.trigger) {
    case 'wrong-patient': return 'Recording reported as another patient’s';
    case 'withheld': return 'Recording withheld because records do not agree';
    case 'flag': return `To look at: ${flagWords[cause.kind]}`;
    case 'query': return 'Question about who saw a recording';
  }
}

function causeWords(cause: Cause): string {
  switch (cause.trigger) {
    case 'wrong-patient': return `On ${momentWords(cause.at)} somebody who was shown a recording said that it is another patient’s.`;
    case 'withheld': return `On ${momentWords(cause.at)} the app withheld a recording (${cause.reasons.length > 0 ? cause.reasons.join(', ') : 'the record gives no reason'}).`;
    case 'flag': return `On ${momentWords(cause.at)} the record shows that ${flagWords[cause.kind]}.`;
    case 'query': return 'Somebody asked who was shown a recording.';
  }
}

/** Who got how far, each person once: for the register and the report. */
export function radiusWords(radius: Radius): string[] {
  const { people, first, last } = radius;
  const reached = people.exposed + people.opened + people.presented + people.listed;
  if (first === null || last === null) return [radius.complete ? 'According to the record nobody had it listed, on screen or open.' : 'As far as the record has been read, nobody had it listed, on screen or open. It has not been read to its end.'];
  const seconds = radius.exposedSeconds > 0 ? `${radius.unreported ? 'at least ' : ''}${longSeconds(radius.exposedSeconds)} of picture or sound in all` : radius.media ? 'a still picture' : '';
  const shown = [seconds, radius.transcript ? 'a transcript' : '', radius.unreported && radius.exposedSeconds === 0 ? 'how much is not on record' : ''].filter((part) => part !== '');
  return [
    `According to the record ${counted(radius.recordings, 'recording')} reached ${counted(reached, 'person', 'people')} between ${momentWords(first)} and ${momentWords(last)}. Each is counted once, where they got furthest:`,
    `– shown some of it: ${people.exposed}${people.exposed > 0 ? ` (${listWords(shown)})` : ''}`,
    `– opened, nothing shown: ${people.opened}`,
    `– on screen in a list, not opened: ${people.presented}`,
    `– listed, not on screen: ${people.listed}`,
    ...(radius.unreported ? ['For some of it the screen did not say what was shown, so it may be more.'] : []),
    ...(radius.unproven > 0 ? [`For ${counted(radius.unproven, 'row')} of this the chain is not proven.`] : []),
    ...(radius.complete ? [] : ['The record had not been read to its end when this was written.']),
  ];
}

function recordWords({ people, transcript }: Radius): string {
  const seen = [
    ...(people.exposed > 0 ? [`Recordings of consultations (picture or sound${transcript ? ', and transcripts' : ''}): health data.`] : []),
    ...(people.exposed + people.opened + people.presented > 0 ? ['What stands beside a recording: name, date of birth, NHS number, title and time of the consultation.'] : []),
  ];
  return [...seen, toFillIn('what else was in it, as far as it is known')].join('\n');
}
