import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Hit } from '../../preload/review.ts';
import { openDatabase, type Db } from '../platform/database.ts';
import { libraryMigrations } from '../vault/library.ts';
import { queryOf, SearchIndex } from './search.ts';

let folder: string;
let db: Db;
let index: SearchIndex;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'search-'));
  db = openDatabase(join(folder, 'library.db'), randomBytes(32), libraryMigrations, false, 'library-corrupt');
  index = new SearchIndex((work) => db.transaction(() => work(db)).immediate());
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});
const tasks = (typed: string): string[] => [...index.find(typed)].flatMap(([task, fields]) => [...fields].map((field) => `${task} ${field}`));

/** Without whose they are. */
const places = (typed: string) => index.places(typed, [...index.find(typed).keys()]).map(({ snippet, marks, position }) => ({ snippet, marks, position }));

describe('search', () => {
  it('finds words, beginnings of words, numbers and accents, in any order, and takes nothing typed for syntax', () => {
    index.put('a', ['patient'], [{ field: 'patient', text: 'Zoë Samplepatient 01/02/1980 999 000 0018' }]);
    index.put('b', ['patient'], [{ field: 'patient', text: 'Demo Otherperson 03/04/1990' }]);
    expect(tasks('zoe')).toEqual(['a patient']);
    expect(tasks('sample ZOË')).toEqual(['a patient']);
    expect(tasks('0018')).toEqual(['a patient']);
    expect(tasks('otherperson zoe')).toEqual([]);
    for (const typed of ['"', '*', 'NOT', 'zoe OR', '(zoe', 'words:zoe', "'; DROP TABLE found;--", 'zoe" NEAR "x', ' ']) expect(() => tasks(typed)).not.toThrow();
    expect(tasks('zoe*"')).toEqual(['a patient']);
    expect(queryOf('—')).toBeNull();
  });

  it('leads to the line of a transcript, and marks what matched', () => {
    index.put('a', ['transcript'], [{ field: 'transcript', text: 'How are you\nI have had a headache since Monday\nAny fever with the headache', places: [1, 4.5, 9] }]);
    expect(tasks('headach')).toEqual(['a transcript']);
    expect(places('headach')).toEqual([{ snippet: 'I have had a headache since Monday', marks: [[13, 21]], position: 4.5 }]);
    expect(places('fever')[0]).toMatchObject({ position: 9, marks: [[4, 9]] });
    const long = `${'filler '.repeat(40)}needle ${'filler '.repeat(40)}`;
    index.put('b', ['note'], [{ field: 'note', text: long }]);
    const [hit] = places('needle');
    expect(hit?.snippet.length).toBeLessThan(150);
    expect(hit?.marks.map(([from, to]) => hit.snippet.slice(from, to))).toEqual(['needle']);
  });

  it('finds every Task, however many, and says where only of those that are asked about', () => {
    db.transaction(() => {
      for (let n = 0; n < 3_000; n += 1) index.put(`t${n}`, ['title'], [{ field: 'title', text: `Consultation ${n}` }]);
    })();
    const found = index.find('consultation');
    expect(found.size).toBe(3_000);
    const two = [...found.keys()].slice(7, 9);
    const where = index.places('consultation', two);
    expect(where).toEqual(expect.arrayContaining(two.map((task) => ({ task, field: 'title', snippet: `Consultation ${task.slice(1)}`, marks: [[0, 12]], position: null }))));
    expect(where).toHaveLength(2);
  });

  it('says where it fits best of several of one kind, and of each kind', () => {
    index.put('a', ['note'], [{ field: 'note', text: 'one needle among very many other words that say nothing of it at all' }, { field: 'note', text: 'needle' }]);
    index.put('a', ['title'], [{ field: 'title', text: 'Needle biopsy' }]);
    expect(tasks('needle').sort()).toEqual(['a note', 'a title']);
    expect(places('needle').map(({ snippet }) => snippet).sort()).toEqual(['Needle biopsy', 'needle']);
  });

  it('is cut to what the door takes, also where a word has no end', () => {
    index.put('a', ['note'], [{ field: 'note', text: `${'before '.repeat(30)}${'a'.repeat(5000)} ${'after '.repeat(30)}` }]);
    index.put('b', ['note'], [{ field: 'note', text: 'a '.repeat(500) }]);
    const hits = places('a');
    expect(hits).toHaveLength(2);
    for (const { snippet, marks, position } of hits) {
      expect(Hit.safeParse({ id: 'a', where: 'note', snippet, marks, position }).error).toBeUndefined();
      for (const [from, to] of marks) expect(snippet.slice(from, to)).toMatch(/^a+$/);
      expect(marks.length).toBeGreaterThan(0);
    }
  });

  it('forgets what was changed or removed, also in the file', () => {
    index.put('a', ['note'], [{ field: 'note', text: 'confidentialword' }, { field: 'note', text: 'second' }]);
    index.put('a', ['note'], [{ field: 'note', text: 'second' }]);
    expect([tasks('confidentialword'), tasks('second')]).toEqual([[], ['a note']]);
    index.put('a', ['title'], [{ field: 'title', text: 'second' }]);
    index.remove('a', ['note']);
    expect(tasks('second')).toEqual(['a title']);
    index.remove('a');
    expect(tasks('second')).toEqual([]);
    expect(db.prepare('SELECT count(*) FROM word').pluck().get()).toBe(0);
    // Of the pages as they are decrypted: what the index itself keeps.
    expect((db.prepare('SELECT group_concat(hex(block)) FROM word_data').pluck().get() as string).includes(Buffer.from('confidentialword').toString('hex').toUpperCase())).toBe(false);
    db.pragma('wal_checkpoint(TRUNCATE)');
    expect(readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes('confidentialword'))).toBe(false);
  });
});
