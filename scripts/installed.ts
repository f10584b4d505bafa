import { access, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Task } from '@medplum/fhirtypes';
import { machineSite, makeDeb } from './deb.ts';
import { asOrdinaryUser } from './lib/ordinary-user.ts';
import { program, root } from './lib/paths.ts';
import { main, must, run, say, Stop } from './lib/process.ts';
import { provideSystem } from './system.ts';

const output = 'test-results/installed';

/**
 * Installs the .deb into this system, with a site file for the whole computer, runs e2e/installed.spec.ts as an ordinary user, and takes both away again.
 * Only root can; for anybody else it says so and does nothing. Nothing else that is Viewing Room may run meanwhile: the site file would count for it too.
 * @returns the report in Playwright's JSON; nothing when it was not tried
 */
export async function runInstalled(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || (await run('dpkg', ['--version'])).code !== 0) {
    say('The .deb was not installed and not tried: that takes root, and a system with dpkg.');
    return undefined;
  }
  const deb = await makeDeb();
  if (!deb) return undefined;
  const folder = path.dirname(machineSite);
  if ((await run('dpkg', ['-s', program])).code === 0 || (await access(folder).then(() => true, () => false)))
    throw new Stop(`${program} is installed here already, or ${folder} is there. What is in use is not touched: remove both, then run this again.`);
  await provideSystem({ session: true, compiler: false });

  const work = await mkdtemp(path.join(os.tmpdir(), 'installed-'));
  const siteDraft = path.join(work, 'site.json');
  const { startPractice } = await import('../practice/index.ts');
  const practice = await startPractice({ quiet: true });
  try {
    say(`Installing ${path.basename(deb)} …`);
    const began = Date.now();
    await must('dpkg', ['-i', deb], { timeout: 5 * 60_000 });
    const files = await installedFiles();
    // As docs/deploy.md has it.
    await writeFile(siteDraft, JSON.stringify(practice.siteFile(), null, 2));
    await must('install', ['-d', '-o', 'root', '-g', 'root', '-m', '0755', folder]);
    await must('install', ['-o', 'root', '-g', 'root', '-m', '0644', siteDraft, machineSite]);
    await asOrdinaryUser({
      script: ['scripts/in-desktop.ts', 'node', 'node_modules/@playwright/test/cli.js', 'test', 'installed.spec.ts'],
      output,
      timeout: 10 * 60_000,
      env: { VIEWING_ROOM_INSTALLED: practice.url },
    });
    const finished = (await practice.repo.all<Task>('Task')).filter(({ status }) => status === 'completed').map(({ meta }) => Date.parse(meta?.lastUpdated ?? '')).filter((at) => at > began);
    if (finished.length > 0) say(`From dpkg -i to the first review finished at the practice: ${Math.round((Math.min(...finished) - began) / 1000)} s, with the site check and its sign-in, and with nobody who reads, decides or types.`);
    await must('dpkg', ['--remove', program], { timeout: 5 * 60_000 });
    const left = (await Promise.all(files.map((file) => access(file).then(() => [file], () => [])))).flat();
    if (left.length > 0) throw new Stop(`Left after removal:\n  ${left.join('\n  ')}`);
    await access(machineSite);
    say(`Removed again: none of its ${files.length} files is left, and the site file is.`);
  } finally {
    await practice.stop();
    await run('dpkg', ['--purge', program]);
    await rm(work, { recursive: true });
    await rm(machineSite, { force: true });
    await rmdir(folder).catch(() => undefined);
  }
  return path.join(root, output, 'e2e.json');
}

/** What it brought: the folders that it shares with others are without its name. */
const installedFiles = async (): Promise<string[]> => (await must('dpkg', ['-L', program])).trim().split('\n').filter((file) => file.includes(program));

if (import.meta.main) await main(async () => {
  await runInstalled();
});
