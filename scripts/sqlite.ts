import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { contentHash } from './lib/digest.ts';
import { cache, nodeModules } from './lib/paths.ts';
import { main, must, run, say, Stop } from './lib/process.ts';
import { needsOwnSqlite } from './lib/runtime-rules.ts';
import { provideRuntime, type Runtime } from './runtime.ts';

const home = path.join(nodeModules, 'better-sqlite3');
/** Compiler options for a runtime older than Node-API 10: see the header. */
const olderNodeApi = ['-include', path.join(import.meta.dirname, 'lib/older-node-api.h'), '-DNAPI_EXPERIMENTAL', '-DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'];
const common = ['-O2', '-fPIC', '-DNDEBUG', '-fvisibility=hidden'];

/**
 * The database module for a runtime: nothing when the prebuilt one in the npm package works there, else the path of
 * `better_sqlite3.node`, compiled from that package's source once (about two minutes) and tried inside the runtime.
 * @throws Stop when there is no compiler or the module does not work
 */
export async function provideSqlite(runtime: Runtime): Promise<string | undefined> {
  if (!needsOwnSqlite(runtime.version)) return undefined;
  const recipe = await contentHash(
    [path.join(home, 'src'), path.join(home, 'deps/sqlite3'), path.join(home, 'deps/defines.gypi'), import.meta.filename, path.join(import.meta.dirname, 'lib/older-node-api.h')],
    [runtime.version, process.arch, os.type()],
  );
  const dir = path.join(cache, 'native', recipe.slice(0, 16));
  const file = path.join(dir, 'better_sqlite3.node');
  if (await works(runtime, file)) return file;

  say(`Compiling the database module for Electron ${runtime.version} (once, about two minutes) …`);
  await mkdir(path.dirname(dir), { recursive: true });
  const work = await mkdtemp(path.join(path.dirname(dir), 'making-'));
  try {
    await compile(work);
    const made = path.join(work, 'better_sqlite3.node');
    if (!(await works(runtime, made))) throw new Stop('The compiled database module does not work in the runtime. See the message above.');
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir);
    await copyFile(made, `${file}.part`);
    await rename(`${file}.part`, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return file;
}

async function compile(work: string): Promise<void> {
  for (const tool of ['gcc', 'g++'])
    if ((await run(tool, ['--version'])).code !== 0) throw new Stop(`There is no ${tool}, which compiles the database module for this old runtime. On Debian or Ubuntu: apt-get install g++`);
  const sqlite = path.join(home, 'deps/sqlite3');
  // The list of options is the package's own, a GYP file: Python syntax, read here as the quoted words it consists of.
  const options = [...(await readFile(path.join(home, 'deps/defines.gypi'), 'utf8')).matchAll(/'([A-Z0-9_]+(?:=[^']*)?)'/g)].map((match) => `-D${match[1] ?? ''}`);
  const includes = [path.join(nodeModules, 'node-api-headers/include'), path.join(nodeModules, 'node-addon-api'), sqlite].map((dir) => `-I${dir}`);
  const timeout = 900_000;
  await Promise.all([
    must('gcc', [...common, '-std=gnu99', '-w', ...options, '-c', path.join(sqlite, 'sqlite3.c'), '-o', path.join(work, 'sqlite3.o')], { timeout }),
    must(
      'g++',
      [...common, '-std=c++20', '-fvisibility-inlines-hidden', ...olderNodeApi, '-DNAPI_DISABLE_CPP_EXCEPTIONS', '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
        ...options, ...includes, '-c', path.join(home, 'src/better_sqlite3.cpp'), '-o', path.join(work, 'better_sqlite3.o')],
      { timeout },
    ),
  ]);
  await must('g++', ['-shared', '-s', '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL', path.join(work, 'better_sqlite3.o'), path.join(work, 'sqlite3.o'),
    '-ldl', '-lpthread', '-lm', '-o', path.join(work, 'better_sqlite3.node')], { timeout });
}

/** Opens an encrypted database with the module, in the runtime itself. */
async function works(runtime: Runtime, file: string): Promise<boolean> {
  const { code, stderr } = await run(runtime.executable, ['--expose-gc', path.join(import.meta.dirname, 'lib/try-sqlite.cjs'), file, home], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    timeout: 60_000,
  });
  if (code !== 0 && !stderr.includes('ENOENT')) say(stderr.trim());
  return code === 0;
}

if (import.meta.main) await main(async () => say((await provideSqlite(await provideRuntime())) ?? 'The prebuilt database module works in this runtime.'));
