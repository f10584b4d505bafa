/**
 * The composition root: start-up from top to bottom, as far as the window. What stands behind the page (app.ts) is read while the page's process reads the page, so nothing heavy is imported here:
 * Chromium goes on only when this file and what it imports have been read.
 */
import { app, dialog, Menu, protocol } from 'electron';
import { mkdtempSync } from 'node:fs';
import { url as inspectorAddress } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behind } from './app.ts';
import { mistyped, notKnown, notStarted, parseArguments, refused } from './platform/arguments.ts';
import { faultFields, log } from './platform/log.ts';
import { SMALL_IN_PAGES } from './platform/youngGeneration.ts';
import { RECORDING_SCHEME } from './playback/protocol.ts';
import { APP_SCHEME } from './window/appScheme.ts';
import { serve } from './window/ipc.ts';
import { pinAllContents } from './window/policy.ts';
import { openWindow } from './window/window.ts';

const out = join(import.meta.dirname, '..');

// 0. Refuses, before anything is read, what would take protection away that the app claims to have.
const dangerous = refused((name) => app.commandLine.hasSwitch(name), process.env, inspectorAddress() !== undefined);
if (dangerous.length > 0) {
  dialog.showErrorBox(notStarted.title, notStarted.body(dangerous));
  app.exit(1);
}

// A mistyped option too: `--chek` would open the app and check nothing.
const unknown = mistyped(process.argv);
if (unknown.length > 0) {
  if (process.platform === 'linux' || process.argv.includes('--check')) process.stderr.write(`${notKnown(unknown)}\n`);
  else dialog.showErrorBox(notStarted.title, notKnown(unknown));
  app.exit(2);
}

// 1. Where data lives: first of all, because the single-instance lock and every Chromium file follow it.
const named = parseArguments(process.argv, process.cwd());
app.setName('Viewing Room');
// A site check may run beside the app, which holds its profile's files: it gets a folder of its own, for as long as it takes.
const aside = named.check && mkdtempSync(join(tmpdir(), 'viewing-room-check-'));
app.setPath('userData', aside ?? named.profile ?? join(localData(), 'Viewing Room'));
app.setPath('crashDumps', join(app.getPath('userData'), 'crash'));

// 2. One instance a profile: two writers would break the audit chain.
const isTestCommand = __TEST_BUILD__ && process.argv.some((arg) => arg.startsWith('--test-command='));
// A command that could not run must not look as if it had.
if (!aside && !app.requestSingleInstanceLock()) app.exit(isTestCommand ? 1 : 0);

// 3. The two schemes, before ready: media needs `stream` for ranges, pages need `standard` for an origin.
protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true } },
  { scheme: RECORDING_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, corsEnabled: true } },
]);
app.commandLine.appendSwitch('js-flags', SMALL_IN_PAGES);
// 4. Every process sandboxed, and every page pinned, whoever opens it.
app.enableSandbox();
pinAllContents();
// The menu that Electron would make is nowhere shown, but on a Mac, where it brings the keys for copying.
if (process.platform !== 'darwin') Menu.setApplicationMenu(null);

async function start(): Promise<void> {
  const profile = app.getPath('userData');
  // Not in the shipped bundle: packaging searches it for them.
  if (isTestCommand) {
    const [{ runTestCommand }, { computerOf }] = await Promise.all([import('./testBuild/commands.ts'), import('./thisComputer.ts')]);
    app.exit(await runTestCommand(process.argv, { machine: computerOf(profile, import.meta.dirname), packaged: app.isPackaged }) ?? 1);
    return;
  }
  // 5. The door and the window. Whatever comes through waits for what stands behind it.
  let behind: Promise<Behind> | null = null;
  const there = async (): Promise<Behind> => {
    if (!behind) throw new Error('nothing can be asked before there is a page');
    return behind;
  };
  serve(async (name, contents, args) => (await there()).answer(name, contents, args));
  const { window, given } = openWindow({
    rendererRoot: join(out, 'renderer'), preload: join(out, 'preload', 'index.cjs'), recordingScheme: RECORDING_SCHEME,
    media: async (request, contents) => (await there()).media(request, contents), show: true,
  });
  window.webContents.on('render-process-gone', () => {
    log('renderer-gone');
    // Whatever was on screen is not any more; the page starts anew on the lock screen.
    void there().then(({ pageGone }) => pageGone()).finally(() => {
      if (!window.isDestroyed()) window.reload();
    });
  });
  // What the page threw stays in the page; that it threw is logged.
  window.webContents.on('preload-error', () => log('fault', { errorName: 'preload' }));
  window.on('closed', () => app.quit());
  app.on('second-instance', () => {
    // The other instance's command line is untrusted: it only brings this window forward.
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });

  // 6. What stands behind it, while the page is read by a process of its own.
  behind = given.then(() => import('./app.ts')).then(({ standBehind }) => standBehind(window, { profile, bundle: import.meta.dirname, site: named.site }));
  await (await behind).begun;
}

/** Where this computer keeps what must not travel: on Windows a roaming profile would carry the vault to others. */
function localData(): string {
  return process.platform === 'win32' && process.env.LOCALAPPDATA ? process.env.LOCALAPPDATA : app.getPath('appData');
}

process.on('unhandledRejection', (error) => log('fault', faultFields(error)));
void app.whenReady().then(async () => {
  if (named.check && aside) await (await import('./check.ts')).check(named, named.check, aside);
  else await start();
}).catch((error: unknown) => {
  log('fault', faultFields(error));
  app.exit(1);
});
