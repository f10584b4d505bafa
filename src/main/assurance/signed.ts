/** Detached JWS (RFC 7515 Appendix F) over exact bytes, checked with keys of the site file only. */
import { flattenedVerify, importJWK } from 'jose';
import type { SignedStatement } from '../service/offered.ts';
import type { TrustedKey } from '../site.ts';

/** EdDSA is RFC 8037's name for what RFC 9864 calls Ed25519; a signer may use either for the same key. */
const algorithms = (key: TrustedKey): string[] => (key.crv === 'Ed25519' ? ['EdDSA', 'Ed25519'] : ['ES256']);

/**
 * The bytes, when a trusted key signed exactly them; else null. The key is chosen by `kid` among `keys`, and fixes the
 * algorithm: nothing in the message can bring a key (`jwk`, `jku`, `x5c`) or choose another algorithm.
 */
export async function verifiedBytes(statement: SignedStatement, keys: readonly TrustedKey[]): Promise<Buffer | null> {
  const parts = statement.jws.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload !== '' || signature === undefined) return null;
  const bytes = Buffer.from(statement.bytes, 'base64');
  try {
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { kid?: unknown };
    const key = keys.find((k) => k.kid === kid);
    if (!key) return null;
    const [first] = algorithms(key);
    await flattenedVerify({ protected: header, payload: bytes.toString('base64url'), signature }, await importJWK(key, first), { algorithms: algorithms(key) });
    return bytes;
  } catch {
    return null;
  }
}
