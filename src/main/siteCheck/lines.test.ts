import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { asked } from './asked.ts';
import { entries } from './lines.ts';

const root = path.join(import.meta.dirname, '../../..');
/** As GitHub makes them. */
const anchorsOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').flatMap((line) => /^#+ (.*)$/.exec(line)?.[1] ?? []).map((heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, '').replaceAll(' ', '-'));

it.each([...entries])('%s says in sentences what to do, and where more is said', (id, { looked, fix, see }) => {
  expect(id).toMatch(/^[a-z-]+\.[a-z-]+$/);
  expect(looked).toMatch(/^\S.*[^.]$/);
  expect(fix).toMatch(/^[A-Z].*\.$/);
  const [file = '', anchor] = see.split('#');
  expect(existsSync(path.join(root, file))).toBe(true);
  if (anchor !== undefined) expect(anchorsOf(path.join(root, file))).toContain(anchor);
});

it('docs/site-check.md has every line, by its id', () => {
  const rows = readFileSync(path.join(root, 'docs/site-check.md'), 'utf8').split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, id = '']) => id));
  expect(named).toEqual([...entries.keys()]);
});

/** The app's own code, without the site check. */
const sources = readdirSync(path.join(root, 'src/main'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name) && !name.startsWith('siteCheck'))
  .map((name) => readFileSync(path.join(root, 'src/main', name), 'utf8')).join('\n');

it('has every search that the app’s code asks for, and none that it does not', () => {
  const searches = [...sources.matchAll(/\b([A-Z][A-Za-z]+)\?([a-z]+)=/g)].map(([, type, by]) => `${type} by ${by}`);
  expect(searches.length).toBeGreaterThan(8);
  const known = asked.flatMap(({ type, wanted }) => wanted.flatMap(({ by = [] }) => by.map((one) => `${type} by ${one}`)));
  expect(searches.filter((one) => !known.includes(one))).toEqual([]);
  for (const parameter of new Set(asked.flatMap(({ wanted, once }) => [...wanted.flatMap(({ by = [] }) => by), ...once?.by ?? []]))) expect(sources, parameter).toMatch(new RegExp(`\\b${parameter}=`));
});
