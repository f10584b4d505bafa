/**
 * Something to look at, and why. Each follows from entries alone, so that whoever doubts one can count; what needs names (a patient of the reviewer's own surname)
 * is compared in main, from {@link openedPairs}.
 */
import type { Flag, PersonRef } from '../../../preload/console.ts';
import type { Db } from '../../platform/database.ts';
import { grouped } from '../reach.ts';
import { bounds, choose, everything } from './filter.ts';
import { iso, patientRef, recordingRef } from './queries.ts';
import { measuredOf } from './store.ts';

/** So many different recordings within an hour are more than somebody reviews. */
const BULK_RECORDINGS = 10;
const BULK_MS = 3_600_000;
/** So many wrong secrets within a quarter of an hour are more than mistyping. */
export const FAILED_SECRETS = 3;
const SECRETS_MS = 900_000;
/** Hours in which a practice works, of this computer's time; and not at a weekend. */
const OPENS = 7;
const CLOSES = 20;
const MOST_EVENTS = 500;

/** Refusals that say: this is not, or not now, theirs to see (assurance/reasons.ts). */
export const NOT_THEIRS: ReadonlySet<string> = new Set(['not-mine', 'not-owner', 'task-status', 'outside-period', 'role-ended', 'not-a-review']);
/** Two things that should agree did not, so one of them may be another patient's (assurance/reasons.ts). */
export const MISMATCHES: ReadonlySet<string> = new Set([
  'patient-differs', 'encounter-differs', 'capture-outside-encounter', 'custodian-differs', 'manifest-other-recording', 'manifest-contradicts', 'joined-differs',
  'recording-twice', 'media-under-two', 'recordings-overlap', 'media-differs', 'media-bytes-differ', 'assignment-invalid',
]);

/** Where the clock stands here: of the practice, for whoever works in it. */
export type LocalTime = (at: number) => { day: string; weekday: number; hour: number; minute: number };
const localTime: LocalTime = (at) => {
  const date = new Date(at);
  return { day: `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`, weekday: date.getDay(), hour: date.getHours(), minute: date.getMinutes() };
};

export interface Happened {
  id: number;
  at: number;
  event: string;
  sds: string;
  name: string;
  role: string;
  recording: string;
  document: string;
  patient: string;
  measured: string | null;
}

export interface FlagOptions {
  from: string | null;
  to: string | null;
  bulk?: number;
  localTime?: LocalTime;
}

/** Newest first. */
export function flags(db: Db, { from, to, bulk = BULK_RECORDINGS, localTime: local = localTime }: FlagOptions): Flag[] {
  const happened = eventsOf(db, ['opened', 'denied', 'withheld', 'wrong-secret', 'wrong-patient'], from, to);
  const of = (event: string): Happened[] => happened.filter((one) => one.event === event);
  const because = (one: Happened, codes: ReadonlySet<string>): string[] => measuredOf(one.measured).detail.split(', ').filter((code) => codes.has(code));
  const found: Found[] = [
    ...groups(of('denied').filter((one) => because(one, NOT_THEIRS).length > 0), (one) => JSON.stringify([one.sds, one.recording || one.document, local(one.at).day])).map((events) => ({
      kind: 'unassigned-attempt' as const, events, sentence: `${times(events.length)} on one day a recording was asked for that was refused: ${[...new Set(events.flatMap((one) => because(one, NOT_THEIRS)))].join(', ')}.`,
    })),
    ...groups(of('opened'), ({ sds }) => sds).flatMap((opened) => runs(opened, BULK_MS, ({ recording, document }) => recording || document, bulk)).map((events) => ({
      kind: 'bulk-opening' as const, events, sentence: `${named(events).size} different recordings were opened within ${span(events)} minutes; a flag is raised from ${bulk} in an hour.`,
    })),
    ...groups(of('opened').filter((one) => isOutOfHours(local(one.at))), (one) => JSON.stringify([one.sds, local(one.at).day])).map((events) => ({
      kind: 'out-of-hours' as const, events, sentence: `${times(events.length)} a recording was opened ${when(events, local)}.`,
    })),
    ...groups(of('wrong-secret'), ({ sds }) => sds).flatMap((wrong) => runs(wrong, SECRETS_MS, ({ id }) => String(id), FAILED_SECRETS)).map((events) => ({
      kind: 'failed-secrets' as const, events, sentence: `A wrong PIN or passphrase was entered ${times(events.length).toLowerCase()} within ${span(events)} minutes.`,
    })),
    ...of('withheld').filter((one) => because(one, MISMATCHES).length > 0).map((one) => ({
      kind: 'withheld-mismatch' as const, events: [one], sentence: `A recording was withheld because two things that should agree did not: ${because(one, MISMATCHES).join(', ')}.`,
    })),
    ...of('wrong-patient').map((one) => ({ kind: 'wrong-patient' as const, events: [one], sentence: 'The clinician said that what they were shown is another patient’s.' })),
  ];
  return found.map((one) => flagOf(db, one)).sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? -1 : 1));
}

interface Found {
  kind: Flag['kind'];
  /** In order of time, never empty. */
  events: Happened[];
  sentence: string;
}

/** About one recording or patient only where all of its events are. Its id holds as long as its first event does. */
function flagOf(db: Db, { kind, events, sentence }: Found): Flag {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) throw new RangeError('a flag without an event');
  const sole = (of: (one: Happened) => string): boolean => new Set(events.map(of)).size === 1;
  const reference = db.prepare('SELECT reference FROM signed g JOIN entry e ON e.id = ? JOIN tally t ON t.id = e.tally WHERE g.chain = t.chain AND g.seq = e.seq AND g.n = e.n').pluck().get(first.id) as string;
  return {
    id: `${kind} ${reference}`, kind, at: iso(last.at), who: { sds: last.sds, name: last.name, role: last.role },
    recording: sole(({ recording, document }) => recording || document) ? recordingRef(last) : null, patient: sole(({ patient }) => patient) ? patientRef(last.patient) : null,
    sentence, events: events.slice(0, MOST_EVENTS).map(({ id }) => id),
  };
}

/** In order of time. */
function eventsOf(db: Db, events: string[], from: string | null, to: string | null): Happened[] {
  const chosen = choose(db, { ...everything, events, from, to });
  return db.prepare(
    `SELECT e.id, e.at, e.measured, t.event, a.sds, a.name, a.role, s.recording, s.document, s.patient
     FROM tally t CROSS JOIN entry e ON e.tally = t.id JOIN actor a ON a.id = t.actor JOIN subject s ON s.id = t.subject
     WHERE ${chosen.sql} AND t.day BETWEEN ? AND ? AND e.at >= ? AND e.at < ? ORDER BY e.at, e.id`).all(...chosen.values, chosen.firstDay, chosen.lastDay, ...bounds(chosen)) as Happened[];
}

const groups = (events: readonly Happened[], by: (one: Happened) => string): Happened[][] => [...grouped(events, by).values()];
const named = (events: readonly Happened[]): Set<string> => new Set(events.map(({ recording, document }) => recording || document));
const times = (n: number): string => (n === 1 ? 'Once' : `${n} times`);
const span = (events: readonly Happened[]): number => Math.max(1, Math.ceil(((events.at(-1)?.at ?? 0) - (events[0]?.at ?? 0)) / 60_000));
const isOutOfHours = ({ weekday, hour }: ReturnType<LocalTime>): boolean => weekday === 0 || weekday === 6 || hour < OPENS || hour >= CLOSES;

function when(events: readonly Happened[], local: LocalTime): string {
  const clocks = events.map(({ at }) => local(at));
  const text = clocks.slice(0, 5).map(({ hour, minute }) => `${hour}:${String(minute).padStart(2, '0')}`).join(', ');
  const weekend = clocks[0]?.weekday === 0 || clocks[0]?.weekday === 6;
  return `at ${text}${clocks.length > 5 ? ' and later' : ''}, ${weekend ? 'at a weekend' : `outside ${OPENS}:00 to ${CLOSES}:00`}`;
}

/** Every stretch of events, in order of time, in which each belongs to some window of `ms` with at least so many different kinds; windows that share an event are one stretch. */
export function runs<E extends { at: number }>(events: readonly E[], ms: number, kindOf: (one: E) => string, least: number): E[][] {
  const found: [from: number, to: number][] = [];
  const inWindow = new Map<string, number>();
  let from = 0;
  for (const [to, one] of events.entries()) {
    inWindow.set(kindOf(one), (inWindow.get(kindOf(one)) ?? 0) + 1);
    for (let first = events[from]; first && one.at - first.at > ms; first = events[from]) {
      const left = (inWindow.get(kindOf(first)) ?? 0) - 1;
      if (left > 0) inWindow.set(kindOf(first), left);
      else inWindow.delete(kindOf(first));
      from += 1;
    }
    if (inWindow.size < least) continue;
    const last = found.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else found.push([from, to]);
  }
  return found.map(([first, last]) => events.slice(first, last + 1));
}

export interface OpenedPair {
  who: PersonRef;
  patient: string;
  recording: string | null;
  document: string | null;
  first: string;
  last: string;
  /** Newest first. */
  events: number[];
}

/** Who opened recordings of which patient, for main to compare names and dates of birth with. Once for each recording. */
export function openedPairs(db: Db, from: string | null, to: string | null): OpenedPair[] {
  const opened = eventsOf(db, ['opened'], from, to).filter(({ patient }) => patient !== '');
  return groups(opened, ({ sds, patient, recording, document }) => JSON.stringify([sds, patient, recording || document])).map((events) => {
    const [first, last] = [events[0], events.at(-1)] as [Happened, Happened];
    return {
      who: { sds: last.sds, name: last.name, role: last.role }, patient: last.patient, recording: last.recording || null, document: last.document || null,
      first: iso(first.at), last: iso(last.at), events: events.slice(-MOST_EVENTS).reverse().map(({ id }) => id),
    };
  });
}
