import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import { stageBoundaries, whyForbidden } from './stage-boundaries.ts';

const allowed = (from: string, to: string, typeOnly = false) => whyForbidden(from, to, typeOnly, !to.includes('src/')) === undefined;

describe('stage boundaries', () => {
  it.each([
    ['src/main/vault/seal.ts', 'src/main/vault/keys.ts', false],
    ['src/main/vault/seal.ts', 'src/main/platform/log.ts', false],
    ['src/main/vault/seal.ts', 'src/main/site.ts', false],
    ['src/main/vault/seal.ts', 'src/preload/contract.ts', false],
    ['src/main/vault/seal.ts', 'src/main/assurance/decide.ts', true],
    ['src/main/index.ts', 'src/main/window/window.ts', false],
    ['src/main/journeys/open.ts', 'src/main/playback/grant.ts', false],
    ['src/main/index.ts', 'src/main/testBuild/commands.ts', false],
    ['src/main/app.ts', 'src/main/testBuild/witness.ts', false],
    ['src/main/testBuild/commands.ts', 'src/main/vault/keys.ts', false],
    ['src/main/service/client.ts', 'node:https', false],
    ['src/preload/contract.ts', 'zod', false],
    ['src/main/audit/printed/words.ts', 'src/preload/words.ts', false],
    ['src/renderer/words/time.ts', 'src/preload/words.ts', false],
  ])('%s may import %s (types only: %s)', (from, to, typeOnly) => {
    expect(allowed(from, to, typeOnly)).toBe(true);
  });

  it.each([
    ['src/main/vault/seal.ts', 'src/main/assurance/decide.ts', false],
    ['src/main/vault/seal.ts', 'src/main/service/client.ts', true],
    ['src/main/service/client.ts', 'src/main/vault/seal.ts', true],
    ['src/main/platform/log.ts', 'src/main/audit/chain.ts', true],
    ['src/main/audit/chain.ts', 'src/main/index.ts', false],
    ['src/main/audit/chain.ts', 'src/main/journeys/open.ts', true],
    ['src/main/journeys/open.ts', 'src/main/testBuild/commands.ts', false],
    ['src/main/acts.ts', 'src/main/testBuild/witness.ts', false],
    ['src/main/vault/seal.ts', 'src/main/testBuild/commands.ts', false],
    ['src/main/vault/seal.ts', 'node:https', false],
    ['src/main/window/window.ts', 'src/renderer/main.tsx', false],
    ['src/renderer/main.tsx', 'src/main/site.ts', true],
    ['src/renderer/main.tsx', 'node:fs', false],
    ['src/preload/contract.ts', 'electron', false],
    ['src/preload/contract.ts', 'src/main/site.ts', true],
    ['src/preload/words.ts', 'src/main/audit/entry.ts', true],
    ['src/preload/words.ts', 'src/renderer/text/console.ts', false],
  ])('%s may not import %s (types only: %s)', (from, to, typeOnly) => {
    expect(allowed(from, to, typeOnly)).toBe(false);
  });

  it.each([
    ["import { ipcMain } from 'electron';", 'src/main/vault/a.js', 'only window may import ipcMain'],
    ["import { net } from 'electron';", 'src/main/playback/a.js', 'may use the network'],
    ["import * as electron from 'electron';", 'src/main/playback/a.js', 'import names from electron'],
    ["export { x } from '../vault/x.js';", 'src/main/playback/a.js', 'import type'],
    ["await import('../audit/x.js');", 'src/main/playback/a.js', 'playback may import only'],
    ['await fetch("x");', 'src/main/review/a.js', 'may use the network'],
  ])('reports %s in %s', (code, filename, why) => {
    const linter = new Linter({ cwd: '/repo' });
    const found = linter.verify(
      code,
      [{ files: ['**/*.js'], plugins: { local: { rules: { 'stage-boundaries': stageBoundaries } } }, rules: { 'local/stage-boundaries': 'error' } }],
      { filename: `/repo/${filename}` },
    );
    expect(found.map((m) => m.message).join()).toContain(why);
  });
});
