/** The composition root: start-up from top to bottom, and the only place where the stages meet. */
import { app, clipboard, dialog, powerMonitor, protocol, session as electronSession, shell, utilityProcess } from 'electron';
import { mkdtempSync, rmSync } from 'node:fs';
import { url as inspectorAddress } from 'node:inspector';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { arrive, showProblem } from './journeys/arrive.ts';
import { clearTrail } from './audit/trail/client.ts';
import type { TrailProcess } from './audit/trail/messages.ts';
import { closeConsole } from './journeys/console/console.ts';
import { Desk } from './journeys/desk.ts';
import { handlersFor } from './journeys/handlers.ts';
import { lock } from './journeys/lock.ts';
import { Rhythm } from './journeys/rhythm.ts';
import { revokeGrant } from './journeys/revoke.ts';
import { SignIn } from './journeys/signIn.ts';
import { deviceId, standUp } from './journeys/vaults.ts';
import { mediaBroke } from './journeys/watch.ts';
import { computerTag } from './platform/computer.ts';
import { notStarted, parseArguments, refused } from './platform/arguments.ts';
import { Failure } from './platform/failure.ts';
import { faultFields, log, openLog } from './platform/log.ts';
import { isDemoRuntime, sqliteBinding } from './platform/runtime.ts';
import { Grants } from './playback/grants.ts';
import { answerMedia, RECORDING_SCHEME } from './playback/protocol.ts';
import { isConnected } from './service/connected.ts';
import { isMetered } from './service/metered.ts';
import { answerProxy } from './service/proxy.ts';
import { readSite, siteFrom, type Site } from './site.ts';
import { runSiteCheck } from './siteCheck/command.ts';
import { withFetchedKeys } from './siteKeys.ts';
import { useNativeBinding } from './platform/database.ts';
import { makeInstaller, packageKind } from './platform/updates/installer.ts';
import { readFeedKeys } from './platform/updates/keys.ts';
import { Updates } from './platform/updates/updates.ts';
import { Keychain } from './vault/keychain.ts';
import { Vault } from './vault/vault.ts';
import { startSealer } from './vault/sealer/start.ts';
import { APP_SCHEME } from './window/appScheme.ts';
import { push, serve } from './window/ipc.ts';
import { pinAllContents } from './window/policy.ts';
import { printPdf } from './window/print.ts';
import { openWindow } from './window/window.ts';
import keytar from 'keytar';

const out = join(import.meta.dirname, '..');
/** How often it is looked whether the update feed is due to be asked. */
const UPDATES_TICK_MS = 10_000;

// 0. Not with less protection than is claimed: before anything is read, and said rather than passed over.
const opened = refused((name) => app.commandLine.hasSwitch(name), process.env, inspectorAddress() !== undefined);
if (opened.length > 0) {
  dialog.showErrorBox(notStarted.title, notStarted.body(opened));
  app.exit(1);
}

// 1. Where data lives: first of all, because the single-instance lock and every Chromium file follow it.
const named = parseArguments(process.argv, process.cwd());
app.setName('Viewing Room');
// A site check may run beside the app, which holds its profile's files: it gets a folder of its own, for as long as it takes.
const aside = named.check && mkdtempSync(join(tmpdir(), 'viewing-room-check-'));
app.setPath('userData', aside ?? named.profile ?? join(localData(), 'Viewing Room'));
app.setPath('crashDumps', join(app.getPath('userData'), 'crash'));

// 2. One instance a profile: two writers would break the audit chain.
// A command that could not run must not look as if it had.
if (!aside && !app.requestSingleInstanceLock()) app.exit(__TEST_BUILD__ && process.argv.some((arg) => arg.startsWith('--test-command=')) ? 1 : 0);

// 3. The two schemes, before ready: media needs `stream` for ranges, pages need `standard` for an origin.
protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true } },
  { scheme: RECORDING_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, corsEnabled: true } },
]);
// 4. Every process sandboxed, and every page pinned, whoever opens it.
app.enableSandbox();
pinAllContents();

let window: BrowserWindow | null = null;
const profile = app.getPath('userData');

async function start(): Promise<void> {
  useNativeBinding(sqliteBinding(process.resourcesPath));
  const keychain = new Keychain(keytar);
  const computer = computerTag();
  // Not in the shipped bundle: packaging searches it for them.
  if (__TEST_BUILD__) {
    const { runTestCommand } = await import('./testBuild/commands.ts');
    const code = await runTestCommand(process.argv, { machine: { profile, device: deviceId(profile), computer, keychain, startSealer: sealer }, packaged: app.isPackaged });
    if (code !== null) {
      app.exit(code);
      return;
    }
  }
  openLog(join(profile, 'logs', 'viewing-room.log'));
  log('started', { version: app.getVersion() });
  // A trail is deleted when its manager leaves: this one was cut short.
  clearTrail(join(profile, 'trail'));

  // 5. The network: Electron's own stack, so that the OS proxy and certificates count; a session that keeps nothing.
  const network = electronSession.fromPartition('practice');
  const desk = new Desk({
    profile, device: deviceId(profile), computer, keychain, startSealer: sealer, startTrail,
    fetch: (url, init) => network.fetch(url, init),
    answerProxy: (url, name, password) => answerProxy(network, url, name, password),
    openBrowser, downloads: app.getPath('downloads'), printPdf,
    copyText: (text) => {
      void clipboard.writeText(text);
    },
    push: (name, value) => {
      if (window) push(window.webContents, name, value);
    },
    now: () => Date.now(), uptime: () => uptime() * 1000, quit: () => app.quit(), isConnected, isMetered,
    about: { version: app.getVersion(), electron: process.versions.electron, demoRuntime: isDemoRuntime(process.resourcesPath) },
  });

  // 6. What may play, and for whom.
  const rhythm = new Rhythm(desk);
  const changed = () => void rhythm.changed();
  desk.grants = new Grants(() => Date.now(), (grant, error) => void revokeGrant(desk, grant, error instanceof Failure ? error : new Failure('audit-unwritable', 'exposure not written')));
  const media = (request: Request, contents: number): Response =>
    answerMedia({ method: request.method, url: request.url, range: request.headers.get('range') }, (id) => desk.grants.find(id, contents), (grant, error) => void mediaBroke(desk, grant, error, changed));

  if (__TEST_BUILD__) {
    const { startWitness } = await import('./testBuild/witness.ts');
    startWitness(process.argv, desk);
  }

  // 7. The door and the window.
  const signIn = new SignIn(desk, () => rhythm.enter());
  /** Nobody is in any more, and what that records is on disk. */
  const leave = async (): Promise<void> => {
    signIn.cancel();
    rhythm.rest();
    await (desk.vault?.unlocked ? lock(desk, new Failure('locked', 'quit')) : closeConsole(desk)).catch((error: unknown) => log('fault', faultFields(error)));
    standUp(desk);
    await Vault.allLeft();
  };
  /** Nothing is left to be done before the app ends. */
  let left = false;
  const begin = async (): Promise<void> => {
    try {
      desk.siteFrom = siteFrom(...siteFiles());
      const site = readSiteHere();
      desk.site = await withFetchedKeys(site, desk.machine.fetch, join(profile, 'keys'));
      log('site-read');
      await arrive(desk);
    } catch (error) {
      showProblem(desk, error, null);
    }
  };
  const kind = packageKind(process.resourcesPath);
  desk.updates = new Updates({
    installation: { version: app.getVersion(), device: desk.machine.device, kind, arch: process.arch },
    keys: () => readFeedKeys(process.resourcesPath), keptFile: join(profile, 'updates.json'),
    feed: () => {
      // Before there is a site file nobody has said where from.
      const site = desk.site as Site | undefined;
      return site?.updates.by === 'feed' ? site.updates.feed ?? null : null;
    },
    fetch: desk.machine.fetch, isConnected, now: desk.machine.now,
    isReviewing: () => desk.watching.size > 0 || desk.opening !== null,
    record: (event) => {
      if (!desk.isInside || !desk.journal) return false;
      desk.journal.write(event);
      return true;
    },
    push: (view) => desk.machine.push('updates', view),
    makeInstaller: () => makeInstaller(kind),
    leave: async (install) => {
      await leave();
      desk.show({ screen: 'closed' });
      left = true;
      if (install()) return true;
      left = false;
      await begin();
      return false;
    },
  });
  serve(handlersFor(desk, rhythm, signIn, begin, readSiteHere));
  window = openWindow({ rendererRoot: join(out, 'renderer'), preload: join(out, 'preload', 'index.cjs'), recordingScheme: RECORDING_SCHEME, media, show: true });
  window.webContents.on('render-process-gone', () => {
    log('renderer-gone');
    // Whatever was on screen is not any more; the page starts anew on the lock screen.
    void lock(desk, new Failure('locked', 'window stopped')).finally(() => window?.reload());
  });
  // What the page threw stays in the page; that it threw is logged.
  window.webContents.on('preload-error', () => log('fault', { errorName: 'preload' }));
  window.on('closed', () => {
    window = null;
    app.quit();
  });

  powerMonitor.on('resume', () => {
    log('woke');
    rhythm.wake();
  });
  // Whoever comes back to the computer is not yet whoever left it.
  for (const left of ['suspend', 'lock-screen'] as const) {
    powerMonitor.on(left as 'suspend', () => {
      if (desk.vault?.unlocked) void lock(desk, new Failure('locked', left)).catch((error: unknown) => log('fault', faultFields(error)));
    });
  }

  // Before anything waits for the network: whoever starts it again does not see why.
  app.on('second-instance', () => {
    // The other instance's command line is untrusted: it only brings this window forward.
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });

  // 8. Who is here?
  await begin();

  setInterval(() => void desk.updates.tick(), UPDATES_TICK_MS);

  let leaving = false;
  app.on('before-quit', (event) => {
    if (left) return;
    event.preventDefault();
    // Electron asks again when the last window has closed; the lock in progress is not cut short, or its audit would be lost.
    if (leaving) return;
    leaving = true;
    void leave().finally(() => {
      left = true;
      app.quit();
    });
  });
}

/** Where site files may be; the first counts. */
const siteFiles = (): [machineWide: string, named: string | null] => [machineWideSite(), named.site ?? process.env.VIEWING_ROOM_SITE ?? null];
const readSiteHere = (): Site => readSite(...siteFiles());

/** In place of the app: no window, no vault, no keychain, and the network as the app has it. */
async function check(options: { signIn: boolean; json: boolean }, folder: string): Promise<void> {
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  app.dock?.hide();
  const network = electronSession.fromPartition('practice');
  /** Before the process ends all of it must have been taken. */
  const write = (stream: NodeJS.WriteStream, text: string) => new Promise<void>((resolve) => stream.write(text, () => resolve()));
  const code = await runSiteCheck({
    readSite: readSiteHere, overruled: named.site !== null && siteFrom(...siteFiles()) === 'machine-wide', fetch: (url, init) => network.fetch(url, init), folder: join(folder, 'keys'), now: () => Date.now(), options, version: app.getVersion(), openBrowser,
    print: (text) => write(process.stdout, text), note: (text) => write(process.stderr, `${text}\n`),
  }).catch((error: unknown) => {
    process.stderr.write(`The check could not be made: ${error instanceof Error ? error.name : typeof error}\n`);
    return 2;
  });
  app.exit(code);
}

/** Other entries of this bundle (electron.vite.config.ts), on a thread and in a process of their own: see "Processes" in docs/design.md. */
const sealer = () => startSealer(join(import.meta.dirname, 'sealer.js'));

function startTrail(): TrailProcess {
  const child = utilityProcess.fork(join(import.meta.dirname, 'trail.js'), [], { serviceName: 'Viewing Room trail', stdio: 'ignore' });
  // Emitted before it ends of a fault of the engine, and thrown where nobody listens; its exit is what counts.
  child.on('error', () => undefined);
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', listener),
    // Before it has begun there is nothing to kill yet.
    kill: () => {
      if (child.pid === undefined) child.once('spawn', () => child.kill());
      else child.kill();
    },
  };
}

/** True when the system has a browser that took the address. Only ever called with an address that discovery gave. */
async function openBrowser(address: string): Promise<boolean> {
  const { protocol: scheme } = new URL(address);
  if (scheme !== 'https:' && scheme !== 'http:') throw new Failure('practice-unsupported', 'sign-in address is no web address', { missing: 'a web address for sign-in' });
  // On Linux xdg-open answers success even where there is nothing to open with.
  if (app.getApplicationNameForProtocol(`${scheme}//`) === '') return false;
  try {
    await shell.openExternal(address);
    return true;
  } catch {
    return false;
  }
}

/** Where this computer keeps what must not travel: on Windows a roaming profile would carry the vault to others. */
function localData(): string {
  return process.platform === 'win32' && process.env.LOCALAPPDATA ? process.env.LOCALAPPDATA : app.getPath('appData');
}

/** Written by an administrator alone; wins over everything that a user can name. */
function machineWideSite(): string {
  if (process.platform === 'win32') return join(process.env.PROGRAMDATA ?? 'C:\\ProgramData', 'Viewing Room', 'site.json');
  return process.platform === 'darwin' ? '/Library/Application Support/Viewing Room/site.json' : '/etc/viewing-room/site.json';
}

process.on('unhandledRejection', (error) => log('fault', faultFields(error)));
void app.whenReady().then(() => (named.check && aside ? check(named.check, aside) : start())).catch((error: unknown) => {
  log('fault', faultFields(error));
  app.exit(1);
});
