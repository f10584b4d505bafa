/** What a person does, from the first screen on: every call of the door, what plays, what goes on by itself, updates, and leaving. */
import '@node-rs/argon2'; // read before the secret has been typed
import { app, powerMonitor } from 'electron';
import { join } from 'node:path';
import { methods, pushes } from '../preload/contract.ts';
import { clearTrail } from './audit/trail/client.ts';
import { closeConsole } from './journeys/console/close.ts';
import type { Desk } from './journeys/desk.ts';
import { handlersFor } from './journeys/handlers.ts';
import { lock } from './journeys/lock.ts';
import { Rhythm } from './journeys/rhythm.ts';
import { SignIn } from './journeys/signIn.ts';
import { standUp } from './journeys/vaults.ts';
import { mediaBroke } from './journeys/watch.ts';
import { Failure } from './platform/failure.ts';
import { faultFields, log } from './platform/log.ts';
import { makeInstaller } from './platform/updates/installer.ts';
import { readFeedKeys } from './platform/updates/keys.ts';
import { packageKind } from './platform/updates/packageKind.ts';
import { Updates } from './platform/updates/updates.ts';
import { answerMedia } from './playback/protocol.ts';
import type { Site } from './site.ts';
import { Vault } from './vault/vault.ts';
import type { Handlers } from './window/ipc.ts';

/** All that crosses the door from here on; of it app.ts has what the first screen needs. */
export const contract = { methods, pushes };

/** How often it is looked whether the update feed is due to be asked. */
const UPDATES_TICK_MS = 10_000;

export interface Acts {
  handlers: Handlers;
  media: (request: Request, contents: number) => Response;
  lockFor: (why: string) => Promise<void>;
  /** Nobody is in any more, and what that records is on disk. Never throws. */
  leave: () => Promise<void>;
}

export interface Given {
  /** Reads the site file and goes to the first screen. */
  begin: () => Promise<void>;
  readSite: () => Site;
  ending: { left: boolean };
}

export function actsAt(desk: Desk, { begin, readSite, ending }: Given): Acts {
  const { machine } = desk;
  // A trail is deleted when its manager leaves: this one was cut short.
  clearTrail(join(machine.profile, 'trail'));
  const rhythm = new Rhythm(desk);
  const changed = () => void rhythm.changed();
  const signIn = new SignIn(desk, () => rhythm.enter());
  const lockFor = (why: string) => lock(desk, new Failure('locked', why));
  const leave = async (): Promise<void> => {
    const given = signIn.leave();
    rhythm.rest();
    await (desk.vault?.unlocked ? lockFor('quit') : closeConsole(desk)).catch((error: unknown) => log('fault', faultFields(error)));
    standUp(desk);
    await Promise.all([given, Vault.allLeft()]);
  };

  const kind = packageKind(process.resourcesPath);
  desk.updates = new Updates({
    installation: { version: app.getVersion(), device: machine.device, kind, arch: process.arch },
    keys: () => readFeedKeys(process.resourcesPath), keptFile: join(machine.profile, 'updates.json'),
    feed: () => {
      // Before there is a site file nobody has said where from.
      const site = desk.site as Site | undefined;
      return site?.updates.by === 'feed' ? site.updates.feed ?? null : null;
    },
    fetch: machine.fetch, isConnected: machine.isConnected, now: machine.now,
    isReviewing: () => desk.watching.size > 0 || desk.opening !== null,
    record: (event) => {
      if (!desk.isInside || !desk.journal) return false;
      desk.journal.write(event);
      return true;
    },
    push: (view) => machine.push('updates', view),
    makeInstaller: () => makeInstaller(kind),
    leave: async (install) => {
      await leave();
      desk.show({ screen: 'closed' });
      ending.left = true;
      if (install()) return true;
      ending.left = false;
      await begin();
      return false;
    },
  });
  setInterval(() => void desk.updates.tick(), UPDATES_TICK_MS);

  powerMonitor.on('resume', () => {
    log('woke');
    rhythm.wake();
  });
  // Whoever comes back to the computer is not yet whoever left it.
  for (const left of ['suspend', 'lock-screen'] as const) {
    powerMonitor.on(left as 'suspend', () => {
      if (desk.vault?.unlocked) void lockFor(left).catch((error: unknown) => log('fault', faultFields(error)));
    });
  }

  return {
    handlers: handlersFor(desk, rhythm, signIn, begin, readSite),
    media: (request, contents) =>
      answerMedia({ method: request.method, url: request.url, range: request.headers.get('range') }, (id) => desk.grants.find(id, contents), (grant, error) => void mediaBroke(desk, grant, error, changed)),
    lockFor, leave,
  };
}
