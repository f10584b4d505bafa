import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databaseFailure, openDatabase, type Cipher, type Db } from '../platform/database.ts';
import { Ledger, ledgerMigrations } from './ledger.ts';
import { Library, libraryMigrations } from './library.ts';
import { Reserve } from './reserve.ts';

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const untouched = () => undefined;
let folder: string;
let path: string;
const open = new Set<Db>();
const key = randomBytes(32);
const openWith = (migrations: readonly string[], mustExist = false, at = path, with_ = key, cipher: Cipher = 'chacha20') => {
  const db = openDatabase(at, Buffer.from(with_), migrations, mustExist, 'vault-corrupt', cipher);
  open.add(db);
  return db;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-'));
  path = join(folder, 'x.db');
});
afterEach(() => {
  for (const db of open) db.close();
  open.clear();
  rmSync(folder, { recursive: true });
});

describe('an encrypted database', () => {
  it('wipes the key it was given, and takes no key of another length', () => {
    const given = randomBytes(32);
    open.add(openDatabase(path, given, [], false, 'vault-corrupt'));
    expect(given).toEqual(Buffer.alloc(32));
    for (const length of [0, 31, 33]) expect(() => openDatabase(path, Buffer.alloc(length), [], false, 'vault-corrupt')).toThrow(RangeError);
  });

  it('is set so that nothing is lost in a power cut or written in plaintext', () => {
    const db = openWith([]);
    expect(['journal_mode', 'synchronous', 'temp_store', 'secure_delete', 'foreign_keys', 'trusted_schema', 'cell_size_check'].map((name) => db.pragma(name, { simple: true })))
      .toEqual(['wal', 2, 2, 1, 1, 0, 1]);
  });

  describe.each<Cipher>(['chacha20', 'aegis'])('under %s', (cipher) => {
    const opened = (migrations: readonly string[] = ['CREATE TABLE secret_table (word TEXT) STRICT;'], with_ = key) => openWith(migrations, false, path, with_, cipher);
    const filled = (): Buffer => {
      const db = opened();
      const add = db.prepare('INSERT INTO secret_table VALUES (?)');
      for (let row = 0; row < 3_000; row += 1) add.run(`confidential ${row}`);
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
      return readFileSync(path);
    };

    it('shows nothing of what is in it', () => {
      const db = opened();
      db.prepare('INSERT INTO secret_table VALUES (?)').run('confidential');
      // The log too.
      const content = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
      expect(content.length).toBeGreaterThan(4_096);
      for (const word of ['confidential', 'secret_table', 'SQLite format']) expect(content.includes(word)).toBe(false);
      db.close();
      for (const word of ['confidential', 'secret_table', 'SQLite format']) expect(readFileSync(path).includes(word)).toBe(false);
    });

    it('is corrupt under another key and under another cipher', () => {
      filled();
      expect(() => opened([], randomBytes(32))).toThrow(code('vault-corrupt'));
      expect(() => openWith([], false, path, key, cipher === 'aegis' ? 'chacha20' : 'aegis')).toThrow(code('vault-corrupt'));
      opened();
    });

    it('gives nothing of a page that was changed', () => {
      const bytes = filled();
      const all = (): unknown => opened().prepare('SELECT count(DISTINCT word) FROM secret_table').pluck().get();
      expect(all()).toBe(3_000);
      for (const at of [100, 600, 20_000, bytes.length - 40]) {
        for (const db of open) db.close();
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        writeFileSync(path, changed);
        expect(() => {
          try {
            return all();
          } catch (error) {
            throw databaseFailure(error, 'vault-corrupt');
          }
        }, `byte ${at}`).toThrow(code('vault-corrupt'));
      }
    });
  });

  it('that should be there and is not is corrupt, and none is made', () => {
    const absent = join(folder, 'absent.db');
    expect(() => openWith([], true, absent)).toThrow(code('vault-corrupt'));
    expect(existsSync(absent)).toBe(false);
  });

  it('goes through each migration once, and a failing one leaves nothing of itself', () => {
    const first = 'CREATE TABLE a (b TEXT) STRICT;';
    openWith([first]).close();
    expect(() => openWith([first, 'CREATE TABLE c (d TEXT) STRICT; CREATE TABLE a (b TEXT) STRICT;'])).toThrow(code('internal'));
    const db = openWith([first, 'CREATE TABLE c (d TEXT) STRICT;']);
    expect(db.pragma('user_version', { simple: true })).toBe(2);
  });

  it('of a newer version is refused and left as it is', () => {
    openWith(['CREATE TABLE a (b TEXT) STRICT;', 'CREATE TABLE c (d TEXT) STRICT;']).close();
    const before = readFileSync(path);
    expect(() => openWith(['CREATE TABLE a (b TEXT) STRICT;'])).toThrow(code('vault-newer'));
    expect(readFileSync(path)).toEqual(before);
  });

  it('that is full says so', () => {
    const db = openWith(['CREATE TABLE a (b BLOB) STRICT;']);
    db.pragma('max_page_count = 3');
    let fault: unknown;
    try {
      db.prepare('INSERT INTO a VALUES (?)').run(randomBytes(100_000));
    } catch (error) {
      fault = error;
    }
    expect(databaseFailure(fault, 'vault-corrupt').code).toBe('disk-full');
  });
});

describe('the ledger', () => {
  const entry = (seq: number) => ({ seq, body: Buffer.from(`{"seq":${seq}}`), hash: Buffer.alloc(32, seq), signature: Buffer.alloc(64, seq) });

  it('lets no entry be changed, removed or replaced', () => {
    const db = openWith(ledgerMigrations);
    const ledger = new Ledger(db, untouched, new Reserve(folder));
    ledger.append(entry(1));
    for (const sql of ['UPDATE entry SET body = x\'00\'', 'DELETE FROM entry', 'UPDATE entry SET seq = 9']) expect(() => db.exec(sql)).toThrow('append-only');
    expect(() => db.exec('INSERT OR REPLACE INTO entry VALUES (1, x\'00\', x\'00\', x\'00\')')).toThrow();
    for (const seq of [0, 1, 3]) expect(() => ledger.append(entry(seq))).toThrow(code('internal'));
    expect(ledger.entries(1, 10)).toEqual([entry(1)]);
  });

  it('queues what was appended, in order, until there is a receipt', () => {
    const ledger = new Ledger(openWith(ledgerMigrations), untouched, new Reserve(folder));
    expect([ledger.head(), ledger.nextUndelivered(), ledger.undelivered()]).toEqual([null, null, 0]);
    for (const seq of [1, 2, 3]) ledger.append(entry(seq));
    expect(ledger.head()).toEqual({ seq: 3, hash: Buffer.alloc(32, 3) });
    ledger.delivered(1, 'AuditEvent/a');
    ledger.retryLater(2, 5000, true);
    expect(ledger.nextUndelivered()).toEqual({ ...entry(2), attempts: 1, refusals: 1, nextAttempt: 5000, aside: false });
    expect(ledger.undelivered()).toBe(2);
    expect(ledger.entries(2, 1)).toEqual([entry(2)]);
  });

  it('remembers its settings', () => {
    const ledger = new Ledger(openWith(ledgerMigrations), untouched, new Reserve(folder));
    ledger.set('a', '1');
    ledger.set('a', '2');
    expect([ledger.get('a'), ledger.get('b')]).toEqual(['2', null]);
  });
});

describe('what the ledger knows of stops', () => {
  const make = () => new Ledger(openWith(ledgerMigrations), untouched, new Reserve(folder));
  const stop = (at: number) => [{ identifier: 'a', at }];

  it('stands until a later lift, and again from a later stop on', () => {
    const ledger = make();
    expect(ledger.isStopped('a')).toBe(false);
    ledger.keepStops(stop(10), []);
    expect([ledger.isStopped('a'), ledger.isStopped('b')]).toEqual([true, false]);
    ledger.keepStops([], [{ identifier: 'a', at: 10 }]);
    expect(ledger.isStopped('a')).toBe(true);
    ledger.keepStops([], [{ identifier: 'a', at: 11 }, { identifier: 'never stopped', at: 11 }]);
    expect(ledger.isStopped('a')).toBe(false);
    ledger.keepStops(stop(9), []);
    expect(ledger.isStopped('a')).toBe(false);
    ledger.keepStops(stop(12), [{ identifier: 'a', at: 8 }]);
    expect(ledger.isStopped('a')).toBe(true);
  });

  it('keeps the highest revision that was the wrong patient’s', () => {
    const ledger = make();
    expect(ledger.wrongRevision('urn:1')).toBeNull();
    for (const revision of [2, 5, 3]) ledger.keepWrongPatient('urn:1', revision);
    expect([ledger.wrongRevision('urn:1'), ledger.wrongRevision('urn:2')]).toEqual([5, null]);
  });

  it('remembers of each chain the key that was enrolled first, and the highest verified entry', () => {
    const ledger = make();
    const [one, other] = [{ device: 'a', sds: '1' }, { device: 'a', sds: '2' }];
    const [low, high] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    ledger.verifiedUpTo([{ ...one, seq: 5, hash: high }, { ...other, seq: 2, hash: low }]);
    ledger.verifiedUpTo([{ ...one, seq: 4, hash: low }, { ...one, seq: 5, hash: low }]);
    expect(ledger.rememberedChains()).toEqual([{ ...one, key: null, seq: 5, hash: high }, { ...other, key: null, seq: 2, hash: low }]);
    ledger.sawEnrolled([{ ...one, key: 'k' }]);
    ledger.sawEnrolled([{ ...one, key: 'another' }]);
    expect(ledger.rememberedChains()[0]).toEqual({ ...one, key: 'k', seq: 5, hash: high });
    ledger.enrolled({ ...one, key: 'k' });
    ledger.enrolled({ ...other, key: 'k' });
    expect(ledger.rememberedChains()).toEqual([{ ...one, key: 'k', seq: 5, hash: high }, { ...other, key: 'k', seq: 2, hash: low }]);
    ledger.enrolled({ ...one, key: 'new' });
    expect(ledger.rememberedChains()[0]).toEqual({ ...one, key: 'new', seq: 0, hash: null });
  });

  it('is counted among the writes, in a ledger of the version before too, and writes nothing for what is known', () => {
    openWith(ledgerMigrations.slice(0, 2)).close();
    const ledger = make();
    const written = (work: () => void) => {
      const before = ledger.peek().changes;
      work();
      return ledger.peek().changes - before;
    };
    expect(written(() => ledger.keepStops(stop(10), [{ identifier: 'a', at: 11 }]))).toBe(2);
    expect(written(() => ledger.keepStops(stop(10), [{ identifier: 'a', at: 11 }]))).toBe(0);
    expect(written(() => ledger.keepWrongPatient('urn:1', 0))).toBe(1);
  });
});

describe('the library', () => {
  const row = { task: 'Task/1', rowId: 'r1', recording: 'urn:1', evidence: { fhirBase: 'x', task: { id: '1' } } as never, withheldSince: null, mediaRefused: null };

  it('knows a row by the id that it was last given', () => {
    const library = new Library(openWith(libraryMigrations), untouched);
    library.saveAssignment(row);
    library.saveAssignment({ ...row, rowId: 'r2', recording: 'urn:2', withheldSince: 'now', mediaRefused: 'm' });
    expect(library.assignments()).toEqual([{ ...row, rowId: 'r2', recording: 'urn:2', withheldSince: 'now', mediaRefused: 'm' }]);
    expect(library.assignment('r1')).toBeNull();
    library.removeAssignment('Task/1');
    expect(library.assignment('r2')).toBeNull();
  });

  it('answers with the claims that share a name, bytes or time, and forgets them with their assignment', () => {
    const library = new Library(openWith(libraryMigrations), untouched);
    const claim = (n: number, mediaSha256: string | null, startedAt: number, endedAt: number) => ({ recording: `urn:${n}`, document: `DocumentReference/${n}`, mediaSha256, clinicians: ['5'], startedAt, endedAt });
    const claims = [claim(1, 'a', 0, 10), claim(2, 'a', 100, 110), claim(3, 'b', 9, 20), claim(4, null, NaN, NaN), claim(5, 'c', 10, 20)];
    library.takeEvidence(claims.map((sighting, n) => ({ row: { ...row, task: `Task/${n + 1}`, rowId: `r${n + 1}` }, sighting })));
    const found = (of: (typeof claims)[number]) => library.rivals(of).map(({ recording }) => recording).sort();
    expect(found(claims[0]!)).toEqual(['urn:1', 'urn:2', 'urn:3']);
    expect(library.rivals(claims[3]!)).toEqual([claims[3]]);
    library.removeAssignment('Task/2');
    library.takeEvidence([{ row: { ...row, task: 'Task/3', rowId: 'r3' }, sighting: null }]);
    expect(found(claims[0]!)).toEqual(['urn:1']);
  });

  it('removes a key from the disk, write-ahead log included', () => {
    const db = openWith(libraryMigrations);
    const library = new Library(db, untouched);
    const partial = { recording: 'urn:1', epoch: 1, wrappedKey: randomBytes(60), manifestSha256: 'm', plainBytes: 1 };
    library.startPartial(partial, 'then');
    library.setPartialParts('urn:1', [{ file: 'g', from: 5 }, { file: 'f', from: 0 }], '"tag"');
    expect(library.partial('urn:1')).toEqual({ ...partial, etag: '"tag"', parts: [{ file: 'f', from: 0 }, { file: 'g', from: 5 }] });
    expect(library.files()).toEqual(['f', 'g']);
    const parts = [{ file: 'f', plainBytes: 1 }, { file: 'g', plainBytes: 0 }];
    library.publish('urn:1', 's', Buffer.from('t'), parts, 'now');
    expect(library.sealed('urn:1')).toEqual({ ...partial, mediaSha256: 's', transcript: Buffer.from('t'), lastOpened: null, parts });
    expect([library.partial('urn:1'), library.files()]).toEqual([null, ['f', 'g']]);
    expect(library.forget('urn:1')).toBe(true);
    expect([library.sealed('urn:1'), library.files(), library.sealedRecordings(), library.forget('urn:1')]).toEqual([null, [], [], false]);
    expect(readFileSync(`${path}-wal`)).toHaveLength(0);
  });

  it('forgets a download with its key, and publishes none that is not there', () => {
    const library = new Library(openWith(libraryMigrations), untouched);
    library.startPartial({ recording: 'urn:1', epoch: 1, wrappedKey: randomBytes(60), manifestSha256: 'm', plainBytes: 1 }, 'then');
    library.setPartialParts('urn:1', [{ file: 'f', from: 0 }], null);
    expect(library.forget('urn:1')).toBe(true);
    expect([library.partial('urn:1'), library.files()]).toEqual([null, []]);
    expect(() => library.publish('urn:1', 's', null, [], 'now')).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('of the version before comes along without its copies and plaintext transcripts', () => {
    const old = openWith(libraryMigrations.slice(0, 1));
    old.exec(`INSERT INTO assignment VALUES ('Task/1', 'r1', 'urn:1', '{}', NULL, NULL); INSERT INTO sealed VALUES ('urn:1', 1, x'00', 'm', 1, 's', 'now');
      INSERT INTO part VALUES ('urn:1', 0, 'f', 1); INSERT INTO transcript VALUES ('urn:1', 's', 'en', 'WEBVTT')`);
    old.close();
    const library = new Library(openWith(libraryMigrations), untouched);
    expect([library.assignments().length, library.sealed('urn:1'), library.files()]).toEqual([1, null, []]);
  });
});
