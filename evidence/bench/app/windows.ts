/** The two windows of a comparison: the product's, of a clinic with one clinician in it, and the bare runtime's. */
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { environment } from '../../../e2e/harness/app.ts';
import { provideRuntime } from '../../../scripts/runtime.ts';

export const BARE = path.join(import.meta.dirname, '../bare/main.cjs');

export interface Bare {
  electron: ElectronApplication;
  window: Page;
}

/** A folder that goes with the desktop session. */
export const folderOf = (name: string): string => mkdtempSync(path.join(os.tmpdir(), `bench-${name}-`));

/** Starts the bare runtime as `launchApp` starts the product: the same driver is attached to both. */
export async function openBare(): Promise<Bare> {
  const { executable } = await provideRuntime();
  const electron = await _electron.launch({ executablePath: executable, chromiumSandbox: true, args: ['--disable-gpu', BARE, `--user-data-dir=${folderOf('bare')}`], env: environment(), timeout: 60_000 });
  return { electron, window: await electron.firstWindow() };
}
