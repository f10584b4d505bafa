import { access, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { asOrdinaryUser } from './lib/ordinary-user.ts';
import { root, testCopy } from './lib/paths.ts';
import { main, Stop } from './lib/process.ts';
import { prepare } from './prepare.ts';

const output = 'test-results';
/** The whole suite runs in so many desktop sessions at once, each with a keychain and a display of its own: most of a journey is waiting. */
const SESSIONS = 2;
/** A session that is done takes the next part. More than one each, because some specs take minutes and others seconds. */
const PARTS = 6;

interface Part {
  /** Of its results, relative to the repository. */
  folder: string;
  /** Given to Playwright. */
  args: readonly string[];
}

/** Every spec in one part, dealt out by name. */
async function allParts(): Promise<Part[]> {
  const specs = (await readdir(path.join(root, 'e2e'))).filter((name) => name.endsWith('.spec.ts') && name !== 'installed.spec.ts').sort();
  return Array.from({ length: PARTS }, (_, part) => ({ folder: `${output}/${part + 1}`, args: specs.filter((_name, n) => n % PARTS === part).map((name) => `e2e/${name}`) }));
}

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
  const parts = args.length > 0 ? [{ folder: output, args }] : await allParts();
  const codes: number[] = [];
  const waiting = [...parts];
  const session = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      const { code } = await asOrdinaryUser({ script: ['scripts/in-desktop.ts', 'node', 'node_modules/@playwright/test/cli.js', 'test', ...part.args], output: part.folder, timeout: 30 * 60_000 });
      codes.push(code);
    }
  };
  await Promise.all(Array.from({ length: SESSIONS }, session));
  return { code: codes.find((code) => code !== 0) ?? 0, reports: parts.map(({ folder }) => path.join(root, folder, 'e2e.json')) };
}

if (import.meta.main)
  await main(async () => {
    process.exitCode = (await runE2e(process.argv.slice(2))).code;
  });
