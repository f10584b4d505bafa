/**
 * What the console takes from the bytes of an entry. They came from a server and may be anything: what is understood is taken, what is not is left out,
 * and bytes without a chain, a number and a moment are no entry.
 */
import type { Interval } from '../entry.ts';
import { tidy } from './intervals.ts';

/** Of an entry about no recording all of it is null. */
export interface About {
  recording: string | null;
  document: string | null;
  patient: string | null;
  purpose: string | null;
}

/** What one entry has beyond what many share. */
export interface Measured {
  /** Seconds on screen, or of media. */
  seconds: number | null;
  media: Interval[];
  attended: Interval[];
  transcript: boolean;
  unreported: boolean;
  detail: string;
}

export interface Read extends Measured {
  seq: number;
  /** Milliseconds. */
  at: number;
  event: string;
  device: string;
  who: { sds: string; name: string; role: string };
  about: About;
}

/** Something was refused: the entry says that it did not happen. */
export const REFUSED: readonly string[] = ['withheld', 'denied', 'wrong-secret', 'store-refused', 'identity-mismatch'];

type Json = Record<string, unknown>;
const LONGEST = 200;
const LONGEST_DETAIL = 2_000;
const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const words = (value: unknown, longest = LONGEST): string | null => (typeof value === 'string' && value !== '' && value.length <= longest ? value : null);
const intervals = (value: unknown): Interval[] =>
  tidy((Array.isArray(value) ? value : []).filter((one): one is Interval => Array.isArray(one) && one.length === 2 && one.every(Number.isFinite) && one[0] <= one[1]));

/** Null for bytes that are no entry. */
export function readEntry(body: Uint8Array): Read | null {
  let entry: unknown;
  try {
    entry = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return null;
  }
  if (!isRecord(entry) || !isRecord(entry.actor)) return null;
  const { seq, actor } = entry;
  const [device, sds, event] = [words(entry.device), words(actor.sds), words(entry.event, 60)];
  const at = typeof entry.at === 'string' ? Date.parse(entry.at) : NaN;
  // Years that an ISO time of four digits can say.
  if (!device || !sds || !event || !(at >= -62_135_596_800_000 && at < 253_402_300_800_000)) return null;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return null;
  const subject = isRecord(entry.subject) ? entry.subject : {};
  const media = intervals(entry.media);
  return {
    seq, at, event, device,
    who: { sds, name: words(actor.name) ?? '', role: words(actor.role) ?? '' },
    about: { recording: words(subject.recording), document: words(subject.document), patient: words(subject.patient), purpose: words(subject.purpose) },
    seconds: event === 'exposed' ? lengthOr(media) : typeof entry.seconds === 'number' && entry.seconds >= 0 && Number.isFinite(entry.seconds) ? entry.seconds : null,
    media, attended: intervals(entry.attended), transcript: entry.transcript === true, unreported: entry.unreported === true,
    detail: detailOf(entry).slice(0, LONGEST_DETAIL),
  };
}

const lengthOr = (media: readonly Interval[]): number | null => (media.length > 0 ? media.reduce((sum, [from, to]) => sum + to - from, 0) : null);

/** In the entry's own words, event by event (entry.ts). */
function detailOf(entry: Json): string {
  const say = (...parts: unknown[]): string => parts.filter((part) => typeof part === 'string' || typeof part === 'number').join(', ');
  const chain = isRecord(entry.chain) ? entry.chain : {};
  switch (entry.event) {
    case 'withheld': case 'denied': return Array.isArray(entry.reasons) ? say(...(entry.reasons as unknown[])) : '';
    case 'destroyed': return say(entry.cause);
    case 'content-destroyed': return say(entry.cause, entry.recordings);
    case 'library-set-aside': return say(entry.recordings);
    case 'store-refused': return say(entry.code, entry.times, entry.since);
    case 'rolled-back': return isRecord(entry.found) ? JSON.stringify(entry.found) : '';
    case 'foreign-offered': return say(entry.count);
    case 'wrong-patient': return say(entry.revision);
    case 'consulted': return say(entry.view, entry.about);
    case 'exported': return say(entry.what, entry.rows, entry.sha256, entry.filter);
    case 'device-enrolled': case 'device-revoked': return say(chain.device, chain.sds, entry.key);
    case 'assigned': return say(entry.owner, entry.from, entry.until);
    case 'assignment-extended': return say(entry.until, entry.reason);
    case 'assignment-cancelled': return say(entry.reason);
    case 'stopped': case 'lifted': return say(entry.target, entry.reason);
    case 'incident': return say(entry.incident, entry.revision, entry.state, entry.trigger, entry.note);
    default: return '';
  }
}
