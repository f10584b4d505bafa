import path from 'node:path';
import { defineConfig } from '@playwright/test';

const output = process.env.VIEWING_ROOM_OUTPUT ?? path.resolve('test-results');

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // Its program is installed, with a site file for the whole computer: scripts/installed.ts runs it, alone.
  testIgnore: process.env.VIEWING_ROOM_INSTALLED ? [] : ['**/installed.spec.ts'],
  outputDir: path.join(output, 'e2e'),
  reporter: [['list'], ['json', { outputFile: path.join(output, 'e2e.json') }]],
  forbidOnly: Boolean(process.env.CI),
  // One display, one keychain: one test at a time; scripts/e2e.ts runs two sessions.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  globalTimeout: 25 * 60_000,
});
