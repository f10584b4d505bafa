import { access, rm } from 'node:fs/promises';
import path from 'node:path';
import { asOrdinaryUser } from './lib/ordinary-user.ts';
import { root, testCopy } from './lib/paths.ts';
import { main, Stop } from './lib/process.ts';
import { prepare } from './prepare.ts';

const output = 'test-results';
/** The whole suite runs in so many parts at once, each in a desktop session of its own: most of a journey is waiting. */
const PARTS = 2;

/**
 * Runs the Playwright suite against the packaged application, as an ordinary user in a desktop session of its own. Arguments go to Playwright, and then it is one part.
 * @returns `code`, and each part's report in Playwright's JSON
 */
export async function runE2e(args: readonly string[] = []): Promise<{ code: number; reports: string[] }> {
  await prepare({ session: true });
  await access(path.join(testCopy, 'resources/app.asar')).catch(() => {
    throw new Stop('There is no package to test. Run: npm run build && npm run package -- --demo');
  });
  await rm(path.join(root, output), { recursive: true, force: true });
  const parts = args.length > 0 ? [{ folder: output, given: args }]
    : Array.from({ length: PARTS }, (_, i) => ({ folder: `${output}/${i + 1}`, given: [`--shard=${i + 1}/${PARTS}`] }));
  const codes = await Promise.all(parts.map(async ({ folder, given }) => (await asOrdinaryUser({
    script: ['scripts/in-desktop.ts', 'node', 'node_modules/@playwright/test/cli.js', 'test', ...given],
    output: folder,
    timeout: 30 * 60_000,
  })).code));
  return { code: codes.find((code) => code !== 0) ?? 0, reports: parts.map(({ folder }) => path.join(root, folder, 'e2e.json')) };
}

if (import.meta.main)
  await main(async () => {
    process.exitCode = (await runE2e(process.argv.slice(2))).code;
  });
