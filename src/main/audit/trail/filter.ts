/** What an EventFilter means here: which tallies, and of the days that it cuts in two, which entries. From `from` on, and before `to`. */
import type { EventFilter, Proof } from '../../../preload/console.ts';
import { refusals } from '../../fhir/refusals.ts';
import type { Db } from '../../platform/database.ts';
import type { Interval } from '../../../preload/intervals.ts';
import type { Measured } from './read.ts';
import { DAY_MS, measuredOf } from './store.ts';

export const everything: EventFilter = { from: null, to: null, people: [], events: [], recordings: [], patients: [], devices: [], refusedOnly: false };

export interface Chosen {
  /** Of `tally t`, without the time. */
  sql: string;
  values: string[];
  /** Milliseconds: from this on, and before that. */
  from: number;
  before: number;
  firstDay: number;
  lastDay: number;
}

const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

/** Names are looked up once, so that the tallies are compared by number. */
export function choose(db: Db, filter: EventFilter): Chosen {
  const ids = (sql: string, ...values: string[]): string => (db.prepare(sql).pluck().all(...values) as number[]).join(', ');
  const { people, events, recordings, patients, devices, refusedOnly } = filter;
  const terms = [
    ...(people.length > 0 ? [`t.actor IN (${ids(`SELECT id FROM actor WHERE sds IN (${marks(people)})`, ...people)})`] : []),
    ...(devices.length > 0 ? [`t.chain IN (${ids(`SELECT id FROM chain WHERE device IN (${marks(devices)})`, ...devices)})`] : []),
  ];
  if (recordings.length > 0 || patients.length > 0) {
    const recording = recordings.length > 0 ? [`(recording IN (${marks(recordings)}) OR document IN (${marks(recordings)}))`] : [];
    const patient = patients.length > 0 ? [`patient IN (${marks(patients)})`] : [];
    terms.push(`t.subject IN (${ids(`SELECT id FROM subject WHERE ${[...recording, ...patient].join(' AND ')}`, ...recordings, ...recordings, ...patients)})`);
  }
  const kinds = [...(events.length > 0 ? [events] : []), ...(refusedOnly ? [refusals] : [])];
  // An event is shared by many: where something narrower is asked for, its index would be the wrong one.
  const event = terms.length > 0 ? '+t.event' : 't.event';
  const from = filter.from === null ? -Infinity : Date.parse(filter.from);
  const before = filter.to === null ? Infinity : Date.parse(filter.to);
  const limit = (day: number): number => Math.max(-1e6, Math.min(1e7, day));
  return {
    sql: [...terms, ...kinds.map((list) => `${event} IN (${marks(list)})`), '1'].join(' AND '), values: kinds.flat(), from, before,
    firstDay: limit(Math.floor(from / DAY_MS)), lastDay: limit(Math.ceil(before / DAY_MS) - 1),
  };
}

/** Is only a part of that day asked for? */
export const cuts = ({ from, before }: Chosen, day: number): boolean => from > day * DAY_MS || before < (day + 1) * DAY_MS;

/** For SQL, which has no infinity in an integer. */
export const bounds = ({ from, before }: Chosen): [number, number] => [Math.max(from, Number.MIN_SAFE_INTEGER), Math.min(before, Number.MAX_SAFE_INTEGER)];

/** Standing of a chain, as its verification left it. */
export interface Standing {
  enrolled: 'enrolled' | 'not-enrolled' | 'other-key' | 'revoked';
  /** The key that it was verified under. */
  key: string;
  /** The verification has looked at all up to this number, 0: at nothing yet. */
  reached: number;
  /** It holds up to this number, 0: nothing was verified. */
  checked: number;
  /** From this number on it does not hold; null: it does. */
  broken: number | null;
}

/** Nothing is called proven or broken before it was looked at. @param claimed the key that its event names, '' for none */
export function proofOf({ enrolled, key, reached, checked, broken }: Standing, seq: number, claimed: string): Proof {
  if (seq > reached) return 'unchecked';
  // Of a chain that began again under another key, one of the two counts.
  if (claimed !== '' && claimed !== key) return 'broken';
  if (broken !== null && seq >= broken) return 'broken';
  // `other-key`: one is enrolled, under which this was verified, and the latest entry names another.
  return (enrolled === 'enrolled' || enrolled === 'other-key') && seq <= checked ? 'verified' : 'unenrolled';
}

/** Who did what, where, about what. */
export interface Named {
  event: string;
  sds: string;
  name: string;
  role: string;
  device: string;
  recording: string;
  document: string;
  patient: string;
  purpose: string;
}

/** Of a tally `t`: {@link Named} and {@link Standing}, and where they stand. */
export const OF = 't.event, a.sds, a.name, a.role, c.device, m.key AS claimed, c.enrolled, c.key, c.reached, c.checked, c.broken, s.recording, s.document, s.patient, s.purpose';
export const JOINED = 'JOIN actor a ON a.id = t.actor JOIN chain c ON c.id = t.chain JOIN subject s ON s.id = t.subject JOIN claim m ON m.id = t.claim';

/** Entries that are alike but for their moment: those of a day, or where the filter cuts the day, one by one. */
export interface Part extends Named {
  day: number;
  entries: number;
  seconds: number;
  first: number;
  last: number;
  media: Interval[];
  attended: Interval[];
  transcript: boolean;
  unreported: boolean;
  proof: Proof;
}

type Row = Omit<Part, 'media' | 'attended' | 'transcript' | 'unreported' | 'proof'> & Standing & { claimed: string; top: number; media: string | null; attended: string | null; transcript: number | null; unreported: number | null };

export function* parts(db: Db, filter: EventFilter): Generator<Part> {
  const chosen = choose(db, filter);
  const whole = db.prepare(
    `SELECT t.day, t.entries, t.seconds, t.first, t.last, t.top, w.media, w.attended, w.transcript, w.unreported, ${OF}
     FROM tally t ${JOINED} LEFT JOIN watched w ON w.tally = t.id WHERE ${chosen.sql} AND t.day BETWEEN ? AND ?`);
  const cut = [...new Set([chosen.firstDay, chosen.lastDay])].filter((day) => cuts(chosen, day));
  for (const row of whole.iterate(...chosen.values, chosen.firstDay, chosen.lastDay) as IterableIterator<Row>) {
    if (cut.includes(row.day)) continue;
    const { media, attended, transcript, unreported, ...part } = row;
    yield {
      ...part, media: media === null ? [] : (JSON.parse(media) as Interval[]), attended: attended === null ? [] : (JSON.parse(attended) as Interval[]),
      transcript: transcript === 1, unreported: unreported === 1, proof: proofOf(row, row.top, row.claimed),
    };
  }
  const single = db.prepare(
    `SELECT t.day, e.at, e.seq, e.measured, ${OF} FROM tally t CROSS JOIN entry e ON e.tally = t.id ${JOINED}
     WHERE ${chosen.sql} AND t.day = ? AND e.at >= ? AND e.at < ?`);
  for (const day of cut) {
    for (const row of single.iterate(...chosen.values, day, ...bounds(chosen)) as IterableIterator<Omit<Row, 'media'> & { at: number; seq: number; measured: string | null }>) {
      const measured: Measured = measuredOf(row.measured);
      yield { ...row, ...measured, seconds: measured.seconds ?? 0, entries: 1, first: row.at, last: row.at, proof: proofOf(row, row.seq, row.claimed) };
    }
  }
}
