import { spawn } from 'node:child_process';
import path from 'node:path';
import { _electron, errors, type ElectronApplication, type Page } from '@playwright/test';
import { testBuild, testCopy } from '../../scripts/lib/paths.ts';
import { end } from '../../scripts/lib/process.ts';

export interface LaunchOptions {
  /** The practice's site file. */
  site: string;
  /** Folder of everything that the app keeps. */
  profileDir: string;
  /** Added to the environment; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>;
  args?: readonly string[];
  /** Which package to start: the shipped one's test copy, unless a test is about the test build's commands. */
  packageDir?: string;
}

export interface App {
  electron: ElectronApplication;
  /** The app's first window. */
  window: Page;
  /** What the app wrote to its output streams so far. */
  output: () => string;
  /** What its page's Content-Security-Policy refused so far, as Chromium says it. A test that provokes it empties this; else `close` and `kill` fail. */
  refused: string[];
  /** Asks the app to quit, and after 10 s ends it. */
  close: () => Promise<void>;
  /** Ends it as a power cut would. */
  kill: () => Promise<void>;
}

/** Starts the packaged app (the copy whose inspect fuse is on, unless another is named) with its sandbox on. */
export async function launchApp(options: LaunchOptions): Promise<App> {
  const app = await launchUntilWindow(options);
  const window = await app.electron.firstWindow({ timeout: 30_000 }).catch(async (error: unknown) => {
    await app.kill();
    throw new Error(`The app showed no window.\n${app.output()}`, { cause: error });
  });
  return { ...app, window };
}

/** Starts the packaged app without waiting for a window, for starts that are meant to be refused. */
export async function launchUntilWindow({ site, profileDir, env = {}, args = [], packageDir = testCopy }: LaunchOptions): Promise<Omit<App, 'window'>> {
  const launch = () => _electron.launch({
    executablePath: path.join(packageDir, 'viewing-room'),
    // Without this Playwright adds --no-sandbox on Linux.
    chromiumSandbox: true,
    // There is no graphics card here. Chromium tries one all the same, and one start among about a hundred did not get over
    // the failure within Playwright's minute: it is told so from the start.
    args: ['--disable-gpu', '--site', site, '--profile', profileDir, ...args],
    env: environment(env),
    timeout: 30_000,
  });
  // Rarely, on busy cores, Playwright connects to a start that then says nothing more; the cause is not known. Once, and it is said.
  const electron = await launch().catch((error: unknown) => {
    if (!(error instanceof errors.TimeoutError)) throw error;
    process.stdout.write('A start of the app did not answer within 30 s; it is started once more.\n');
    return launch();
  });
  const child = electron.process();
  let text = '';
  child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (text += data.toString()));
  const refused: string[] = [];
  electron.context().on('console', (message) => {
    if (message.type() === 'error' && message.text().includes('Content Security Policy')) refused.push(message.text());
  });
  const keptPolicy = () => {
    if (refused.length > 0) throw new Error(`The page went against its Content-Security-Policy:\n${refused.splice(0).join('\n')}`);
  };
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  return {
    electron,
    output: () => text,
    refused,
    close: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await electron.close().catch(() => undefined);
      await exited;
      clearTimeout(timer);
      keptPolicy();
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
      keptPolicy();
    },
  };
}

export interface Ended {
  /** Null when it had to be ended. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a test command in the packaged test build, with its sandbox on, to its end. @param input for its standard input */
export async function runTestCommand(command: string, args: readonly string[], { profileDir, input = '' }: { profileDir: string; input?: string }): Promise<Ended> {
  const child = spawn(path.join(testBuild, 'viewing-room'), ['--disable-gpu', '--profile', profileDir, `--test-command=${command}`, ...args], { env: environment(), stdio: 'pipe' });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (ended.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (ended.stderr += data.toString()));
  // A command that ends without reading its input closes the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const timer = setTimeout(() => void end(child), 60_000);
  ended.code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  clearTimeout(timer);
  return ended;
}

/** This process's environment with changes, without Playwright's and Node's own switches. */
export function environment(changes: Record<string, string | undefined> = {}): Record<string, string> {
  const merged: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: undefined, ...changes };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
