/** What main and the trail's process say to each other. */
import type { Activity, DeviceRow, EventDetails, EventFilter, EventPage, Finding, Flag, Ladder, ManagersActions, Proof } from '../../../preload/console.ts';
import type { ProblemCode } from '../../../preload/contract.ts';
import type { OpenedPair } from './flags.ts';
import type { Beside } from '../../platform/beside.ts';
import type { Reported } from '../reported.ts';
import type { Added } from './store.ts';
import type { Known, Verified } from './verifying.ts';

/** As it crosses: a Buffer arrives as plain bytes. */
export type Crossing = Omit<Reported, 'body' | 'hash' | 'signature'> & { body: Uint8Array; hash: Uint8Array; signature: Uint8Array };

export interface ChainPlace {
  seq: number;
  n: number;
}

interface Time {
  from: string | null;
  to: string | null;
}

/** Every question, and what answers it. */
export interface Questions {
  /** First, once. The key crosses and is wiped at the other end. */
  open: { ask: { path: string; key: Uint8Array }; answer: null };
  add: { ask: { reported: Crossing[] }; answer: Added };
  counts: { ask: null; answer: { entries: number; others: number } };
  events: { ask: { filter: EventFilter; next: string | null; limit: number }; answer: EventPage };
  details: { ask: { id: number }; answer: EventDetails };
  /** Every entry of one event, as it was signed. */
  bodies: { ask: { event: string }; answer: { entry: string; proof: Proof }[] };
  /** `complete`: the whole record has been read, and the answer may say so. */
  ladder: { ask: { filter: EventFilter; complete: boolean }; answer: Ladder };
  managers: { ask: { filter: EventFilter }; answer: ManagersActions['people'] };
  activity: { ask: { filter: EventFilter }; answer: Activity };
  devices: { ask: null; answer: DeviceRow[] };
  findings: { ask: null; answer: Finding[] };
  /** Of one chain, in order of seq, after `after`: as they were reported. `n` counts several of one number. */
  chain: { ask: { device: string; sds: string; after: ChainPlace; limit: number }; answer: (Crossing & ChainPlace)[] };
  /** The key that the latest entry of a chain names, base64url. */
  chainKey: { ask: { device: string; sds: string }; answer: { key: string | null } | null };
  /** Where a chain ends, and that key. Null: nothing of that chain is here. */
  chainHead: { ask: { device: string; sds: string }; answer: { seq: number; hash: Uint8Array; key: string | null } | null };
  flags: { ask: Time; answer: Flag[] };
  pairs: { ask: Time; answer: OpenedPair[] };
  /** Takes its time, with progress; whatever is asked meanwhile is answered meanwhile. */
  verify: { ask: { known: Known[]; complete: boolean }; answer: Verified };
}

export type Question = keyof Questions;
export type ToTrail = { [Q in Question]: { id: number; do: Q; ask: Questions[Q]['ask'] } }[Question];
export type FromTrail =
  | { did: 'answer'; id: number; answer: unknown }
  | { did: 'fail'; id: number; code: ProblemCode; message: string }
  /** Of a verification: entries so far, of so many. */
  | { did: 'progress'; id: number; verified: number; of: number };

export type TrailProcess = Beside<ToTrail, FromTrail>;

export type StartTrail = () => TrailProcess;
