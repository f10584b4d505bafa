import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { asOrdinaryUser } from './lib/ordinary-user.ts';
import { root } from './lib/paths.ts';
import { main, must, say } from './lib/process.ts';
import { packageApp } from './package.ts';
import { prepare } from './prepare.ts';

// Drives the packaged application through e2e/walkthrough.ts and keeps its pictures: that script writes PNG files to VIEWING_ROOM_OUTPUT.
await main(async () => {
  const prepared = await prepare({ session: true });
  await must('npm', ['run', 'build', '--silent'], { cwd: root });
  await packageApp(prepared, { demo: true });
  const { code } = await asOrdinaryUser({ script: ['scripts/in-desktop.ts', 'node', 'e2e/walkthrough.ts', ...process.argv.slice(2)], output: 'walkthrough', timeout: 15 * 60_000 });
  const pictures = (await readdir(path.join(root, 'walkthrough'))).filter((name) => name.endsWith('.png'));
  say(`${pictures.length} pictures in ${path.join(root, 'walkthrough')}`);
  process.exitCode = code;
});
