/** How the computer's keychain stands, tried out. */
import type { Health } from '../../../preload/health.ts';
import { problemOf } from '../../platform/failure.ts';
import { singleFlight } from '../../platform/singleFlight.ts';
import { Keyring } from '../../vault/keyring.ts';
import type { Machine } from '../desk.ts';
import { placeOf, vaultIds } from '../vaults.ts';

type Is = Health['keychain']['is'];

/** A keychain that asks somebody to unlock it answers when they have; the screen does not wait for that. */
const WAIT_MS = 5_000;

async function tried(machine: Machine): Promise<Is> {
  try {
    await machine.keychain.prove();
    for (const id of vaultIds(machine.profile)) if (await Keyring.lacksKeys(placeOf(machine, id))) return 'absent';
    return 'works';
  } catch (error) {
    const { code } = problemOf(error);
    return code === 'keychain-locked' ? 'locked' : code === 'keychain-denied' ? 'denied' : 'unavailable';
  }
}

const underWay = new WeakMap<Machine, () => Promise<Is>>();

/** One at a time: two would take each other's entry away. */
export async function keychainIs(machine: Machine, waitMs = WAIT_MS): Promise<Is> {
  const trying = underWay.get(machine) ?? singleFlight(() => tried(machine));
  underWay.set(machine, trying);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Is>((resolve) => {
    timer = setTimeout(() => resolve('no-answer'), waitMs);
  });
  try {
    return await Promise.race([trying(), late]);
  } finally {
    clearTimeout(timer);
  }
}
