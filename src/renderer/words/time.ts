/** Dates and times in words. Always in England's time, as the consultation's record has them, whatever the computer's zone. */
const zone = 'Europe/London';

const longDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: zone });
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: zone });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: zone });
const clock = new Intl.DateTimeFormat('en-GB', { hour: 'numeric', minute: '2-digit', hour12: true, timeZone: zone });
const dayKey = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone });

const minute = 60_000;
const day = 86_400_000;

/** "14 March 1962" from an ISO date without a time; the date is no moment and moves with no zone. */
export function formatDate(isoDate: string): string {
  return longDay.format(new Date(`${isoDate}T12:00:00Z`));
}

/** "14 March 2026" */
export function formatDay(isoTime: string): string {
  return longDay.format(new Date(isoTime));
}

/** "14 Mar 2026", for tables. */
export function formatShortDay(isoTime: string): string {
  return shortDay.format(new Date(isoTime));
}

/** "2:05pm", in the style of the NHS content guide; midnight and midday in words. */
export function formatClock(isoTime: string): string {
  const text = clock.format(new Date(isoTime)).replace(/\s/g, '').toLowerCase();
  if (text === '12:00am') return 'midnight';
  if (text === '12:00pm') return 'midday';
  // Node and Chromium differ: 0:05am or 12:05am.
  return text.replace(/^0:/, '12:');
}

/** "14 March 2026, 2:05pm" */
export function formatMoment(isoTime: string): string {
  return `${formatDay(isoTime)}, ${formatClock(isoTime)}`;
}

const keyOf = (time: number) => dayKey.format(new Date(time));

/** How long ago, as a person would say it: "just now", "5 minutes ago", "at 2:05pm today", "yesterday at 2:05pm", "on 14 March 2026 at 2:05pm". */
export function ago(isoTime: string, now: number): string {
  const time = Date.parse(isoTime);
  const passed = now - time;
  if (passed < 90_000 && passed > -90_000) return 'just now';
  if (passed >= 0 && passed < 60 * minute) return `${Math.round(passed / minute)} minutes ago`;
  const key = keyOf(time);
  if (key === keyOf(now)) return `at ${formatClock(isoTime)} today`;
  if (key === keyOf(now - day)) return `yesterday at ${formatClock(isoTime)}`;
  return `on ${formatDay(isoTime)} at ${formatClock(isoTime)}`;
}

/** A moment to come: "at 2:05pm today", "at 2:05pm tomorrow", "at 2:05pm on Thursday 26 November". */
export function until(isoTime: string, now: number): string {
  const time = Date.parse(isoTime);
  const key = keyOf(time);
  if (key === keyOf(now)) return `at ${formatClock(isoTime)} today`;
  if (key === keyOf(now + day)) return `at ${formatClock(isoTime)} tomorrow`;
  return `at ${formatClock(isoTime)} on ${weekday.format(new Date(isoTime)).replace(',', '')}`;
}

/** When a review is due, by day and not by hour: "Today", "Tomorrow", "14 Mar 2026". */
export function dueWords(isoTime: string, now: number): { words: string; overdue: boolean } {
  const key = keyOf(Date.parse(isoTime));
  const today = keyOf(now);
  if (key < today) return { words: formatShortDay(isoTime), overdue: true };
  if (key === today) return { words: 'Today', overdue: false };
  if (key === keyOf(now + day)) return { words: 'Tomorrow', overdue: false };
  return { words: formatShortDay(isoTime), overdue: false };
}

/** Seconds as a countdown: "1 second", "42 seconds", "2 minutes", "2 minutes 5 seconds". */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const minutes = Math.floor(whole / 60);
  const rest = whole % 60;
  const parts: string[] = [];
  if (minutes > 0) parts.push(`${minutes} minute${minutes === 1 ? '' : 's'}`);
  if (rest > 0 || minutes === 0) parts.push(`${rest} second${rest === 1 ? '' : 's'}`);
  return parts.join(' ');
}

/** A place in a recording: "3:07", "1:02:09". */
export function formatPosition(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

const fieldParts = new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone });

/** England's day and clock of a moment, as date and time fields have them: "2026-03-14", "14:05". */
export function localParts(isoTime: string): { day: string; clock: string } {
  const part = new Map(fieldParts.formatToParts(new Date(isoTime)).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? '';
  return { day: `${of('year')}-${of('month')}-${of('day')}`, clock: `${of('hour')}:${of('minute')}` };
}

/** The moment of an England day and clock; null for what is no date or time. The hour that the clocks skip counts as the one after it. */
export function momentOf(isoDate: string, clock: string): string | null {
  const utc = Date.parse(`${isoDate}T${clock}:00Z`);
  if (Number.isNaN(utc)) return null;
  const summer = new Date(utc - 60 * minute).toISOString();
  const local = localParts(summer);
  return local.day === isoDate && local.clock === clock ? summer : new Date(utc).toISOString();
}

/** When an England day begins, so many days from that of `now`. */
export function dayStart(now: number, days: number): string {
  const noon = Date.parse(`${localParts(new Date(now).toISOString()).day}T12:00:00Z`) + days * day;
  return startOf(new Date(noon).toISOString().slice(0, 10));
}

/** When an England day begins. */
export const startOf = (isoDate: string): string => momentOf(isoDate, '00:00') ?? new Date(0).toISOString();

/** When the day after an England day begins. */
export const endOf = (isoDate: string): string => dayStart(Date.parse(`${isoDate}T12:00:00Z`), 1);

const exact = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: zone });
/** "14:05:09", for lists where seconds tell entries apart. */
export const formatSecond = (isoTime: string): string => exact.format(new Date(isoTime));

/** "14/03/2026", as a date is typed in England, from "2026-03-14". */
export const typedDay = (isoDate: string): string => isoDate.split('-').reverse().join('/');

/** The ISO date of a day that was typed as day, month and year, in England's order whatever the computer's is; null for what is none. */
export function dayTyped(text: string): string | null {
  const [, day, month, year] = /^(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})$/.exec(text.trim()) ?? [];
  if (day === undefined || month === undefined || year === undefined) return null;
  const isoDate = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${isoDate}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === isoDate ? isoDate : null;
}

/** "14:05" of a time that was typed with 24 hours, with or without a colon; null for what is none. */
export function clockTyped(text: string): string | null {
  const [, hours, minutes] = /^(\d{1,2})[:.]?(\d{2})$/.exec(text.trim()) ?? [];
  if (hours === undefined || minutes === undefined || Number(hours) > 23 || Number(minutes) > 59) return null;
  return `${hours.padStart(2, '0')}:${minutes}`;
}

/** So many days later. */
export const dayAfter = (isoDate: string, days: number): string => new Date(Date.parse(`${isoDate}T12:00:00Z`) + days * day).toISOString().slice(0, 10);
