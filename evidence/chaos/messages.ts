/** What is said between a run and the computer that it kills. */
import type { KeptWork, ReviewWork } from '../../src/preload/review.ts';
import type { Deed } from './plan.ts';
import type { PlantName } from './plants.ts';

/** A start of the app on a profile. */
export interface Setup {
  profile: string;
  /** The keychain's file, outside the profile. */
  keychain: string;
  /** The site file's text. */
  site: string;
  /** Where the browser finds the practice, and where the app does. */
  practice: string;
  line: string;
  username: string;
  /** ms by which this computer's clock is wrong. */
  clock: number;
  plant: PlantName | null;
  /** There was one before it, which was killed. */
  survived: boolean;
}

export type Command =
  | { name: 'come' | 'sign in' | 'sync' | 'poll' | 'close' | 'lock' | 'look' | 'rest' | 'leave' | 'wake' | 'present' }
  | { name: 'open'; task: string; rowId?: string }
  | { name: 'show'; task: string }
  | { name: 'play'; from: number; until: number }
  | { name: 'deed'; task: string; what: Deed; note?: string }
  | { name: 'clock'; ms: number };

/** Where the app stands, with each answer. */
export interface Stands {
  screen: string;
  online: boolean;
  problem: string | null;
  /** Of the record here. */
  head: { seq: number; hash: string } | null;
  /** "Task/id" of what can be read through a grant at this moment. */
  open: string[];
}

export interface Opened {
  rowId: string;
  /** SHA-256 of what the player is given, base64url; null where not all of it came in time. */
  sha256: string | null;
  /** It was not all here when it was opened. */
  arriving: boolean;
}

/** What a deed came to, as the app answered. */
export interface Done {
  status: ReviewWork['status'];
  /** Id of the note that was made or changed. */
  note: string | null;
}

export interface Row {
  task: string;
  rowId: string;
  recording: string | null;
  /** Reasons for which it is withheld; null: it is on the list. */
  withheld: string[] | null;
  /** On the screen's own list, of shown or withheld rows. */
  listed: boolean;
  copy: boolean;
  /** It should be here without being asked for. */
  wanted: boolean;
  view: ReviewWork | null;
}

/** Whether anything is still to come or to go. */
export interface Rest {
  /** Recordings of which there is a copy, or part of one. */
  copies: string[];
  /** Work, and entries of the record, that the practice does not have. */
  waiting: number;
  undelivered: number;
  /** Downloads, deliveries or rounds are under way. */
  busy: boolean;
}

/** Everything that is here. */
export interface Look extends Rest {
  rows: Row[];
  kept: KeptWork[];
  device: string;
  key: string;
}

export type Reply = { ok: true; value: unknown } | { ok: false; code: string; said: string };
export type ToClient = { id: number; command: Command };
export type FromClient = { ready: true } | { id: number; reply: Reply; stands: Stands } | { fault: string };
