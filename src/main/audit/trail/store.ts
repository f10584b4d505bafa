/**
 * The trail: what the practice's server holds of everybody's audit chains, kept here to be searched while a manager is signed in. A cache: it is filled from the
 * server each time, its key is never written down, and it is deleted at the end.
 *
 * A million entries must be searched in a blink. Most of them differ from others of their day only in the moment: who, on which device, what, about which
 * recording are the same. Those are added up in one `tally`, a fraction of the entries; every filter looks at tallies alone, and reads entries only of those it wants.
 */
import { verify } from 'node:crypto';
import { keyOfText } from '../chain.ts';
import type { Statement } from 'better-sqlite3';
import { databaseFailure, openDatabase, type Db, type Migrations } from '../../platform/database.ts';
import type { Interval } from '../../../preload/intervals.ts';
import { tidy } from './intervals.ts';
import type { Reported } from '../reported.ts';
import { readEntry, UNREADABLE, type About, type Measured, type Read } from './read.ts';

export const DAY_MS = 86_400_000;

export interface Added {
  /** New ones; the rest was here already. */
  entries: number;
  others: number;
}

/** As it was reported, byte for byte. */
export type SignedBytes = Pick<Reported, 'body' | 'hash' | 'signature'>;

/** What of an entry is only its own, as it is kept: nothing that is absent. */
type Kept = Partial<Measured>;

/** `''` stands for null, which would never be equal to itself in a unique index. `day` counts days of UTC since 1970, `top` is the highest number. `signed` lies in the order of the chains, so
 * that they are verified from end to end, and the newest first, as they come: else each would split a page that is never filled again. */
const migrations: Migrations = [
  `CREATE TABLE chain (id INTEGER PRIMARY KEY, device TEXT NOT NULL, sds TEXT NOT NULL, entries INTEGER NOT NULL DEFAULT 0, last_contact INTEGER, last_entry INTEGER,
     enrolled TEXT NOT NULL DEFAULT 'not-enrolled', key TEXT NOT NULL DEFAULT '', reached INTEGER NOT NULL DEFAULT 0, checked INTEGER NOT NULL DEFAULT 0, broken INTEGER, UNIQUE (device, sds)) STRICT;
   CREATE TABLE actor (id INTEGER PRIMARY KEY, sds TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, UNIQUE (sds, name, role)) STRICT;
   CREATE TABLE subject (id INTEGER PRIMARY KEY, recording TEXT NOT NULL, document TEXT NOT NULL, patient TEXT NOT NULL, purpose TEXT NOT NULL, UNIQUE (recording, document, patient, purpose)) STRICT;
   CREATE INDEX subject_of_document ON subject (document);
   CREATE INDEX subject_of_patient ON subject (patient);
   CREATE TABLE claim (id INTEGER PRIMARY KEY, key TEXT NOT NULL, version TEXT NOT NULL, UNIQUE (key, version)) STRICT;
   CREATE TABLE tally (id INTEGER PRIMARY KEY, day INTEGER NOT NULL, event TEXT NOT NULL, actor INTEGER NOT NULL REFERENCES actor, chain INTEGER NOT NULL REFERENCES chain,
     subject INTEGER NOT NULL REFERENCES subject, claim INTEGER NOT NULL REFERENCES claim, entries INTEGER NOT NULL, seconds REAL NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, top INTEGER NOT NULL, UNIQUE (day, event, actor, chain, subject, claim)) STRICT;
   CREATE INDEX tally_of_event ON tally (event, day);
   CREATE INDEX tally_of_actor ON tally (actor, day);
   CREATE INDEX tally_of_chain ON tally (chain, day);
   CREATE INDEX tally_of_subject ON tally (subject, day);
   CREATE TABLE watched (tally INTEGER PRIMARY KEY REFERENCES tally, media TEXT NOT NULL, attended TEXT NOT NULL, transcript INTEGER NOT NULL, unreported INTEGER NOT NULL) STRICT;
   CREATE TABLE entry (id INTEGER PRIMARY KEY, tally INTEGER NOT NULL REFERENCES tally, at INTEGER NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL, measured TEXT) STRICT;
   CREATE INDEX entry_of_tally ON entry (tally, at);
   CREATE TABLE signed (chain INTEGER NOT NULL REFERENCES chain, seq INTEGER NOT NULL, n INTEGER NOT NULL, entry INTEGER NOT NULL, claim INTEGER NOT NULL REFERENCES claim, readable INTEGER NOT NULL, reference TEXT NOT NULL,
     received INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (chain, seq DESC, n DESC)) STRICT, WITHOUT ROWID;
   CREATE TABLE other (reference TEXT PRIMARY KEY, received INTEGER, body BLOB NOT NULL) STRICT;
   CREATE TABLE finding (id INTEGER PRIMARY KEY, chain INTEGER NOT NULL REFERENCES chain, seq INTEGER NOT NULL, until INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER, sentence TEXT NOT NULL) STRICT;
   CREATE INDEX finding_of_chain ON finding (chain, seq);`,
];

/** So many names of things are remembered, before they are asked for again. */
const REMEMBERED = 50_000;

export class TrailStore {
  readonly db: Db;
  readonly #ids = new Map<string, number>();
  readonly #statements = new Map<string, Statement>();
  /** The lowest number that each chain got since it was last asked: what was verified below it no longer counts. */
  readonly #lowest = new Map<number, number>();

  /** @param key 32 random bytes that nobody else has; wiped. */
  constructor(path: string, key: Buffer) {
    this.db = openDatabase(path, key, migrations, false, 'library-corrupt', 'aegis');
    // Everything in it is on the server, and nobody opens it again: a power cut may take it.
    this.db.pragma('synchronous = OFF');
    this.db.pragma('locking_mode = EXCLUSIVE');
    this.db.pragma('cache_size = -131072');
    // Pages that are written again and again while it fills go to the file once.
    this.db.pragma('wal_autocheckpoint = 4096');
  }

  /** All of them or none, in one transaction. What is here already, byte for byte, is left; several entries of one number all stay, for they are a finding. */
  add(reported: readonly Reported[]): Added {
    try {
      return this.db.transaction(() => this.#add(reported)).immediate();
    } catch (error) {
      this.#ids.clear();
      throw databaseFailure(error, 'library-corrupt');
    }
  }

  #add(reported: readonly Reported[]): Added {
    const added: Added = { entries: 0, others: 0 };
    const tallies = new Map<number, { entries: number; seconds: number; first: number; last: number; top: number; watched: Read[] }>();
    const chains = new Map<number, { entries: number; contact: number | null; last: number; lowest: number }>();
    const moved: { entry: number; n: number; chain: number; seq: number; from: number; to: number }[] = [];
    const there = this.#prepared('SELECT g.n, g.entry, g.bytes, t.claim, e.tally FROM signed g JOIN entry e ON e.id = g.entry JOIN tally t ON t.id = e.tally WHERE g.chain = ? AND g.seq = ?');
    const renamed = this.#prepared('UPDATE signed SET claim = ?, reference = ?, received = ? WHERE chain = ? AND seq = ? AND n = ?');
    const signed = this.#prepared('INSERT INTO signed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const entry = this.#prepared('INSERT INTO entry (tally, at, seq, n, measured) VALUES (?, ?, ?, ?, ?)');
    const other = this.#prepared('INSERT INTO other VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    for (const { reference, receivedAt, body, hash, signature, key, version } of reported) {
      const received = moment(receivedAt);
      const read = readEntry(body);
      if (!read) {
        added.others += other.run(reference, received, body).changes;
        continue;
      }
      const { seq, at } = read;
      const chain = this.#chain(read);
      const bytes = pack({ body, hash, signature });
      const held = there.all(chain, seq) as { n: number; entry: number; bytes: Buffer; claim: number; tally: number }[];
      const claim = this.#claim(key, version);
      const same = held.find((one) => one.bytes.equals(bytes));
      // With another hash or signature it is for the verification to say what that means: it happened once.
      const twin = same ?? held.find((one) => unpack(one.bytes).body.equals(body));
      if (twin) {
        if (!same) {
          signed.run(chain, seq, held.length, twin.entry, claim, Number(read.event !== UNREADABLE), reference, received, bytes);
          this.#lookAgain(chain, seq);
        }
        // The key is beside the signed bytes, and a copy may name another: the one that signed them is the one.
        if (twin.claim !== claim && key !== null && this.#keyOf(twin.claim) !== key && signedWith(key, hash, signature)) {
          if (same) renamed.run(claim, reference, received, chain, seq, same.n);
          moved.push({ entry: twin.entry, n: same?.n ?? held.length, chain, seq, from: twin.tally, to: this.#tally(read, chain, claim) });
        }
        continue;
      }
      const tally = this.#tally(read, chain, claim);
      const id = entry.run(tally, at, seq, held.length, keep(read)).lastInsertRowid;
      signed.run(chain, seq, held.length, id, claim, Number(read.event !== UNREADABLE), reference, received, bytes);
      added.entries += 1;
      this.#lowest.set(chain, Math.min(this.#lowest.get(chain) ?? seq, seq));
      const sum = tallies.get(tally) ?? { entries: 0, seconds: 0, first: at, last: at, top: seq, watched: [] };
      sum.entries += 1;
      sum.seconds += read.seconds ?? 0;
      sum.first = Math.min(sum.first, at);
      sum.last = Math.max(sum.last, at);
      sum.top = Math.max(sum.top, seq);
      if (read.event === 'exposed') sum.watched.push(read);
      tallies.set(tally, sum);
      const of = chains.get(chain) ?? { entries: 0, contact: null, last: at, lowest: seq };
      of.entries += 1;
      of.lowest = Math.min(of.lowest, seq);
      if (received !== null) of.contact = Math.max(of.contact ?? received, received);
      of.last = Math.max(of.last, at);
      chains.set(chain, of);
    }
    const addUp = this.#prepared('UPDATE tally SET entries = entries + ?, seconds = seconds + ?, first = min(first, ?), last = max(last, ?), top = max(top, ?) WHERE id = ?');
    for (const [id, { entries, seconds, first, last, top, watched }] of tallies) {
      addUp.run(entries, seconds, first, last, top, id);
      if (watched.length > 0) this.#watch(id, watched);
    }
    const told = this.#prepared('UPDATE chain SET entries = entries + ?, last_contact = CASE WHEN ? > coalesce(last_contact, -1) THEN ? ELSE last_contact END, last_entry = max(coalesce(last_entry, ?), ?), reached = min(reached, ?) WHERE id = ?');
    for (const [id, { entries, contact, last, lowest }] of chains) told.run(entries, contact, contact, last, last, lowest - 1, id);
    for (const one of moved) this.#move(one);
    return added;
  }

  /** Into the tally of its key, whatever it was added to before; its chain is looked at again from there. */
  #move({ entry, n, chain, seq, from, to }: { entry: number; n: number; chain: number; seq: number; from: number; to: number }): void {
    this.#prepared('UPDATE entry SET tally = ?, n = ? WHERE id = ?').run(to, n, entry);
    for (const tally of [from, to]) this.#addUp(tally);
    this.#lookAgain(chain, seq);
  }

  #lookAgain(chain: number, seq: number): void {
    this.#lowest.set(chain, Math.min(this.#lowest.get(chain) ?? seq, seq));
    this.#prepared('UPDATE chain SET reached = min(reached, ?) WHERE id = ?').run(seq - 1, chain);
  }

  /** A tally as its entries make it. */
  #addUp(tally: number): void {
    const entries = this.#prepared('SELECT at, seq, measured FROM entry WHERE tally = ?').all(tally) as { at: number; seq: number; measured: string | null }[];
    this.#prepared('DELETE FROM watched WHERE tally = ?').run(tally);
    if (entries.length === 0) {
      this.#prepared('DELETE FROM tally WHERE id = ?').run(tally);
      this.#ids.clear();
      return;
    }
    const reads = entries.map(({ measured }) => measuredOf(measured));
    const [first, last, top] = entries.reduce<[number, number, number]>((all, { at, seq }) => [Math.min(all[0], at), Math.max(all[1], at), Math.max(all[2], seq)], [Infinity, -Infinity, 0]);
    this.#prepared('UPDATE tally SET entries = ?, seconds = ?, first = ?, last = ?, top = ? WHERE id = ?').run(entries.length, reads.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0), first, last, top, tally);
    if (this.#prepared('SELECT event FROM tally WHERE id = ?').pluck().get(tally) === 'exposed') this.#watch(tally, reads);
  }

  #keyOf(claim: number): string {
    return this.#prepared('SELECT key FROM claim WHERE id = ?').pluck().get(claim) as string;
  }

  #chain({ device, who: { sds } }: Read): number {
    return this.#id(named('chain', [device, sds]), 'SELECT id FROM chain WHERE device = ? AND sds = ?', 'INSERT INTO chain (device, sds) VALUES (?, ?)', [device, sds]);
  }

  #claim(key: string | null, version: string | null): number {
    const values = [key ?? '', version ?? ''];
    return this.#id(named('claim', values), 'SELECT id FROM claim WHERE key = ? AND version = ?', 'INSERT INTO claim (key, version) VALUES (?, ?)', values);
  }

  #tally({ at, event, who: { sds, name, role }, about }: Read, chain: number, claim: number): number {
    const actor = this.#id(named('actor', [sds, name, role]), 'SELECT id FROM actor WHERE sds = ? AND name = ? AND role = ?', 'INSERT INTO actor (sds, name, role) VALUES (?, ?, ?)', [sds, name, role]);
    const subject = this.#subject(about);
    const day = Math.floor(at / DAY_MS);
    return this.#id(`tally ${day} ${event} ${actor} ${chain} ${subject} ${claim}`, 'SELECT id FROM tally WHERE day = ? AND event = ? AND actor = ? AND chain = ? AND subject = ? AND claim = ?',
      'INSERT INTO tally (day, event, actor, chain, subject, claim, entries, seconds, first, last, top) VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, ?, 0)', [day, event, actor, chain, subject, claim], at, at);
  }

  #subject({ recording, document, patient, purpose }: About): number {
    const values = [recording ?? '', document ?? '', patient ?? '', purpose ?? ''];
    return this.#id(named('subject', values), 'SELECT id FROM subject WHERE recording = ? AND document = ? AND patient = ? AND purpose = ?',
      'INSERT INTO subject (recording, document, patient, purpose) VALUES (?, ?, ?, ?)', values);
  }

  /** @param first of what is made anew, further values. */
  #id(called: string, find: string, make: string, values: unknown[], ...first: number[]): number {
    const known = this.#ids.get(called);
    if (known !== undefined) return known;
    const id = (this.#prepared(find).pluck().get(...values) as number | undefined) ?? Number(this.#prepared(make).run(...values, ...first).lastInsertRowid);
    if (this.#ids.size >= REMEMBERED) this.#ids.clear();
    this.#ids.set(called, id);
    return id;
  }

  #prepared(sql: string): Statement {
    const statement = this.#statements.get(sql) ?? this.db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #watch(tally: number, reads: readonly Measured[]): void {
    const before = this.#prepared('SELECT media, attended FROM watched WHERE tally = ?').get(tally) as { media: string; attended: string } | undefined;
    const all = (of: 'media' | 'attended'): string => JSON.stringify(tidy([...(before ? (JSON.parse(before[of]) as Interval[]) : []), ...reads.flatMap((read) => read[of])]));
    this.#prepared(`INSERT INTO watched VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET media = excluded.media, attended = excluded.attended, transcript = max(transcript, excluded.transcript), unreported = max(unreported, excluded.unreported)`)
      .run(tally, all('media'), all('attended'), Number(reads.some(({ transcript }) => transcript)), Number(reads.some(({ unreported }) => unreported)));
  }

  /** The lowest number that came into a chain since the last time this was asked of it; null: none did. */
  lowestSince(chain: number): number | null {
    const lowest = this.#lowest.get(chain) ?? null;
    this.#lowest.delete(chain);
    return lowest;
  }

  /** What came into a chain and will be asked for by {@link lowestSince}. */
  pending(chain: number): number | null {
    return this.#lowest.get(chain) ?? null;
  }

  counts(): { entries: number; others: number } {
    return this.db.prepare('SELECT (SELECT coalesce(sum(entries), 0) FROM chain) AS entries, (SELECT count(*) FROM other) AS others').get() as { entries: number; others: number };
  }

  close(): void {
    this.db.close();
  }
}

/** Three values in one: reading a million entries takes half the time. Hash and signature may be of any length up to 255. */
function pack({ body, hash, signature }: SignedBytes): Buffer {
  return Buffer.concat([Buffer.of(hash.length, signature.length), hash, signature, body]);
}

/** Views of `bytes`. */
export function unpack(bytes: Buffer): SignedBytes {
  const [hashEnd, signatureEnd] = [2 + (bytes[0] ?? 0), 2 + (bytes[0] ?? 0) + (bytes[1] ?? 0)];
  return { hash: bytes.subarray(2, hashEnd), signature: bytes.subarray(hashEnd, signatureEnd), body: bytes.subarray(signatureEnd) };
}

function signedWith(key: string, hash: Buffer, signature: Buffer): boolean {
  const of = keyOfText(key);
  return of !== null && verify(null, hash, of, signature);
}

const named = (table: string, values: readonly string[]): string => JSON.stringify([table, ...values]);

function moment(time: string | null): number | null {
  const at = time === null ? NaN : Date.parse(time);
  return Number.isNaN(at) ? null : at;
}

/** Null when there is nothing but the moment: most entries. */
function keep({ seconds, media, attended, transcript, unreported, detail }: Read): string | null {
  const kept: Kept = {
    ...(seconds === null ? {} : { seconds }), ...(media.length > 0 ? { media } : {}), ...(attended.length > 0 ? { attended } : {}),
    ...(transcript ? { transcript } : {}), ...(unreported ? { unreported } : {}), ...(detail === '' ? {} : { detail }),
  };
  return Object.keys(kept).length > 0 ? JSON.stringify(kept) : null;
}

export function measuredOf(kept: string | null): Measured {
  return { seconds: null, media: [], attended: [], transcript: false, unreported: false, detail: '', ...(kept === null ? {} : (JSON.parse(kept) as Kept)) };
}
