import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { testCopy } from '../../scripts/lib/paths.ts';

export interface LaunchOptions {
  /** The practice's site file. */
  site: string;
  /** Folder of everything that the app keeps. */
  profileDir: string;
  /** Added to the environment; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>;
  args?: readonly string[];
}

export interface App {
  electron: ElectronApplication;
  /** The app's first window. */
  window: Page;
  /** What the app wrote to its output streams so far. */
  output: () => string;
  /** Asks the app to quit, and after 10 s ends it. */
  close: () => Promise<void>;
  /** Ends it as a power cut would. */
  kill: () => Promise<void>;
}

/** Starts the packaged app (the copy whose inspect fuse is on) with its sandbox on. */
export async function launchApp(options: LaunchOptions): Promise<App> {
  const app = await launchUntilWindow(options);
  const window = await app.electron.firstWindow({ timeout: 30_000 }).catch(async (error: unknown) => {
    await app.kill();
    throw new Error(`The app showed no window.\n${app.output()}`, { cause: error });
  });
  return { ...app, window };
}

/** Starts the packaged app without waiting for a window, for starts that are meant to be refused. */
export async function launchUntilWindow({ site, profileDir, env = {}, args = [] }: LaunchOptions): Promise<Omit<App, 'window'>> {
  const electron = await _electron.launch({
    executablePath: path.join(testCopy, 'viewing-room'),
    // Without this Playwright adds --no-sandbox on Linux.
    chromiumSandbox: true,
    // There is no graphics card here. Chromium tries one all the same, and one start among about a hundred did not get over
    // the failure within Playwright's minute: it is told so from the start.
    args: ['--disable-gpu', '--site', site, '--profile', profileDir, ...args],
    env: environment(env),
    timeout: 60_000,
  });
  const child = electron.process();
  let text = '';
  child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (text += data.toString()));
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  return {
    electron,
    output: () => text,
    close: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await electron.close().catch(() => undefined);
      await exited;
      clearTimeout(timer);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** This process's environment with changes, without Playwright's and Node's own switches. */
export function environment(changes: Record<string, string | undefined> = {}): Record<string, string> {
  const merged: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: undefined, ...changes };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
