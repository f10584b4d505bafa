/** What is recorded: the exposure ladder and what surrounds it (docs/formats.md, "Audit chain"). No names, titles or NHS numbers: references only. */

import type { Incident, IncidentFields } from '../../preload/console.ts';
import type { Interval } from '../../preload/intervals.ts';
import type { UpdateRefusal } from '../../preload/updates.ts';

type IncidentTrigger = Incident['trigger'];

/** Which recording an event is about, in the practice's own references. */
export interface Subject {
  recording: string | null;
  document: string | null;
  patient: string | null;
  task: string | null;
  purpose: string | null;
}

/** A recording of which no more than its name is known here: no row names it, or the vault is locked. */
export const byNameAlone = (recording: string): Subject => ({ recording, document: null, patient: null, task: null, purpose: null });

/** Why a copy was destroyed. `superseded`: the practice sent another version; `withheld`: it no longer passes. */
export type DestroyCause = 'stopped' | 'role-ended' | 'superseded' | 'withheld' | 'assignment-withdrawn' | 'wrong-patient' | 'copy-corrupt' | 'removed-by-person';

/** Why an incident is not kept on a computer any more. `replaced`: another one is. */
export type RemoveCause = 'removed-by-person' | 'replaced' | 'closed' | 'role-ended' | 'lease-ended';

export type AuditEvent =
  | { event: 'signed-in' | 'signed-out' | 'unlocked' | 'locked' | 'wrong-secret' | 'secret-changed' | 'site-changed' | 'role-ended' | 'identity-changed' | 'identity-mismatch' }
  /**
   * Media keys and library destroyed, because of too many wrong secrets or a forgotten one, or all copies of a locked vault because everything was stopped;
   * or a damaged library put aside: so many copies went with it.
   */
  | { event: 'content-destroyed'; cause: 'too-many-attempts' | 'forgotten' | 'stopped'; recordings: number; bytes: number }
  | { event: 'library-set-aside'; recordings: number; bytes: number }
  /** The store did not open, so often since then: recorded when it opens again, or when a new one takes its place. */
  | { event: 'store-refused'; code: string; times: number; since: string }
  /** An older copy of the store was put back: where it stood, and where the keychain says that it had been. */
  | { event: 'rolled-back'; found: Record<string, number | null> }
  | { event: 'listed' | 'opened' | 'closed' | 'downloaded'; subject: Subject }
  /** `media`: picture or sound of these intervals; `attended`: those of them while the window was visible and focused; `unreported`: bytes were delivered and the screen did not say which. */
  | { event: 'exposed'; subject: Subject; session: string; media?: Interval[]; attended?: Interval[]; transcript?: boolean; unreported?: boolean }
  | { event: 'withheld' | 'denied'; subject: Subject; reasons: string[] }
  | { event: 'destroyed'; subject: Subject; cause: DestroyCause }
  /** The person said that what they were shown is another patient's; `revision` of the manifest that it was shown by, 0 without one. */
  | { event: 'wrong-patient'; subject: Subject; revision: number }
  /** Assignments of other people that the practice offered: how many; none was fetched. */
  | { event: 'foreign-offered'; count: number }
  /** The row was on screen for so long, since it was last said. */
  | { event: 'presented'; subject: Subject; seconds: number }
  /** The person wrote or decided something about it: what kind of thing, never the words. */
  | { event: 'noted'; subject: Subject; what: Noted }
  /** So many others are in the room, as the person said. */
  | { event: 'room'; subject: Subject; others: number }
  /** Of the app itself: `release` is the version that was refused, null where it was not even known; `updated`: another version runs on this computer than before. */
  | { event: 'update-refused'; reason: UpdateRefusal; release: string | null }
  | { event: 'update-ready'; release: string }
  | { event: 'updated'; from: string; to: string }
  | ManagerEvent;

export type Noted = 'note' | 'mask' | 'note-removed' | 'note-restored' | 'message' | 'released' | 'requested' | 'accepted' | 'in-progress' | 'completed' | 'rejected';

/** What a manager looked at, took away or did. */
export type ManagerEvent =
  | { event: 'consulted'; view: string; about: string | null }
  | { event: 'exported'; what: string; rows: number; sha256: string; filter: string }
  | { event: 'device-enrolled' | 'device-revoked'; chain: ChainName; key: string | null }
  | { event: 'assigned'; subject: Subject; owner: string; from: string; until: string }
  | { event: 'assignment-extended'; subject: Subject; until: string; reason: string }
  | { event: 'assignment-cancelled'; subject: Subject; reason: string }
  | { event: 'stopped' | 'lifted'; target: 'recording' | 'patient' | 'all'; subject: Subject | null; reason: string }
  /** What is known of one incident was put under the manager's secret on this computer, to work on offline; and gone again. */
  | { event: 'incident-kept'; incident: string; revision: number }
  | { event: 'incident-removed'; incident: string; cause: RemoveCause }
  /** One version of an incident of the practice's register, whole. Versions are entries: none is ever changed. */
  | { event: 'incident'; incident: string; revision: number; state: 'open' | 'closed'; trigger: IncidentTrigger; fields: IncidentFields; note: string };

/** One person on one computer. */
export interface ChainName {
  device: string;
  sds: string;
}

/** Who acts, as the chain names them. */
export interface Actor {
  sds: string;
  /** "Practitioner/id". */
  practitioner: string;
  role: string;
  name: string;
}

export type EntryBody = AuditEvent & { version: 1; id: string; seq: number; device: string; at: string; actor: Actor };
