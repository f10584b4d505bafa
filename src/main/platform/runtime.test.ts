import Database from 'better-sqlite3';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../scripts/lib/paths.ts';
import { sqliteBinding } from './runtime.ts';

test('SQLite’s file is where the package of better-sqlite3 has it: the code in the bundle does not look for it', () => {
  const inPackage = relative('/resources/app.asar.unpacked', sqliteBinding('/resources'));
  const db = new Database(':memory:', { nativeBinding: join(root, inPackage) });
  expect(db.prepare('SELECT 1').pluck().get()).toBe(1);
  db.close();
});
