import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
const page = readFileSync(path.join(root, 'docs/dependencies.md'), 'utf8');

it('every package has its reason', () => {
  const named = new Set([...page.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !named.has(name) && !(name.startsWith('@types/') && named.has('@types/*')))).toEqual([]);
});
