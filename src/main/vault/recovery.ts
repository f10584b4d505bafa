/**
 * What the practice can open when nobody else can any more: JWE (RFC 7516, compact), ECDH-ES on P-256 with A256GCM (RFC 7518), to the
 * public recovery key of the site file. The private key never comes near this computer.
 */
import { CompactEncrypt, decodeProtectedHeader, importJWK, type JWK } from 'jose';

export type RecoveryKey = JWK & { kid: string };

export async function sealForPractice(key: RecoveryKey, body: Uint8Array): Promise<string> {
  const jwe = new CompactEncrypt(body).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: key.kid });
  return jwe.encrypt(await importJWK(key, 'ECDH-ES'));
}

/** Was this sealed to that key, as far as it says? */
export function isSealedFor(key: RecoveryKey, sealed: string): boolean {
  try {
    return decodeProtectedHeader(sealed).kid === key.kid;
  } catch {
    return false;
  }
}
