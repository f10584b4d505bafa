/**
 * The library: the recordings of one clinician with everything that identifies a patient. Opened with a key under the KEK, so
 * only while unlocked. Each row keeps the evidence itself, never a decision: every open decides anew.
 */
import type { Facts } from '../assurance/assess.ts';
import type { Sighting } from '../assurance/sighting.ts';
import { Failure } from '../platform/failure.ts';
import { alsoCount, countChanges, type Db, type Migrations } from '../platform/database.ts';
import { Store } from './store.ts';

type Evidence = Facts['evidence'];

export const libraryMigrations: Migrations = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE assignment (task TEXT PRIMARY KEY, row_id TEXT NOT NULL UNIQUE, recording TEXT, evidence TEXT NOT NULL,
     withheld_since TEXT, media_refused TEXT) STRICT;
   CREATE TABLE revision (recording TEXT PRIMARY KEY, highest INTEGER NOT NULL) STRICT;
   CREATE TABLE sealed (recording TEXT PRIMARY KEY, epoch INTEGER NOT NULL, wrapped_key BLOB NOT NULL, manifest_sha256 TEXT NOT NULL,
     plain_bytes INTEGER NOT NULL, media_sha256 TEXT NOT NULL, sealed_at TEXT NOT NULL) STRICT;
   CREATE TABLE part (recording TEXT NOT NULL REFERENCES sealed (recording) ON DELETE CASCADE, n INTEGER NOT NULL, file TEXT NOT NULL UNIQUE,
     plain_bytes INTEGER NOT NULL, PRIMARY KEY (recording, n)) STRICT;
   CREATE TABLE transcript (recording TEXT PRIMARY KEY, sha256 TEXT NOT NULL, language TEXT NOT NULL, vtt TEXT NOT NULL) STRICT;`,
  // Downloads that broke off, and transcripts under the recording's own key. Copies sealed before had parts bound to no place and names
  // that a locked vault cannot find: they are fetched anew.
  `DROP TABLE transcript;
   DELETE FROM sealed;
   ALTER TABLE sealed ADD COLUMN transcript BLOB;
   CREATE TABLE partial (recording TEXT PRIMARY KEY, epoch INTEGER NOT NULL, wrapped_key BLOB NOT NULL, manifest_sha256 TEXT NOT NULL,
     plain_bytes INTEGER NOT NULL, etag TEXT, started_at TEXT NOT NULL) STRICT;
   CREATE TABLE partial_part (recording TEXT NOT NULL REFERENCES partial (recording) ON DELETE CASCADE, n INTEGER NOT NULL, file TEXT NOT NULL UNIQUE,
     PRIMARY KEY (recording, n)) STRICT;`,
  `CREATE TABLE state (epoch INTEGER NOT NULL) STRICT;
   INSERT INTO state VALUES (1);
   ALTER TABLE sealed ADD COLUMN last_opened TEXT;
   CREATE TABLE declined (recording TEXT PRIMARY KEY) STRICT;
   ${countChanges(['meta', 'assignment', 'revision', 'sealed', 'part', 'partial', 'partial_part', 'declined'])}`,
  // Revisions are in the ledger, which outlives what is destroyed. What recordings claim for themselves, to hold others against.
  `DROP TABLE revision;
   CREATE TABLE sighting (task TEXT PRIMARY KEY REFERENCES assignment (task) ON DELETE CASCADE, recording TEXT NOT NULL, document TEXT NOT NULL,
     media_sha256 TEXT, clinicians TEXT NOT NULL, started INTEGER, ended INTEGER) STRICT;
   CREATE INDEX sighting_recording ON sighting (recording);
   CREATE INDEX sighting_media ON sighting (media_sha256);
   CREATE INDEX sighting_time ON sighting (started, ended);
   ${alsoCount(['sighting'])}`,
  // What the person makes of recordings: by Task, without a reference to the assignment, because it outlives that. `outgoing` is what of it the practice does not have yet.
  `CREATE TABLE note (id TEXT PRIMARY KEY, task TEXT NOT NULL, kind TEXT NOT NULL, from_s REAL NOT NULL, until_s REAL, category TEXT NOT NULL, body TEXT NOT NULL, made TEXT NOT NULL, changed TEXT NOT NULL) STRICT;
   CREATE INDEX note_of_task ON note (task);
   CREATE TABLE response (task TEXT NOT NULL, form TEXT NOT NULL, state TEXT NOT NULL, answers TEXT NOT NULL, changed TEXT NOT NULL, PRIMARY KEY (task, form)) STRICT;
   CREATE TABLE message (id TEXT PRIMARY KEY, task TEXT NOT NULL, body TEXT NOT NULL, position REAL, made TEXT NOT NULL) STRICT;
   CREATE INDEX message_of_task ON message (task);
   CREATE TABLE step (task TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT, note TEXT, at TEXT NOT NULL) STRICT;
   CREATE TABLE draft (task TEXT NOT NULL, place TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (task, place)) STRICT;
   CREATE TABLE room (task TEXT PRIMARY KEY, names TEXT NOT NULL) STRICT;
   CREATE TABLE watched (task TEXT PRIMARY KEY, media TEXT NOT NULL, position REAL NOT NULL) STRICT;
   CREATE TABLE form (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
   CREATE TABLE theirs (task TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
   CREATE TABLE conflict (task TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
   CREATE TABLE setting (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL) STRICT;
   CREATE TABLE identity (task TEXT NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, uuid TEXT NOT NULL UNIQUE, reference TEXT, PRIMARY KEY (task, kind, ref)) STRICT;
   CREATE TABLE outgoing (n INTEGER PRIMARY KEY AUTOINCREMENT, task TEXT NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1, attempts INTEGER NOT NULL DEFAULT 0, next_attempt INTEGER NOT NULL DEFAULT 0, problem TEXT,
     UNIQUE (task, kind, ref)) STRICT;
   CREATE TABLE thumbnail (recording TEXT NOT NULL REFERENCES sealed (recording) ON DELETE CASCADE, at INTEGER NOT NULL, picture BLOB NOT NULL, PRIMARY KEY (recording, at)) STRICT, WITHOUT ROWID;
   CREATE TABLE found (id INTEGER PRIMARY KEY, task TEXT NOT NULL, field TEXT NOT NULL, words TEXT NOT NULL, places TEXT) STRICT;
   CREATE INDEX found_of_task ON found (task, field);
   CREATE VIRTUAL TABLE word USING fts5 (words, content = 'found', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
   INSERT INTO word (word, rank) VALUES ('secure-delete', 1);
   CREATE TRIGGER found_sealed AFTER DELETE ON sealed BEGIN DELETE FROM found WHERE field = 'transcript' AND task IN (SELECT task FROM assignment WHERE recording = old.recording); END;
   CREATE TRIGGER found_assignment AFTER DELETE ON assignment BEGIN DELETE FROM found WHERE task = old.task AND field <> 'note'; END;
   CREATE TRIGGER theirs_assignment AFTER DELETE ON assignment BEGIN DELETE FROM theirs WHERE task = old.task; END;
   CREATE TRIGGER found_added AFTER INSERT ON found BEGIN INSERT INTO word (rowid, words) VALUES (new.id, new.words); END;
   CREATE TRIGGER found_removed AFTER DELETE ON found BEGIN INSERT INTO word (word, rowid, words) VALUES ('delete', old.id, old.words); END;
   CREATE INDEX assignment_urgency ON assignment (json_extract(evidence, '$.task.status') = 'completed', coalesce(json_extract(evidence, '$.task.restriction.period.end'), '9'), task, row_id, recording, withheld_since, media_refused);
   CREATE INDEX sighting_length ON sighting (ended - started);
   ${alsoCount(['note', 'response', 'message', 'step', 'draft', 'room', 'watched', 'form', 'theirs', 'conflict', 'setting', 'identity', 'outgoing', 'thumbnail', 'found'])}`,
  // How often the practice answered, and kept something else than was sent: not how often it could not be asked.
  'ALTER TABLE outgoing ADD COLUMN unkept INTEGER NOT NULL DEFAULT 0;',
  // Which recording what is kept of a Task is of: the practice may move the Task to another.
  `CREATE TABLE made_of (task TEXT PRIMARY KEY, recording TEXT NOT NULL) STRICT;
   INSERT INTO made_of SELECT task, recording FROM assignment WHERE recording IS NOT NULL;
   ${alsoCount(['made_of'])}`,
  // Whom the person was told that it goes to.
  `ALTER TABLE message ADD COLUMN recipients TEXT NOT NULL DEFAULT '[]';`,
  // The Task as it was last taken in, without reading all of its evidence, and when that was last read whole.
  `CREATE TABLE known (task TEXT PRIMARY KEY REFERENCES assignment (task) ON DELETE CASCADE, body TEXT NOT NULL, read_at INTEGER) STRICT;
   CREATE INDEX known_read ON known (read_at);`,
  // Parts of a download may come out of order, so each says where it begins. What came before this cannot, and begins anew.
  `DELETE FROM partial;
   DROP TABLE partial_part;
   CREATE TABLE partial_part (recording TEXT NOT NULL REFERENCES partial (recording) ON DELETE CASCADE, from_byte INTEGER NOT NULL, file TEXT NOT NULL UNIQUE,
     PRIMARY KEY (recording, from_byte)) STRICT;
   ${alsoCount(['partial_part'])}`,
  // Downloads that the person paused.
  `CREATE TABLE paused (recording TEXT PRIMARY KEY) STRICT;
   ${alsoCount(['paused'])}`,
  // Whose a match of a search is, without the pages of what it matched.
  'CREATE INDEX found_names ON found (id, task, field);',
];

/** A recording's key, and what it is bound to. */
type KeyRow = Pick<SealedRow, 'recording' | 'epoch' | 'wrappedKey' | 'plainBytes'>;

export interface AssignmentRow {
  /** "Task/id". */
  task: string;
  /** Opaque id by which screens name this row. */
  rowId: string;
  /** urn:uuid, or null where the evidence holds none. */
  recording: string | null;
  evidence: Evidence;
  /** ISO time since when it has been withheld, or null. */
  withheldSince: string | null;
  /** Digest of the manifest for which the practice sent other bytes than were signed, or null. */
  mediaRefused: string | null;
}

export interface KnownTask {
  /** "Task/id". */
  task: string;
  /** JSON of the Task. */
  body: string;
  /** ms since the epoch when what it points to was last read, or null where nothing of that is kept. */
  readAt: number | null;
}

export interface SealedRow {
  recording: string;
  epoch: number;
  wrappedKey: Buffer;
  manifestSha256: string;
  plainBytes: number;
  mediaSha256: string;
  /** Sealed under a key derived from the recording's, or null. */
  transcript: Buffer | null;
  /** ISO time, or null when it never was. */
  lastOpened: string | null;
  parts: { file: string; plainBytes: number }[];
}

/** A download that is not whole, or not confirmed yet. */
export interface PartialRow {
  recording: string;
  epoch: number;
  wrappedKey: Buffer;
  manifestSha256: string;
  /** Of the whole recording, as signed. */
  plainBytes: number;
  /** The strong entity tag of what the parts are of, or null where the practice gave none. */
  etag: string | null;
  /** In order of the plaintext byte at which they begin. A file may be missing, or end anywhere. */
  parts: { file: string; from: number }[];
}

const SELECT_ASSIGNMENT = 'SELECT task, row_id AS rowId, recording, evidence, withheld_since AS withheldSince, media_refused AS mediaRefused FROM assignment';

type RawAssignment = Omit<AssignmentRow, 'evidence'> & { evidence: string };

/** A row of what decisions hang on that was written: of an assignment anything, of a sighting what it was and is. */
export type Written = { task: string } | { before: Sighting | null; after: Sighting | null };

function sightingOf([recording, document, mediaSha256, clinicians, started, ended]: unknown[]): Sighting {
  return {
    recording: recording as string, document: document as string, mediaSha256: mediaSha256 as string | null, clinicians: JSON.parse(clinicians as string) as string[],
    startedAt: (started as number | null) ?? NaN, endedAt: (ended as number | null) ?? NaN,
  };
}

/** Recordings of which there is a copy, or part of one. */
const HERE = 'SELECT recording FROM sealed UNION SELECT recording FROM partial';

export class Library extends Store {
  /** Hears of every write to assignments and sightings; must not use the library. */
  onWritten: ((what: Written) => void) | null = null;

  constructor(db: Db, touched: () => void) {
    super(db, 'library-corrupt', touched);
    this.hear('assignment', ['task', 'row_id', 'recording', 'evidence', 'withheld_since', 'media_refused'], (before, after) => {
      for (const row of [before, after]) if (row) this.onWritten?.({ task: row[0] as string });
    });
    this.hear('sighting', ['recording', 'document', 'media_sha256', 'clinicians', 'started', 'ended'], (before, after) =>
      this.onWritten?.({ before: before && sightingOf(before), after: after && sightingOf(after) }));
  }

  /** Writes so far, without being a use of the library. */
  peekChanges(): number {
    return this.peeking(() => this.prepared('SELECT n FROM changes').pluck().get()) as number;
  }

  /** For what the review keeps here: its tables are made by the migrations above, and read and written by src/main/review alone. One transaction. */
  work<T>(work: (db: Db) => T): T {
    return this.run(() => this.db.transaction(() => work(this.db)).immediate());
  }

  /** Which KEK the recordings' keys are under. */
  epoch(): number {
    return this.run(() => this.db.prepare('SELECT epoch FROM state').pluck().get()) as number;
  }

  /** A library made anew goes on counting where the one before it stopped. */
  begin(epoch: number, changes: number): void {
    this.run(() => this.db.transaction(() => {
      this.db.prepare('UPDATE state SET epoch = ?').run(epoch);
      this.db.prepare('UPDATE changes SET n = ?').run(changes);
    }).immediate());
  }

  /** Wraps the key of every copy and download anew, in one transaction that also names the new epoch; null leaves a key as it is. */
  moveTo(epoch: number, rewrap: (row: KeyRow) => Buffer | null): void {
    this.run(() => this.db.transaction(() => {
      for (const table of ['sealed', 'partial']) {
        const update = this.db.prepare(`UPDATE ${table} SET wrapped_key = ?, epoch = ? WHERE recording = ?`);
        const rows = this.db.prepare(`SELECT recording, epoch, wrapped_key AS wrappedKey, plain_bytes AS plainBytes FROM ${table}`).all() as KeyRow[];
        for (const row of rows) {
          const wrapped = rewrap(row);
          if (wrapped) update.run(wrapped, epoch, row.recording);
        }
      }
      this.db.prepare('UPDATE state SET epoch = ?').run(epoch);
    }).immediate());
    this.#forgetDeleted();
  }

  /** The person removed this copy: it does not come back by itself until they ask for it. */
  decline(recording: string): void {
    this.run(() => this.db.transaction(() => {
      this.db.prepare('DELETE FROM paused WHERE recording = ?').run(recording);
      this.db.prepare('INSERT OR IGNORE INTO declined VALUES (?)').run(recording);
    }).immediate());
  }

  /** The person paused this download: as one that they declined, but that what came of it stays. */
  pause(recording: string): void {
    this.run(() => this.db.prepare('INSERT OR IGNORE INTO paused VALUES (?)').run(recording));
  }

  /** The person asks for this recording: neither declined nor paused any more. */
  askFor(recording: string): void {
    this.run(() => this.db.transaction(() => {
      for (const table of ['declined', 'paused']) this.db.prepare(`DELETE FROM ${table} WHERE recording = ?`).run(recording);
    }).immediate());
  }

  paused(): Set<string> {
    return new Set(this.run(() => this.prepared('SELECT recording FROM paused').pluck().all()) as string[]);
  }

  /** Recordings of which no copy comes by itself. */
  notByThemselves(): Set<string> {
    return new Set(this.run(() => this.prepared('SELECT recording FROM declined UNION SELECT recording FROM paused').pluck().all()) as string[]);
  }

  opened(recording: string, at: string): void {
    this.run(() => this.db.prepare('UPDATE sealed SET last_opened = ? WHERE recording = ?').run(at, recording));
  }

  #row(raw: unknown): AssignmentRow | null {
    if (raw === undefined) return null;
    const row = raw as RawAssignment;
    return { ...row, evidence: JSON.parse(row.evidence) as Evidence };
  }

  assignments(): AssignmentRow[] {
    return (this.run(() => this.db.prepare(SELECT_ASSIGNMENT).all()) as RawAssignment[])
      .flatMap((raw) => this.#row(raw) ?? []);
  }

  /** Every assignment without its evidence, as they are due and those still to be reviewed first. */
  assignmentNames(): Omit<AssignmentRow, 'evidence'>[] {
    return this.peeking(() => this.prepared(
      `SELECT task, row_id AS rowId, recording, withheld_since AS withheldSince, media_refused AS mediaRefused FROM assignment
       ORDER BY json_extract(evidence, '$.task.status') = 'completed', coalesce(json_extract(evidence, '$.task.restriction.period.end'), '9'), task`).all()) as Omit<AssignmentRow, 'evidence'>[];
  }

  assignment(rowId: string): AssignmentRow | null {
    return this.#row(this.peeking(() => this.prepared(`${SELECT_ASSIGNMENT} WHERE row_id = ?`).get(rowId)));
  }

  /** @param task "Task/id" */
  assignmentOf(task: string): AssignmentRow | null {
    return this.#row(this.peeking(() => this.prepared(`${SELECT_ASSIGNMENT} WHERE task = ?`).get(task)));
  }

  saveAssignment(row: AssignmentRow): void {
    this.run(() => this.#save(row));
  }

  #save(row: AssignmentRow): void {
    this.db.prepare(
      `INSERT INTO assignment VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (task) DO UPDATE SET row_id = excluded.row_id, recording = excluded.recording,
       evidence = excluded.evidence, withheld_since = excluded.withheld_since, media_refused = excluded.media_refused`)
      .run(row.task, row.rowId, row.recording, JSON.stringify(row.evidence), row.withheldSince, row.mediaRefused);
  }

  /** New evidence of any number of assignments with what it claims, in one transaction: each is decided in view of all. */
  takeEvidence(taken: readonly { row: AssignmentRow; sighting: Sighting | null }[]): void {
    this.run(() => this.db.transaction(() => {
      const forget = this.db.prepare('DELETE FROM sighting WHERE task = ?');
      // What was once received under a recording is remembered where nothing newer is said.
      const keep = this.db.prepare(
        `INSERT INTO sighting VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task) DO UPDATE SET document = excluded.document, clinicians = excluded.clinicians,
         started = excluded.started, ended = excluded.ended, recording = excluded.recording,
         media_sha256 = CASE recording WHEN excluded.recording THEN coalesce(excluded.media_sha256, media_sha256) ELSE excluded.media_sha256 END`);
      // SQLite has no NaN: a time that is not known is null.
      const time = (at: number) => (Number.isNaN(at) ? null : at);
      const know = this.db.prepare('INSERT INTO known VALUES (?, ?, NULL) ON CONFLICT (task) DO UPDATE SET body = excluded.body, read_at = CASE WHEN ? THEN read_at END');
      for (const { row, sighting } of taken) {
        this.#save(row);
        know.run(row.task, JSON.stringify(row.evidence.task), row.evidence.recording === null ? 0 : 1);
        if (!sighting) forget.run(row.task);
        else keep.run(row.task, sighting.recording, sighting.document, sighting.mediaSha256, JSON.stringify(sighting.clinicians), time(sighting.startedAt), time(sighting.endedAt));
      }
    }).immediate());
  }

  /** What these Tasks point to was read whole. @param at ms since the epoch */
  markRead(tasks: readonly string[], at: number): void {
    this.run(() => this.db.prepare('UPDATE known SET read_at = ? WHERE task IN (SELECT value FROM json_each(?))').run(Math.round(at), JSON.stringify(tasks)));
  }

  knownTasks(): KnownTask[] {
    return this.run(() => this.prepared('SELECT task, body, read_at AS readAt FROM known').all()) as KnownTask[];
  }

  /** "Task/id" of recordings of which there is a copy, or part of one. */
  tasksHere(): string[] {
    return this.run(() => this.prepared('SELECT task FROM assignment WHERE recording IN (SELECT recording FROM sealed UNION SELECT recording FROM partial)').pluck().all()) as string[];
  }

  /** "Task/id" of those whose evidence was read longest ago. */
  readLongestAgo(most: number): string[] {
    return this.run(() => this.prepared('SELECT task FROM known WHERE read_at IS NOT NULL ORDER BY read_at LIMIT ?').pluck().all(most)) as string[];
  }

  /** The digest of what came for a recording of which nobody had said one. */
  received(recording: string, mediaSha256: string): void {
    this.run(() => this.db.prepare('UPDATE sighting SET media_sha256 = ? WHERE recording = ? AND media_sha256 IS NULL').run(mediaSha256, recording));
  }

  /** What assignments here claim that may share bytes, a name or time with this one; its own claim among them. */
  rivals({ recording, mediaSha256, startedAt, endedAt }: Sighting): Sighting[] {
    // No recording is longer than the longest: what began earlier than that before this one is over. A time that is not known compares with nothing.
    const rows = this.peeking(() => this.prepared(
      `SELECT recording, document, media_sha256, clinicians, started, ended FROM sighting
       WHERE recording = :recording OR media_sha256 = :mediaSha256 OR media_sha256 IN (SELECT media_sha256 FROM sighting WHERE recording = :recording)
         OR (started BETWEEN :startedAt - (SELECT ended - started FROM sighting ORDER BY ended - started DESC LIMIT 1) AND :endedAt AND started < :endedAt AND ended > :startedAt)`)
      .raw().all({ recording, mediaSha256, startedAt, endedAt })) as unknown[][];
    return rows.map(sightingOf);
  }

  /** Since when a row is withheld, or null: nothing else of it changes. */
  setWithheldSince(task: string, since: string | null): void {
    this.run(() => this.db.prepare('UPDATE assignment SET withheld_since = ? WHERE task = ?').run(since, task));
  }

  removeAssignment(task: string): void {
    this.run(() => this.db.prepare('DELETE FROM assignment WHERE task = ?').run(task));
  }

  /** Noted before anything is written under its key: no key and no file is ever unknown. */
  startPartial(row: Omit<PartialRow, 'etag' | 'parts'>, startedAt: string): void {
    this.run(() => this.db.prepare('INSERT INTO partial VALUES (?, ?, ?, ?, ?, NULL, ?)')
      .run(row.recording, row.epoch, row.wrappedKey, row.manifestSha256, row.plainBytes, startedAt));
  }

  partial(recording: string): PartialRow | null {
    return this.run(() => {
      const row = this.db.prepare(
        `SELECT recording, epoch, wrapped_key AS wrappedKey, manifest_sha256 AS manifestSha256, plain_bytes AS plainBytes, etag
         FROM partial WHERE recording = ?`).get(recording) as Omit<PartialRow, 'parts'> | undefined;
      if (!row) return null;
      const parts = this.db.prepare('SELECT file, from_byte AS "from" FROM partial_part WHERE recording = ? ORDER BY from_byte').all(recording) as PartialRow['parts'];
      return { ...row, parts };
    });
  }

  /** The parts of a download from now on, and what they are of. */
  setPartialParts(recording: string, parts: PartialRow['parts'], etag: string | null): void {
    this.run(() => this.db.transaction(() => {
      this.db.prepare('UPDATE partial SET etag = ? WHERE recording = ?').run(etag, recording);
      this.db.prepare('DELETE FROM partial_part WHERE recording = ?').run(recording);
      for (const { file, from } of parts) this.db.prepare('INSERT INTO partial_part VALUES (?, ?, ?)').run(recording, from, file);
    }).immediate());
  }

  removePartial(recording: string): void {
    this.run(() => this.db.prepare('DELETE FROM partial WHERE recording = ?').run(recording));
    this.#forgetDeleted();
  }

  /** The download becomes the copy, in one transaction: key and files change their table. Throws when there is a copy already. */
  publish(recording: string, mediaSha256: string, transcript: Buffer | null, parts: SealedRow['parts'], sealedAt: string): void {
    this.run(() => this.db.transaction(() => {
      const { changes } = this.db.prepare(
        `INSERT INTO sealed (recording, epoch, wrapped_key, manifest_sha256, plain_bytes, media_sha256, sealed_at, transcript)
         SELECT recording, epoch, wrapped_key, manifest_sha256, plain_bytes, ?, ?, ? FROM partial WHERE recording = ?`).run(mediaSha256, sealedAt, transcript, recording);
      if (changes !== 1) throw new Failure('internal', 'no download to publish');
      for (const [n, part] of parts.entries()) this.db.prepare('INSERT INTO part VALUES (?, ?, ?, ?)').run(recording, n, part.file, part.plainBytes);
      this.db.prepare('DELETE FROM partial WHERE recording = ?').run(recording);
    }).immediate());
  }

  sealed(recording: string): SealedRow | null {
    return this.run(() => {
      const row = this.db.prepare(
        `SELECT recording, epoch, wrapped_key AS wrappedKey, manifest_sha256 AS manifestSha256, plain_bytes AS plainBytes, media_sha256 AS mediaSha256, transcript, last_opened AS lastOpened
         FROM sealed WHERE recording = ?`).get(recording) as Omit<SealedRow, 'parts'> | undefined;
      if (!row) return null;
      const parts = this.db.prepare('SELECT file, plain_bytes AS plainBytes FROM part WHERE recording = ? ORDER BY n').all(recording) as SealedRow['parts'];
      return { ...row, parts };
    });
  }

  /** @param at whole seconds. @param picture sealed */
  keepThumbnail(recording: string, at: number, picture: Buffer): void {
    this.run(() => this.db.prepare('INSERT INTO thumbnail VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET picture = excluded.picture').run(recording, at, picture));
  }

  thumbnail(recording: string, at: number, reach: number): { at: number; sealed: Buffer } | null {
    return (this.run(() => this.db.prepare('SELECT at, picture AS sealed FROM thumbnail WHERE recording = ? AND at BETWEEN ? AND ? ORDER BY abs(at - ?) LIMIT 1').get(recording, at - reach, at + reach, at)) as { at: number; sealed: Buffer } | undefined) ?? null;
  }

  forgetThumbnails(recording: string): void {
    this.run(() => this.db.prepare('DELETE FROM thumbnail WHERE recording = ?').run(recording));
  }

  /** Of every copy and download what {@link sealed} and {@link partial} say of what they are of. */
  whatIsHere(): { recording: string; manifestSha256: string; plainBytes: number; mediaSha256: string | null }[] {
    return this.run(() => this.prepared(
      `SELECT recording, manifest_sha256 AS manifestSha256, plain_bytes AS plainBytes, media_sha256 AS mediaSha256 FROM sealed
       UNION ALL SELECT recording, manifest_sha256, plain_bytes, NULL FROM partial`).all()) as { recording: string; manifestSha256: string; plainBytes: number; mediaSha256: string | null }[];
  }

  sealedRecordings(): string[] {
    return (this.run(() => this.db.prepare('SELECT recording FROM sealed').all()) as { recording: string }[]).map((row) => row.recording);
  }

  /** Recordings with a copy or a download. */
  recordingsHere(): string[] {
    return this.run(() => this.db.prepare(HERE).pluck().all()) as string[];
  }

  /** Of these, those that no assignment names. */
  recordingsUnnamed(): string[] {
    return this.run(() => this.db.prepare(
      `SELECT recording FROM (${HERE}) WHERE recording NOT IN (SELECT recording FROM assignment WHERE recording IS NOT NULL)`).pluck().all()) as string[];
  }

  /** Every file that the library knows of, whole copies and downloads alike. */
  files(): string[] {
    return this.run(() => this.db.prepare('SELECT file FROM part UNION ALL SELECT file FROM partial_part').pluck().all()) as string[];
  }

  /** Removes a named value for good. */
  forgetValue(key: string): void {
    this.set(key, null);
    this.#forgetDeleted();
  }

  /** Removes the wrapped keys of a recording, and its transcript: without them the ciphertext is noise. True when there was something. */
  forget(recording: string): boolean {
    const changes = this.run(() => this.db.transaction(() =>
      this.db.prepare('DELETE FROM sealed WHERE recording = ?').run(recording).changes + this.db.prepare('DELETE FROM partial WHERE recording = ?').run(recording).changes,
    ).immediate());
    this.#forgetDeleted();
    return changes > 0;
  }

  /** A deleted key must not stay readable in the write-ahead log. */
  #forgetDeleted(): void {
    this.run(() => this.db.pragma('wal_checkpoint(TRUNCATE)'));
  }
}
