import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
const page = readFileSync(path.join(root, 'docs/dependencies.md'), 'utf8');
const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { integrity?: string; resolved?: string; inBundle?: boolean }> };

it('every package is pinned exactly, and has its reason', () => {
  const all = Object.entries({ ...dependencies, ...devDependencies });
  expect(all.filter(([, version]) => !/^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  const named = new Set([...page.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(all.map(([name]) => name).filter((name) => !named.has(name) && !(name.startsWith('@types/') && named.has('@types/*')))).toEqual([]);
});

it('the lock file holds a digest of each package, and no address that another network may not reach', () => {
  const locked = Object.entries(packages).filter(([place, { inBundle }]) => place !== '' && !inBundle);
  expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([place]) => place)).toEqual([]);
  expect(locked.filter(([, { resolved }]) => resolved !== undefined).map(([place]) => place)).toEqual([]);
});
