import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { faultOfTest, testsNamedIn } from './namedTests.ts';

const page = readFileSync(path.join(import.meta.dirname, 'threat-model.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8')) as { scripts: Record<string, string> };

/** Everything that keeps the page from showing what it claims; nothing when all is in order. */
function faultsIn(text: string): string[] {
  const rows = [...text.matchAll(/^\| (?!Who or what|---)(.+?) \| /gm)].map(([, who = '']) => who);
  const evidence = [...text.matchAll(/^- \*\*(.+?)\*\*: (.+)$/gm)].map(([, who = '', given = '']) => ({ who, given }));
  return [
    ...rows.filter((row) => evidence.filter(({ who }) => row.startsWith(who)).length !== 1).map((row) => `“${row}” has no evidence of its own`),
    ...evidence.filter(({ who }) => !rows.some((row) => row.startsWith(who))).map(({ who }) => `“${who}” is nobody in the table`),
    ...evidence.filter(({ given }) => testsNamedIn(given).length === 0).map(({ who }) => `“${who}” has no test`),
    ...testsNamedIn(text).map(faultOfTest).filter((fault) => fault !== null),
    ...[...text.matchAll(/`npm run ([\w:]+)/g)].map(([, name = '']) => name).filter((name) => !(name in scripts)).map((name) => `npm run ${name} is no command`),
  ];
}

it('each row has evidence that is there', () => {
  expect(faultsIn(page)).toEqual([]);
});

it.each<[string, (text: string) => string, RegExp]>([
  ['a row without evidence', (text) => text.replace(/^- \*\*The clock\*\*.*\n/m, ''), /^“The clock” has no evidence/],
  ['evidence of nobody', (text) => text.replace('- **The clock**', '- **The calendar**'), /^“The calendar” is nobody/],
  ['a command in place of a test', (text) => text.replace(/^(- \*\*The clock\*\*: ).*$/m, '$1`npm run chaos`'), /^“The clock” has no test/],
  ['a test that is not there', (text) => text.replace('is not prolonged by setting the clock back', 'is prolonged'), /^src\/main\/vault\/lease\.test\.ts has no test/],
  ['a command that is not there', (text) => text.replace('`npm run fuzz`', '`npm run fuss`'), /^npm run fuss is no command$/],
])('%s is found', (_fault, spoil, said) => {
  expect(faultsIn(spoil(page))).toContainEqual(expect.stringMatching(said));
});
