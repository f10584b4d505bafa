/**
 * The ledger: what must be written and sent while the vault is locked. It holds who the vault belongs to, the audit chain, the
 * outbox and the lease; nothing that identifies a patient by name. Opened with a key that needs only the keychain.
 */
import { randomUUID } from 'node:crypto';
import type { SeenManifest } from '../assurance/manifest.ts';
import { Failure } from '../platform/failure.ts';
import { alsoCount, countChanges, type Db, type Migrations } from '../platform/database.ts';
import type { Reserve } from './reserve.ts';
import { Store } from './store.ts';

/** INSERT OR REPLACE deletes without the delete trigger: that an entry only ever follows the last one needs a trigger of its own. */
export const ledgerMigrations: Migrations = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE entry (seq INTEGER PRIMARY KEY, body BLOB NOT NULL, hash BLOB NOT NULL, signature BLOB NOT NULL) STRICT;
   CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;
   CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;
   CREATE TRIGGER entry_follows BEFORE INSERT ON entry WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entry)
     BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END;
   CREATE TABLE delivery (seq INTEGER PRIMARY KEY REFERENCES entry (seq), attempts INTEGER NOT NULL DEFAULT 0,
     next_attempt INTEGER NOT NULL DEFAULT 0, receipt TEXT) STRICT;
   CREATE INDEX delivery_open ON delivery (seq) WHERE receipt IS NULL;`,
  `CREATE TABLE doomed (recording TEXT PRIMARY KEY, cause TEXT NOT NULL) STRICT;
   CREATE TABLE work (id TEXT PRIMARY KEY, kind TEXT NOT NULL, sealed TEXT NOT NULL, kept_at TEXT NOT NULL, receipt TEXT) STRICT;
   ${countChanges(['meta', 'delivery', 'doomed', 'work'])}`,
  // What was stopped, by SHA-256 of the identifier, what the person said is another patient's, and the newest manifests: these must outlive the library.
  `CREATE TABLE stop (identifier TEXT PRIMARY KEY, at INTEGER NOT NULL, lifted INTEGER) STRICT;
   CREATE TABLE wrong_patient (recording TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT;
   CREATE TABLE seen (recording TEXT PRIMARY KEY, revision INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT;
   ${alsoCount(['stop', 'wrong_patient', 'seen'])}`,
  // What a manager saw of other people's chains: held against what the practice says later.
  `CREATE TABLE chain (device TEXT NOT NULL, sds TEXT NOT NULL, key TEXT, seq INTEGER NOT NULL, hash BLOB, PRIMARY KEY (device, sds)) STRICT;
   ${alsoCount(['chain'])}`,
  // An entry that the practice refuses for good keeps none behind it waiting.
  'ALTER TABLE delivery ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;',
  // Refused, and not only unanswered.
  'ALTER TABLE delivery ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;',
];

/** So many entries at once. */
const SLICE = 1_000;

/** One person's chain on one computer, as this manager knows it. */
export interface RememberedChain {
  device: string;
  sds: string;
  /** base64url of the public key that was enrolled when it was first seen, or that this manager enrolled since; null when none was. */
  key: string | null;
  /** The highest entry of it that was verified; 0 and null when none was. */
  seq: number;
  hash: Buffer | null;
}

export interface StoredEntry {
  seq: number;
  /** Exact JSON bytes. */
  body: Buffer;
  hash: Buffer;
  signature: Buffer;
}

/** `nextAttempt`: ms since the epoch. `aside`: {@link Ledger.setAside}. */
type Waiting = StoredEntry & { attempts: number; refusals: number; nextAttempt: number; aside: boolean };

/** Something a person made that the practice has not got yet; `sealed` is a JWE that only the practice's recovery key opens. */
export interface WorkRow {
  id: string;
  kind: string;
  sealed: string;
  keptAt: string;
}

export class Ledger extends Store {
  readonly #reserve: Reserve;
  #heard = 0;

  constructor(db: Db, touched: () => void, reserve: Reserve) {
    super(db, 'vault-corrupt', touched);
    this.#reserve = reserve;
    for (const [table, columns] of Object.entries({ stop: ['at', 'lifted'], seen: ['revision', 'sha256'], wrong_patient: ['revision'] })) {
      this.hear(table, columns, () => {
        this.#heard += 1;
      });
    }
  }

  /** How often a stop, a seen manifest or a wrong-patient mark has changed since this was opened: what {@link standing} says is as it was while this is. */
  get heard(): number {
    return this.#heard;
  }

  /** All that stands at once: what {@link isStopped}, {@link seen} and {@link wrongRevision} say one at a time. */
  standing(): { stops: Set<string>; seen: Map<string, SeenManifest>; wrong: Map<string, number> } {
    return this.peeking(() => ({
      stops: new Set(this.db.prepare('SELECT identifier FROM stop WHERE lifted IS NULL OR lifted <= at').pluck().all() as string[]),
      seen: new Map((this.db.prepare('SELECT recording, revision, sha256 FROM seen').all() as (SeenManifest & { recording: string })[]).map(({ recording, revision, sha256 }) => [recording, { revision, sha256 }])),
      wrong: new Map(this.db.prepare('SELECT recording, revision FROM wrong_patient').raw().all() as [string, number][]),
    }));
  }

  /** Several entries, on disk together when this returns, or none of them. */
  together(work: () => void): void {
    this.db.transaction(work).immediate();
  }

  /** As {@link head}, with the writes so far to the other tables, and without being a use of the ledger. */
  peek(): { head: { seq: number; hash: Buffer } | null; changes: number } {
    return this.peeking(() => {
      const head = this.prepared('SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1').get() as { seq: number; hash: Buffer } | undefined;
      return { head: head ?? null, changes: this.prepared('SELECT n FROM changes').pluck().get() as number };
    });
  }

  /** Last entry of the chain, or null when it is empty. */
  head(): { seq: number; hash: Buffer } | null {
    return (this.run(() => this.prepared('SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1').get()) as { seq: number; hash: Buffer } | undefined) ?? null;
  }

  /**
   * Entry and its place in the queue, in one transaction that is on disk when this returns.
   * @param begins what others will follow: the reserve is for those, and without it this is `disk-full`.
   */
  append(entry: StoredEntry, begins = false): void {
    if (!begins) this.#reserve.spend(() => this.#append(entry));
    else if (this.#reserve.isSure()) this.#append(entry);
    else throw new Failure('disk-full', 'no room for what will have to be recorded');
  }

  #append(entry: StoredEntry): void {
    this.run(() => this.db.transaction(() => {
      this.prepared('INSERT INTO entry VALUES (?, ?, ?, ?)').run(entry.seq, entry.body, entry.hash, entry.signature);
      this.prepared('INSERT INTO delivery (seq) VALUES (?)').run(entry.seq);
    }).immediate());
  }

  entries(from: number, limit: number): StoredEntry[] {
    return this.run(() => this.db.prepare('SELECT seq, body, hash, signature FROM entry WHERE seq >= ? ORDER BY seq LIMIT ?').all(from, limit)) as StoredEntry[];
  }

  /** All entries of this chain from a number on, not all of them in memory at once. */
  *entriesFrom(seq: number): Generator<StoredEntry, void> {
    for (let from = seq; ; from += SLICE) {
      const slice = this.entries(from, SLICE);
      yield* slice;
      if (slice.length < SLICE) return;
    }
  }

  /** The oldest undelivered entry, with how often it was tried and when (ms) it may be tried again; where there is no other, that of those set aside whose time comes first. */
  nextUndelivered(): Waiting | null {
    const first = (aside: 0 | 1, order: string) => this.db.prepare(
      `SELECT e.seq, e.body, e.hash, e.signature, d.attempts, d.refusals, d.next_attempt AS nextAttempt
       FROM delivery d JOIN entry e USING (seq) WHERE d.receipt IS NULL AND d.aside = ${aside} ORDER BY ${order} LIMIT 1`).get() as Omit<Waiting, 'aside'> | undefined;
    return this.run(() => {
      const next = first(0, 'd.seq');
      if (next) return { ...next, aside: false };
      const last = first(1, 'd.next_attempt, d.seq');
      return last ? { ...last, aside: true } : null;
    });
  }

  /** How many are {@link setAside}. */
  aside(): number {
    return (this.run(() => this.db.prepare('SELECT count(*) AS n FROM delivery WHERE receipt IS NULL AND aside = 1').get()) as { n: number }).n;
  }

  /** The practice refuses it as it is: it stays here, is tried again then, and none behind it waits. */
  setAside(seq: number, nextAttempt: number): void {
    this.run(() => this.db.prepare('UPDATE delivery SET aside = 1, attempts = attempts + 1, next_attempt = ? WHERE seq = ?').run(nextAttempt, seq));
  }

  /** What was set aside is tried again now. */
  tryAside(): void {
    this.run(() => this.db.prepare('UPDATE delivery SET next_attempt = 0 WHERE receipt IS NULL AND aside = 1').run());
  }

  undelivered(): number {
    return (this.run(() => this.db.prepare('SELECT count(*) AS n FROM delivery WHERE receipt IS NULL').get()) as { n: number }).n;
  }

  /** @param receipt what the practice answered to show that it has the entry: its reference there. */
  delivered(seq: number, receipt: string): void {
    this.run(() => this.db.prepare('UPDATE delivery SET receipt = ? WHERE seq = ?').run(receipt, seq));
  }

  /** @param refused the practice refused it as it is, and did not only give no answer */
  retryLater(seq: number, nextAttempt: number, refused: boolean): void {
    this.run(() => this.db.prepare('UPDATE delivery SET attempts = attempts + 1, refusals = refusals + ?, next_attempt = ? WHERE seq = ?').run(refused ? 1 : 0, nextAttempt, seq));
  }

  entryHash(seq: number): Buffer | null {
    return (this.run(() => this.db.prepare('SELECT hash FROM entry WHERE seq = ?').get(seq)) as { hash: Buffer } | undefined)?.hash ?? null;
  }

  /** This recording's copy is to go, whatever happens from here on, and the keys are to be renewed after it. */
  doom(recording: string, cause: string): void {
    this.#reserve.spend(() => this.run(() => this.db.transaction(() => {
      this.db.prepare('INSERT INTO doomed VALUES (?, ?) ON CONFLICT (recording) DO NOTHING').run(recording, cause);
      this.oweRenewal();
    }).immediate()));
  }

  /** Keys are to be renewed, because something that they open was destroyed. Each debt is another. */
  oweRenewal(): void {
    this.set('renewalDue', randomUUID());
  }

  doomed(): { recording: string; cause: string }[] {
    return this.run(() => this.db.prepare('SELECT recording, cause FROM doomed').all()) as { recording: string; cause: string }[];
  }

  /** Nothing of it is left: neither key nor file. */
  gone(recording: string): void {
    this.run(() => this.db.prepare('DELETE FROM doomed WHERE recording = ?').run(recording));
  }

  /** The newest manifest of a recording that was ever seen: what is destroyed is forgotten, this is not. */
  seen(recording: string): SeenManifest | null {
    return (this.peeking(() => this.prepared('SELECT revision, sha256 FROM seen WHERE recording = ?').get(recording)) as SeenManifest | undefined) ?? null;
  }

  /** The newest stay; of two of one revision that differ, now or in turn, neither does: see {@link SeenManifest}. */
  saw(manifests: readonly (SeenManifest & { recording: string })[]): void {
    this.#reserve.spend(() => this.run(() => this.db.transaction(() => {
      const keep = this.db.prepare(
        `INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT (recording) DO UPDATE SET revision = excluded.revision, sha256 = CASE WHEN excluded.revision > revision THEN excluded.sha256 ELSE '' END
         WHERE excluded.revision > revision OR (excluded.revision = revision AND excluded.sha256 <> sha256)`);
      for (const { recording, revision, sha256 } of manifests) keep.run(recording, revision, sha256);
    }).immediate()));
  }

  /**
   * Keeps what a stop list said, for good: moments (ms) only ever become later. @param lifts that count; of what was never stopped they say nothing.
   */
  keepStops(stops: readonly { identifier: string; at: number }[], lifts: readonly { identifier: string; at: number }[]): void {
    this.#reserve.spend(() => this.run(() => this.db.transaction(() => {
      const stop = this.db.prepare('INSERT INTO stop VALUES (?, ?, NULL) ON CONFLICT (identifier) DO UPDATE SET at = excluded.at WHERE excluded.at > at');
      for (const { identifier, at } of stops) stop.run(identifier, at);
      const lift = this.db.prepare('UPDATE stop SET lifted = ? WHERE identifier = ? AND (lifted IS NULL OR lifted < ?)');
      for (const { identifier, at } of lifts) lift.run(at, identifier, at);
    }).immediate()));
  }

  /** Does a stop of this identifier stand? One that was lifted stands again when it was stopped later. */
  isStopped(identifier: string): boolean {
    return this.peeking(() => this.prepared('SELECT 1 FROM stop WHERE identifier = ? AND (lifted IS NULL OR lifted <= at)').get(identifier)) !== undefined;
  }

  /** Does any stop stand? */
  anyStops(): boolean {
    return this.peeking(() => this.prepared('SELECT 1 FROM stop WHERE lifted IS NULL OR lifted <= at LIMIT 1').get()) !== undefined;
  }

  /** The person says that up to this revision of its manifest the recording is filed under the wrong patient. */
  keepWrongPatient(recording: string, revision: number): void {
    this.#reserve.spend(() => this.run(() => this.db.prepare(
      'INSERT INTO wrong_patient VALUES (?, ?) ON CONFLICT (recording) DO UPDATE SET revision = max(revision, excluded.revision)').run(recording, revision)));
  }

  /** The manifest revision up to which a recording was said to be another patient's, or null. */
  wrongRevision(recording: string): number | null {
    return (this.peeking(() => this.prepared('SELECT revision FROM wrong_patient WHERE recording = ?').pluck().get(recording)) as number | undefined) ?? null;
  }

  keepWork(row: WorkRow): void {
    this.#reserve.spend(() => this.run(() => this.db.prepare('INSERT INTO work VALUES (?, ?, ?, ?, NULL) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, kept_at = excluded.kept_at, receipt = NULL')
      .run(row.id, row.kind, row.sealed, row.keptAt)));
  }

  /** The practice has it. @param receipt "Type/id" */
  workSent(id: string, receipt: string): void {
    this.#reserve.spend(() => this.run(() => this.db.prepare('UPDATE work SET receipt = ? WHERE id = ?').run(receipt, id)));
  }

  unsentWork(): WorkRow[] {
    return this.run(() => this.db.prepare('SELECT id, kind, sealed, kept_at AS keptAt FROM work WHERE receipt IS NULL ORDER BY kept_at').all()) as WorkRow[];
  }

  rememberedChains(): RememberedChain[] {
    return this.run(() => this.db.prepare('SELECT device, sds, key, seq, hash FROM chain ORDER BY device, sds').all()) as RememberedChain[];
  }

  /** These are enrolled at the practice: of each chain the first key that was seen stays. */
  sawEnrolled(chains: readonly { device: string; sds: string; key: string }[]): void {
    this.run(() => this.db.transaction(() => {
      const keep = this.db.prepare('INSERT INTO chain VALUES (?, ?, ?, 0, NULL) ON CONFLICT (device, sds) DO UPDATE SET key = excluded.key WHERE key IS NULL');
      for (const { device, sds, key } of chains) keep.run(device, sds, key);
    }).immediate());
  }

  /** This manager decided on the key. Under another one it is another chain, which begins anew. */
  enrolled({ device, sds, key }: { device: string; sds: string; key: string }): void {
    this.run(() => this.db.prepare(
      `INSERT INTO chain VALUES (?, ?, ?, 0, NULL) ON CONFLICT (device, sds) DO UPDATE SET key = excluded.key,
       seq = CASE WHEN key IS NULL OR key = excluded.key THEN seq ELSE 0 END, hash = CASE WHEN key IS NULL OR key = excluded.key THEN hash ELSE NULL END`).run(device, sds, key));
  }

  /** Verified up to here: the highest stays, and of two at one place the first. */
  verifiedUpTo(heads: readonly { device: string; sds: string; seq: number; hash: Buffer }[]): void {
    this.run(() => this.db.transaction(() => {
      const keep = this.db.prepare('INSERT INTO chain VALUES (?, ?, NULL, ?, ?) ON CONFLICT (device, sds) DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq > seq');
      for (const { device, sds, seq, hash } of heads) keep.run(device, sds, seq, hash);
    }).immediate());
  }
}
