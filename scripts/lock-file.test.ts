import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFaults, pinFaults } from './lib/lock-file.ts';
import { root } from './lib/paths.ts';

const read = async (name: string) => JSON.parse(await readFile(path.join(root, name), 'utf8')) as never;

describe('the lock file', () => {
  it.each(['package-lock.json', 'evidence/electronegativity/package-lock.json'])('%s names each package by its digest, and no place to fetch it from', async (name) => expect(lockFaults(await read(name))).toEqual([]));

  it('is refused with an address, without a digest, or with a weak one', () => {
    const good = { version: '1.0.0', integrity: 'sha512-x' };
    expect(lockFaults({ lockfileVersion: 3, packages: { '': {}, 'node_modules/a': good, 'node_modules/a/node_modules/b': { ...good, inBundle: true, integrity: undefined } } })).toEqual([]);
    for (const bad of [{ ...good, resolved: 'https://example.org/a.tgz' }, { ...good, version: 'git+ssh://git@example.org/a.git#1' }, { version: '1.0.0' }, { ...good, integrity: 'sha1-x' }, { ...good, link: true }])
      expect(lockFaults({ lockfileVersion: 3, packages: { 'node_modules/a': bad } })).toHaveLength(1);
    expect(lockFaults({ lockfileVersion: 1, packages: {} })).toHaveLength(1);
  });
});

describe('package.json', () => {
  it.each(['package.json', 'evidence/electronegativity/package.json'])('%s pins every version exactly', async (name) => expect(pinFaults(await read(name))).toEqual([]));

  it('is refused with a range, a tag or an address', () => {
    expect(pinFaults({ dependencies: { a: '1.0.0', b: 'npm:c@1.0.0-rc.1' } })).toEqual([]);
    for (const bad of ['^1.0.0', '~1.0.0', '1.x', 'latest', '', '*', 'npm:c@^1.0.0', 'github:a/b', 'file:../a', 'https://example.org/a.tgz']) expect(pinFaults({ devDependencies: { a: bad } }), bad).toHaveLength(1);
  });
});
