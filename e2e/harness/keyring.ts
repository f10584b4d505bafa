import { startBus, startFolders, startKeyring, type Keyring } from '../../scripts/lib/desktop.ts';

/**
 * What a person's keychain can be like:
 * `unlocked`; `locked` (its entries are there and cannot be read); `denied` (the system refuses the app);
 * `unavailable` (a message bus without a Secret Service); `no-bus` (no message bus either).
 */
export type KeychainState = 'unlocked' | 'locked' | 'denied' | 'unavailable' | 'no-bus';

export interface Keychain {
  /** For `launchApp({ env })`. */
  env: Record<string, string | undefined>;
  /** Locks and unlocks; only where there is a collection. */
  lock: () => Promise<void>;
  unlock: () => Promise<void>;
  /** Ends the Secret Service, as when it crashes: the bus stays. */
  stopService: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts a keychain of its own for one test. The app keeps display and profile; only its bus and its entries are others. */
export async function startKeychain(state: KeychainState): Promise<Keychain> {
  const folders = await startFolders();
  const none = async () => {
    throw new Error(`a keychain that is ${state} has no collection`);
  };
  if (state === 'no-bus') {
    return { env: { ...folders.env, DBUS_SESSION_BUS_ADDRESS: undefined }, lock: none, unlock: none, stopService: none, stop: folders.stop };
  }
  const bus = await startBus(folders.dir, state === 'denied');
  const env = { ...folders.env, ...bus.env };
  let keyring: Keyring | undefined;
  const stop = async () => {
    await keyring?.stop();
    await bus.stop();
    await folders.stop();
  };
  try {
    if (state !== 'unavailable') keyring = await startKeyring({ ...process.env, ...env });
    if (state === 'locked') await keyring?.lock();
  } catch (error) {
    await stop();
    throw error;
  }
  return { env, lock: keyring?.lock ?? none, unlock: keyring?.unlock ?? none, stopService: keyring?.stop ?? none, stop };
}
