/** In and out: unlock, lock, switch user, sign out. */
import { Failure, problemOf } from '../platform/failure.ts';
import { log } from '../platform/log.ts';
import { showSignIn, showUnlock } from './arrive.ts';
import type { Desk } from './desk.ts';
import { revokeAll } from './revoke.ts';
import { deliverWaiting } from './sync.ts';
import type { Vault } from '../vault/vault.ts';
import { standUp } from './vaults.ts';

export async function setSecret(desk: Desk, secret: string): Promise<void> {
  const { vault } = desk;
  if (!vault || desk.state.screen !== 'set-secret') throw new Failure('bad-request', 'no secret to set');
  await vault.setSecret(secret, desk.secretRule());
  desk.stillOrThrow(vault);
  keepSession(desk);
}

/** The refresh token is kept in the library, under the secret: the next unlock goes on without a browser. */
function keepSession(desk: Desk): void {
  if (desk.session) desk.vault?.library.set('refreshToken', desk.session.tokens.refreshToken);
}

/** Keeps a rotated refresh token in the vault of the person that it is of, and in no other. */
export function keepIn(desk: Desk, vault: Vault): (token: string | null) => void {
  return (token) => {
    if (desk.vault === vault && vault.unlocked) vault.library.set('refreshToken', token);
  };
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
  try {
    await closeContent(desk, notice);
    log('locked');
    desk.journal?.write({ event: 'locked' });
  } finally {
    if (desk.vault === vault) await showUnlock(desk, notice.toProblem());
  }
}

/** The keys are gone when this returns or throws: what cannot be recorded must not keep them here. */
export async function closeContent(desk: Desk, notice: Failure): Promise<void> {
  for (const download of desk.downloads.values()) download.abort();
  const revoked = revokeAll(desk, notice);
  desk.listed.clear();
  desk.copies.clear();
  desk.vault?.lock();
  await revoked;
}

export async function switchUser(desk: Desk): Promise<void> {
  try {
    await lock(desk, new Failure('locked', 'switching user'));
  } finally {
    await leave(desk);
  }
}

/** Nobody is here any more, and nothing of where they stood is left on the screen. */
async function leave(desk: Desk): Promise<void> {
  standUp(desk);
  desk.stand({ online: false, syncing: false, lastSync: null, problem: null });
  await showSignIn(desk, null);
}

/** Revokes at the provider, ends offline use and locks. What could not be delivered stays queued for the next sign-in. */
export async function signOut(desk: Desk): Promise<void> {
  const { vault, session, journal } = desk;
  // Whoever signs out expects that nothing opens until they sign in again: before anything waits for the practice.
  try {
    try {
      if (vault?.unlocked) vault.library.set('refreshToken', null);
      vault?.ledger.set('lease', JSON.stringify({ issued: 0, expires: 0, floor: desk.now() }));
    } finally {
      await closeContent(desk, new Failure('locked', 'signed out'));
    }
    journal?.write({ event: 'signed-out' });
    await deliverWaiting(desk);
  } finally {
    await session?.tokens.revoke();
    // Somebody else may have sat down meanwhile.
    if (desk.vault === vault) {
      log('signed-out');
      await leave(desk);
    }
  }
}
