import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { reasons } from '../src/main/assurance/reasons.ts';

const docs = readFileSync(path.join(import.meta.dirname, 'assurance.md'), 'utf8');
const table = docs.slice(docs.indexOf('## The checks'), docs.indexOf('## Do the tests hold it?'));
const ticked = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
let file = '';
/** Each row's codes, and the file that decides them: its own, or that of the rows above. */
const rows = table.split('\n').filter((line) => /^\| (?!What must|---)/.test(line)).map((line) => {
  const [, codes = '', where = ''] = line.slice(2, -2).split(/ \| ?/);
  file = ticked(where)[0] ?? file;
  return { codes: ticked(codes), file };
});

it('the table of checks has every reason, and no other', () => {
  expect(rows.flatMap(({ codes }) => codes).sort()).toEqual(Object.keys(reasons).sort());
});

it.each(rows)('$codes is decided where the table says: $file', ({ codes, file: named }) => {
  const found = [path.join('src/main/assurance', named), path.join('src/main', named)].map((name) => path.join(import.meta.dirname, '..', name)).find((name) => existsSync(name));
  const source = found === undefined ? '' : readFileSync(found, 'utf8');
  expect(codes.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
});
