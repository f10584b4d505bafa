/**
 * Counts wrong secrets. The count is in the keychain and is written *before* the secret is tried: killing the app
 * between gives no free guess, and deleting the app's files does not reset it.
 */
import { z } from 'zod';
import type { Keychain } from './keychain.ts';

export const MAX_ATTEMPTS = 10;
/** After this many, each further attempt waits twice as long as the one before. */
const FREE_ATTEMPTS = 3;
const FIRST_WAIT_SECONDS = 5;

const Count = z.object({ failed: z.number().int().min(0), at: z.number() });

export interface Attempts {
  left: number;
  /** Milliseconds since the epoch; the next attempt is refused before then. */
  retryAt: number | null;
}

export class Limiter {
  readonly #keychain: Keychain;
  readonly #account: string;

  constructor(keychain: Keychain, account: string) {
    this.#keychain = keychain;
    this.#account = `${account} attempts`;
  }

  async #read(): Promise<z.infer<typeof Count>> {
    const bytes = await this.#keychain.read(this.#account);
    return bytes ? Count.parse(JSON.parse(bytes.toString('utf8'))) : { failed: 0, at: 0 };
  }

  async state(): Promise<Attempts> {
    return this.#after(await this.#read());
  }

  #after({ failed, at }: z.infer<typeof Count>): Attempts {
    const wait = failed < FREE_ATTEMPTS ? 0 : FIRST_WAIT_SECONDS * 2 ** (failed - FREE_ATTEMPTS) * 1000;
    return { left: Math.max(0, MAX_ATTEMPTS - failed), retryAt: wait ? at + wait : null };
  }

  /** Counts one attempt as failed. Call before trying; {@link forgive} afterwards when the secret was right. */
  async count(now: number): Promise<Attempts> {
    const counted = { failed: (await this.#read()).failed + 1, at: now };
    // It was read back.
    await this.#keychain.write(this.#account, Buffer.from(JSON.stringify(counted)));
    return this.#after(counted);
  }

  async forgive(): Promise<void> {
    await this.#keychain.write(this.#account, Buffer.from(JSON.stringify({ failed: 0, at: 0 })));
  }
}
