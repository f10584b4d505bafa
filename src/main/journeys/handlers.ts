/** The contract's methods as plain functions over the journeys. */
import type { Handlers } from '../window/ipc.ts';
import { keyCharacters } from '../audit/chain.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import type { Site } from '../site.ts';
import { chooseVault, showSignIn, showUnlock, startAgain } from './arrive.ts';
import { readerHere } from './console/acts.ts';
import { consoleHandlers } from './console/handlers.ts';
import type { Desk } from './desk.ts';
import { cancelDownload, pauseDownload } from './downloads/steer.ts';
import { fetchCopy } from './fetchCopy.ts';
import { healthHandlers } from './health/handlers.ts';
import { changeSecret, eraseForgotten, forgotSecret, lock, remembered, setSecret, signOut, switchUser, unlock } from './lock.ts';
import type { Rhythm } from './rhythm.ts';
import type { SignIn } from './signIn.ts';
import { reportPresented } from './presented.ts';
import { listedRows } from './reviewing/finding.ts';
import { reviewHandlers } from './reviewing/handlers.ts';
import { removeCopies, storage } from './storage.ts';
import { chainKeyOf, deliverWaiting } from './deliver.ts';
import { refreshRow } from './takeIn.ts';
import { closeRecording, openRecording, reportPlayback, reportUndecodable } from './watch.ts';
import { firstWorklist } from './worklist.ts';
import { wrongPatient } from './wrongPatient.ts';

/** @param begin reads the site file anew and goes to the first screen: what a person asks for by "try again". @param site reads it and goes nowhere */
export function handlersFor(desk: Desk, rhythm: Rhythm, signIn: SignIn, begin: () => Promise<void>, site: () => Site = () => desk.site): Handlers {
  const changed = () => void rhythm.changed();
  const done = async (work: () => unknown): Promise<null> => {
    await work();
    return null;
  };
  const rowOrThrow = (rowId: string) => {
    const row = desk.vaultOrThrow().library.assignment(rowId);
    if (!row) throw new Failure('bad-request', 'no such row');
    return row;
  };
  /** What waits on a metered connection is on the standing banner. */
  const steered = () => {
    desk.stand({});
    changed();
  };
  const review = reviewHandlers(desk, () => desk.stand({}), changed);
  return {
    getState: () => desk.state,
    about: () => desk.machine.about,
    checkSite: async () => (await import('./siteCheck.ts')).checkSite(desk, site),
    retry: () => done(() => {
      // Elsewhere it would show the way in to who is in, with the vault open behind it.
      if (desk.state.screen !== 'problem' || desk.vault?.unlocked) throw new Failure('bad-request', 'nothing to try again');
      return begin();
    }),
    startAgain: () => done(() => startAgain(desk)),
    signIn: () => done(() => signIn.begin()),
    cancelSignIn: async () => {
      if (!signIn.cancel()) return null;
      if (desk.vault?.unlocked || (desk.person && desk.person.role.kind !== 'clinician')) desk.showRoom();
      else if (desk.vault?.rule && desk.person) await showUnlock(desk, null);
      else await showSignIn(desk, null);
      return null;
    },
    copySignInAddress: () => done(() => desk.machine.copyText(signIn.address)),
    chooseRole: (_window, id) => done(() => signIn.chooseRole(id)),
    setSecret: async (_window, secret) => {
      await setSecret(desk, secret);
      rhythm.enter();
      return null;
    },
    changeSecret: (_window, present, next) => done(() => changeSecret(desk, present, next)),
    forgotSecret: () => done(() => forgotSecret(desk)),
    rememberedSecret: () => done(() => remembered(desk)),
    eraseForgotten: () => done(() => eraseForgotten(desk)),
    storage: () => storage(desk),
    removeCopies: async (_window, rowIds) => {
      await removeCopies(desk, rowIds);
      changed();
      void rhythm.fillUp();
      return storage(desk);
    },
    chooseVault: (_window, id) => {
      signIn.cancel();
      return done(() => chooseVault(desk, id));
    },
    unlock: async (_window, secret) => {
      if (await unlock(desk, secret)) rhythm.enter();
      // Nobody sits before an open vault for longer than the idle lock allows, on whatever screen.
      else rhythm.watchIdle();
      return null;
    },
    lock: async () => {
      rhythm.rest();
      return done(() => lock(desk, new Failure('locked', 'locked by the person')));
    },
    switchUser: async () => {
      signIn.cancel();
      rhythm.rest();
      return done(() => switchUser(desk));
    },
    signOut: async () => {
      signIn.cancel();
      rhythm.rest();
      return done(() => signOut(desk));
    },
    activity: () => done(() => rhythm.activity()),
    sync: () => done(() => rhythm.sync(true)),
    proxyAsking: async () => {
      const proxy = await desk.machine.proxyAsking(desk.site.fhirBase);
      if (proxy === null) rhythm.wake();
      return proxy;
    },
    answerProxy: async (_window, proxy, name, password) => {
      if (!(await desk.machine.answerProxy(desk.site.fhirBase, proxy, name, password))) throw new Failure('practice-unreachable', 'the proxy refused', { why: 'proxy-refused' });
      rhythm.wake();
      return null;
    },
    worklist: async () => {
      const { worklist, isPart } = await firstWorklist(desk);
      if (isPart) changed();
      return worklist;
    },
    rows: (_window, ids, text) => listedRows(desk, ids, text),
    download: async (_window, rowId) => {
      const row = rowOrThrow(rowId);
      const fetching = fetchCopy(desk, row, changed);
      steered();
      return done(() => fetching.catch((error: unknown) => {
        // The person themselves: no problem.
        if (problemOf(error).code !== 'download-stopped') throw error;
      }));
    },
    pauseDownload: (_window, rowId) => done(() => {
      pauseDownload(desk, rowId);
      steered();
    }),
    cancelDownload: (_window, rowId) => done(async () => {
      await cancelDownload(desk, rowId);
      steered();
    }),
    downloadWaiting: () => done(() => {
      desk.vaultOrThrow();
      desk.downloads.askForAll();
      steered();
    }),
    /** Looks again at a withheld row: its evidence anew, and its bytes once more if those were what was wrong. */
    recheck: async (_window, rowId) => {
      const { library } = desk.vaultOrThrow();
      library.saveAssignment({ ...rowOrThrow(rowId), mediaRefused: null });
      const fresh = await refreshRow(desk, rowOrThrow(rowId));
      await rhythm.sync();
      if (fresh) changed();
      return null;
    },
    openRecording: (window, rowId) => openRecording(desk, window, rowId, changed),
    closeRecording: (window, grant) => done(() => closeRecording(desk, window, grant)),
    wrongPatient: async (_window, grant) => {
      const told = await wrongPatient(desk, grant).finally(changed);
      // Its practice should know now, and not at the next round.
      void deliverWaiting(desk).then(() => desk.stand({}));
      return told;
    },
    reportPlayback: (window, report) => {
      // Watching is activity: nobody touches a keyboard through a quarter of an hour's consultation.
      if (report.playing && report.visible && report.focused) rhythm.activity();
      return done(() => reportPlayback(desk, window, report));
    },
    // What could not be recorded goes off the screen, as what could not be listed.
    reportPresented: (_window, rows, left) => done(() => {
      try {
        reportPresented(desk, rows, left);
      } catch (error) {
        changed();
        throw error;
      }
    }),
    reportUndecodable: (window, grant) => done(() => reportUndecodable(desk, window, grant)),
    recordKey: () => {
      const vault = desk.person && desk.person.role.kind !== 'clinician' ? readerHere(desk).vault : desk.vaultOrThrow();
      return { key: keyCharacters(chainKeyOf(vault)) };
    },
    quit: () => done(() => desk.machine.quit()),
    updates: () => desk.updates.view,
    checkForUpdates: () => done(() => desk.updates.check()),
    downloadUpdate: () => done(() => desk.updates.download()),
    restartToUpdate: () => done(() => desk.updates.restart()),
    ...review,
    saveSettings: (window, settings) => {
      const kept = review.saveSettings(window, settings);
      // What the person allows now may begin, and what they do not ends.
      void rhythm.fillUp();
      return kept;
    },
    ...consoleHandlers(desk, () => rhythm.sync()),
    ...healthHandlers(desk),
  };
}

