import { chmod, chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { nodeModules, root } from './paths.ts';
import { must, run, say, Stop } from './process.ts';

/** Electron refuses its sandbox to root, and without it a test proves nothing: what runs Electron runs as this user. */
const user = 'viewer';

export interface Outcome {
  code: number;
}

export interface OrdinaryRun {
  /** The script, relative to the repository, and its arguments. */
  script: readonly string[];
  /** Folder of the repository that receives what the script wrote to VIEWING_ROOM_OUTPUT. */
  output: string;
  /** Milliseconds. Nothing for a run that a person ends. */
  timeout?: number;
  env?: Record<string, string>;
}

/**
 * Runs one of the repository's scripts as an ordinary user, with a folder of its own to write to (VIEWING_ROOM_OUTPUT),
 * whose content ends up in `output`. Root becomes the user `viewer`, who is made when missing, and who works in a copy of
 * the repository when the repository is in a folder that only root can enter.
 */
export async function asOrdinaryUser({ script, output, timeout, env = {} }: OrdinaryRun): Promise<Outcome> {
  const results = path.join(root, output);
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });
  const limit = timeout === undefined ? {} : { timeout };
  if (process.getuid?.() !== 0) {
    return run(process.execPath, [...script], { cwd: root, env: { ...process.env, ...env, VIEWING_ROOM_OUTPUT: results }, show: true, ...limit });
  }

  const { uid, gid, home } = await account();
  const work = await mkdtemp(path.join(home, 'run-'));
  const writable = path.join(work, 'output');
  try {
    await chmod(work, 0o755);
    await mkdir(writable);
    await chown(writable, uid, gid);
    const place = (await canWorkIn(root)) ? root : await copyTo(path.join(work, 'repository'), uid, gid);
    const node = await nodeIn(place);
    const clean = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(LANG|LC_.*|TZ|CI|DISPLAY|WAYLAND_DISPLAY|VIEWING_ROOM_.*|ELECTRON_OVERRIDE_DIST_PATH)$/.test(name))),
      PATH: [path.join(place, 'node_modules/.bin'), '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'].join(':'),
      HOME: home,
      USER: user,
      LOGNAME: user,
      TMPDIR: os.tmpdir() === '/tmp' ? '/tmp' : writable,
      ...env,
      VIEWING_ROOM_OUTPUT: writable,
    };
    const outcome = await run('runuser', ['-u', user, '--', node, ...script], { cwd: place, env: clean, show: true, ...limit });
    await must('cp', ['-r', '--no-preserve=ownership', `${writable}/.`, results]);
    return outcome;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function account(): Promise<{ uid: number; gid: number; home: string }> {
  const find = async () => (await run('getent', ['passwd', user])).stdout.trim().split(':');
  let [name, , uid, gid, , home] = await find();
  if (name !== user) {
    say(`Making the ordinary user "${user}", as whom Electron runs with its sandbox on …`);
    await must('useradd', ['--create-home', '--shell', '/bin/sh', user]);
    [name, , uid, gid, , home] = await find();
  }
  if (!home || uid === undefined || gid === undefined) throw new Stop(`The user ${user} has no home folder.`);
  await mkdir(home, { recursive: true });
  await chown(home, Number(uid), Number(gid));
  return { uid: Number(uid), gid: Number(gid), home };
}

/** The Node of this repository, so that its version does not depend on the user. */
async function nodeIn(place: string): Promise<string> {
  const own = path.join(place, path.relative(root, nodeModules), 'node/bin/node');
  const { code } = await run('runuser', ['-u', user, '--', own, '--version']);
  if (code === 0) return own;
  if ((await run('runuser', ['-u', user, '--', process.execPath, '--version'])).code === 0) return process.execPath;
  throw new Stop(`The user ${user} can run neither ${own} nor ${process.execPath}.`);
}

/** Whether the user can read what a run needs. */
async function canWorkIn(place: string): Promise<boolean> {
  const wanted = ['package.json', 'node_modules/playwright-core/package.json', 'e2e/tsconfig.json', 'scripts/in-desktop.ts', 'out', 'release/test', 'release/test-build/resources/app.asar', '.cache/runtime'];
  const { code } = await run('runuser', ['-u', user, '--', 'sh', '-c', 'cd "$0" 2>/dev/null || exit 1; for f in "$@"; do [ ! -e "$f" ] || [ -r "$f" ] || exit 1; done; [ -r package.json ]', place, ...wanted], { cwd: '/' });
  return code === 0;
}

/** Hard links where the file system allows, which takes seconds and no room; a real copy elsewhere. */
async function copyTo(place: string, uid: number, gid: number): Promise<string> {
  say(`The user ${user} cannot enter ${root}; working in a copy.`);
  const names = (await readdir(root)).filter((name) => !['.git', 'test-results', 'walkthrough'].includes(name)).map((name) => path.join(root, name));
  await mkdir(place);
  if ((await run('cp', ['-al', ...names, place])).code === 0 && (await canWorkIn(place))) return place;
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  await must('cp', ['-a', '--reflink=auto', ...names, place]);
  await must('chown', ['-R', `${uid}:${gid}`, place]);
  return place;
}
