/** The screens before anyone is in: whose vaults are here, the sign-in page, the unlock page. */
import type { Problem, ProblemCode } from '../../preload/contract.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import { settleAll } from '../platform/settleAll.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk, Person } from './desk.ts';
import { endPresented } from './presented.ts';
import { revokeAll } from './revoke.ts';
import { KEPT, keptHere } from './kept.ts';
import { entriesIn, isOfOneVault, loadVault, peopleHere, setAside, sitDown, standUp, vaultIds } from './vaults.ts';
import { personOf } from './whose.ts';

const startAgainCodes: readonly ProblemCode[] = ['keychain-absent', 'vault-corrupt', 'vault-elsewhere', 'library-corrupt'];

/** @param vault the one that it is about, if it is about one: that is what starting again replaces. */
export function showProblem(desk: Desk, error: unknown, vault: string | null): void {
  const problem = problemOf(error);
  log('problem', { code: problem.code, ...faultFields(error) });
  desk.broken = vault;
  desk.show({ screen: 'problem', problem, canRetry: true, canStartAgain: vault !== null && startAgainCodes.includes(problem.code) });
}

export async function showSignIn(desk: Desk, notice: Problem | null): Promise<void> {
  try {
    desk.show({ screen: 'sign-in', practice: desk.practice, people: await peopleHere(desk), notice });
  } catch (error) {
    showProblem(desk, error, null);
  }
}

/** First screen: one vault here → unlock it; else sign in. */
export async function arrive(desk: Desk): Promise<void> {
  try {
    if (await arriveAtOnly(desk)) return;
    const people = await peopleHere(desk);
    const [only] = people;
    if (people.length === 1 && only) await chooseVault(desk, only.vault);
    else desk.show({ screen: 'sign-in', practice: desk.practice, people, notice: null });
  } catch (error) {
    showProblem(desk, error, null);
  }
}

/** Where there is one vault and it is for one person: opened once for that, because this is what a start mostly waits for. @returns whether that is the first screen */
async function arriveAtOnly(desk: Desk): Promise<boolean> {
  const [id, another] = vaultIds(desk.machine.profile);
  if (id === undefined || another !== undefined || desk.vault) return false;
  return arriveAt(desk, id, () => sitAtOnly(desk, id));
}

/** Shows how to unlock a vault once `sit` has sat down at it, or what is wrong with it. @returns false where `sit` did not: nothing is shown then */
async function arriveAt(desk: Desk, id: string, sit: () => Promise<boolean>): Promise<boolean> {
  try {
    if (!await desk.oneLoad(sit)) return false;
  } catch (error) {
    if (!isOfOneVault(problemOf(error).code)) throw error;
    showProblem(desk, error, id);
    return true;
  }
  await showUnlock(desk, null);
  return true;
}

/** Whoever can unlock it. @param kept for the incident that a manager keeps there */
const ownerOf = (vault: Vault, kept: boolean): Person | null => (kept ? keptHere(vault)?.person ?? null : personOf(vault));

async function sitAtOnly(desk: Desk, id: string): Promise<boolean> {
  const vault = await loadVault(desk, id);
  try {
    const [only, another] = entriesIn(desk, vault);
    const person = only && ownerOf(vault, only.kept);
    if (person && another === undefined) {
      sitDown(desk, vault, person, only.kept);
      return true;
    }
  } catch (error) {
    vault.close();
    throw error;
  }
  vault.close();
  return false;
}

/** @param chosen as the sign-in screen names it */
export async function chooseVault(desk: Desk, chosen: string): Promise<void> {
  const kept = chosen.endsWith(KEPT);
  const id = kept ? chosen.slice(0, -KEPT.length) : chosen;
  if (!vaultIds(desk.machine.profile).includes(id)) throw new Failure('bad-request', 'no such vault');
  await arriveAt(desk, id, () => sitAt(desk, id, kept));
}

async function sitAt(desk: Desk, id: string, kept: boolean): Promise<true> {
  // A manager at the desk has no secret to type, and who signed out is not there any more: who unlocks is the clinician that the vault names.
  if (desk.vault?.id === id && (kept ? desk.keptOnly : desk.person?.role.kind === 'clinician')) return true;
  await revokeAll(desk, new Failure('locked', 'another vault was chosen'));
  standUp(desk);
  const vault = await loadVault(desk, id);
  standUp(desk);
  const person = ownerOf(vault, kept);
  if (!person || !vault.rule) {
    vault.close();
    throw new Failure('bad-request', 'vault has no owner yet');
  }
  sitDown(desk, vault, person, kept);
  return true;
}

export async function showUnlock(desk: Desk, notice: Problem | null): Promise<void> {
  const { vault, person } = desk;
  if (!vault?.rule || !person) throw new Failure('locked', 'no vault to unlock');
  const { left, retryAt } = await vault.attempts();
  const { keptOnly } = desk;
  const here = keptOnly ? `${vault.id}${KEPT}` : vault.id;
  const others = (await peopleHere(desk)).filter(({ vault: id }) => id !== here);
  desk.show({
    screen: 'unlock', practice: desk.practice, person: { vault: here, name: person.name, broken: false, kept: keptOnly }, others, rule: vault.rule, attemptsLeft: left,
    retryAt: retryAt !== null && retryAt > desk.machine.now() ? new Date(retryAt).toISOString() : null, notice, signedIn: desk.session !== null,
  });
}

/**
 * The way out of a vault that does not open. A damaged library goes aside and the rest stays, with what was not sent yet; a vault that
 * is damaged as a whole is set aside whole, so that it can still be rescued. Then: begin anew.
 */
export async function startAgain(desk: Desk): Promise<void> {
  const { broken, vault, machine } = desk;
  if (broken === null || desk.state.screen !== 'problem') throw new Failure('bad-request', 'nothing to start again');
  await revokeAll(desk, new Failure('locked', 'started again'));
  if (vault?.id === broken && desk.state.problem.code === 'library-corrupt') {
    const destroyed = vault.setLibraryAside(machine.now());
    desk.journal?.write({ event: 'library-set-aside', ...destroyed });
    log('destroyed', { code: 'library-corrupt' });
    await showUnlock(desk, null);
    return;
  }
  standUp(desk);
  try {
    await desk.oneLoad(async () => (await loadVault(desk, broken)).close());
  } catch (error) {
    if (!startAgainCodes.includes(problemOf(error).code)) throw error;
    setAside(machine.profile, broken, machine.now());
  }
  await showSignIn(desk, null);
}

/** Damage that is found while somebody is in: everything ends, and the screen says so and shows the way out. */
export async function stopFor(desk: Desk, error: unknown): Promise<void> {
  const { code } = problemOf(error);
  const { vault } = desk;
  if (!vault || (code !== 'library-corrupt' && code !== 'vault-corrupt')) return;
  desk.downloads.clear(new Failure('locked', 'store is damaged'));
  await settleAll([revokeAll(desk, new Failure(code, 'store is damaged')), endPresented(desk)]).catch(() => undefined);
  vault.lock();
  showProblem(desk, error, vault.id);
}
