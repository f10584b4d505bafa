/** In and out: unlock, lock, switch user, sign out. */
import { Failure, problemOf } from '../platform/failure.ts';
import { log } from '../platform/log.ts';
import { showSignIn, showUnlock } from './arrive.ts';
import type { Desk } from './desk.ts';
import { revokeAll } from './revoke.ts';
import { deliverWaiting } from './sync.ts';
import { standUp } from './vaults.ts';

export async function setSecret(desk: Desk, secret: string): Promise<void> {
  if (!desk.vault || desk.state.screen !== 'set-secret') throw new Failure('bad-request', 'no secret to set');
  await desk.vault.setSecret(secret, desk.secretRule());
  keepSession(desk);
}

/** The refresh token is kept in the library, under the secret: the next unlock goes on without a browser. */
function keepSession(desk: Desk): void {
  if (desk.session) desk.vault?.library.set('refreshToken', desk.session.tokens.refreshToken);
}

export async function unlock(desk: Desk, secret: string): Promise<void> {
  const { vault, journal, machine } = desk;
  if (!vault || !journal || desk.state.screen !== 'unlock') throw new Failure('bad-request', 'nothing to unlock');
  try {
    await vault.unlock(secret, machine.now());
  } catch (error) {
    const { code } = problemOf(error);
    if (code === 'wrong-secret' || code === 'too-many-attempts') journal.write({ event: 'wrong-secret' });
    if (code === 'too-many-attempts') {
      journal.write({ event: 'content-destroyed' });
      log('destroyed', { code });
      standUp(desk);
      await showSignIn(desk, problemOf(error));
    } else if (code === 'wrong-secret' || code === 'wait-before-retry') await showUnlock(desk, problemOf(error));
    throw error;
  }
  journal.write({ event: 'unlocked' });
  keepSession(desk);
  log('unlocked');
}

/** Everything that can be seen or decrypted ends here; the practice session goes on, so that audit can still be delivered. */
export async function lock(desk: Desk, notice: Failure): Promise<void> {
  const { vault } = desk;
  if (!vault?.unlocked) return;
  for (const download of desk.downloads.values()) download.abort();
  await revokeAll(desk, notice);
  desk.listed.clear();
  desk.copies.clear();
  vault.lock();
  log('locked');
  try {
    desk.journal?.write({ event: 'locked' });
  } finally {
    await showUnlock(desk, notice.toProblem());
  }
}

export async function switchUser(desk: Desk): Promise<void> {
  await lock(desk, new Failure('locked', 'switching user'));
  desk.session = null;
  standUp(desk);
  desk.stand({ online: false, syncing: false, lastSync: null, problem: null });
  await showSignIn(desk, null);
}

/** Revokes at the provider, ends offline use and locks. What could not be delivered stays queued for the next sign-in. */
export async function signOut(desk: Desk): Promise<void> {
  const { vault, session, journal } = desk;
  await revokeAll(desk, new Failure('locked', 'signed out'));
  journal?.write({ event: 'signed-out' });
  await deliverWaiting(desk);
  if (vault?.unlocked) vault.library.set('refreshToken', null);
  // Whoever signs out expects that nothing opens until they sign in again.
  vault?.ledger.set('lease', JSON.stringify({ issued: 0, expires: 0, floor: desk.now() }));
  await session?.tokens.revoke();
  desk.session = null;
  for (const download of desk.downloads.values()) download.abort();
  desk.listed.clear();
  standUp(desk);
  desk.stand({ online: false, syncing: false, lastSync: null, problem: null });
  log('signed-out');
  await showSignIn(desk, null);
}
