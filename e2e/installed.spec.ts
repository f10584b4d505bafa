/**
 * The program that the .deb installed, as an ordinary user meets it. Nothing can attach to it, so it is driven from outside: by keys, and by what
 * windows are called, what the log says and what the kernel knows. scripts/installed.ts runs this, with a site file for the whole computer in place.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { end, must, run } from '../scripts/lib/process.ts';
import { environment } from './harness/app.ts';
import { noteDefaultBrowser } from './harness/default-browser.ts';
import { processesBelow, sandboxFaults } from './harness/sandbox.ts';
import { PIN, signInInBrowser } from './support/journey.ts';

const home = '/usr/lib/viewing-room';
const practice = process.env.VIEWING_ROOM_INSTALLED ?? '';
/** Of the demo practice, which scripts/installed.ts started. */
const ada = { username: 'ada', password: 'demo-surgery-1' };
const soon = { timeout: 60_000 };

let folder: string;
let app: ChildProcess | undefined;
test.beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'installed-'));
});
test.afterEach(async () => {
  if (app) await end(app);
  app = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const start = (...args: string[]): ChildProcess => {
  app = spawn('viewing-room', ['--disable-gpu', '--profile', folder, ...args], { env: environment(), stdio: 'ignore', detached: true });
  return app;
};

/** Events of the app's own log so far. */
function logged(): string[] {
  try {
    return readFileSync(path.join(folder, 'logs/viewing-room.log'), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { event: string }).event);
  } catch {
    return [];
  }
}

const windows = async (): Promise<string> => (await run('xdotool', ['search', '--onlyvisible', '--name', '– Viewing Room$', 'getwindowname', '%@'])).stdout;
const untilWindow = (title: string) => expect.poll(windows, soon).toContain(`${title} – Viewing Room`);

/** Presses keys in the app's window. There is no window manager, which would give it the focus. */
async function press(...keys: string[]): Promise<void> {
  const [window = ''] = (await must('xdotool', ['search', '--onlyvisible', '--name', '– Viewing Room$'])).trim().split('\n');
  await must('xdotool', ['windowfocus', '--sync', window]);
  await must('xdotool', ['key', '--delay', '50', ...keys]);
}

test('belongs to root, with nothing that a user can change, and one program that may take more rights: Chromium’s sandbox', () => {
  const files = ['.', ...(readdirSync(home, { recursive: true }) as string[])].map((name) => path.join(home, name));
  expect(files.length).toBeGreaterThan(50);
  const faults = files.filter((file) => {
    const { uid, gid, mode } = statSync(file);
    return uid !== 0 || gid !== 0 || (mode & 0o022) !== 0;
  });
  expect(faults).toEqual([]);
  expect(files.filter((file) => (statSync(file).mode & 0o6000) !== 0)).toEqual([path.join(home, 'chrome-sandbox')]);
  expect(readFileSync(path.join(home, 'resources/package-type'), 'utf8')).toBe('deb');
  for (const file of ['/usr/share/applications/viewing-room.desktop', '/usr/share/icons/hicolor/256x256/apps/viewing-room.png', '/usr/share/doc/viewing-room/copyright']) expect(statSync(file).uid).toBe(0);
});

test('is there for an ordinary user: signs in by keyboard, downloads, and runs in its sandbox; the computer’s site file wins over one that a user names', async () => {
  // Were this one read, there would be no practice to sign in to.
  const mine = path.join(folder, 'mine.json');
  writeFileSync(mine, '{ "no": "site file" }');
  const opened = noteDefaultBrowser(folder);
  const { pid = -1 } = start('--site', mine);
  await untilWindow('Sign in');
  expect(logged()).toEqual(['started', 'site-read']);
  expect(process.getuid?.()).not.toBe(0);
  expect(await sandboxFaults(pid)).toEqual([]);

  await press('Tab', 'Return');
  await expect.poll(opened, soon).toHaveLength(1);
  expect(opened()[0]).toContain(practice);
  await signInInBrowser(opened()[0] ?? '', ada);
  await untilWindow('Choose a PIN');
  const digits = Array.from(PIN);
  await press('Tab', ...digits, 'Tab', 'Tab', ...digits, 'Return');
  await untilWindow('Your recordings');
  await expect.poll(logged, soon).toContain('sealed');
  expect(await sandboxFaults(pid)).toEqual([]);
  expect((await processesBelow(pid)).map(({ type }) => type)).toContain('renderer');
});
