/** Which runtime this is, and what differs by it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** better-sqlite3's prebuilt file needs Node-API 10 (Electron 36); older runtimes bring a file built for them. */
export function sqliteBinding(resources: string): string | undefined {
  if (Number(process.versions.napi) >= 10) return undefined;
  const built = join(resources, 'native', 'better_sqlite3.node');
  return existsSync(built) ? built : undefined;
}

/** Packaged beside the app by the build: a runtime that is for trying out only says so on screen. */
export function isDemoRuntime(resources: string): boolean {
  try {
    return (JSON.parse(readFileSync(join(resources, 'runtime.json'), 'utf8')) as { demoOnly?: unknown }).demoOnly === true;
  } catch {
    return false;
  }
}
