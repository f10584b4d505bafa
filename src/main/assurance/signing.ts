/** Making what {@link readStatement} checks: a detached JWS over exact bytes. */
import type { KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, FlattenedSign } from 'jose';
import type { SignedStatement } from '../service/offered.ts';
import type { TrustedKey } from '../site.ts';

/** The form that the site file's key lists take; its id is its RFC 7638 thumbprint. @param publicKey Ed25519 */
export async function publicJwk(publicKey: KeyObject): Promise<TrustedKey> {
  const { x = '' } = await exportJWK(publicKey);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x } as const;
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA' };
}

/** @param type of the JWS, such as `consult-assignment+jws` @param signedAt ISO time */
export async function signStatement(bytes: Buffer, key: KeyObject, kid: string, type: string, signedAt: string): Promise<SignedStatement> {
  const { protected: header = '', signature } = await new FlattenedSign(bytes).setProtectedHeader({ alg: 'EdDSA', kid, typ: type, sigT: signedAt }).sign(key);
  return { bytes: bytes.toString('base64'), jws: `${header}..${signature}` };
}
