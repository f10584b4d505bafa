/** What stands behind the page: the desk, the site file and the first screen. What only somebody who does something needs (acts.ts) is read once they ask for it. */
import { app, clipboard, session as electronSession, type BrowserWindow } from 'electron';
import { uptime } from 'node:os';
import { join } from 'node:path';
import type { MethodName, Result } from '../preload/contract.ts';
import { first } from '../preload/state.ts';
import type { Acts } from './acts.ts';
import { arrive, showProblem } from './journeys/arrive.ts';
import { Desk } from './journeys/desk.ts';
import { revokeGrant } from './journeys/revoke.ts';
import { openBrowser } from './openBrowser.ts';
import { Failure } from './platform/failure.ts';
import { faultFields, log } from './platform/log.ts';
import { openLog } from './platform/logged.ts';
import { isDemoRuntime } from './platform/runtime.ts';
import { growNoMore } from './platform/youngGeneration.ts';
import { Grants } from './playback/grants.ts';
import { isConnected } from './service/connected.ts';
import { isMetered } from './service/metered.ts';
import { netFetch } from './service/netFetch.ts';
import { answerProxy, proxyAsking } from './service/proxy.ts';
import { readSite, siteFrom } from './site.ts';
import { siteFiles } from './siteFiles.ts';
import { withFetchedKeys } from './siteKeys.ts';
import { startTrail } from './startTrail.ts';
import { computerOf } from './thisComputer.ts';
import { answer, push, type Schemas } from './window/crossing.ts';
import type { Handlers } from './window/ipc.ts';

export interface Behind {
  /** Of a call through the door. @param args not checked yet */
  answer: (name: MethodName, contents: number, args: unknown) => Promise<Result<unknown>>;
  /** Of recording://. */
  media: (request: Request, contents: number) => Promise<Response>;
  /** The page's process has ended: nobody is in any more when this resolves. */
  pageGone: () => Promise<void>;
  /** Resolves when the first screen is there. */
  begun: Promise<void>;
}

/** The first screen is painted before what comes after it is read. */
const SETTLED_MS = 250;

/** @param bundle folder of the bundle's entries. @param site the site file named on the command line */
export async function standBehind(window: BrowserWindow, { profile, bundle, site: named }: { profile: string; bundle: string; site: string | null }): Promise<Behind> {
  openLog(join(profile, 'logs', 'viewing-room.log'));
  log('started', { version: app.getVersion() });
  const files = siteFiles(named);
  const readSiteHere = () => readSite(...files);

  /** Of the contract what the first screen needs; all of it once there is somebody to do something. */
  let contract: Schemas = first;

  // 1. The network: Electron's own stack, so that the OS proxy and certificates count; a session that keeps nothing. Made when somebody asks the practice.
  const network = () => electronSession.fromPartition('practice');
  const desk = new Desk({
    ...computerOf(profile, bundle),
    startTrail: () => startTrail(bundle),
    fetch: netFetch(network),
    proxyAsking: (url) => proxyAsking(network(), url),
    answerProxy: (url, proxy, name, password) => answerProxy(network(), url, proxy, name, password),
    openBrowser, downloads: app.getPath('downloads'),
    printPdf: async (page) => (await import('./window/print.ts')).printPdf(page),
    copyText: (text) => {
      void clipboard.writeText(text);
    },
    push: (name, value) => {
      if (!window.isDestroyed()) push(contract, window.webContents, name, value);
    },
    now: () => Date.now(), uptime: () => uptime() * 1000, quit: () => app.quit(), isConnected, isMetered,
    about: { version: app.getVersion(), electron: process.versions.electron, demoRuntime: isDemoRuntime(process.resourcesPath) },
  });

  // 2. What may play, and for whom.
  desk.grants = new Grants(() => Date.now(), (grant, error) => void revokeGrant(desk, grant, error instanceof Failure ? error : new Failure('audit-unwritable', 'exposure not written')));
  if (__TEST_BUILD__) {
    const { startWitness } = await import('./testBuild/witness.ts');
    startWitness(process.argv, desk);
  }

  // 3. Who is here?
  const begin = async (): Promise<void> => {
    try {
      desk.siteFrom = siteFrom(...files);
      const site = readSiteHere();
      desk.site = await withFetchedKeys(site, desk.machine.fetch, join(profile, 'keys'));
      log('site-read');
      await arrive(desk);
    } catch (error) {
      showProblem(desk, error, null);
    }
  };
  const begun = begin();

  // 4. What they do.
  /** Nothing is left to be done before the app ends. */
  const ending = { left: false };
  let read: Promise<Acts> | null = null;
  const acts = () => (read ??= import('./acts.ts').then((all) => {
    contract = all.contract;
    return all.actsAt(desk, { begin, readSite: readSiteHere, ending });
  }));
  const shown = new Promise<void>((resolve) => {
    if (window.isDestroyed() || window.isVisible()) resolve();
    else window.once('show', () => resolve());
  });
  void Promise.all([begun, shown]).then(() => setTimeout(() => {
    growNoMore();
    void acts();
  }, SETTLED_MS));

  let leaving = false;
  app.on('before-quit', (event) => {
    if (ending.left) return;
    event.preventDefault();
    // Electron asks again when the last window has closed; the lock in progress is not cut short, or its audit would be lost.
    if (leaving) return;
    leaving = true;
    void acts().then(({ leave }) => leave()).catch((error: unknown) => log('fault', faultFields(error))).finally(() => {
      ending.left = true;
      app.quit();
    });
  });

  const firstHandlers: Pick<Handlers, keyof typeof first.methods> = { getState: () => desk.state, about: () => desk.machine.about };
  return {
    answer: async (name, contents, args) => {
      const handlers = name in firstHandlers ? firstHandlers : (await acts()).handlers;
      return answer(contract, handlers, name, contents, args);
    },
    media: async (request, contents) => (await acts()).media(request, contents),
    pageGone: async () => (await acts()).lockFor('window stopped'),
    begun,
  };
}
