/** The packaged program as the site check: a command, and not the app. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { SiteCheckLine } from '../../src/preload/siteCheck.ts';
import { testCopy } from '../../scripts/lib/paths.ts';
import { end } from '../../scripts/lib/process.ts';
import { environment, type Ended } from '../harness/app.ts';

const LONGEST_MS = 120_000;

/** @param answer to the address that somebody is to sign in at, once it is printed @param env added to the environment */
export async function runCheck(args: readonly string[], { answer, env = {}, program = path.join(testCopy, 'viewing-room') }: { answer?: (address: string) => Promise<unknown>; env?: Record<string, string>; program?: string } = {}): Promise<Ended> {
  const child = spawn(program, ['--disable-gpu', '--check', ...args], { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  const answers: Promise<unknown>[] = [];
  child.stdout.on('data', (data: Buffer) => (ended.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => {
    ended.stderr += data.toString();
    const address = /^(https?:\/\/\S+)\n/m.exec(ended.stderr)?.[1];
    if (address !== undefined && answer && answers.length === 0) answers.push(answer(address));
  });
  const timer = setTimeout(() => void end(child), LONGEST_MS);
  ended.code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  clearTimeout(timer);
  await Promise.all(answers);
  return ended;
}

/** What `--json` printed: ids by their mark. */
export function marksIn({ stdout }: Ended): (mark: SiteCheckLine['mark']) => string[] {
  const { lines } = JSON.parse(stdout) as { lines: SiteCheckLine[] };
  return (mark) => lines.filter((line) => line.mark === mark).map(({ id }) => id);
}
