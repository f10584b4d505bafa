import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { asOrdinaryUser } from './lib/ordinary-user.ts';
import { root } from './lib/paths.ts';
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

  const { DEFAULT_PORT, doorplate, openNear } = await import('../practice/open.ts');
  const practice = await openNear(DEFAULT_PORT);
  const keys = createInterface({ input: process.stdin });
  // Outside the repository, which the ordinary user may not be able to enter.
  const folder = await mkdtemp(path.join(os.tmpdir(), 'viewing-room-start-'));
  try {
    await chmod(folder, 0o755);
    const site = path.join(folder, 'site.json');
    await writeFile(site, JSON.stringify(practice.siteFile(), null, 2));
    say(`\n${doorplate(practice)}\n`);
    say('To see the app without a connection, press Enter here: the practice goes off the network. Enter again brings it back.');
    say('Close the window, or press Ctrl-C here, to end.\n');
    keys.on('line', () => {
      practice.lies.down = !practice.lies.down;
      say(practice.lies.down ? 'The practice is off the network.' : 'The practice is back.');
    });
    outliveTerminal();
    const { code } = await asOrdinaryUser({ script: ['scripts/launch.ts', prepared.runtime.executable, site, ...process.argv.slice(2)], output: '.cache/start' });
    process.exitCode = code === 130 ? 0 : code;
  } finally {
    keys.close();
    await practice.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
