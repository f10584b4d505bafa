import { mkdir, copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SQLITE_FILE } from '../src/main/platform/runtime.ts';
import { sqlitePrebuilds } from './lib/paths.ts';
import { main, say } from './lib/process.ts';
import { needsOwnSqlite } from './lib/runtime-rules.ts';
import { provideRuntime, type Runtime } from './runtime.ts';
import { provideSqlite } from './sqlite.ts';
import { provideSystem } from './system.ts';

export interface Prepared {
  runtime: Runtime;
  /** The database module compiled for this runtime; nothing when the prebuilt one works. */
  sqlite: string | undefined;
}

/** Everything that building, packaging and running need and that is no npm package: system libraries, Electron, the database module. */
export async function prepare({ session }: { session: boolean }): Promise<Prepared> {
  await provideSystem({ session, compiler: false });
  const runtime = await provideRuntime();
  if (needsOwnSqlite(runtime.version)) await provideSystem({ session, compiler: true });
  return { runtime, sqlite: await provideSqlite(runtime) };
}

/** What the application reads from `process.resourcesPath` to say which runtime it is in. */
export const marker = ({ name, version, demoOnly }: Runtime): string => `${JSON.stringify({ name, version, demoOnly }, null, 2)}\n`;

/** Puts beside the unpackaged runtime what a package has in its resources folder, so that `npm start` finds it in the same place. */
export async function furnish({ runtime, sqlite }: Prepared): Promise<void> {
  const resources = path.join(runtime.dir, 'resources');
  await mkdir(path.dirname(path.join(resources, SQLITE_FILE)), { recursive: true });
  await writeFile(path.join(resources, 'runtime.json'), marker(runtime));
  await copyFile(sqlite ?? path.join(sqlitePrebuilds, `${process.platform}-${process.arch}.node`), path.join(resources, SQLITE_FILE));
}

if (import.meta.main)
  await main(async () => {
    const { runtime, sqlite } = await prepare({ session: true });
    say(`Electron ${runtime.version}${runtime.demoOnly ? ' (demo only)' : ''} in ${runtime.dir}; database module: ${sqlite ?? 'prebuilt'}`);
  });
