/** FHIR dates: moments, their boundaries, and Periods. */
import type { Period } from './resources.ts';

/** Clocks of two computers differ a little: what is dated this far ahead of now has just happened. */
export const CLOCK_DIFFERENCE_MS = 5 * 60_000;

function boundary(value: string, edge: 'start' | 'end'): number {
  // Date.UTC would count a 13th month on into the next year.
  if (value.includes('T') || Number.isNaN(Date.parse(value))) return Date.parse(value);
  const [year = 0, month, day] = value.split('-').map(Number);
  if (edge === 'start') return Date.UTC(year, (month ?? 1) - 1, day ?? 1);
  if (day !== undefined) return Date.UTC(year, (month ?? 1) - 1, day + 1) - 1;
  return (month === undefined ? Date.UTC(year + 1, 0) : Date.UTC(year, month)) - 1;
}

/** Whether `at` is surely before or after a Period; what cannot be read leaves it open. */
export function isOutside(at: number, { start, end }: Period): boolean {
  return (start !== undefined && at < boundary(start, 'start')) || (end !== undefined && at > boundary(end, 'end'));
}

/** First and last moment of what a dateTime may mean; NaN for none. */
export const edges = (value: string): [number, number] => [boundary(value, 'start'), boundary(value, 'end')];

/** The last moment that a dateTime may mean; NaN for none. */
export const latest = (value: string | undefined): number => (value === undefined ? NaN : boundary(value, 'end'));

/** The moment that a dateTime names; NaN for one that is coarser, because it would cover too much. */
export function moment(value: string | undefined): number {
  return value?.includes('T') ? Date.parse(value) : NaN;
}

/**
 * Whether `at` (ms since the epoch) is inside a FHIR Period. A missing end is open, but a Period with neither says nothing and holds
 * nothing; a boundary coarser than a moment covers all of it (FHIR R4 §2.24.0.8).
 */
export function inPeriod(at: number, period: Period, toleranceMs = 0): boolean {
  if (period.start === undefined && period.end === undefined) return false;
  const start = period.start === undefined ? -Infinity : boundary(period.start, 'start');
  const end = period.end === undefined ? Infinity : boundary(period.end, 'end');
  // An unreadable date is NaN, and every comparison with it is false.
  return at >= start - toleranceMs && at <= end + toleranceMs;
}
