import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { faultsIn, hazardsIn, overviewOf } from './hazards.ts';

const log = readFileSync(path.join(import.meta.dirname, 'hazard-log.md'), 'utf8');

it('the hazard log has every field filled, ratings by its matrix, and evidence that is there', () => {
  expect(faultsIn(log)).toEqual([]);
});

it('its overview is that of the hazards below it', () => {
  expect(/<!-- overview -->\n([^]*?)\n<!-- \/overview -->/.exec(log)?.[1]).toBe(overviewOf(hazardsIn(log)));
});

const first = hazardsIn(log)[0]?.fields.get('Test evidence')?.split('\n')[0] ?? '';

it.each<[string, (page: string) => string, RegExp]>([
  ['fewer than twenty hazards', (page) => page.slice(0, page.indexOf('### H20 ')), /^19 hazards, fewer than 20$/],
  ['an empty field', (page) => page.replace(/(\*\*Possible causes\.\*\*).*/, '$1'), /^H01: “Possible causes” is empty$/],
  ['a field that is missing', (page) => page.replace(/\*\*Owner\.\*\*.*\n/, ''), /^H01: “Owner” is empty$/],
  ['a rating that is not the matrix’s', (page) => page.replace('Considerable × Medium = 3', 'Considerable × Medium = 2'), /^H01: “Initial risk” is 3 by the matrix$/],
  ['a likelihood that there is none of', (page) => page.replace('Considerable × Very low = 2', 'Considerable × Rare = 2'), /^H01: “Residual risk” is no severity × likelihood = rating$/],
  ['a residual risk that is not acceptable', (page) => page.replace('Considerable × Very low = 2', 'Considerable × Medium = 3'), /^H01: its residual risk is not acceptable/],
  ['a hazard that an engineer closed', (page) => page.replace('**Status.** Open.', '**Status.** Closed.'), /^H01: its status is neither open nor transferred/],
  ['a file that is not there', (page) => page.replace(first, first.replace('.spec.ts', 's.spec.ts')), /^H01: e2e\/everyones-taskss\.spec\.ts is no file of tests$/],
  ['a test that is not there', (page) => page.replace(first, first.replace('asks for', 'is given')), /^H01: e2e\/everyones-tasks\.spec\.ts has no test “offered everyone’s Tasks, the app is given /],
  ['evidence that is only said', (page) => page.replace(first, '- It was tried.'), /^H01: a line of its evidence names no test$/],
  ['a test that counts twice', (page) => page.replace(first, `${first}\n${first}`), /^H01: a test is named twice$/],
  ['a number that is missing', (page) => page.replace('### H02 ', '### H03 '), /^hazards are not numbered from H01 on$/],
  ['an overview of something else', (page) => page.replace('| H01 ', '| H00 '), /^the overview is not/],
  ['a matrix that was softened', (page) => page.replace('| Medium | 2 | 2 | 3 | 3 | 4 |', '| Medium | 1 | 2 | 2 | 3 | 4 |'), /“Medium”$/],
])('%s is found', (_fault, spoil, said) => {
  const spoilt = spoil(log);
  expect(spoilt).not.toBe(log);
  expect(faultsIn(spoilt)).toContainEqual(expect.stringMatching(said));
});
