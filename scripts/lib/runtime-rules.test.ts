import { describe, expect, it } from 'vitest';
import { electronIsSafe, needsOwnSqlite, wantedFromDemoArchive } from './runtime-rules.ts';

describe('runtime rules', () => {
  it.each([
    ['33.2.1', false],
    ['43.4.0', false],
    ['43.4.1', true],
    ['43.10.0', true],
    ['45.4.1', true],
  ])('Electron %s may be shipped: %s', (version, safe) => {
    expect(electronIsSafe(version)).toBe(safe);
  });

  it('compiles the database module only for an old Node-API', () => {
    expect([needsOwnSqlite('33.2.1'), needsOwnSqlite('36.0.0'), needsOwnSqlite('45.4.1')]).toEqual([true, false, false]);
  });

  it.each([
    ['Cypress/Cypress', 'electron'],
    ['Cypress/icudtl.dat', 'icudtl.dat'],
    ['Cypress/libvulkan.so.1', 'libvulkan.so.1'],
    ['Cypress/chrome-sandbox', 'chrome-sandbox'],
    ['Cypress/LICENSES.chromium.html', 'LICENSES.chromium.html'],
    ['Cypress/locales/en-GB.pak', 'locales/en-GB.pak'],
    ['Cypress/snapshot_blob.bin', 'snapshot_blob.bin'],
    ['Cypress/browser_v8_context_snapshot.bin', undefined],
    ['Cypress/resources/app/package.json', undefined],
    ['Cypress/resources/', undefined],
    ['Cypress/../../escape.so', undefined],
  ])('%s is kept as %s', (entry, name) => {
    expect(wantedFromDemoArchive(entry)).toBe(name);
  });
});
