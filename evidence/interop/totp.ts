/** The second factor of whoever has one: time-based one-time codes (RFC 6238), six digits, SHA-1, 30 seconds. */
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 30_000;

/** @param at ms since the epoch */
export function totp(secret: string, at: number, digits = 6): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0');
}

/** Codes of one secret, each for one use (RFC 6238 §5.2): whoever comes again within one step waits for the next. */
export class OneTimeCodes {
  readonly #secret: string;
  #used = -1;

  constructor(secret: string) {
    this.#secret = secret;
  }

  async next(): Promise<string> {
    const now = Date.now();
    // The server's clock is this computer's; a little later, so that it has come to that step as well.
    if (Math.floor(now / STEP_MS) <= this.#used) await sleep((this.#used + 1) * STEP_MS - now + 200);
    const at = Date.now();
    this.#used = Math.floor(at / STEP_MS);
    return totp(this.#secret, at);
  }
}
