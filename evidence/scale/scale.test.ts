import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { assumed, countryOf, dayOf, watchComposed } from './day.ts';
import { tables, type Summary } from './tables.ts';

const docs = readFileSync(path.join(import.meta.dirname, '../../docs/scale.md'), 'utf8');
const summary = JSON.parse(readFileSync(path.join(import.meta.dirname, 'summary.json'), 'utf8')) as Summary;

const missing = (text: string, of: Summary): string[] => Object.entries(tables(of)).flatMap(([name, table]) => (text.includes(table) ? [] : [name]));

/** Numbers in digits, outside tables, code, links and names (R4, RFC 9110), that are in no table. What is said in words (five minutes, two at a time) is the app's own and not measured: it is read, and not compared. */
function strangers(text: string, of: Summary): string[] {
  const figures = new Set(Object.values(tables(of)).join('\n').match(/\d[\d.,]*/g));
  const prose = text.split('\n').filter((line) => !line.startsWith('|')).join('\n').replace(/`[^`]*`|\]\([^)]*\)|RFC \d+|HTTP\/[\d.]+/g, '');
  return (prose.match(/(?<![\w.])\d(?:[\d.,]*\d)?(?!\w)/g) ?? []).filter((number) => !figures.has(number));
}

it('the tables of docs/scale.md are those of the summary', () => {
  expect(missing(docs, summary)).toEqual([]);
});

it('what it says between them is in them', () => {
  expect(strangers(docs, summary)).toEqual([]);
});

it('a figure that was measured otherwise is noticed', () => {
  const other = structuredClone(summary);
  other.scenes[0]!.requests *= 2;
  expect(missing(docs, other)).toEqual(['scenes']);
  expect(strangers(`${docs}\nIt costs 31,415 requests, of HTTP/1.1 and R4.\n`, summary)).toEqual(['31,415']);
});

it('the days, and that of the country, are what the arithmetic makes of the scenes', () => {
  const { scenes, assumed: was, days } = summary;
  const longest = Math.max(...days.map(({ assignments }) => assignments));
  expect(was).toEqual(assumed);
  expect(days).toEqual(days.map(({ assignments }) => dayOf(scenes, assignments, was)));
  expect(summary.country).toEqual(days.map((day) => countryOf(day, scenes, was)));
  expect(summary.watchComposed).toEqual(watchComposed(scenes, longest, was));
});

it('the arithmetic of the day makes of ten minutes what they were', () => {
  const measured = summary.scenes.find(({ name }) => name.endsWith('minutes of watching'));
  expect(Math.abs(summary.watchComposed.requests / (measured?.requests ?? NaN) - 1)).toBeLessThan(0.1);
});
