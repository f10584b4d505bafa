/**
 * Where the databases stand, kept in the keychain beside them: an old copy that is put back is behind it. A database is always written
 * first, so one that is ahead is what a crash leaves; one that is behind, or that has another entry in that place, is an older copy.
 */
import { z } from 'zod';
import type { Keychain } from './keychain.ts';

const Stored = z.object({ seq: z.number().int().min(0), hash: z.string(), library: z.number().int().min(0) });

export interface Heads {
  /** Last entry of the audit chain; 0 and '' when there is none. base64url. */
  seq: number;
  hash: string;
  /** Changes that the library has seen. */
  library: number;
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
    const parsed = bytes ? Stored.safeParse(parse(bytes)) : null;
    this.#stored = parsed?.success ? parsed.data : null;
    return this.#stored;
  }

  /** What the library is held against, once {@link read} has been called. */
  get stored(): Heads | null {
    return this.#stored;
  }

  /**
   * Something was written: its place is kept soon. Many writes at once are kept as one. A keychain that refuses is asked again at the next.
   * @param heads where the databases stand, when asked.
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
      const heads = this.#heads();
      this.#heads = null;
      if (this.#stored && heads.seq === this.#stored.seq && heads.hash === this.#stored.hash && heads.library === this.#stored.library) continue;
      try {
        await this.#keychain.write(this.#account, Buffer.from(JSON.stringify(heads)));
        this.#stored = heads;
      } catch {
        // The databases are ahead of what is kept, as after a crash: nothing is lost but the notice of a copy put back from just now.
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
