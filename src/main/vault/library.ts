/**
 * The library: the recordings of one clinician with everything that identifies a patient. Opened with a key under the KEK, so
 * only while unlocked. Each row keeps the evidence itself, never a decision: every open decides anew.
 */
import type { Facts } from '../assurance/assess.ts';
import type { Db, Migrations } from './database.ts';
import { Store } from './store.ts';

type Evidence = Facts['evidence'];

/** Tables of migration 1 and 2 whose every write counts. Never edited, as the migrations. */
const countedTables = ['meta', 'assignment', 'revision', 'sealed', 'part', 'transcript'];

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
  // `changes` counts every write, so that an older copy of this file shows.
  `CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, changes INTEGER NOT NULL) STRICT;
   INSERT INTO state VALUES (1, 1, 0);
   ALTER TABLE sealed ADD COLUMN last_opened TEXT;
   ${countedTables.flatMap((table) => ['INSERT', 'UPDATE', 'DELETE'].map((what) =>
    `CREATE TRIGGER ${table}_${what} AFTER ${what} ON ${table} BEGIN UPDATE state SET changes = changes + 1; END;`)).join('\n')}`,
];

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

export interface SealedRow {
  recording: string;
  epoch: number;
  wrappedKey: Buffer;
  manifestSha256: string;
  plainBytes: number;
  mediaSha256: string;
  /** ISO time, or null when it never was. */
  lastOpened: string | null;
  parts: { file: string; plainBytes: number }[];
}

export interface TranscriptRow {
  sha256: string;
  language: string;
  vtt: string;
}

type RawAssignment = Omit<AssignmentRow, 'evidence'> & { evidence: string };

export class Library extends Store {
  constructor(db: Db, touched: () => void) {
    super(db, 'library-corrupt', touched);
  }

  /** Writes so far, without being a use of the library. */
  peekChanges(): number {
    return (this.db.prepare('SELECT changes FROM state').get() as { changes: number }).changes;
  }

  /** Which KEK the recordings' keys are under, and how many writes there have been. */
  state(): { epoch: number; changes: number } {
    return this.run(() => this.db.prepare('SELECT epoch, changes FROM state').get()) as { epoch: number; changes: number };
  }

  /** A library made anew goes on counting where the one before it stopped. */
  begin(epoch: number, changes: number): void {
    this.run(() => this.db.prepare('UPDATE state SET epoch = ?, changes = ?').run(epoch, changes));
  }

  /** Wraps every recording's key anew, in one transaction that also names the new epoch; null leaves a key as it is. */
  moveTo(epoch: number, rewrap: (row: Omit<SealedRow, 'parts'>) => Buffer | null): void {
    this.run(() => this.db.transaction(() => {
      const update = this.db.prepare('UPDATE sealed SET wrapped_key = ?, epoch = ? WHERE recording = ?');
      for (const recording of this.sealedRecordings()) {
        const row = this.sealed(recording);
        const wrapped = row && rewrap(row);
        if (wrapped) update.run(wrapped, epoch, recording);
      }
      this.db.prepare('UPDATE state SET epoch = ?').run(epoch);
    }).immediate());
    // The former wrapped keys must not stay readable in the write-ahead log.
    this.run(() => this.db.pragma('wal_checkpoint(TRUNCATE)'));
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
    return (this.run(() => this.db.prepare('SELECT task, row_id AS rowId, recording, evidence, withheld_since AS withheldSince, media_refused AS mediaRefused FROM assignment').all()) as RawAssignment[])
      .flatMap((raw) => this.#row(raw) ?? []);
  }

  assignment(rowId: string): AssignmentRow | null {
    return this.#row(this.run(() => this.db.prepare(
      'SELECT task, row_id AS rowId, recording, evidence, withheld_since AS withheldSince, media_refused AS mediaRefused FROM assignment WHERE row_id = ?').get(rowId)));
  }

  saveAssignment(row: AssignmentRow): void {
    this.run(() => this.db.prepare(
      `INSERT INTO assignment VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (task) DO UPDATE SET recording = excluded.recording,
       evidence = excluded.evidence, withheld_since = excluded.withheld_since, media_refused = excluded.media_refused`)
      .run(row.task, row.rowId, row.recording, JSON.stringify(row.evidence), row.withheldSince, row.mediaRefused));
  }

  removeAssignment(task: string): void {
    this.run(() => this.db.prepare('DELETE FROM assignment WHERE task = ?').run(task));
  }

  highestRevision(recording: string): number | null {
    const row = this.run(() => this.db.prepare('SELECT highest FROM revision WHERE recording = ?').get(recording)) as { highest: number } | undefined;
    return row?.highest ?? null;
  }

  sawRevision(recording: string, revision: number): void {
    this.run(() => this.db.prepare(
      'INSERT INTO revision VALUES (?, ?) ON CONFLICT (recording) DO UPDATE SET highest = max(highest, excluded.highest)').run(recording, revision));
  }

  saveSealed(row: Omit<SealedRow, 'lastOpened'>, sealedAt: string): void {
    this.run(() => this.db.transaction(() => {
      this.db.prepare('INSERT INTO sealed VALUES (?, ?, ?, ?, ?, ?, ?, NULL)')
        .run(row.recording, row.epoch, row.wrappedKey, row.manifestSha256, row.plainBytes, row.mediaSha256, sealedAt);
      for (const [n, part] of row.parts.entries()) this.db.prepare('INSERT INTO part VALUES (?, ?, ?, ?)').run(row.recording, n, part.file, part.plainBytes);
    }).immediate());
  }

  sealed(recording: string): SealedRow | null {
    return this.run(() => {
      const row = this.db.prepare(
        `SELECT recording, epoch, wrapped_key AS wrappedKey, manifest_sha256 AS manifestSha256, plain_bytes AS plainBytes, media_sha256 AS mediaSha256, last_opened AS lastOpened
         FROM sealed WHERE recording = ?`).get(recording) as Omit<SealedRow, 'parts'> | undefined;
      if (!row) return null;
      const parts = this.db.prepare('SELECT file, plain_bytes AS plainBytes FROM part WHERE recording = ? ORDER BY n').all(recording) as SealedRow['parts'];
      return { ...row, parts };
    });
  }

  sealedRecordings(): string[] {
    return (this.run(() => this.db.prepare('SELECT recording FROM sealed').all()) as { recording: string }[]).map((row) => row.recording);
  }

  partFiles(): string[] {
    return (this.run(() => this.db.prepare('SELECT file FROM part').all()) as { file: string }[]).map((row) => row.file);
  }

  /** Removes the wrapped key first of all: without it the ciphertext is noise. */
  removeSealed(recording: string): void {
    this.run(() => this.db.transaction(() => {
      this.db.prepare('DELETE FROM sealed WHERE recording = ?').run(recording);
      this.db.prepare('DELETE FROM transcript WHERE recording = ?').run(recording);
    }).immediate());
    // The deleted key must not stay readable in the write-ahead log.
    this.run(() => this.db.pragma('wal_checkpoint(TRUNCATE)'));
  }

  transcript(recording: string): TranscriptRow | null {
    return (this.run(() => this.db.prepare('SELECT sha256, language, vtt FROM transcript WHERE recording = ?').get(recording)) as TranscriptRow | undefined) ?? null;
  }

  saveTranscript(recording: string, row: TranscriptRow): void {
    this.run(() => this.db.prepare('INSERT OR REPLACE INTO transcript VALUES (?, ?, ?, ?)').run(recording, row.sha256, row.language, row.vtt));
  }
}
