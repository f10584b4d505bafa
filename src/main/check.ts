/** `viewing-room --check`: no window, no vault, no keychain, and the network as the app has it. */
import { app, session as electronSession } from 'electron';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openBrowser } from './openBrowser.ts';
import { readSite, siteFrom } from './site.ts';
import { runSiteCheck } from './siteCheck/command.ts';
import { siteFiles } from './siteFiles.ts';

/** As `process.exit` ends the process; Node’s documentation says nothing of it. */
type Ending = NodeJS.Process & { reallyExit: (code: number) => never };

/** A folder that has stayed away for so long is gone, ms: while Chromium's network process begins, it makes databases in there, and the folder anew for them. */
const GONE_MS = 300;

/** In place of the app, which ends with it. */
export async function check({ site }: { site: string | null }, options: { signIn: boolean; json: boolean }, folder: string): Promise<void> {
  const removeFolder = () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
    } catch {
      // Chromium still has files of it open, as on Windows: a folder that stays must not cost the exit code.
    }
  };
  process.once('exit', removeFolder);
  app.dock?.hide();
  const network = electronSession.fromPartition('practice');
  const files = siteFiles(site);
  /** Before the process ends all of it must have been taken. */
  const write = (stream: NodeJS.WriteStream, text: string) => new Promise<void>((resolve) => stream.write(text, () => resolve()));
  const code = await runSiteCheck({
    readSite: () => readSite(...files), overruled: site !== null && siteFrom(...files) === 'machine-wide', fetch: (url, init) => network.fetch(url, init), folder: join(folder, 'keys'), now: () => Date.now(), options, version: app.getVersion(), openBrowser,
    print: (text) => write(process.stdout, text), note: (text) => write(process.stderr, `${text}\n`),
  }).catch(async (error: unknown) => {
    await write(process.stderr, `The check could not be made: ${error instanceof Error ? error.name : typeof error}\n`);
    return 2;
  });
  // Not by app.exit: taking itself down after a sign-in, Electron 33 crashed (SIGSEGV) in 11 of 225 runs on a busy machine, and after a wait of 300 ms in none of 109 and then once, and the exit code was lost. Ended so: in none of 123.
  // A check that ends at once must not end before its network process is there.
  await network.resolveProxy('https://localhost/').catch(() => undefined);
  for (let n = 0; n < 20 && existsSync(folder); n += 1) {
    removeFolder();
    await wait(GONE_MS);
  }
  (process as Ending).reallyExit(code);
}
