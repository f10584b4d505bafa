/** What the vaults need of this computer. */
import { join } from 'node:path';
import keytar from 'keytar';
import type { Machine } from './journeys/desk.ts';
import { deviceId } from './journeys/vaults.ts';
import { computerTag } from './platform/computer.ts';
import { useNativeBinding } from './platform/database.ts';
import { sqliteBinding } from './platform/runtime.ts';
import { Keychain } from './vault/keychain.ts';
import { sealersOf } from './vault/sealer/start.ts';

/** @param bundle folder of the bundle's entries */
export function computerOf(profile: string, bundle: string): Pick<Machine, 'profile' | 'device' | 'computer' | 'keychain' | 'startSealer'> {
  useNativeBinding(sqliteBinding(process.resourcesPath));
  return {
    profile, device: deviceId(profile), computer: computerTag(), keychain: new Keychain(keytar),
    startSealer: sealersOf(join(bundle, 'sealer.cjs')),
  };
}
