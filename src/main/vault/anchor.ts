/**
 * Where the databases stand, kept in the keychain beside them: an older copy that is put back is behind it. A database is always written
 * first, so one that is ahead is what a crash leaves; one that is behind, or that has another entry in that place, is older. Of a database
 * that was closed in order the digest of the whole file is kept too: then not even a single older page goes unnoticed.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { diskFailure, onDisk } from './diskFailure.ts';
import type { Keychain } from './keychain.ts';

const count = z.number().int().min(0);
const Heads = z.object({
  /** Last entry of the audit chain; 0 and '' when there is none. base64url. */
  seq: count, hash: z.string(),
  /** Writes that the other tables of the ledger have seen, and the library. */
  ledger: count, library: count,
  /** {@link fileDigest} of the database, or null while it is open. */
  ledgerFile: z.string().nullable(), libraryFile: z.string().nullable(),
});
export type Heads = z.infer<typeof Heads>;

/**
 * base64url SHA-256 of a database file that nobody has open; null when there is none, or part of it is still in a write-ahead log.
 * `disk-fault` when it cannot be read: that it is another one would be saying too much.
 */
export function fileDigest(path: string): string | null {
  return onDisk(() => digestOf(path));
}

const BLOCK = 1024 * 1024;
/** Is there no such file, or is part of it in a log? */
const isPart = (path: string): boolean => (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0 || !existsSync(path);

/** As {@link fileDigest}, for a large file while something else takes its time. */
export async function fileDigestBeside(path: string): Promise<string | null> {
  try {
    if (isPart(path)) return null;
    const hash = createHash('sha256');
    // Into two buffers in turn, one of which is filled while the other is hashed: a stream takes a new one for each block, and as long again for that as for the digest.
    let [block, next] = [Buffer.alloc(BLOCK), Buffer.alloc(BLOCK)];
    const file = await open(path, 'r');
    try {
      let { bytesRead } = await file.read(block);
      while (bytesRead > 0) {
        const coming = file.read(next);
        hash.update(block.subarray(0, bytesRead));
        ({ bytesRead } = await coming);
        [block, next] = [next, block];
      }
    } finally {
      await file.close();
    }
    return hash.digest('base64url');
  } catch (error) {
    throw diskFailure(error);
  }
}

function digestOf(path: string): string | null {
  if (isPart(path)) return null;
  const hash = createHash('sha256');
  const block = Buffer.alloc(BLOCK);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, block); read > 0; read = readSync(file, block)) hash.update(block.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest('base64url');
}

export class Anchor {
  readonly #keychain: Keychain;
  readonly #account: string;
  #heads: (() => Heads) | null = null;
  #stored: Heads | null = null;
  #writing: Promise<void> | null = null;

  constructor(keychain: Keychain, account: string) {
    this.#keychain = keychain;
    this.#account = `${account} head`;
  }

  /** What was kept, or null when the keychain has none: of a vault with entries that is as bad as an old one. */
  async read(): Promise<Heads | null> {
    const bytes = await this.#keychain.read(this.#account);
    const parsed = bytes ? Heads.safeParse(parse(bytes)) : null;
    this.#stored = parsed?.success ? parsed.data : null;
    return this.#stored;
  }

  /** What is in the keychain, as far as is known. */
  get stored(): Heads | null {
    return this.#stored;
  }

  /**
   * Something changed: where the databases stand is kept soon. Many changes at once are kept as one. A keychain that refuses is asked again
   * at the next.
   * @param heads where they stand, when asked.
   */
  touch(heads: () => Heads): void {
    this.#heads = heads;
    this.#writing ??= this.#keep().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves when everything that was written before is kept, or could not be. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #keep(): Promise<void> {
    // After the call that wrote, so that its own failure or success comes first.
    await Promise.resolve();
    while (this.#heads) {
      const look = this.#heads;
      this.#heads = null;
      try {
        const heads = look();
        if (this.#stored && JSON.stringify(heads) === JSON.stringify(this.#stored)) continue;
        await this.#keychain.write(this.#account, Buffer.from(JSON.stringify(heads)));
        this.#stored = heads;
      } catch {
        // The keychain refused, or a database cannot be looked at. The databases are ahead of what is kept, as after a crash: nothing is
        // lost but the notice of a copy put back from just now.
        return;
      }
    }
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
