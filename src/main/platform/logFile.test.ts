import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogFile } from './logFile.ts';

const FULL = 1000;
let folder: string;
let path: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'log-')), 'logs');
  path = join(folder, 'app.log');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const lineCalled = (n: number) => `line ${String(n).padStart(5, '0')}`;
const write = (log: LogFile, from: number, to: number) => {
  for (let n = from; n < to; n += 1) log.append(lineCalled(n));
};
const bytesHere = () => readdirSync(folder).map((name) => statSync(join(folder, name)).size);

test('while it is written, a full file becomes the newest of four older ones, and the oldest goes', () => {
  const log = new LogFile(path, FULL);
  write(log, 0, 2000);
  expect(readdirSync(folder).sort()).toEqual(['app.log', 'app.log.1', 'app.log.2', 'app.log.3', 'app.log.4']);
  for (const bytes of bytesHere()) expect(bytes).toBeLessThanOrEqual(FULL);
  expect(log.usage()).toEqual({ files: 5, bytes: bytesHere().reduce((sum, bytes) => sum + bytes, 0), works: true });
  // No line is lost or doubled where the files meet.
  expect(log.last(300)).toEqual(Array.from({ length: 300 }, (_, n) => lineCalled(1700 + n)));
  expect(log.last(3)).toEqual([lineCalled(1997), lineCalled(1998), lineCalled(1999)]);
});

test('at the next start it goes on where it was, in the file that is there', () => {
  write(new LogFile(path, FULL), 0, 3);
  write(new LogFile(path, FULL), 3, 5);
  expect(new LogFile(path, FULL).last(10)).toEqual([0, 1, 2, 3, 4].map(lineCalled));
});

test('two that write one file keep to the bound, and lose nothing of what still has room', () => {
  const both = [new LogFile(path, FULL), new LogFile(path, FULL)];
  for (let n = 0; n < 2000; n += 1) both[n % 2]?.append(lineCalled(n));
  expect(Math.max(...bytesHere())).toBeLessThanOrEqual(FULL);
  expect(both[0]?.last(300)).toEqual(Array.from({ length: 300 }, (_, n) => lineCalled(1700 + n)));
});

test('a file that cannot be renamed holds twice as much at most, and the newest lines', () => {
  // As on Windows, where another program has the file open.
  for (const n of [1, 2, 3, 4]) mkdirSync(join(folder, `app.log.${n}`, 'held'), { recursive: true });
  const log = new LogFile(path, FULL);
  let most = 0;
  for (let n = 0; n < 1000; n += 1) {
    log.append(lineCalled(n));
    most = Math.max(most, statSync(path).size);
  }
  expect(most).toBeGreaterThan(FULL);
  expect(most).toBeLessThanOrEqual(2 * FULL);
  expect(log.last(5)).toEqual([995, 996, 997, 998, 999].map(lineCalled));
});

test('a folder that was deleted is made again; one that cannot be made stops nothing, and says so', () => {
  const log = new LogFile(path, FULL);
  write(log, 0, 2);
  rmSync(folder, { recursive: true });
  write(log, 2, 3);
  expect(readFileSync(path, 'utf8')).toBe(`${lineCalled(2)}\n`);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file in its place');
  write(log, 3, 4);
  expect(log.usage()).toEqual({ files: 0, bytes: 0, works: false });
  expect(log.last(10)).toEqual([]);
});
