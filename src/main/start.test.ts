/** What is read before the first screen is there: one import more here is waited for at every start. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';

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

test('behind the first screen there is what opens a vault, a part of the contract, and of the console what ends it', () => {
  const read = entry('main/app.ts').filter((name) => !name.startsWith('node:')).sort();
  expect(read.filter((name) => !/^(main|preload)\//.test(name))).toEqual(['better-sqlite3', 'electron', 'jose', 'keytar', 'zod']);
  expect(read.filter((name) => /^(main|preload)\//.test(name) && !/^main\/(platform|vault|window|playback)\//.test(name))).toEqual([
    'main/audit/chain.ts', 'main/audit/entry.ts', 'main/audit/journal.ts',
    'main/journeys/arrive.ts', 'main/journeys/console/close.ts', 'main/journeys/desk.ts', 'main/journeys/destroy.ts', 'main/journeys/downloads/queue.ts', 'main/journeys/downloads/rate.ts', 'main/journeys/kept.ts',
    'main/journeys/presented.ts', 'main/journeys/revoke.ts', 'main/journeys/vaults.ts', 'main/journeys/whose.ts',
    'main/openBrowser.ts', 'main/review/outgoing.ts', 'main/review/settings.ts',
    'main/service/asItCame.ts', 'main/service/connected.ts', 'main/service/http.ts', 'main/service/metered.ts', 'main/service/netFetch.ts', 'main/service/proxy.ts', 'main/service/proxyName.ts',
    'main/site.ts', 'main/siteFiles.ts', 'main/siteKeys.ts', 'main/startTrail.ts', 'main/thisComputer.ts',
    'preload/codes.ts', 'preload/intervals.ts', 'preload/problemCodes.ts', 'preload/settings.ts', 'preload/state.ts',
  ]);
});

test('no formatter of times is made as a file is read: each takes milliseconds', async () => {
  const made = vi.spyOn(Intl, 'DateTimeFormat');
  const [{ formatDay }] = await Promise.all([import('../preload/words.ts'), import('../renderer/words/time.ts')]);
  expect(made).not.toHaveBeenCalled();
  formatDay('2026-03-14T14:05:00Z');
  expect(made).toHaveBeenCalledOnce();
});

test('the first screen waits for neither the player, nor dialogs, nor the contract’s schemas', () => {
  const read = entry('renderer/main.tsx');
  expect(read).toContain('renderer/screens/Unlock.tsx');
  expect(read.filter((name) => /^(zod|video\.js|react-aria|@tanstack)/.test(name) || name === 'renderer/inside.ts')).toEqual([]);
});
