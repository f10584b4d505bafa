/** What the app takes of the disk, and what is left: from the files alone, whoever's they are. */
import { readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isHeld } from '../../vault/reserve.ts';
import { folderOf, vaultIds } from '../vaults.ts';

interface Disk {
  /** Bytes that this person may still write; null where the disk does not say. */
  free: number | null;
  /** Bytes of sealed copies, of all stores here. */
  copies: number;
  stores: number;
  /** Every store has its reserve; null where there is no store. */
  reserve: boolean | null;
}

function bytesIn(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    return 0;
  }
}

export async function diskOf(profile: string): Promise<Disk> {
  const free = await statfs(profile).then(({ bavail, bsize }) => bavail * bsize, () => null);
  const folders = vaultIds(profile).map((id) => folderOf(profile, id));
  return {
    free, stores: folders.length, copies: folders.reduce((sum, folder) => sum + bytesIn(join(folder, 'media')), 0),
    reserve: folders.length === 0 ? null : folders.every(isHeld),
  };
}
