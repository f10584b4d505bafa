/** In and out: unlock, lock, switch user, sign out. */
import { Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import { settleAll } from '../platform/settleAll.ts';
import { showProblem, showSignIn, showUnlock } from './arrive.ts';
import type { Journal } from '../audit/journal.ts';
import { byNameAlone, type DestroyCause } from '../audit/entry.ts';
import { closeConsole } from './console/close.ts';
import type { Desk, Person } from './desk.ts';
import { endPresented } from './presented.ts';
import { revokeAll } from './revoke.ts';
import { deliverWaiting } from './deliver.ts';
import { endedLease } from '../vault/lease.ts';
import type { Destroyed, Vault } from '../vault/vault.ts';
import { renewKeys } from './destroy.ts';
import { forgetUnnoted } from './kept.ts';
import { endSession, keepSession } from './practiceSession.ts';
import { forgetPerson, recordRollback, standUp } from './vaults.ts';

export async function setSecret(desk: Desk, secret: string): Promise<void> {
  const { vault } = desk;
  if (!vault || desk.state.screen !== 'set-secret') throw new Failure('bad-request', 'no secret to set');
  if (desk.state.why === 'policy') {
    await vault.replaceSecret(secret, desk.secretRule());
    desk.journal?.write({ event: 'secret-changed' });
  } else await vault.setSecret(secret, desk.secretRule());
  desk.stillOpenOrThrow(vault);
  keepSession(desk);
}

/** True when the person is in; false when they must first choose another secret, because the practice's rule became stricter. */
export async function unlock(desk: Desk, secret: string): Promise<boolean> {
  const { vault, journal, machine, person } = desk;
  if (!vault || !journal || !person || (person.role.kind !== 'clinician' && !desk.keptOnly) || desk.state.screen !== 'unlock') throw new Failure('bad-request', 'nothing to unlock');
  let finished;
  try {
    finished = await vault.unlock(secret, machine.now());
  } catch (error) {
    const { code } = problemOf(error);
    await refusedSecret(desk, vault, error);
    if (code === 'wrong-secret' || code === 'wait-before-retry') await showUnlock(desk, problemOf(error));
    else if (code === 'library-corrupt' || code === 'vault-newer') {
      journal.write({ event: 'store-refused', code, times: 1, since: new Date(desk.now()).toISOString() });
      showProblem(desk, error, vault.id);
    }
    throw error;
  }
  // It may have been locked again, or somebody else sat down, while the keychain was asked.
  desk.stillOpenOrThrow(vault);
  try {
    return entered(desk, vault, journal, person, finished);
  } catch (error) {
    // What cannot be recorded opens nothing, and the screen still asks for the secret.
    vault.lock();
    throw error;
  }
}

/** What was to go while the vault was locked has gone with the unlocking, or goes now. */
export function afterUnlock(vault: Vault, journal: Journal, finished: { recording: string; cause: string }[]): void {
  for (const { recording, cause } of finished) journal.write({ event: 'destroyed', subject: byNameAlone(recording), cause: cause as DestroyCause });
  forgetUnnoted(vault);
  renewKeys(vault);
}

function entered(desk: Desk, vault: Vault, journal: Journal, person: Person, finished: { recording: string; cause: string }[]): boolean {
  journal.write({ event: 'unlocked' });
  recordRollback(desk);
  afterUnlock(vault, journal, finished);
  keepSession(desk);
  log('unlocked');
  const wanted = desk.secretRule();
  if (vault.rule?.kind === wanted.kind && vault.rule.minLength >= wanted.minLength) return true;
  desk.show({ screen: 'set-secret', name: person.name, rule: wanted, why: 'policy' });
  return false;
}

/** A wrong secret is recorded; after the last one there is nothing left to unlock. */
export async function refusedSecret(desk: Desk, vault: Vault, error: unknown): Promise<void> {
  const { code, detail } = problemOf(error);
  if (code !== 'wrong-secret' && code !== 'too-many-attempts') return;
  desk.journal?.write({ event: 'wrong-secret' });
  if (code === 'wrong-secret') return;
  await contentDestroyed(desk, vault, 'too-many-attempts', { recordings: Number(detail?.recordings ?? 0), bytes: Number(detail?.bytes ?? 0) });
  await showSignIn(desk, problemOf(error));
}

async function contentDestroyed(desk: Desk, vault: Vault, cause: 'too-many-attempts' | 'forgotten', destroyed: Destroyed): Promise<void> {
  await revokeAll(desk, new Failure('locked', cause)).catch(() => undefined);
  desk.journal?.write({ event: 'content-destroyed', cause, ...destroyed });
  log('destroyed', { count: destroyed.recordings });
  // Old copies of the files are not to open with what is in the keychain now; whoever cannot wait gets it at the next start.
  await vault.renewKeys().catch((fault: unknown) => log('fault', { step: 'renew-keys', ...faultFields(fault) }));
  if (desk.vault === vault) standUp(desk);
}

/** Another secret, for who knows the present one. */
export async function changeSecret(desk: Desk, present: string, next: string): Promise<void> {
  const vault = desk.vaultOrThrow();
  try {
    await vault.changeSecret(present, next, desk.secretRule(), desk.machine.now());
  } catch (error) {
    await refusedSecret(desk, vault, error);
    throw error;
  }
  try {
    // It is another one already, whoever is here by now.
    if (desk.vault === vault) desk.journal?.write({ event: 'secret-changed' });
  } finally {
    if (vault.lockedBy) await lockedItself(desk, vault.lockedBy);
  }
  desk.stillOrThrow(vault);
}

/** The vault closed because the disk failed in the middle of renewing its keys: nobody stays in a room that opens nothing. */
export async function lockedItself(desk: Desk, why: Failure): Promise<void> {
  const { vault } = desk;
  await closeContent(desk, why).catch((error: unknown) => log('fault', faultFields(error)));
  if (vault && desk.vault === vault && !vault.unlocked) await showLocked(desk, vault, why);
}

async function showLocked(desk: Desk, vault: Vault, why: Failure): Promise<void> {
  try {
    await showUnlock(desk, why.toProblem());
  } catch (error) {
    // A keychain that does not answer: the screen says so, and has a way on.
    if (desk.vault === vault && !vault.unlocked) showProblem(desk, error, vault.id);
  }
}

/** Says what would be lost; nothing has happened yet. */
export function forgotSecret(desk: Desk): void {
  const { vault, person } = desk;
  if (!vault?.rule || !person || vault.unlocked || desk.state.screen !== 'unlock') throw new Failure('bad-request', 'nothing was forgotten');
  desk.show({ screen: 'forgotten', practice: desk.practice, name: person.name, rule: vault.rule, ...vault.copies.counts(), unsent: vault.ledger.undelivered() });
}

export async function remembered(desk: Desk): Promise<void> {
  if (desk.state.screen !== 'forgotten' || desk.vault?.unlocked) throw new Failure('bad-request', 'nothing was forgotten');
  await showUnlock(desk, null);
}

export async function eraseForgotten(desk: Desk): Promise<void> {
  const { vault } = desk;
  if (!vault || vault.unlocked || desk.state.screen !== 'forgotten') throw new Failure('bad-request', 'nothing was forgotten');
  await contentDestroyed(desk, vault, 'forgotten', vault.destroyContent());
  await showSignIn(desk, null);
}

/** Everything that can be seen or decrypted ends here; the practice session goes on, so that audit can still be delivered. */
export async function lock(desk: Desk, notice: Failure): Promise<void> {
  const { vault } = desk;
  if (!vault?.unlocked) return;
  try {
    await lockContent(desk, notice);
  } finally {
    if (desk.vault === vault) await showLocked(desk, vault, notice);
  }
}

async function lockContent(desk: Desk, notice: Failure): Promise<void> {
  const { journal } = desk;
  await closeContent(desk, notice);
  log('locked');
  journal?.write({ event: 'locked' });
}

/** The keys are gone when this returns or throws: what cannot be recorded must not keep them here. */
export async function closeContent(desk: Desk, notice: Failure): Promise<void> {
  desk.downloads.clear(notice);
  const recorded = [revokeAll(desk, notice), endPresented(desk), closeConsole(desk)];
  desk.listed.clear();
  desk.removedNotes.clear();
  desk.vault?.lock();
  // Whatever the next screen waits for: no name stays on this one.
  if (desk.isInside) desk.show({ screen: 'closed' });
  await settleAll(recorded);
}

/** Straight to the way in: a screen in between would offer what the next step takes away again. */
export async function switchUser(desk: Desk): Promise<void> {
  const { vault } = desk;
  try {
    if (vault?.unlocked) await lockContent(desk, new Failure('locked', 'switching user'));
  } finally {
    // Somebody else may have sat down meanwhile.
    if (desk.vault === vault) await leave(desk);
  }
}

/** Nobody is here any more, and nothing of where they stood is left on the screen. */
async function leave(desk: Desk): Promise<void> {
  standUp(desk);
  await showLeft(desk);
}

async function showLeft(desk: Desk): Promise<void> {
  desk.stand({ online: false, syncing: false, lastSync: null, problem: null });
  await showSignIn(desk, null);
}

/** Revokes at the provider, ends offline use and locks. What could not be delivered stays queued for the next sign-in. */
export async function signOut(desk: Desk): Promise<void> {
  const { vault, session } = desk;
  endSession(desk, session);
  try {
    try {
      await endUse(desk);
    } finally {
      // The vault stays, locked, for as long as the practice takes to hear what was recorded; of the person nothing does.
      if (desk.vault === vault) {
        forgetPerson(desk);
        await showLeft(desk);
      }
    }
    await deliverWaiting(desk, session, vault);
  } finally {
    await session?.tokens.revoke();
    // Somebody else may have sat down meanwhile, or they came back.
    if (desk.vault === vault && desk.person === null) standUp(desk);
  }
}

/** Whoever signs out expects that nothing opens until they sign in again: before anything waits for the practice. */
async function endUse(desk: Desk): Promise<void> {
  const { vault, journal } = desk;
  try {
    if (vault?.unlocked) vault.library.set('refreshToken', null);
    vault?.ledger.set('lease', JSON.stringify(endedLease(desk.clock(), desk.now())));
  } finally {
    await closeContent(desk, new Failure('locked', 'signed out'));
  }
  log('signed-out');
  journal?.write({ event: 'signed-out' });
}
