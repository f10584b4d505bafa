/** What the console asks of the trail. Entries carry references alone: names of patients and titles of recordings stay null here, and main fills them in. */
import type { DeviceRow, EventDetails, EventFilter, EventPage, EventRow, Finding, ManagersActions, PatientRef, PersonRef, Proof, RecordingRef } from '../../../preload/console.ts';
import { managerEvents } from '../../../preload/managerEvents.ts';
import { isRefusal } from '../../fhir/refusals.ts';
import { Failure } from '../../platform/failure.ts';
import type { Db } from '../../platform/database.ts';
import { bounds, choose, cuts, JOINED, OF, parts, proofOf, type Chosen, type Named, type Standing } from './filter.ts';
import { keyCharacters } from '../chain.ts';
import type { ManagerEvent } from '../entry.ts';
import type { Reported } from '../reported.ts';
import type { ChainPlace } from './messages.ts';
import { DAY_MS, measuredOf, unpack, type SignedBytes } from './store.ts';

/** All of them, or this does not compile. */
true satisfies [Exclude<ManagerEvent['event'], (typeof managerEvents)[number]>, Exclude<(typeof managerEvents)[number], ManagerEvent['event']>] extends [never, never] ? true : never;

export const iso = (at: number): string => new Date(at).toISOString();
const orNull = (text: string): string | null => (text === '' ? null : text);

export const recordingRef = ({ recording, document }: { recording: string; document: string }): RecordingRef | null =>
  (recording === '' && document === '' ? null : { recording: orNull(recording), document: orNull(document), title: null, consultedAt: null });
export const patientRef = (patient: string): PatientRef | null => (patient === '' ? null : { patient, name: null, dateOfBirth: null, nhsNumber: null });

interface Joined extends Named, Standing {
  id: number;
  at: number;
  seq: number;
  n: number;
  measured: string | null;
  chain: number;
  claimed: string;
}

const joined = (db: Db) => db.prepare(`SELECT e.id, e.at, e.seq, e.n, e.measured, t.chain, ${OF} FROM entry e JOIN tally t ON t.id = e.tally ${JOINED} WHERE e.id = ?`);

function rowOf(row: Joined): EventRow {
  const { unreported, ...measured } = measuredOf(row.measured);
  return {
    id: row.id, at: iso(row.at), event: row.event, who: { sds: row.sds, name: row.name, role: row.role }, recording: recordingRef(row), patient: patientRef(row.patient),
    purpose: orNull(row.purpose), device: row.device, refused: isRefusal(row.event), proof: proofOf(row, row.seq, row.claimed),
    ...measured, detail: unreported ? 'unreported' : measured.detail,
  };
}

/** Days that have any, the newest first, with how many. */
function daysOf(db: Db, chosen: Chosen): { day: number; n: number }[] {
  const days = db.prepare(`SELECT t.day, sum(t.entries) AS n FROM tally t WHERE ${chosen.sql} AND t.day BETWEEN ? AND ? GROUP BY t.day ORDER BY t.day DESC`)
    .all(...chosen.values, chosen.firstDay, chosen.lastDay) as { day: number; n: number }[];
  const inside = db.prepare(`SELECT count(*) FROM tally t CROSS JOIN entry e ON e.tally = t.id WHERE ${chosen.sql} AND t.day = ? AND e.at >= ? AND e.at < ?`).pluck();
  return days.map(({ day, n }) => ({ day, n: cuts(chosen, day) ? (inside.get(...chosen.values, day, ...bounds(chosen)) as number) : n })).filter(({ n }) => n > 0);
}

/** Newest first; of one moment, the later read first. @param next of the page before, or null. */
export function eventPage(db: Db, filter: EventFilter, next: string | null, limit = 100): EventPage {
  const [before = Infinity, beforeId = 0] = next === null ? [] : next.split('.').map(Number);
  if (Number.isNaN(before) || Number.isNaN(beforeId)) throw new Failure('bad-request', 'no such page');
  const chosen = choose(db, filter);
  const days = daysOf(db, chosen);
  const total = days.reduce((sum, { n }) => sum + n, 0);
  const left = days.filter(({ day }) => day * DAY_MS <= before);
  const some = db.prepare(
    `SELECT e.id FROM tally t CROSS JOIN entry e ON e.tally = t.id
     WHERE ${chosen.sql} AND t.day BETWEEN ? AND ? AND e.at >= ? AND e.at < ? AND e.at <= ? AND (e.at < ? OR e.id < ?) ORDER BY e.at DESC, e.id DESC LIMIT ?`).pluck();
  const [from, to] = bounds(chosen);
  const latest = Math.min(before, Number.MAX_SAFE_INTEGER);
  const ids: number[] = [];
  while (left.length > 0 && ids.length <= limit) {
    // As many days as hold the rest of the page; of the first one, some were on the page before, and more days may have to follow.
    const [newest] = left;
    let oldest = newest;
    for (let held = 0; left.length > 0 && held <= limit - ids.length;) {
      oldest = left.shift();
      held += oldest?.n ?? 0;
    }
    ids.push(...some.all(...chosen.values, oldest?.day, newest?.day, from, to, latest, latest, beforeId, limit + 1 - ids.length) as number[]);
  }
  const row = joined(db);
  const rows = ids.slice(0, limit).map((id) => rowOf(row.get(id) as Joined));
  const last = rows.at(-1);
  return { rows, total, next: ids.length > limit && last ? `${Date.parse(last.at)}.${last.id}` : null };
}

/** Throws `bad-request` for an entry that is not here. */
export function eventDetails(db: Db, id: number): EventDetails {
  const row = joined(db).get(id) as Joined | undefined;
  if (!row) throw new Failure('bad-request', 'no such entry');
  const { reference, received, bytes } = db.prepare('SELECT reference, received, bytes FROM signed WHERE chain = ? AND seq = ? AND n = ?').get(row.chain, row.seq, row.n) as
    { reference: string; received: number | null; bytes: Buffer };
  const { body, hash, signature } = unpack(bytes);
  return {
    row: rowOf(row), sequence: row.seq, reference, receivedAt: received === null ? null : iso(received), entry: body.toString('utf8'), hash: hash.toString('base64'), signature: signature.toString('base64'),
    findings: db.prepare('SELECT sentence FROM finding WHERE chain = ? AND seq <= ? AND until >= ? ORDER BY id').pluck().all(row.chain, row.seq, row.seq) as string[],
  };
}

/** Who did how often what a manager does, in each of their roles; who did it last first. Of a filter that names other events, nothing. */
export function managersActions(db: Db, filter: EventFilter): ManagersActions['people'] {
  const events = managerEvents.filter((event) => filter.events.length === 0 || filter.events.includes(event));
  const people = new Map<string, { who: PersonRef; counts: Map<string, number>; last: number }>();
  if (events.length === 0) return [];
  for (const { sds, name, role, event, entries, last } of parts(db, { ...filter, events })) {
    const one = people.get(JSON.stringify([sds, role])) ?? { who: { sds, name, role }, counts: new Map<string, number>(), last };
    one.counts.set(event, (one.counts.get(event) ?? 0) + entries);
    if (last >= one.last) [one.who, one.last] = [{ sds, name, role }, last];
    people.set(JSON.stringify([sds, role]), one);
  }
  return [...people.values()].sort((a, b) => b.last - a.last)
    .map(({ who, counts, last }) => ({ who, acts: managerEvents.flatMap((event) => ({ event, count: counts.get(event) ?? 0 })).filter(({ count }) => count > 0), last: iso(last) }));
}

/** Every entry of one event, whole, with what it is worth. */
export function bodiesOf(db: Db, event: string): { entry: string; proof: Proof }[] {
  const rows = db.prepare(
    `SELECT e.seq, g.bytes, m.key AS claimed, c.enrolled, c.key, c.reached, c.checked, c.broken FROM tally t JOIN chain c ON c.id = t.chain JOIN entry e ON e.tally = t.id
     JOIN signed g ON g.chain = t.chain AND g.seq = e.seq AND g.n = e.n JOIN claim m ON m.id = g.claim WHERE t.event = ? ORDER BY e.id`).all(event) as (Standing & { seq: number; bytes: Buffer; claimed: string })[];
  return rows.map(({ seq, bytes, claimed, ...standing }) => ({ entry: unpack(bytes).body.toString('utf8'), proof: proofOf(standing, seq, claimed) }));
}

/** Of a chain `c`, whose numbers may begin again under another key, its entry that is the latest by its time. */
const LATEST = `FROM chain c JOIN tally t ON t.chain = c.id AND t.last = c.last_entry JOIN entry e ON e.tally = t.id AND e.at = c.last_entry JOIN signed g ON g.chain = c.id AND g.seq = e.seq AND g.n = e.n
   JOIN claim m ON m.id = g.claim JOIN actor a ON a.id = t.actor`;

/** One row a chain: name, key and version as its latest entry gives them. */
export function deviceRows(db: Db): DeviceRow[] {
  const chains = db.prepare('SELECT id, device, sds, entries, last_contact AS contact, last_entry AS latest, enrolled, key, reached, checked, broken FROM chain ORDER BY last_entry DESC').all() as
    (Standing & { id: number; device: string; sds: string; entries: number; contact: number | null; latest: number | null })[];
  const newest = db.prepare(`SELECT a.name, a.role, m.key, m.version ${LATEST} WHERE c.id = ? ORDER BY g.seq DESC, g.n LIMIT 1`);
  const highest = db.prepare('SELECT max(seq) FROM signed WHERE chain = ?').pluck();
  const findings = db.prepare('SELECT count(*) FROM finding WHERE chain = ?').pluck();
  return chains.map(({ id, device, sds, entries, contact, latest, ...standing }) => {
    const last = newest.get(id) as { name: string; role: string; key: string; version: string } | undefined;
    return {
      device, who: { sds, name: last?.name ?? '', role: last?.role ?? '' }, version: orNull(last?.version ?? ''), entries,
      lastContact: contact === null ? null : iso(contact), lastEntry: latest === null ? null : iso(latest), key: last && last.key !== '' ? keyCharacters(last.key) : null,
      enrolled: standing.enrolled, proof: last ? proofOf(standing, highest.get(id) as number, last.key) : standing.broken === null ? 'unchecked' : 'broken', findings: findings.get(id) as number,
    };
  });
}

/** Chain by chain, in order. */
export function findingRows(db: Db, limit = 1_000): Finding[] {
  const rows = db.prepare('SELECT f.kind, f.seq, f.at, f.sentence, c.device, c.sds FROM finding f JOIN chain c ON c.id = f.chain ORDER BY c.device, c.sds, f.seq, f.id LIMIT ?').all(limit) as
    { kind: Finding['kind']; seq: number; at: number | null; sentence: string; device: string; sds: string }[];
  const who = db.prepare('SELECT name, role FROM actor WHERE sds = ? ORDER BY id DESC LIMIT 1');
  return rows.map(({ kind, seq, at, sentence, device, sds }) => ({
    kind, device, who: { sds, name: '', role: '', ...(who.get(sds) as { name: string; role: string } | undefined) }, sequence: seq, at: at === null ? null : iso(at), sentence,
  }));
}

/** Entries of one chain as they were reported, in order of seq, after `after`; nothing for a chain that is not here. */
export function chainSlice(db: Db, { device, sds, after, limit }: { device: string; sds: string; after: ChainPlace; limit: number }): (Reported & ChainPlace)[] {
  return db.prepare(
    `SELECT g.seq, g.n, g.reference, g.received, g.bytes, nullif(m.key, '') AS key, nullif(m.version, '') AS version
     FROM chain c JOIN signed g ON g.chain = c.id JOIN claim m ON m.id = g.claim WHERE c.device = ? AND c.sds = ? AND (g.seq, g.n) > (?, ?) ORDER BY g.seq, g.n LIMIT ?`)
    .all(device, sds, after.seq, after.n, limit).map((row) => {
      const { received, bytes, ...rest } = row as Omit<Reported, 'receivedAt' | keyof SignedBytes> & ChainPlace & { received: number | null; bytes: Buffer };
      return { ...rest, ...unpack(bytes), receivedAt: received === null ? null : iso(received) };
    });
}

/** The key that the latest entry of a chain names, as {@link deviceRows} shows it; null for a chain that is not here. */
export function chainKey(db: Db, { device, sds }: { device: string; sds: string }): { key: string | null } | null {
  const row = db.prepare(`SELECT nullif(m.key, '') AS key ${LATEST} WHERE c.device = ? AND c.sds = ? ORDER BY g.seq DESC, g.n LIMIT 1`).get(device, sds);
  return (row as { key: string | null } | undefined) ?? null;
}

/** Where a chain ends, and {@link chainKey}; null for a chain that is not here. */
export function chainHead(db: Db, chain: { device: string; sds: string }): { seq: number; hash: Buffer; key: string | null } | null {
  const row = db.prepare('SELECT g.seq, g.bytes FROM chain c JOIN signed g ON g.chain = c.id WHERE c.device = ? AND c.sds = ? ORDER BY g.seq DESC, g.n LIMIT 1').get(chain.device, chain.sds) as
    { seq: number; bytes: Buffer } | undefined;
  return row ? { seq: row.seq, hash: unpack(row.bytes).hash, key: chainKey(db, chain)?.key ?? null } : null;
}
