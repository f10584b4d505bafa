import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { asOrdinaryUser } from './lib/ordinary-user.ts';
import { root } from './lib/paths.ts';
import { main, must, say } from './lib/process.ts';
import { packageApp } from './package.ts';
import { prepare } from './prepare.ts';

// Drives the packaged application through e2e/walkthrough.ts, which writes PNG files and their index to VIEWING_ROOM_OUTPUT. A whole tour without faults becomes docs/screens.
await main(async () => {
  const prepared = await prepare({ session: true });
  await must('npm', ['run', 'build', '--silent'], { cwd: root });
  await packageApp(prepared, { demo: true });
  const { code } = await asOrdinaryUser({ script: ['scripts/in-desktop.ts', 'node', 'e2e/walkthrough.ts', ...process.argv.slice(2)], output: 'walkthrough', timeout: 30 * 60_000 });
  const pictures = (await readdir(path.join(root, 'walkthrough'))).filter((name) => name.endsWith('.png'));
  say(`${pictures.length} pictures in ${path.join(root, 'walkthrough')}`);
  if (code === 0) {
    const kept = path.join(root, 'docs/screens');
    await rm(kept, { recursive: true, force: true });
    await cp(path.join(root, 'walkthrough'), kept, { recursive: true });
  }
  process.exitCode = code;
});
