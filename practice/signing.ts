import { sign } from 'node:crypto';
import type { DemoKey } from './keys.ts';

/** A detached compact JWS (RFC 7515, appendix F): the payload is signed but not carried. */
export function detachedJws(payload: Buffer, key: DemoKey, type: string, signedAt: string): string {
  const { alg, kid } = key.publicJwk;
  const header = Buffer.from(JSON.stringify({ alg, kid, typ: type, sigT: signedAt })).toString('base64url');
  const input = Buffer.from(`${header}.${payload.toString('base64url')}`);
  const signature = sign(alg === 'EdDSA' ? null : 'sha256', input, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${header}..${signature.toString('base64url')}`;
}
