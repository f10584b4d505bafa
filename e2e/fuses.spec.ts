/**
 * Each fuse of the shipped program, by attempt. The same program with that one fuse the other way round shows that the attempt would succeed.
 * Read back and not attempted: the archive's digest, which Electron does not check on Linux, and WebAssembly's trap handlers, which are no protection.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { expect, test } from '@playwright/test';
import { fuseFaults, readFuses, setFuses, shippedFuses } from '../scripts/lib/fuses.ts';
import { packaged } from '../scripts/lib/paths.ts';
import { end } from '../scripts/lib/process.ts';
import { environment, launchUntilWindow } from './harness/app.ts';
import { findCanaries } from './harness/canary.ts';

const shipped = path.join(packaged, 'viewing-room');
const soon = { timeout: 30_000 };

let folder: string;
let witness: string;
/** Leaves the witness, where Node runs it. */
let code: string;
const started: ChildProcess[] = [];
test.beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'fuses-'));
  witness = path.join(folder, 'witness');
  code = `require('node:fs').writeFileSync(${JSON.stringify(witness)}, 'here')`;
});
test.afterEach(async () => {
  for (const child of started.splice(0)) await end(child);
  // What a program that has ended had begun may still write into its profile.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

let profiles = 0;

/** Starts a program on a new profile. `up` waits until the app's own code runs: whatever the program was given has had its chance by then. */
function start(program: string, { args = [], env = {}, last = [] }: { args?: readonly string[]; env?: Record<string, string>; last?: readonly string[] }) {
  profiles += 1;
  const profile = path.join(folder, `profile-${profiles}`);
  const child = spawn(program, [...args, '--profile', profile, ...last], { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
  const log = path.join(profile, 'logs/viewing-room.log');
  return { child, said: () => text, up: () => expect.poll(() => existsSync(log) && readFileSync(log, 'utf8').includes('"started"'), soon).toBe(true) };
}

/** The shipped package with some fuses the other way round. */
async function otherwise(changed: Partial<Record<FuseV1Options, boolean>>): Promise<string> {
  const copy = mkdtempSync(path.join(folder, 'package-'));
  for (const name of readdirSync(packaged)) if (name !== 'viewing-room' && name !== 'resources') symlinkSync(path.join(packaged, name), path.join(copy, name));
  cpSync(path.join(packaged, 'resources'), path.join(copy, 'resources'), { recursive: true });
  const program = path.join(copy, 'viewing-room');
  // No link: it finds what is beside it by its own place.
  copyFileSync(shipped, program);
  await setFuses(program, { ...shippedFuses, ...changed });
  return program;
}

test('every fuse of the shipped program is as it was decided, and none is left to a default', async () => {
  expect(await fuseFaults(shipped, shippedFuses)).toEqual([]);
  const present = await readFuses(shipped);
  const absent = Object.values(FuseV1Options).filter((value) => typeof value === 'number').filter((fuse) => !present.has(fuse)).map((fuse) => FuseV1Options[fuse]);
  // Younger than the oldest runtime that this is tested in.
  expect(absent.filter((name) => name !== 'WasmTrapHandlers')).toEqual([]);
});

test('RunAsNode: the program is no Node for others', async () => {
  const asNode = { args: ['-e', code, '--'], env: { ELECTRON_RUN_AS_NODE: '1' } };
  start(await otherwise({ [FuseV1Options.RunAsNode]: true }), asNode);
  await expect.poll(() => existsSync(witness), soon).toBe(true);
  rmSync(witness);
  await start(shipped, asNode).up();
  expect(existsSync(witness)).toBe(false);
});

test('EnableNodeOptionsEnvironmentVariable: NODE_OPTIONS is not even looked at', async () => {
  const required = path.join(folder, 'required.cjs');
  writeFileSync(required, code);
  // Electron refuses most of them in a package, and says so where it looks.
  const env = { NODE_OPTIONS: `--require=${required}` };
  const open = start(await otherwise({ [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: true }), { env });
  await expect.poll(open.said, soon).toContain('NODE_OPTION');
  const closed = start(shipped, { env });
  await closed.up();
  expect(closed.said()).not.toContain('NODE_OPTION');
  expect(existsSync(witness)).toBe(false);
});

test('nor is code loaded that a package’s own variable names: it is refused before that package is there', async () => {
  const other = path.join(folder, 'other.cjs');
  writeFileSync(other, code);
  const { child, said } = start(shipped, { env: { NAPI_RS_NATIVE_LIBRARY_PATH: other } });
  await expect.poll(() => child.exitCode, soon).toBe(1);
  expect(said()).toContain('Viewing Room did not start');
  expect(existsSync(witness)).toBe(false);
});

test('EnableNodeCliInspectArguments: no debugger, neither by an argument nor by a signal', async () => {
  const open = start(await otherwise({ [FuseV1Options.EnableNodeCliInspectArguments]: true }), { args: ['--inspect=0'] });
  await expect.poll(open.said, soon).toContain('Debugger listening');
  const closed = start(shipped, { args: ['--inspect=0'] });
  await closed.up();
  closed.child.kill('SIGUSR1');
  // Another start takes longer than a debugger would.
  await start(shipped, {}).up();
  expect(closed.said()).not.toContain('Debugger listening');
});

test('OnlyLoadAppFromAsar: a folder `app` in place of the archive is not started', async () => {
  const lay = (program: string) => {
    const resources = path.join(path.dirname(program), 'resources');
    rmSync(path.join(resources, 'app.asar'));
    mkdirSync(path.join(resources, 'app'));
    writeFileSync(path.join(resources, 'app/package.json'), JSON.stringify({ name: 'other', main: 'main.cjs' }));
    writeFileSync(path.join(resources, 'app/main.cjs'), code);
    return program;
  };
  start(lay(await otherwise({ [FuseV1Options.OnlyLoadAppFromAsar]: false })), {});
  await expect.poll(() => existsSync(witness), soon).toBe(true);
  rmSync(witness);
  start(lay(await otherwise({})), {});
  // Another start takes longer than this one would.
  await start(shipped, {}).up();
  expect(existsSync(witness)).toBe(false);
});

test('LoadBrowserProcessSpecificV8Snapshot: no state of an engine is loaded from a file of its own', async () => {
  const { child } = start(await otherwise({ [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: true }), {});
  // It asks for the file, which is not there.
  await expect.poll(() => child.exitCode !== null || child.signalCode !== null, soon).toBe(true);
  expect(existsSync(path.join(packaged, 'browser_v8_context_snapshot.bin'))).toBe(false);
  await start(shipped, {}).up();
});

/** Opens one more window, on a file, in a package that lets us in, and asks it for another file. */
async function readBesideFile(changed: Partial<Record<FuseV1Options, boolean>>): Promise<string> {
  const program = await otherwise({ ...changed, [FuseV1Options.EnableNodeCliInspectArguments]: true });
  const [page, secret] = [path.join(folder, 'page.html'), path.join(folder, 'secret.txt')];
  writeFileSync(page, '<!doctype html><title>file</title>');
  writeFileSync(secret, 'another file');
  const app = await launchUntilWindow({ site: path.join(folder, 'none.json'), profileDir: mkdtempSync(path.join(folder, 'profile-')), packageDir: path.dirname(program) });
  try {
    return await app.electron.evaluate(async ({ BrowserWindow }, [file, wanted]) => {
      const window = new BrowserWindow({ show: false });
      await window.loadFile(file);
      return window.webContents.executeJavaScript(`fetch(${JSON.stringify(wanted)}).then((answer) => answer.text()).catch(() => 'refused')`) as Promise<string>;
    }, [page, `file://${secret}`] as const);
  } finally {
    await app.close();
  }
}

test('GrantFileProtocolExtraPrivileges: a page from a file reads no other file', async () => {
  expect(await readBesideFile({ [FuseV1Options.GrantFileProtocolExtraPrivileges]: true })).toBe('another file');
  expect(await readBesideFile({})).toBe('refused');
});

/** How often a cookie's value stands readable in the profile. The app itself keeps no cookie on disk. */
async function readableCookies(changed: Partial<Record<FuseV1Options, boolean>>): Promise<number> {
  const program = await otherwise({ ...changed, [FuseV1Options.EnableNodeCliInspectArguments]: true });
  const profileDir = mkdtempSync(path.join(folder, 'profile-'));
  const app = await launchUntilWindow({ site: path.join(folder, 'none.json'), profileDir, packageDir: path.dirname(program) });
  await app.electron.evaluate(async ({ session }) => {
    const { cookies } = session.defaultSession;
    await cookies.set({ url: 'https://practice.example', name: 'session', value: 'canary-of-a-cookie', expirationDate: Date.now() / 1000 + 86_400 });
    await cookies.flushStore();
  });
  await app.close();
  return (await findCanaries([profileDir], ['canary-of-a-cookie'])).length;
}

test('EnableCookieEncryption: a cookie on disk is not readable', async () => {
  expect(await readableCookies({ [FuseV1Options.EnableCookieEncryption]: false })).toBeGreaterThan(0);
  expect(await readableCookies({})).toBe(0);
});
