/**
 * Opens an encrypted SQLite file (SQLite3MultipleCiphers, raw 32-byte key) with the settings that keep it whole through
 * a power cut and keep plaintext off the disk. Whoever opens it is its only writer.
 */
import Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { Failure } from './failure.ts';

export type Db = Database.Database;
export type Statement = Database.Statement;

/** Migration i takes the schema from version i to i + 1, in one transaction. Never edited once released. */
export type Migrations = readonly string[];

/** SQLite's own file. Set in each process of the app before it opens a database; in Node, as in tests, the package finds its own. */
let nativeBinding: string | undefined;
export function useNativeBinding(path: string): void {
  nativeBinding = path;
}

/** A database fault in the words of the product. */
export function databaseFailure(error: unknown, corrupt: 'vault-corrupt' | 'library-corrupt'): Failure {
  if (error instanceof Failure) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_FULL') return new Failure('disk-full', 'no space left', {}, { cause: error });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return new Failure(corrupt, code, {}, { cause: error });
  if (/^SQLITE_(IOERR|CANTOPEN|READONLY)/.test(code)) return new Failure('disk-fault', code, {}, { cause: error });
  return new Failure('internal', code || 'database fault', {}, { cause: error });
}

/**
 * How the pages are encrypted and authenticated. `chacha20`: in every file that is kept. `aegis` (AEGIS-256, 16 KiB pages): for a cache that is read from end to end and never
 * opened again; with the processor's AES it reads twice as fast and fills four times as fast.
 */
export type Cipher = 'chacha20' | 'aegis';

/**
 * @param key 32 bytes; wiped before returning.
 * @param mustExist the file is expected: its absence is corruption, never a reason to make an empty one.
 * @param corrupt what damage to this database is called.
 * Throws that, `vault-newer`, `disk-full`, `disk-fault` or `internal`.
 */
export function openDatabase(path: string, key: Buffer, migrations: Migrations, mustExist: boolean, corrupt: 'vault-corrupt' | 'library-corrupt', cipher: Cipher = 'chacha20'): Db {
  // A 31-byte key is silently taken as a passphrase.
  if (key.length !== 32) throw new RangeError('database key must be 32 bytes');
  // An empty file would be taken for a new database.
  if (mustExist && !(statSync(path, { throwIfNoEntry: false })?.size ?? 0)) throw new Failure(corrupt, 'database file is gone');
  let db: Db | null = null;
  const rawKey = Buffer.concat([Buffer.from('raw:'), key]);
  try {
    db = new Database(path, { fileMustExist: mustExist, ...(nativeBinding ? { nativeBinding } : {}) });
    db.pragma(`cipher='${cipher}'`);
    if (cipher === 'aegis') db.pragma('page_size = 16384');
    db.key(rawKey);
    db.pragma('journal_mode = WAL');
    // NORMAL loses acknowledged commits in a power cut.
    db.pragma('synchronous = FULL');
    // Temporary b-trees would be written in plaintext.
    db.pragma('temp_store = MEMORY');
    db.pragma('secure_delete = ON');
    db.pragma('cell_size_check = ON');
    db.pragma('trusted_schema = OFF');
    db.pragma('foreign_keys = ON');
    if (mustExist && Number(db.pragma('user_version', { simple: true })) === 0) throw new Failure(corrupt, 'database is empty');
    migrate(db, migrations);
    return db;
  } catch (error) {
    db?.close();
    throw databaseFailure(error, corrupt);
  } finally {
    key.fill(0);
    rawKey.fill(0);
  }
}

/** SQL that makes every write to these tables count in `changes`, so that an older copy of the database shows. */
export function countChanges(tables: readonly string[]): string {
  return `CREATE TABLE changes (n INTEGER NOT NULL) STRICT; INSERT INTO changes VALUES (0);\n${alsoCount(tables)}`;
}

/** As {@link countChanges}, for tables that came later. */
export function alsoCount(tables: readonly string[]): string {
  return tables.flatMap((table) => ['INSERT', 'UPDATE', 'DELETE'].map((what) =>
    `CREATE TRIGGER ${table}_${what} AFTER ${what} ON ${table} BEGIN UPDATE changes SET n = n + 1; END;`)).join('\n');
}

function migrate(db: Db, migrations: Migrations): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > migrations.length) throw new Failure('vault-newer', 'database of a newer version');
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
    }).immediate();
  }
}
