/** Which runtime this is, and what differs by it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In the resources of every package. */
export const SQLITE_FILE = 'native/better_sqlite3.node';

/** SQLite's own file: the package's prebuilt one, or one built for a runtime that is too old for that. better-sqlite3's code is in the bundle, and would look beside itself. */
export const sqliteBinding = (resources: string): string => join(resources, SQLITE_FILE);

/** Packaged beside the app by the build: a runtime that is for trying out only says so on screen. */
export function isDemoRuntime(resources: string): boolean {
  try {
    return (JSON.parse(readFileSync(join(resources, 'runtime.json'), 'utf8')) as { demoOnly?: unknown }).demoOnly === true;
  } catch {
    return false;
  }
}
