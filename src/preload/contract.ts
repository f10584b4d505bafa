/**
 * The door between the main process and the screens: every method, its arguments, its reply, every message that main pushes.
 * Both sides check against these schemas; what is not here does not cross. No token, key, file path or server address
 * crosses it, and no patient data but of recordings that passed assurance for the person who is signed in.
 */
import { z } from 'zod';
import {
  Activity, AssignmentView, DeviceRow, EventDetails, EventFilter, EventPage, EventRow, Exported, Finding, Flag, Found, Incident, IncidentFields, IncidentTrigger, Kept, KeptPage, Ladder, ManagersActions,
  RecordingRef, SavedView, StopTarget, TrailState,
} from './console.ts';
import { Health, SupportBundle } from './health.ts';
import { FormAnswers, Hit, KeptWork, ListQuery, NoteCategory, NoteFields, RejectReason, ReviewWork } from './review.ts';
import { Settings } from './settings.ts';
import { SiteCheckReport } from './siteCheck.ts';
import { first, method, Problem, SecretRule } from './state.ts';
import { UpdatesView } from './updates.ts';

export { problemCodes, type ProblemCode } from './problemCodes.ts';
export { About, AppState, Problem, SecretRule, type PracticeView, type RoleKind, type RoleView, type Screen, type Standing, type VaultPerson } from './state.ts';

const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const isoTime = z.iso.datetime({ offset: true });
const seconds = z.number().min(0).max(1e6);

/** The state of the sealed copy on this computer; sizes in bytes. `rate`: bytes a second over the last seconds, null where that is not known. */
const Copy = z.object({
  state: z.enum(['none', 'queued', 'downloading', 'paused', 'sealed', 'failed']),
  received: z.number().min(0), total: z.number().min(0), rate: z.number().positive().nullable(), problem: Problem.nullable(),
});
export type CopyView = z.infer<typeof Copy>;

const Patient = z.object({
  name: z.string(), dateOfBirth: isoDate,
  /** Ten digits, unspaced; null for a temporary patient. Shown 3 3 4. */
  nhsNumber: z.string().nullable(),
});

/** What makes a recording sensitive, as far as the practice's labels say. */
const SensitiveKind = z.enum(['intimate', 'child', 'safeguarding']);
export type SensitiveKind = z.infer<typeof SensitiveKind>;

const WorklistRow = z.object({
  id: z.string(), title: z.string(), patient: Patient, consultedAt: isoTime, medium: z.enum(['video', 'audio']),
  /** own: the clinician was in the consultation; peer: a signed assignment names them. */
  review: z.enum(['own', 'peer']), purpose: z.string(), due: isoTime.nullable(),
  progress: z.enum(['new', 'in-progress', 'reviewed']), sensitive: z.boolean(), sensitiveKinds: z.array(SensitiveKind), offline: z.boolean(), hasTranscript: z.boolean(), copy: Copy,
});
export type WorklistRow = z.infer<typeof WorklistRow>;
const ListedRows = z.object({ rows: z.array(WorklistRow).max(300), hits: z.array(Hit).max(1500) });

/** A recording that was assigned and did not pass. Names no patient, title or media. */
const WithheldRow = z.object({
  id: z.string(),
  /** Short reference to quote to the practice, e.g. "W-7F3K-2Q". */
  reference: z.string(),
  reasons: z.array(z.object({ code: z.string(), sentence: z.string() })).min(1),
  since: isoTime,
});
export type WithheldRow = z.infer<typeof WithheldRow>;

export const Worklist = z.object({
  /** Rows that pass, in their usual order; their content is asked for by {@link methods.rows}, a screenful at a time. */
  ids: z.array(z.string().max(100)),
  /** Those of them that come, wait, are paused or did not come: under way first, waiting last. */
  downloads: z.array(z.string().max(100)), withheld: z.array(WithheldRow),
  /** Assignments that the app has not checked yet: neither shown nor withheld. */
  checking: z.number().int().min(0),
  /** The practice has no signed manifests: said beside every recording. */
  unsigned: z.boolean(),
  /** Assignments of other people that the practice offered at the last sync: none was fetched or is shown. */
  notYours: z.number().int().min(0),
});
export type Worklist = z.infer<typeof Worklist>;

/** A recording that may be played now, in this window, until closed, locked, withdrawn or expired. */
export const OpenRecording = z.object({
  grant: z.string(),
  /** recording://<grant>/media — carries no path, key or patient id. */
  mediaUrl: z.string(), contentType: z.string(), medium: z.enum(['video', 'audio']),
  /** It is watched while it is downloaded: what is not here yet is waited for. */
  arriving: z.boolean(),
  title: z.string(), patient: Patient,
  consultation: z.object({ startedAt: isoTime, endedAt: isoTime, clinicians: z.array(z.string()) }),
  review: z.enum(['own', 'peer']), purpose: z.string(), sensitive: z.boolean(), sensitiveKinds: z.array(SensitiveKind), unsigned: z.boolean(),
  /** WebVTT text whose digest the transcriber signed; null with the reason why there is none. */
  transcript: z.object({ language: z.string(), vtt: z.string() }).nullable(),
  transcriptAbsent: z.enum(['none', 'mismatch']).nullable(),
  watermark: z.object({ name: z.string(), role: z.string(), odsCode: z.string() }),
});
export type OpenRecording = z.infer<typeof OpenRecording>;

/** One sealed copy on this computer, whole or part way. In the order in which copies had best go: reviewed and longest unneeded first. */
const StoredCopy = z.object({
  /** The worklist row's. */
  id: z.string(), title: z.string(), patient: Patient, bytes: z.number().min(0),
  /** Part of a download that broke off. */
  partial: z.boolean(),
  progress: z.enum(['new', 'in-progress', 'reviewed']), due: isoTime.nullable(), lastOpened: isoTime.nullable(),
  /** Goes if the suggestion is followed. What is due for offline review never is suggested. */
  suggested: z.boolean(),
});
/** What copies use and may use; `free` is what the disk still has beyond the reserve for audit and notes. Bytes. */
export const Storage = z.object({ used: z.number().min(0), budget: z.number().positive(), free: z.number().min(0), waiting: z.number().int().min(0), needed: z.number().min(0), copies: z.array(StoredCopy) });
export type StorageView = z.infer<typeof Storage>;

/** What the player showed since its last report: media intervals in seconds, [from, to]. Sent at least every 2 s while playing. */
export const PlaybackReport = z.object({
  grant: z.string().max(100), intervals: z.array(z.tuple([seconds, seconds])).max(200),
  position: seconds, playing: z.boolean(), visible: z.boolean(), focused: z.boolean(),
});
export type PlaybackReport = z.infer<typeof PlaybackReport>;

/** One stop of the practice's list. `liftProposedBy`: the name of who proposed to lift it; another person has to agree. */
const StopView = z.object({ target: StopTarget, at: isoTime, reason: z.string(), standing: z.boolean(), liftProposedBy: z.string().nullable() });
export type StopView = z.infer<typeof StopView>;

/** `rule`: of the secret that opens what is kept; `secretSet`: this manager has one on this computer. */
const KeptState = z.object({ kept: Kept.nullable(), rule: SecretRule, secretSet: z.boolean() });
export type KeptState = z.infer<typeof KeptState>;

const id = z.string().min(1).max(100);

/** A row that was on the screen, at least half of it, and for how many seconds since the last report. */
export const Presented = z.object({ id, seconds });
export type Presented = z.infer<typeof Presented>;

const reference = z.string().min(1).max(200);
/** A code: what is recorded and sent holds no free text, which could name a patient. */
const reason = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/);
const references = z.array(reference).max(500);
const eventCursor = z.string().max(200).nullable();
const secret = z.string().min(1).max(1024);
/** As src/main/service/proxyName.ts has it: nothing but what a host is written with. */
const proxy = z.string().regex(/^[A-Za-z0-9._:[\]-]{1,253}:\d{1,5}$/);
const nothing = z.null();

export type Result<T> = { ok: true; value: T } | { ok: false; error: Problem };

/** Every call that a screen can make. The reply is always a {@link Result}. */
export const methods = {
  ...first.methods,
  /** Of this computer, also where nobody is in. */
  health: method(z.tuple([]), Health),
  /** Of the practice's systems: what they offer and lack; more of it where somebody is in. */
  checkSite: method(z.tuple([]), SiteCheckReport),
  /** For the person to read before it leaves. */
  supportBundle: method(z.tuple([]), SupportBundle),
  /** What was shown last; to the clipboard. */
  copySupportBundle: method(z.tuple([]), nothing),
  /** The same, as a file in the Downloads folder. */
  saveSupportBundle: method(z.tuple([]), z.object({ file: z.string() })),
  retry: method(z.tuple([]), nothing),
  startAgain: method(z.tuple([]), nothing),
  signIn: method(z.tuple([]), nothing),
  /** The proxy that asks who is there, `host:port`; null where none asks any more, and then the practice is asked anew. */
  proxyAsking: method(z.tuple([]), proxy.nullable()),
  /** The proxy that the person was told of, and name and password for it: kept in memory, by the network alone. */
  answerProxy: method(z.tuple([proxy, z.string().min(1).max(256), z.string().max(256)]), nothing),
  cancelSignIn: method(z.tuple([]), nothing),
  copySignInAddress: method(z.tuple([]), nothing),
  chooseRole: method(z.tuple([id]), nothing),
  setSecret: method(z.tuple([secret]), nothing),
  /** Present secret, new secret. Recordings are not touched. */
  changeSecret: method(z.tuple([secret, secret]), nothing),
  /** From `unlock` to `forgotten`, which says what would be lost. */
  forgotSecret: method(z.tuple([]), nothing),
  /** From `forgotten` back to `unlock`. */
  rememberedSecret: method(z.tuple([]), nothing),
  /** Destroys what only the forgotten secret opens; then `sign-in`. */
  eraseForgotten: method(z.tuple([]), nothing),
  chooseVault: method(z.tuple([id]), nothing),
  unlock: method(z.tuple([secret]), nothing),
  lock: method(z.tuple([]), nothing),
  switchUser: method(z.tuple([]), nothing),
  signOut: method(z.tuple([]), nothing),
  activity: method(z.tuple([]), nothing),
  sync: method(z.tuple([]), nothing),
  worklist: method(z.tuple([]), Worklist),
  /** Those of these that pass now, recorded as shown to the person, and where in them a text is found that they searched for. */
  rows: method(z.tuple([z.array(id).max(300), ListQuery.shape.text]), ListedRows),
  /** Also what was paused, cancelled or failed. Answers when it is here, or has been stopped. */
  download: method(z.tuple([id]), nothing),
  /** What has come of it stays. It goes on when it is asked for, and not before. */
  pauseDownload: method(z.tuple([id]), nothing),
  /** What has come of it is destroyed. It comes again when it is asked for, and not before. */
  cancelDownload: method(z.tuple([id]), nothing),
  /** All that {@link Standing} says to wait, now. */
  downloadWaiting: method(z.tuple([]), nothing),
  storage: method(z.tuple([]), Storage),
  /** Destroys the copies of these rows; the recordings stay assigned and can be downloaded again. */
  removeCopies: method(z.tuple([z.array(id).min(1).max(10_000)]), Storage),
  recheck: method(z.tuple([id]), nothing),
  openRecording: method(z.tuple([id]), OpenRecording),
  closeRecording: method(z.tuple([id]), nothing),
  /** What was shown under this grant is another patient's: the screen has blanked itself. Destroys the copy, records it, and gives the reference to quote. */
  wrongPatient: method(z.tuple([id]), z.object({ reference: z.string() })),
  reportPlayback: method(z.tuple([PlaybackReport]), nothing),
  reportUndecodable: method(z.tuple([id]), nothing),
  /** Sent at least every 2 s while rows are on the screen; true with the last one, when their screen goes. */
  reportPresented: method(z.tuple([z.array(Presented).max(10_000), z.boolean()]), nothing),
  /** Characters of the key that this person's record is signed with on this computer, to be compared with those that a manager is shown. */
  recordKey: method(z.tuple([]), z.object({ key: z.string() })),
  /** A screen could not be drawn. The name of what was thrown, e.g. "TypeError", and nothing that it says. */
  pageFailed: method(z.tuple([z.string().max(40)]), nothing),
  quit: method(z.tuple([]), nothing),
  // The app's own updates. What comes of each is in what is pushed.
  updates: method(z.tuple([]), UpdatesView),
  checkForUpdates: method(z.tuple([]), nothing),
  downloadUpdate: method(z.tuple([]), nothing),
  /** Locks, and lets the system's installer do its work. Answers only where it did not come to that. */
  restartToUpdate: method(z.tuple([]), nothing),
  // A review; `id` is the worklist row's. Each answers with the whole of it, as it then is here.
  review: method(z.tuple([id]), ReviewWork),
  /** Null makes a new one. */
  saveNote: method(z.tuple([id, z.uuid().nullable(), NoteFields]), ReviewWork),
  removeNote: method(z.tuple([id, z.uuid()]), ReviewWork),
  /** Of one that was removed since the vault was unlocked. */
  restoreNote: method(z.tuple([id, z.uuid()]), ReviewWork),
  /** Unfinished text, by where it is being written; empty text forgets it. */
  saveDraft: method(z.tuple([id, z.string().max(40), z.object({ text: z.string().max(20_000), from: seconds.nullable(), until: seconds.nullable(), category: NoteCategory })]), nothing),
  /** The form's canonical "url|version". */
  saveForm: method(z.tuple([id, z.string().max(500), FormAnswers]), ReviewWork),
  releaseForm: method(z.tuple([id, z.string().max(500)]), ReviewWork),
  sendMessage: method(z.tuple([id, z.string().min(1).max(20_000), seconds.nullable()]), ReviewWork),
  acceptReview: method(z.tuple([id]), ReviewWork),
  completeReview: method(z.tuple([id]), ReviewWork),
  rejectReview: method(z.tuple([id, RejectReason, z.string().max(2000)]), ReviewWork),
  /** What the practice did not take of it. */
  sendAgain: method(z.tuple([id]), ReviewWork),
  /** Who else is in the room, by name; empty: nobody. */
  sayRoom: method(z.tuple([id, z.array(z.string().min(1).max(200)).max(50)]), ReviewWork),
  keptWork: method(z.tuple([]), z.array(KeptWork)),
  /** The person is done with it: only what the practice has. */
  dropKeptWork: method(z.tuple([id]), z.array(KeptWork)),
  /** For a portfolio; `patient`: with what identifies them. `length`: of the media, as the player found it. */
  exportReflection: method(z.tuple([id, z.object({ reflection: z.string().max(20_000), patient: z.boolean(), length: seconds.nullable() })]), Exported),
  /** With the content of the first of them, as {@link rows} gives it. */
  findRows: method(z.tuple([ListQuery]), ListedRows.extend({ ids: z.array(id).max(20_000), counts: z.record(z.string(), z.number().int().min(0)) })),
  settings: method(z.tuple([]), Settings),
  saveSettings: method(z.tuple([Settings]), Settings),
  /** One frame of what plays under this grant, JPEG in base64; sealed beside it. Refused for sensitive recordings. */
  keepThumbnail: method(z.tuple([id, seconds, z.string().max(60_000)]), nothing),
  thumbnail: method(z.tuple([id, seconds]), z.object({ at: seconds, jpeg: z.string().max(60_000) }).nullable()),
  // A manager's; refused in any other role.
  // A manager's, and what only reads a second reader's too; refused in any other role.
  trailState: method(z.tuple([]), TrailState),
  /** A page, newest first; `after` is what the page before gave as `next`. */
  events: method(z.tuple([EventFilter, eventCursor]), EventPage),
  eventDetails: method(z.tuple([z.number().int().min(0)]), EventDetails),
  ladder: method(z.tuple([z.object({ recordings: references.optional(), people: references.optional(), patients: references.optional() })]), Ladder),
  activityByDay: method(z.tuple([EventFilter]), Activity),
  devices: method(z.tuple([]), z.array(DeviceRow)),
  findings: method(z.tuple([]), z.array(Finding)),
  flags: method(z.tuple([]), z.array(Flag)),
  managersActions: method(z.tuple([EventFilter]), ManagersActions),
  savedViews: method(z.tuple([]), z.array(SavedView)),
  saveView: method(z.tuple([SavedView]), z.array(SavedView)),
  removeView: method(z.tuple([z.string().max(80)]), z.array(SavedView)),
  exportEvents: method(z.tuple([EventFilter, z.enum(['csv', 'pdf', 'chain'])]), Exported),
  exportPatientReport: method(z.tuple([reference]), Exported),
  exportLadder: method(z.tuple([z.object({ recordings: references })]), Exported),
  /** Device and SDS user id, which name a chain; to enrol, the characters of the key that the person has compared. */
  enrolDevice: method(z.tuple([reference, reference, z.enum(['enrol', 'revoke']), z.string().max(40).nullable()]), z.array(DeviceRow)),
  incidents: method(z.tuple([]), z.array(Incident)),
  openIncident: method(z.tuple([IncidentTrigger, z.object({ recordings: references, patients: references }), z.string().max(20_000)]), Incident),
  /** The number is that of the version which the fields were written over, or which the person has before them. */
  saveIncident: method(z.tuple([id, IncidentFields, z.number().int().min(1), z.string().max(20_000)]), Incident),
  closeIncident: method(z.tuple([id, z.number().int().min(1), z.string().max(20_000)]), Incident),
  kept: method(z.tuple([]), KeptState),
  /** Incident, and the secret that it is kept under, which is set by this where there is none. Replaces what was kept. */
  keepIncident: method(z.tuple([id, secret]), KeptState),
  removeKept: method(z.tuple([]), KeptState),
  /** Of the screen `kept`. */
  keptPage: method(z.tuple([]), KeptPage),
  saveKept: method(z.tuple([IncidentFields, z.number().int().min(1), z.string().max(20_000)]), KeptPage),
  /** A patient's name, NHS number or date of birth, or a clinician's name. */
  find: method(z.tuple([z.string().max(200)]), Found),
  /** "Patient/id" */
  recordingsOf: method(z.tuple([reference]), z.array(RecordingRef)),
  exportIncident: method(z.tuple([id, z.enum(['report', 'letters', 'mail-merge'])]), Exported),
  stops: method(z.tuple([]), z.array(StopView)),
  stop: method(z.tuple([StopTarget, reason]), z.array(StopView)),
  /** The first call proposes, a second person's lifts. */
  lift: method(z.tuple([StopTarget, reason]), z.array(StopView)),
  assignments: method(z.tuple([z.object({ recordings: references.optional(), people: references.optional() })]), z.array(AssignmentView)),
  /** `owner`: an SDS user id. */
  assign: method(z.tuple([z.object({ recording: reference, owner: reference, purpose: z.string().max(60), from: isoTime, until: isoTime, offline: z.boolean() })]), AssignmentView),
  extendAssignment: method(z.tuple([reference, isoTime, reason]), AssignmentView),
  cancelAssignment: method(z.tuple([reference, reason]), AssignmentView),
  staff: method(z.tuple([]), z.array(EventRow.shape.who)),
  /** The public key that this console signs with; `known`: the site file's keys have it. */
  consoleKey: method(z.tuple([]), z.object({ jwk: z.string(), known: z.boolean() })),
} as const;
export type Methods = typeof methods;
export type MethodName = keyof Methods;
export type Args<K extends MethodName> = z.infer<Methods[K]['args']>;
export type Reply<K extends MethodName> = z.infer<Methods[K]['reply']>;

/** Everything that main says unasked. */
export const pushes = {
  ...first.pushes,
  worklist: Worklist,
  /** The grant is dead: stop, blank the frame, drop the buffer, the captions and the transcript. */
  revoked: z.object({ grant: z.string(), problem: Problem }),
  /** Seconds until the idle lock; null when activity ended the warning. */
  idle: z.object({ secondsLeft: z.number().nullable() }),
  trail: TrailState,
  review: ReviewWork,
  updates: UpdatesView,
} as const;
export type Pushes = typeof pushes;
export type PushName = keyof Pushes;
export type Pushed<K extends PushName> = z.infer<Pushes[K]>;

/** What a screen sees as `window.viewingRoom`. */
export type ViewingRoom = {
  [K in MethodName]: (...args: Args<K>) => Promise<Result<Reply<K>>>;
} & {
  [K in PushName as `on${Capitalize<K>}`]: (listener: (value: Pushed<K>) => void) => () => void;
};
