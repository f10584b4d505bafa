/** Keys and small secrets at rest: AES-256-GCM under a 32-byte key, random 96-bit nonce, bound to what they are for. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { SealBroken } from './segments.ts';

/** nonce[12] ‖ ciphertext ‖ tag[16]. */
export function wrap(under: Uint8Array, secret: Uint8Array, context: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', under, iv);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  const body = cipher.update(secret);
  cipher.final();
  return Buffer.concat([iv, body, cipher.getAuthTag()]);
}

/** Throws {@link SealBroken} when the key, the bytes or the context is not the one it was wrapped with. */
export function unwrap(under: Uint8Array, wrapped: Buffer, context: string): Buffer {
  if (wrapped.length < 28) throw new SealBroken('wrapped key too short');
  const decipher = createDecipheriv('aes-256-gcm', under, wrapped.subarray(0, 12));
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(wrapped.subarray(-16));
  const secret = decipher.update(wrapped.subarray(12, -16));
  try {
    decipher.final();
  } catch {
    secret.fill(0);
    throw new SealBroken('wrapped key');
  }
  return secret;
}

/** HKDF-SHA256 (RFC 5869) to 32 bytes. */
export function deriveKey(ikm: Uint8Array, salt: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', ikm, salt, purpose, 32));
}
