/** What is read before the first screen is there: one import more here is waited for at every start. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** Modules that a file imports by value, where it stands: not types, and not what is read when it is asked for. */
function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8').replace(/^\s*(\/\*[\s\S]*?\*\/|\/\/.*)$/gm, '');
  return [...source.matchAll(/^(?:import|export) (?!type )(?:([^;'"]*?) from )?'([^']+)';/gm)]
    .filter(([, names = '']) => !/^\{(\s*type [^,}]+,?)+\s*\}$/.test(names))
    .map(([, , from = '']) => from);
}

const src = path.join(import.meta.dirname, '..');

/** All that is read with it: packages by their names, files by their paths in src. */
function readWith(entry: string, seen = new Set<string>()): Set<string> {
  for (const from of importsOf(entry)) {
    const file = path.resolve(path.dirname(entry), from);
    const name = from.startsWith('.') ? path.relative(src, file) : from;
    if (seen.has(name)) continue;
    seen.add(name);
    if (/\.tsx?$/.test(file) && existsSync(file)) readWith(file, seen);
  }
  return seen;
}

const entry = (name: string) => [...readWith(path.join(src, name))];

test('before the window there are its policy and its files, and nothing of a stage but the name of a scheme', () => {
  expect(entry('main/index.ts').filter((name) => !name.startsWith('node:')).sort()).toEqual([
    'electron', 'main/platform/arguments.ts', 'main/platform/errorCodes.ts', 'main/platform/failure.ts', 'main/platform/log.ts', 'main/platform/youngGeneration.ts', 'main/playback/movieIndex.ts', 'main/playback/protocol.ts', 'main/playback/range.ts',
    'main/window/appScheme.ts', 'main/window/ipc.ts', 'main/window/policy.ts', 'main/window/window.ts',
  ]);
});

test('what stands behind the first screen is neither the whole contract, nor the console, nor what is read of a practice', () => {
  const read = entry('main/app.ts');
  expect(read).toEqual(expect.arrayContaining(['preload/state.ts', 'main/journeys/arrive.ts', 'main/vault/vault.ts']));
  expect(read.filter((name) => /^(preload\/(contract|console|review|health|updates)\.ts|main\/(fhir|assurance|audit\/trail|outbox)\/|main\/journeys\/console\/console\.ts|openid-client)/.test(name))).toEqual([]);
});

test('no formatter of dates is made before it is needed: each takes milliseconds', () => {
  const made = (name: string) => /^(export )?const .*= new Intl\./m.test(/\.tsx?$/.test(name) ? readFileSync(path.join(src, name), 'utf8') : '');
  expect([...entry('renderer/main.tsx'), ...entry('main/app.ts')].filter(made)).toEqual([]);
});

test('the first screen waits for neither the player, nor dialogs, nor the contract’s schemas', () => {
  const read = entry('renderer/main.tsx');
  expect(read).toContain('renderer/screens/Unlock.tsx');
  expect(read.filter((name) => /^(zod|video\.js|react-aria|@tanstack)/.test(name) || name === 'renderer/inside.ts')).toEqual([]);
});
