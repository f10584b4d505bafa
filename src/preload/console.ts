/**
 * What crosses the door for a manager, and for a second reader: the record of who was listed, presented, shown and exposed to what, and what a manager does about it.
 * No media, no note, no grade. Part of contract.ts.
 */
import { z } from 'zod';

const isoTime = z.iso.datetime({ offset: true });
const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const count = z.number().int().min(0);
const text = z.string().max(20_000);
const interval = z.tuple([z.number(), z.number()]);

/** Where the reading of the practice's record stands. `reading`: more is on its way, newest first. */
export const TrailState = z.object({
  reading: z.boolean(), entries: count, /** AuditEvents that are no entries of this app, or cannot be read. */ others: count,
  /** Everything since then has been read; null: not to the end of any page yet. */
  since: isoTime.nullable(), complete: z.boolean(),
  verified: count, verifying: z.boolean(), /** What does not fit. */ findings: count, /** Chains that no manager has enrolled yet. */ notEnrolled: count, /** Grows with each verification that came to another result. */ checks: count, readAt: isoTime.nullable(),
});
export type TrailState = z.infer<typeof TrailState>;

/** Each list: any of its values; an empty one leaves nothing out. */
export const EventFilter = z.object({
  from: isoTime.nullable(), to: isoTime.nullable(),
  /** SDS user ids, event names, masterIdentifiers, "Patient/id", device ids. */
  people: z.array(z.string().max(200)).max(50), events: z.array(z.string().max(60)).max(60), recordings: z.array(z.string().max(200)).max(200),
  patients: z.array(z.string().max(200)).max(50), devices: z.array(z.string().max(200)).max(50),
  refusedOnly: z.boolean(),
});
export type EventFilter = z.infer<typeof EventFilter>;

const PersonRef = z.object({ sds: z.string(), name: z.string(), role: z.string() });
/** As the practice names it now; null where it does not, or not yet. */
export const RecordingRef = z.object({ recording: z.string().nullable(), document: z.string().nullable(), title: z.string().nullable(), consultedAt: isoTime.nullable() });
export const PatientRef = z.object({ patient: z.string(), name: z.string().nullable(), dateOfBirth: isoDate.nullable(), nhsNumber: z.string().nullable() });
export type PersonRef = z.infer<typeof PersonRef>;
export type RecordingRef = z.infer<typeof RecordingRef>;
export type PatientRef = z.infer<typeof PatientRef>;

/**
 * `verified`: its chain holds up to here under a key that a manager enrolled. `unenrolled`: it holds under the key that it names itself. `broken`: see the findings.
 * `unchecked`: the verification has not come to it yet.
 */
export const Proof = z.enum(['verified', 'unenrolled', 'broken', 'unchecked']);
export type Proof = z.infer<typeof Proof>;

export const EventRow = z.object({
  id: count, at: isoTime, event: z.string(), who: PersonRef, recording: RecordingRef.nullable(), patient: PatientRef.nullable(), purpose: z.string().nullable(),
  device: z.string(), refused: z.boolean(), proof: Proof,
  /** On screen (`presented`), or of media (`exposed`). */
  seconds: z.number().nullable(), media: z.array(interval), attended: z.array(interval), transcript: z.boolean(),
  /** Reason codes, a cause, what was exported: in the entry's own words. */
  detail: z.string(),
});
export type EventRow = z.infer<typeof EventRow>;
export const EventPage = z.object({ rows: z.array(EventRow).max(200), total: count, /** Give it back for the rows that follow. */ next: z.string().nullable() });
export type EventPage = z.infer<typeof EventPage>;

/** Who did how often what of {@link managerEvents}, who did it last first. `me`: the SDS user id of who asks. */
export const ManagersActions = z.object({ me: z.string(), people: z.array(z.object({ who: PersonRef, acts: z.array(z.object({ event: z.string(), count })), last: isoTime })) });
export type ManagersActions = z.infer<typeof ManagersActions>;

/** One entry as it was signed. */
export const EventDetails = z.object({
  row: EventRow, sequence: count, reference: z.string(), receivedAt: isoTime.nullable(), entry: z.string(), hash: z.string(), signature: z.string(), findings: z.array(z.string()),
});
export type EventDetails = z.infer<typeof EventDetails>;

/** How far somebody got with a recording, from the furthest down: what each means is decided in src/main/audit/reach.ts alone. */
export const Rung = z.enum(['exposed', 'opened', 'presented', 'listed', 'refused']);
export type Rung = z.infer<typeof Rung>;

/** How far one person got with one recording. Seconds of media are counted once each, however often they were watched. */
export const LadderRow = z.object({
  /** Null: a copy of it came or went, and the record has no more than that. */
  rung: Rung.nullable(),
  who: PersonRef, recording: RecordingRef, patient: PatientRef.nullable(),
  listed: count, presentedSeconds: z.number().nullable(), opened: count, exposedSeconds: z.number(), attendedSeconds: z.number(), media: z.array(interval), transcript: z.boolean(),
  /** Bytes went out and the screen did not say of what. */
  unreported: z.boolean(), denied: count, withheld: count, downloaded: count, destroyed: count, wrongPatient: z.boolean(),
  first: isoTime, last: isoTime, purposes: z.array(z.string()), devices: z.array(z.string()), proof: Proof,
});
export type LadderRow = z.infer<typeof LadderRow>;
/** `people` and `recordings`: how many got exactly so far, each counted once, where it got furthest. */
export const Ladder = z.object({
  rows: z.array(LadderRow), people: z.record(Rung, count), recordings: z.record(Rung, count),
  exposedSeconds: z.number(), complete: z.boolean(),
});
export type Ladder = z.infer<typeof Ladder>;

export const Activity = z.object({ days: z.array(z.object({ day: isoDate, listed: count, presented: count, opened: count, exposedSeconds: z.number(), refused: count })) });
export type Activity = z.infer<typeof Activity>;

/** A chain: one person on one computer. */
export const DeviceRow = z.object({
  device: z.string(), who: PersonRef, version: z.string().nullable(), entries: count, lastContact: isoTime.nullable(), lastEntry: isoTime.nullable(),
  /** First characters of the SHA-256 of the key, in groups, to compare by eye. */
  key: z.string().nullable(), enrolled: z.enum(['enrolled', 'not-enrolled', 'other-key', 'revoked']), proof: Proof, findings: count,
});
export type DeviceRow = z.infer<typeof DeviceRow>;

/** What does not fit in a chain. */
export const Finding = z.object({ kind: z.enum(['unreadable', 'edited', 'signature', 'gap', 'fork', 'replay', 'regression', 'truncated', 'other-key']), device: z.string(), who: PersonRef.nullable(), sequence: count, at: isoTime.nullable(), sentence: z.string() });
export type Finding = z.infer<typeof Finding>;

/** Something to look at, and why: never an accusation. */
export const Flag = z.object({
  id: z.string(), kind: z.enum(['unassigned-attempt', 'bulk-opening', 'out-of-hours', 'same-surname', 'staff-as-patient', 'failed-secrets', 'withheld-mismatch', 'wrong-patient']),
  at: isoTime, who: PersonRef, recording: RecordingRef.nullable(), patient: PatientRef.nullable(), sentence: z.string(), events: z.array(count).max(500),
});
export type Flag = z.infer<typeof Flag>;

export const Exported = z.object({ file: z.string(), rows: count, sha256: z.string() });
export type Exported = z.infer<typeof Exported>;

export const SavedView = z.object({ name: z.string().min(1).max(80), filter: EventFilter });
export type SavedView = z.infer<typeof SavedView>;

const decision = z.enum(['undecided', 'yes', 'no']);
/** What a manager writes into an incident; each saving is a version that stays. */
export const IncidentFields = z.object({
  title: text, /** When the practice became aware: the 72 hours of Article 33 run from here. */ awareAt: isoTime.nullable(),
  nature: text, categoriesOfPeople: text, people: count.nullable(), categoriesOfRecords: text, records: count.nullable(), contact: text, consequences: text, measures: text, lateBecause: text,
  report: decision, reportReasons: text, reportedAt: isoTime.nullable(), tellPatients: decision, tellReasons: text,
  recordings: z.array(z.string().max(200)).max(500), patients: z.array(z.string().max(200)).max(500), checklist: z.array(z.string().max(60)).max(40),
  /** Whose consultation a recording shows where the record may be wrong: "Patient/id", or null for not known. Versions before it have none. */
  corrections: z.array(z.object({ recording: z.string().max(200), patient: z.string().max(200).nullable(), reason: z.string().max(1000) })).max(500).default([]),
});
export type IncidentFields = z.infer<typeof IncidentFields>;
export const IncidentTrigger = z.enum(['wrong-patient', 'withheld', 'flag', 'query']);
export const Incident = z.object({
  id: z.string(), trigger: IncidentTrigger, state: z.enum(['open', 'closed']), openedAt: isoTime, openedBy: z.string(), fields: IncidentFields,
  /** In order; of two with one number, the later in time last. */
  versions: z.array(z.object({ version: count, at: isoTime, by: z.string(), note: text, state: z.enum(['open', 'closed']), fields: IncidentFields })),
  /** The number of the version that counts; what a reader of the versions has to know; what still stands against reporting and closing it. Sentences. */
  revision: count, remarks: z.array(z.string()), againstReporting: z.array(z.string()), againstClosing: z.array(z.string()),
});
export type Incident = z.infer<typeof Incident>;

/** One incident that is kept on this computer to work on offline: which, since when, and until when it can be opened without the practice. */
export const Kept = z.object({ incident: z.string(), keptAt: isoTime, until: isoTime });
export type Kept = z.infer<typeof Kept>;
/** All there is of it offline: names as they were when it was kept. `findings`: of the whole record, then. */
export const KeptPage = z.object({
  incident: Incident, keptAt: isoTime, until: isoTime, ladder: Ladder, recordings: z.array(RecordingRef), patients: z.array(PatientRef), findings: z.array(Finding), verified: count, entries: count,
});
export type KeptPage = z.infer<typeof KeptPage>;

/** What a search found. `more`: there are others, so the question has to be narrower. */
export const Found = z.object({ patients: z.array(PatientRef), people: z.array(PersonRef), more: z.boolean() });
export type Found = z.infer<typeof Found>;

/** What of someone's review a manager sees: no note, no grade. */
export const AssignmentView = z.object({
  task: z.string(), owner: PersonRef, recording: RecordingRef, patient: PatientRef.nullable(), status: z.string(), purpose: z.string().nullable(), from: isoTime.nullable(), until: isoTime.nullable(), offline: z.boolean(),
  /** What can be done with it in the state it is in. */
  may: z.array(z.enum(['extend', 'cancel'])),
});
export type AssignmentView = z.infer<typeof AssignmentView>;
export const StopTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('recording'), recording: z.string().max(200) }),
  z.object({ kind: z.literal('patient'), patient: z.string().max(200) }),
  z.object({ kind: z.literal('all') }),
]);
export type StopTarget = z.infer<typeof StopTarget>;
