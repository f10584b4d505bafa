/**
 * The program that the .deb installed, as an ordinary user meets it. Nothing can attach to it, so it is driven from outside: by keys, and by what
 * windows are called, what the log says and what the kernel knows. scripts/installed.ts runs this, with a site file for the whole computer in place.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { expect, test } from '@playwright/test';
import { AS_MANAGER, bearerOf } from '../practice/testing/sign-in.ts';
import { end, must, run } from '../scripts/lib/process.ts';
import { environment } from './harness/app.ts';
import { noteDefaultBrowser } from './harness/default-browser.ts';
import { processesBelow, sandboxFaults } from './harness/sandbox.ts';
import { marksIn, runCheck } from './support/check.ts';
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

/** How many reviews the practice was told are finished, as a manager of it sees. */
async function finishedSince(moment: string): Promise<number> {
  const answer = await fetch(`${practice}/fhir/Task?status=completed&_lastUpdated=ge${moment}`, { headers: await bearerOf(practice, 'pat', AS_MANAGER) });
  return ((await answer.json()) as Bundle).entry?.length ?? 0;
}

const tabs = (count: number): string[] => Array.from({ length: count }, () => 'Tab');

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

test('is there for an ordinary user: checks the site, signs in by keyboard, downloads, finishes a first review, and runs in its sandbox; the computer’s site file wins over one that a user names', async () => {
  test.setTimeout(8 * 60_000);
  const began = new Date().toISOString();
  // Were this one read, there would be no practice to check or to sign in to.
  const mine = path.join(folder, 'mine.json');
  writeFileSync(mine, '{ "no": "site file" }');
  const opened = noteDefaultBrowser(folder);
  const checked = await runCheck(['--sign-in', '--json', '--site', mine], { program: 'viewing-room', answer: (address) => signInInBrowser(address, ada) });
  expect([checked.code, marksIn(checked)('missing'), marksIn(checked)('warning')]).toEqual([0, [], ['site.file']]);

  const { pid = -1 } = start('--site', mine);
  await untilWindow('Sign in');
  expect(logged()).toEqual(['started', 'site-read']);
  expect(process.getuid?.()).not.toBe(0);
  expect(await sandboxFaults(pid)).toEqual([]);

  await press('Tab', 'Return');
  // The site check opened the first.
  await expect.poll(opened, soon).toHaveLength(2);
  const [, address = ''] = opened();
  expect(address).toContain(practice);
  await signInInBrowser(address, ada);
  await untilWindow('Choose a PIN');
  const digits = Array.from(PIN);
  await press('Tab', ...digits, 'Tab', 'Tab', ...digits, 'Return');
  await untilWindow('Your recordings');
  await expect.poll(logged, soon).toContain('sealed');

  // The list is so many stops of the Tab key after the search.
  await press('slash', ...tabs(13), 'Return');
  await untilWindow('Review a recording');
  await expect.poll(logged, soon).toContain('opened');
  // The player plays, and a note is taken.
  await press(...tabs(2), 'k');
  await press('n');
  await press(...Array.from('seen'), 'ctrl+Return');
  expect(await sandboxFaults(pid)).toEqual([]);
  expect((await processesBelow(pid)).map(({ type }) => type)).toContain('renderer');
  // Back from the next note to the tabs: Finish is the last.
  await press('n');
  await press('shift+Tab', 'End', 'Return');
  await press('Tab', 'Return');
  await press('Tab', 'Return');
  await expect.poll(() => finishedSince(began), soon).toBe(1);
});
