/** Signed statements: detached JWS (RFC 7515 Appendix F) over exact bytes, checked with keys of the site file only. */
import { flattenedVerify, importJWK } from 'jose';
import type { z } from 'zod';
import type { SignedStatement } from '../service/offered.ts';
import type { TrustedKey } from '../site.ts';
import { parseStatement } from './statements.ts';

/** EdDSA is RFC 8037's name for what RFC 9864 calls Ed25519; a signer may use either for the same key. */
export const algorithms = (key: TrustedKey): string[] => (key.crv === 'Ed25519' ? ['EdDSA', 'Ed25519'] : ['ES256']);

/** Keys of the site file as they verify: a list of ten thousand would bring each in twenty thousand times. */
const imported = new WeakMap<TrustedKey, ReturnType<typeof importJWK>>();

function importOnce(key: TrustedKey): ReturnType<typeof importJWK> {
  const known = imported.get(key) ?? importJWK(key, algorithms(key)[0]);
  imported.set(key, known);
  return known;
}

/**
 * The exact bytes, and which of `keys` signed them; null when none did. The key is chosen by `kid`, and fixes the algorithm: nothing in the
 * message can bring a key (`jwk`, `jku`, `x5c`) or choose another algorithm.
 */
export async function signedBy(statement: SignedStatement, keys: readonly TrustedKey[]): Promise<{ bytes: Buffer; key: TrustedKey } | null> {
  const parts = statement.jws.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload !== '' || signature === undefined) return null;
  const bytes = Buffer.from(statement.bytes, 'base64');
  try {
    const { kid, crit, b64 } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Record<string, unknown>;
    // Extensions change what is signed (RFC 7797: not the bytes but their base64url): none is understood here.
    if (crit !== undefined || b64 !== undefined) return null;
    const key = keys.find((k) => k.kid === kid);
    if (!key) return null;
    await flattenedVerify({ protected: header, payload: bytes.toString('base64url'), signature }, await importOnce(key), { algorithms: algorithms(key) });
    return { bytes, key };
  } catch {
    return null;
  }
}

/** Was the key good for a statement of this time? What a revoked key signed counts for nothing, whenever it says that it was: who has the key chooses the date. */
function isGood(key: TrustedKey, issuedAt: string): boolean {
  const at = Date.parse(issuedAt);
  return key.revoked !== true && (key.notBefore === undefined || at >= Date.parse(key.notBefore)) && (key.notAfter === undefined || at <= Date.parse(key.notAfter));
}

/** Why a statement counts for nothing. `untrusted`: no key of the site file signed it; `retired`: one did that is revoked, or was not in use then; `malformed`: its bytes do not fit the schema. */
export type Refused = 'untrusted' | 'retired' | 'malformed';

/** A statement that a trusted key signed while it was good, with its exact bytes. */
export async function readStatement<T extends { issuedAt: string }>(schema: z.ZodType<T>, signed: SignedStatement, keys: readonly TrustedKey[]): Promise<{ statement: T; bytes: Buffer; key: TrustedKey } | Refused> {
  const held = await signedBy(signed, keys);
  if (!held) return 'untrusted';
  const { bytes, key } = held;
  const statement = parseStatement(schema, bytes);
  if (!statement) return 'malformed';
  return isGood(key, statement.issuedAt) ? { statement, bytes, key } : 'retired';
}
