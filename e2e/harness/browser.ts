import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { _electron, type Page } from '@playwright/test';
import { provideRuntime } from '../../scripts/runtime.ts';
import { environment } from './app.ts';

export interface Browser {
  page: Page;
  close: () => Promise<void>;
}

/** Opens an address in a real Chromium that is not the app: the person's browser, as far as the app can tell. Nothing of it is kept. */
export async function openBrowser(url: string): Promise<Browser> {
  const { executable } = await provideRuntime();
  const profile = await mkdtemp(path.join(os.tmpdir(), 'browser-'));
  const electron = await _electron.launch({
    executablePath: executable,
    chromiumSandbox: true,
    args: ['--disable-gpu', path.join(import.meta.dirname, 'browser-main.cjs'), `--user-data-dir=${profile}`],
    env: environment(),
    timeout: 60_000,
  });
  const close = async () => {
    await electron.close();
    await rm(profile, { recursive: true, force: true });
  };
  try {
    const page = await electron.firstWindow();
    await page.goto(url);
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}
