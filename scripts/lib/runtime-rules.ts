import gte from 'semver/functions/gte.js';
import lt from 'semver/functions/lt.js';

/** The first Electron that is free of the known vulnerabilities of its predecessors; release packaging refuses an older one. */
export const oldestSafeElectron = '43.4.1';
/** The first Electron whose Node-API is 10 or newer, which the prebuilt database module needs. */
const firstWithNodeApi10 = '36.0.0';

/** Whether this Electron may be shipped. */
export const electronIsSafe = (version: string): boolean => gte(version, oldestSafeElectron);

/** Whether the prebuilt database module would crash this Electron. */
export const needsOwnSqlite = (version: string): boolean => lt(version, firstWithNodeApi10);

/**
 * Which file of the demo runtime's archive to keep, and under what name; nothing for what belongs to the application that it was packed with.
 * @param entry path inside the archive, for instance `Cypress/icudtl.dat`
 */
export function wantedFromDemoArchive(entry: string): string | undefined {
  const name = /^Cypress\/([^/]+|locales\/[^/]+\.pak)$/.exec(entry)?.[1];
  if (name === undefined || name === 'browser_v8_context_snapshot.bin') return undefined;
  if (name === 'Cypress') return 'electron';
  return /\.(pak|bin|dat|so|json|html|txt)$|\.so\.\d+$|^chrome(-sandbox|_crashpad_handler)$/.test(name) ? name : undefined;
}
