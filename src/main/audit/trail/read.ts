/** What the console takes from the bytes of an entry, which `reported.ts` reads. */
import type { Interval } from '../../../preload/intervals.ts';
import type { EntryBody } from '../entry.ts';
import { readEntry as readBody } from '../reported.ts';
import { lengthOf, tidy } from './intervals.ts';

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

/** What an entry is called that has its place in a chain, and says what this version does not know. */
export const UNREADABLE = 'unreadable';
const LONGEST_DETAIL = 2_000;
const nothing: Measured = { seconds: null, media: [], attended: [], transcript: false, unreported: false, detail: '' };

/** Null for bytes that are no entry of any chain. */
export function readEntry(body: Buffer): Read | null {
  const read = readBody(body);
  if (!read) return null;
  const { chain: { device, sds }, seq, entry } = read;
  const at = Date.parse(read.at);
  if (!entry) return { ...nothing, seq, at, event: UNREADABLE, device, who: { sds, name: '', role: '' }, about: { recording: null, document: null, patient: null, purpose: null } };
  const { recording, document, patient, purpose } = ('subject' in entry ? entry.subject : null) ?? { recording: null, document: null, patient: null, purpose: null };
  const placed = { seq, at, event: entry.event, device, who: { sds, name: entry.actor.name, role: entry.actor.role }, about: { recording, document, patient, purpose } };
  if (entry.event === 'presented') return { ...placed, ...nothing, seconds: entry.seconds };
  if (entry.event !== 'exposed') return { ...placed, ...nothing, detail: detailOf(entry).slice(0, LONGEST_DETAIL) };
  const ordered = (intervals: readonly Interval[] = []): Interval[] => tidy(intervals.filter(([from, to]) => from <= to));
  const media = ordered(entry.media);
  const transcript = entry.transcript === true;
  // One that says nothing of what was delivered says that something was.
  const unreported = entry.unreported === true || (media.length === 0 && !transcript);
  return { ...placed, seconds: media.length > 0 ? lengthOf(media) : null, media, attended: ordered(entry.attended), transcript, unreported, detail: '' };
}

/** In the entry's own words, event by event (entry.ts). */
function detailOf(entry: EntryBody): string {
  const say = (...parts: (string | number | null)[]): string => parts.filter((part) => part !== null && part !== '').join(', ');
  switch (entry.event) {
    case 'withheld': case 'denied': return say(...entry.reasons);
    case 'destroyed': return entry.cause;
    case 'content-destroyed': return say(entry.cause, entry.recordings);
    case 'library-set-aside': return say(entry.recordings);
    case 'store-refused': return say(entry.code, entry.times, entry.since);
    case 'rolled-back': return JSON.stringify(entry.found);
    case 'foreign-offered': return say(entry.count);
    case 'update-refused': return say(entry.reason, entry.release);
    case 'update-ready': return entry.release;
    case 'updated': return say(entry.from, entry.to);
    case 'wrong-patient': return say(entry.revision);
    case 'consulted': return say(entry.view, entry.about);
    case 'exported': return say(entry.what, entry.rows, entry.sha256, entry.filter);
    case 'device-enrolled': case 'device-revoked': return say(entry.chain.device, entry.chain.sds, entry.key);
    case 'assigned': return say(entry.owner, entry.from, entry.until);
    case 'assignment-extended': return say(entry.until, entry.reason);
    case 'assignment-cancelled': return entry.reason;
    case 'stopped': case 'lifted': return say(entry.target, entry.reason);
    case 'incident-kept': return say(entry.incident, entry.revision);
    case 'incident-removed': return say(entry.incident, entry.cause);
    case 'incident': return say(entry.incident, entry.revision, entry.state, entry.trigger, entry.note);
    default: return '';
  }
}
