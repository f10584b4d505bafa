import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asOrdinaryUser } from './lib/ordinary-user.ts';
import { cache, root } from './lib/paths.ts';
import { main, must, outliveTerminal, say, Stop } from './lib/process.ts';
import { furnish, prepare } from './prepare.ts';

// `npm start`: prepares this machine, builds the app, starts the demo practice and opens the app on it.
await main(async () => {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    throw new Stop('There is no display here. To see the app do its work in pictures: npm run walkthrough');
  const session = process.platform === 'linux';
  const prepared = await prepare({ session });
  await furnish(prepared);
  say('Building …');
  await must('npm', ['run', 'build', '--silent'], { cwd: root });

  const { startPractice } = await import('../practice/index.ts');
  const practice = await startPractice({ port: 0 });
  try {
    const site = path.join(cache, 'practice/site.json');
    await mkdir(path.dirname(site), { recursive: true });
    await writeFile(site, JSON.stringify(practice.siteFile(), null, 2));
    say(`\nThe demo practice runs at ${practice.url}. Everyone in it is invented. Sign in as one of:`);
    for (const { username, password, name, roles } of practice.people) say(`  ${username.padEnd(8)} ${password.padEnd(16)} ${name} (${roles.join(', ') || 'no role'})`);
    say('Close the window, or press Ctrl-C here, to end.\n');
    outliveTerminal();
    const { code } = await asOrdinaryUser({ script: ['scripts/launch.ts', prepared.runtime.executable, site, ...process.argv.slice(2)], output: '.cache/start' });
    process.exitCode = code === 130 ? 0 : code;
  } finally {
    await practice.stop();
  }
});
