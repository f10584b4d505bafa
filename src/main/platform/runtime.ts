/** Which runtime this is, and what differs by it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * SQLite's own file, which better-sqlite3 would look for beside itself: in the package its code is in our bundle.
 * The prebuilt one needs Node-API 10 (Electron 36); older runtimes bring one that was built for them.
 */
export function sqliteBinding(resources: string): string {
  return Number(process.versions.napi) >= 10
    ? join(resources, 'app.asar.unpacked', 'node_modules', 'better-sqlite3', 'prebuilds', `${process.platform}-${process.arch}.node`)
    : join(resources, 'native', 'better_sqlite3.node');
}

/** Packaged beside the app by the build: a runtime that is for trying out only says so on screen. */
export function isDemoRuntime(resources: string): boolean {
  try {
    return (JSON.parse(readFileSync(join(resources, 'runtime.json'), 'utf8')) as { demoOnly?: unknown }).demoOnly === true;
  } catch {
    return false;
  }
}
