/** Dates and times in words. Always in England's time, as the consultation's record has them, whatever the computer's zone. */
import { onFirstUse } from '../../preload/onFirstUse.ts';
import { counted, dayOf, formatClock, formatDay } from '../../preload/words.ts';

export { countdown, dayTyped, formatClock, formatDate, formatDay, formatMoment } from '../../preload/words.ts';

const zone = 'Europe/London';

const shortDay = onFirstUse(() => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: zone }));
const weekday = onFirstUse(() => new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: zone }));
const minute = 60_000;
const day = 86_400_000;

/** "14 Mar 2026", for tables. */
export function formatShortDay(isoTime: string): string {
  return shortDay().format(new Date(isoTime));
}

/** How long ago, as a person would say it: "just now", "5 minutes ago", "at 2:05pm today", "yesterday at 2:05pm", "on 14 March 2026 at 2:05pm". */
export function ago(isoTime: string, now: number): string {
  const time = Date.parse(isoTime);
  const passed = now - time;
  if (passed < 90_000 && passed > -90_000) return 'just now';
  if (passed >= 0 && passed < 60 * minute) return `${Math.round(passed / minute)} minutes ago`;
  const key = dayOf(time);
  if (key === dayOf(now)) return `at ${formatClock(isoTime)} today`;
  if (key === dayOf(now - day)) return `yesterday at ${formatClock(isoTime)}`;
  return `on ${formatDay(isoTime)} at ${formatClock(isoTime)}`;
}

/** A moment to come: "at 2:05pm today", "at 2:05pm tomorrow", "at 2:05pm on Thursday 26 November". */
export function until(isoTime: string, now: number): string {
  const time = Date.parse(isoTime);
  const key = dayOf(time);
  if (key === dayOf(now)) return `at ${formatClock(isoTime)} today`;
  if (key === dayOf(now + day)) return `at ${formatClock(isoTime)} tomorrow`;
  return `at ${formatClock(isoTime)} on ${weekday().format(new Date(isoTime)).replace(',', '')}`;
}

/** Time that is left, never more than there is: "less than an hour", "5 hours", "1 day 3 hours". */
export function timeLeft(ms: number): string {
  const hours = Math.floor(ms / (60 * minute));
  const days = Math.floor(hours / 24);
  const parts = [days > 0 ? counted(days, 'day') : '', hours % 24 > 0 ? counted(hours % 24, 'hour') : ''].filter(Boolean);
  return parts.length === 0 ? 'less than an hour' : parts.join(' ');
}

const dayName = onFirstUse(() => new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: zone }));
const isWeekend = (time: number): boolean => ['Sat', 'Sun'].includes(dayName().format(time));
/** Does a Saturday or Sunday begin after now and before then; and if so, is then one itself (`at`), or is all of it before (`over`)? */
export function weekendBefore(now: number, then: number): 'at' | 'over' | null {
  for (let at = Date.parse(dayStart(now, 1)); at < then; at += day) if (isWeekend(at + 12 * 60 * minute)) return isWeekend(then) ? 'at' : 'over';
  return null;
}

/** When a review is due, by day and not by hour: "Today", "Tomorrow", "14 Mar 2026". */
export function dueWords(isoTime: string, now: number): { words: string; overdue: boolean } {
  const key = dayOf(Date.parse(isoTime));
  const today = dayOf(now);
  if (key < today) return { words: formatShortDay(isoTime), overdue: true };
  if (key === today) return { words: 'Today', overdue: false };
  if (key === dayOf(now + day)) return { words: 'Tomorrow', overdue: false };
  return { words: formatShortDay(isoTime), overdue: false };
}

/** A place in a recording: "3:07", "1:02:09". */
export function formatPosition(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

const fieldParts = onFirstUse(() => new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone }));

/** England's day and clock of a moment, as date and time fields have them: "2026-03-14", "14:05". */
export function localParts(isoTime: string): { day: string; clock: string } {
  const part = new Map(fieldParts().formatToParts(new Date(isoTime)).map(({ type, value }) => [type, value]));
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

const exact = onFirstUse(() => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: zone }));
/** "14:05:09", for lists where seconds tell entries apart. */
export const formatSecond = (isoTime: string): string => exact().format(new Date(isoTime));

/** "14/03/2026", as a date is typed in England, from "2026-03-14". */
export const typedDay = (isoDate: string): string => isoDate.split('-').reverse().join('/');

/** "14:05" of a time that was typed with 24 hours, with or without a colon; null for what is none. */
export function clockTyped(text: string): string | null {
  const [, hours, minutes] = /^(\d{1,2})[:.]?(\d{2})$/.exec(text.trim()) ?? [];
  if (hours === undefined || minutes === undefined || Number(hours) > 23 || Number(minutes) > 59) return null;
  return `${hours.padStart(2, '0')}:${minutes}`;
}

/** So many days later. */
export const dayAfter = (isoDate: string, days: number): string => new Date(Date.parse(`${isoDate}T12:00:00Z`) + days * day).toISOString().slice(0, 10);
