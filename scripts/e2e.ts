import { access } from 'node:fs/promises';
import path from 'node:path';
import { asOrdinaryUser } from './lib/ordinary-user.ts';
import { testCopy } from './lib/paths.ts';
import { main, Stop } from './lib/process.ts';
import { prepare } from './prepare.ts';

/** Runs the Playwright suite against the packaged application, as an ordinary user in a desktop session of its own. Arguments go to Playwright. */
export async function runE2e(args: readonly string[] = []): Promise<number> {
  await prepare({ session: true });
  await access(path.join(testCopy, 'resources/app.asar')).catch(() => {
    throw new Stop('There is no package to test. Run: npm run build && npm run package -- --demo');
  });
  const { code } = await asOrdinaryUser({
    script: ['scripts/in-desktop.ts', 'node', 'node_modules/@playwright/test/cli.js', 'test', ...args],
    output: 'test-results',
    timeout: 30 * 60_000,
  });
  return code;
}

if (import.meta.main)
  await main(async () => {
    process.exitCode = await runE2e(process.argv.slice(2));
  });
