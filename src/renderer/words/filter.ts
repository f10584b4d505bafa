import type { EventFilter } from '../../preload/console.ts';
import { dayStart, endOf, formatDate, formatMoment, localParts, startOf } from './time.ts';

/** The lists of a filter. */
export type FilterList = 'people' | 'events' | 'recordings' | 'patients' | 'devices';
export const filterLists: readonly FilterList[] = ['people', 'events', 'recordings', 'patients', 'devices'];

const usualDays = 30;
/** A saved view of everything begins here; one of the last 30 days, whichever they are, has no beginning. */
const beginning = '1970-01-01T00:00:00.000Z';

/** The last 30 days, and nothing left out. */
export const usualFilter = (now: number): EventFilter => ({ ...wholeFilter, from: dayStart(now, -usualDays) });

/** All that has been read, and nothing left out. */
export const wholeFilter: EventFilter = { from: null, to: null, people: [], events: [], recordings: [], patients: [], devices: [], refusedOnly: false };

export type Period = 'usual' | 'all' | 'day' | 'other';

export function periodOf({ from, to }: Pick<EventFilter, 'from' | 'to'>, now: number): Period {
  if (from === null && to === null) return 'all';
  if (to === null && from === dayStart(now, -usualDays)) return 'usual';
  return from !== null && to !== null && startOf(localParts(from).day) === from && to === endOf(localParts(from).day) ? 'day' : 'other';
}

/** "the last 30 days (since 25 October 2026)", "all that has been read", "24 November 2026", "1 November 2026 to 3 November 2026" */
export function periodWords({ from, to }: Pick<EventFilter, 'from' | 'to'>, now: number): string {
  switch (periodOf({ from, to }, now)) {
    case 'usual':
      return `the last ${usualDays} days (since ${formatDate(localParts(from ?? '').day)})`;
    case 'all':
      return 'all that has been read';
    case 'day':
      return formatDate(localParts(from ?? '').day);
    case 'other':
      if (from === null) return `until ${lastOf(to ?? '')}`;
      return to === null ? `since ${beginningOf(from)}` : `${beginningOf(from)} to ${lastOf(to)}`;
  }
}

/** A day where a day begins, else the moment. */
const beginningOf = (from: string) => (isDayStart(from) ? formatDate(localParts(from).day) : formatMoment(from));
/** An end is no part of the period: midnight is the end of the day before. */
const lastOf = (to: string) => (isDayStart(to) ? formatDate(lastDay(to)) : formatMoment(to));
const isDayStart = (time: string) => localParts(time).clock === '00:00';
/** The last day that is in a period until then. */
export const lastDay = (to: string): string => localParts(new Date(Date.parse(to) - 1).toISOString()).day;

export const addTo = (filter: EventFilter, list: FilterList, value: string): EventFilter => (filter[list].includes(value) ? filter : { ...filter, [list]: [...filter[list], value] });
export const removeFrom = (filter: EventFilter, list: FilterList, value: string): EventFilter => ({ ...filter, [list]: filter[list].filter((one) => one !== value) });
export const onDay = (filter: EventFilter, day: string): EventFilter => ({ ...filter, from: startOf(day), to: endOf(day) });
export const between = (filter: EventFilter, from: string, to: string): EventFilter => ({ ...filter, from: from === '' ? null : startOf(from), to: to === '' ? null : endOf(to) });

/** Whether it is other than what the screen begins with. */
export const isNarrowed = (filter: EventFilter, now: number): boolean => periodOf(filter, now) !== 'usual' || filter.refusedOnly || filterLists.some((list) => filter[list].length > 0);

/** To keep: the last 30 days are those of the day on which the view is opened. */
export const toSaved = (filter: EventFilter, now: number): EventFilter => {
  const period = periodOf(filter, now);
  return period === 'usual' ? { ...filter, from: null } : period === 'all' ? { ...filter, from: beginning } : filter;
};
export const fromSaved = (filter: EventFilter, now: number): EventFilter =>
  filter.from === beginning && filter.to === null ? { ...filter, from: null } : filter.from === null && filter.to === null ? { ...filter, from: usualFilter(now).from } : filter;
