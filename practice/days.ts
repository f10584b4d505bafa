/** Dates of the demo count from midnight UTC of the day it starts, so it never expires and a restart the same day changes nothing. */

const DAY = 86_400_000;

export function utcMidnight(now = new Date()): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
}

export function plusDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY);
}

export function plusMinutes(date: Date, minutes: number): Date {
  return new Date(date.getTime() + minutes * 60_000);
}

export function plusSeconds(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}

/** The n-th working day before a day: a surgery is closed at weekends. */
export function workingDaysBefore(day: Date, count: number): Date {
  let date = day;
  for (let left = count; left > 0; ) {
    date = plusDays(date, -1);
    if (date.getUTCDay() !== 0 && date.getUTCDay() !== 6) left--;
  }
  return date;
}

/** A FHIR instant, without milliseconds that say nothing. */
export function instant(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
