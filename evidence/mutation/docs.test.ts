import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../scripts/lib/paths.ts';
import { reasons } from '../../src/main/assurance/reasons.ts';

it('docs/assurance.md has every reason in its table of checks', () => {
  const docs = readFileSync(path.join(root, 'docs/assurance.md'), 'utf8');
  const table = docs.slice(docs.indexOf('## The checks'), docs.indexOf('## Do the tests hold it?'));
  expect(Object.keys(reasons).filter((code) => !table.includes(`\`${code}\``))).toEqual([]);
});
