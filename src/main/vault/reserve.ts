/** Room on the disk for the audit trail and unsent work, taken while there is room and given back when there is none. */
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../platform/failure.ts';

/** Some two thousand entries: nothing plays on a full disk, so only what ends, and what was typed, has to be written. */
const RESERVE_BYTES = 4 * 1024 * 1024;
/** What a disk must have free for {@link Reserve.isSure}, where the reserve is not taken yet: the reserve, and as much beside it. */
export const NEEDED_FREE_BYTES = 2 * RESERVE_BYTES;

/** Is the room of the vault in this folder taken? Looks, and takes none. */
export const isHeld = (folder: string): boolean => statSync(join(folder, 'reserve'), { throwIfNoEntry: false })?.size === RESERVE_BYTES;

export class Reserve {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'reserve');
  }

  /** Takes the room where it is not taken. A disk that is full already is no reason to stop: the reserve is tried again next time. */
  take(): void {
    try {
      if (statSync(this.#path).size === RESERVE_BYTES) return;
    } catch {
      // Not there.
    }
    try {
      const file = openSync(this.#path, 'w', 0o600);
      try {
        // Written, not only sized: a file with holes holds no room.
        const block = Buffer.alloc(1024 * 1024);
        for (let at = 0; at < RESERVE_BYTES;) at += writeSync(file, block, 0, Math.min(block.length, RESERVE_BYTES - at));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch {
      this.#release();
    }
  }

  /** Is the room taken, and the disk not full beside it? */
  isSure(): boolean {
    this.take();
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#path));
      return statSync(this.#path).size === RESERVE_BYTES && bavail * bsize >= RESERVE_BYTES;
    } catch {
      return false;
    }
  }

  #release(): void {
    rmSync(this.#path, { force: true });
  }

  /** Does `work`; when the disk is full, gives the room back and does it once more. */
  spend<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'disk-full') throw error;
      this.#release();
      return work();
    }
  }
}
