/** The second factor of whoever has one: time-based one-time codes (RFC 6238), six digits, SHA-1, 30 seconds. */
import { createHmac } from 'node:crypto';

/** @param at ms since the epoch */
export function totp(secret: string, at: number, digits = 6): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0');
}
