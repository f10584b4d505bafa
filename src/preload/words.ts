/**
 * Names, times and numbers that the screens and what is printed have in common, so that a manager reads one word for one thing. Part of the contract: both sides import it;
 * the screens find it in src/renderer/text/ and src/renderer/words/.
 */
import type { Proof } from './console.ts';
import { onFirstUse } from './onFirstUse.ts';

/** What somebody did. Listed, presented, opened and watched are different things, and each has one word. A new event does not compile without (src/main/audit/printed/words.ts). */
export const eventNames = {
  listed: 'Listed', presented: 'Presented', noted: 'Wrote or decided', room: 'Others in the room', opened: 'Opened', exposed: 'Watched', closed: 'Closed', downloaded: 'Downloaded',
  withheld: 'Withheld', denied: 'Was refused', destroyed: 'Copy erased', 'wrong-patient': 'Said: wrong patient', 'foreign-offered': 'Was offered others’ assignments',
  'signed-in': 'Signed in', 'signed-out': 'Signed out', unlocked: 'Unlocked', locked: 'Locked', 'wrong-secret': 'Gave a wrong PIN or passphrase', 'secret-changed': 'Changed PIN or passphrase',
  'site-changed': 'Practice settings changed', 'role-ended': 'Role ended', 'identity-changed': 'Identity changed', 'identity-mismatch': 'Identity did not match',
  'content-destroyed': 'All copies erased', 'library-set-aside': 'Damaged list put aside', 'store-refused': 'Store did not open', 'rolled-back': 'Older store was put back',
  'update-refused': 'Update was refused', 'update-ready': 'Update fetched and checked', updated: 'App was updated',
  consulted: 'Looked at the record', exported: 'Exported', 'device-enrolled': 'Enrolled a device', 'device-revoked': 'Revoked a device',
  assigned: 'Assigned', 'assignment-extended': 'Extended an assignment', 'assignment-cancelled': 'Cancelled an assignment', stopped: 'Stopped', lifted: 'Lifted a stop', incident: 'Wrote into an incident', 'incident-kept': 'Kept an incident on a computer', 'incident-removed': 'Removed a kept incident',
  // An entry of a later version, or one that cannot be read.
  unreadable: 'Not readable here',
};
/** A name that is not known is shown as it is. */
export const eventName = (event: string): string => (eventNames as Record<string, string>)[event] ?? event;

/** What an entry is worth, as its chain was verified. */
export const proofNames: Record<Proof, string> = { verified: 'Verified', unenrolled: 'Device not enrolled', broken: 'Does not fit', unchecked: 'Not checked yet' };

const purposeNames: Record<string, string> = { TREAT: 'Direct care', HQUALIMP: 'Quality improvement', TRAIN: 'Training' };
/** Purposes of review; a code that is not known is shown as it is. */
export const purposeName = (code: string): string => purposeNames[code] ?? code;

/** England's time, as the consultation's record has it, whatever the computer's zone. */
const zone = 'Europe/London';
const longDay = onFirstUse(() => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: zone }));
const clock = onFirstUse(() => new Intl.DateTimeFormat('en-GB', { hour: 'numeric', minute: '2-digit', hour12: true, timeZone: zone }));
const dayKey = onFirstUse(() => new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone }));

/** "14 March 1962" from an ISO date without a time; the date is no moment and moves with no zone. */
export const formatDate = (isoDate: string): string => longDay().format(new Date(`${isoDate}T12:00:00Z`));

/** "14 March 2026" */
export const formatDay = (isoTime: string): string => longDay().format(new Date(isoTime));

/** "2:05pm", in the style of the NHS content guide; midnight and midday in words. */
export function formatClock(isoTime: string): string {
  // Node and Chromium differ: 0:05am or 12:05am.
  const text = clock().format(new Date(isoTime)).replace(/\s/g, '').toLowerCase().replace(/^0:/, '12:');
  if (text === '12:00am') return 'midnight';
  return text === '12:00pm' ? 'midday' : text;
}

/** "14 March 2026, 2:05pm" */
export const formatMoment = (isoTime: string): string => `${formatDay(isoTime)}, ${formatClock(isoTime)}`;

/** "2026-03-14" */
export const dayOf = (time: number): string => dayKey().format(new Date(time));

/** The ISO date of a day that was typed as day, month and year, in England's order whatever the computer's is; null for what is none. */
export function dayTyped(text: string): string | null {
  const [, day, month, year] = /^(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})$/.exec(text.trim()) ?? [];
  if (day === undefined || month === undefined || year === undefined) return null;
  const isoDate = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${isoDate}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === isoDate ? isoDate : null;
}

/** "1 person", "2 people" */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** Seconds as a countdown: "1 second", "42 seconds", "2 minutes", "2 minutes 5 seconds". */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const minutes = Math.floor(whole / 60);
  const rest = whole % 60;
  const parts: string[] = [];
  if (minutes > 0) parts.push(counted(minutes, 'minute'));
  if (rest > 0 || minutes === 0) parts.push(counted(rest, 'second'));
  return parts.join(' ');
}

/** Seconds of a record: whole where they are, to a tenth where not. Never rounded up to a figure that was not reached, nor down to none. */
export function secondsWords(seconds: number): string {
  const tenths = Math.floor(seconds * 10 + 1e-6) / 10;
  if (seconds > 0 && tenths === 0) return 'less than 0.1 seconds';
  return tenths === 1 ? '1 second' : `${tenths} seconds`;
}

/** The same, with minutes where there are any: "125 seconds (2 minutes 5 seconds)". */
export const longSeconds = (seconds: number): string => (seconds < 120 ? secondsWords(seconds) : `${secondsWords(seconds)} (${countdown(Math.floor(seconds))})`);

/** An NHS number as people read it aloud: 3 3 4. Anything that is not ten digits is shown as it came. */
export const formatNhsNumber = (nhsNumber: string): string => nhsNumber.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3');

/** What a note is about. */
export const noteCategoryNames = { general: 'General', strength: 'Strength', development: 'To develop', question: 'Question', safety: 'Safety', learning: 'Learning point' } as const;
