/** The screens before anyone is in: whose vaults are here, the sign-in page, the unlock page. */
import type { Problem } from '../../preload/contract.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import type { Desk } from './desk.ts';
import { revokeAll } from './revoke.ts';
import { loadVault, peopleHere, personOf, setAside, sitDown, standUp, vaultIds } from './vaults.ts';

const canStartAgain = (problem: Problem) => problem.code === 'keychain-absent' || problem.code === 'vault-corrupt';

export function showProblem(desk: Desk, error: unknown): void {
  const problem = problemOf(error);
  desk.show({ screen: 'problem', problem, canRetry: true, canStartAgain: canStartAgain(problem) });
}

export async function showSignIn(desk: Desk, notice: Problem | null): Promise<void> {
  try {
    desk.show({ screen: 'sign-in', practice: desk.practice, people: await peopleHere(desk), notice });
  } catch (error) {
    showProblem(desk, error);
  }
}

/** First screen: one vault here → unlock it; else sign in. */
export async function arrive(desk: Desk): Promise<void> {
  try {
    const people = await peopleHere(desk);
    const [only] = people;
    if (people.length === 1 && only) await chooseVault(desk, only.vault);
    else desk.show({ screen: 'sign-in', practice: desk.practice, people, notice: null });
  } catch (error) {
    showProblem(desk, error);
  }
}

export async function chooseVault(desk: Desk, id: string): Promise<void> {
  if (!vaultIds(desk.machine.profile).includes(id)) throw new Failure('bad-request', 'no such vault');
  // A manager at the desk has no secret to type: who unlocks is the clinician that the vault names.
  if (desk.vault?.id !== id || desk.person?.role.kind === 'manager') {
    await revokeAll(desk, new Failure('locked', 'another vault was chosen'));
    standUp(desk);
    const vault = await loadVault(desk.machine, id);
    standUp(desk);
    const person = personOf(vault);
    if (!person || !vault.rule) {
      vault.close();
      throw new Failure('bad-request', 'vault has no owner yet');
    }
    sitDown(desk, vault, person);
  }
  await showUnlock(desk, null);
}

export async function showUnlock(desk: Desk, notice: Problem | null): Promise<void> {
  const { vault, person } = desk;
  if (!vault?.rule || !person) throw new Failure('locked', 'no vault to unlock');
  const { left, retryAt } = await vault.attempts();
  const others = (await peopleHere(desk)).filter(({ vault: id }) => id !== vault.id);
  desk.show({
    screen: 'unlock', practice: desk.practice, person: { vault: vault.id, name: person.name, broken: false }, others, rule: vault.rule, attemptsLeft: left,
    retryAt: retryAt !== null && retryAt > desk.machine.now() ? new Date(retryAt).toISOString() : null, notice, signedIn: desk.session !== null,
  });
}

/** The way out of an unreadable vault: set aside whole, so that unsent work can still be rescued, and begin anew. */
export async function startAgain(desk: Desk): Promise<void> {
  const { profile, now } = desk.machine;
  await revokeAll(desk, new Failure('locked', 'started again'));
  standUp(desk);
  for (const id of vaultIds(profile)) {
    try {
      (await loadVault(desk.machine, id)).close();
    } catch (error) {
      if (!canStartAgain(problemOf(error))) throw error;
      setAside(profile, id, now());
    }
  }
  await showSignIn(desk, null);
}
