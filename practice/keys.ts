/**
 * The demo practice's signing keys.
 *
 * They are derived from a fixed, published label, so no private key file is committed, they survive a restart, and
 * evidence that an app has kept still verifies. They are public knowledge by construction: whoever has this file can
 * sign as the demo practice. A real practice's call platform, transcriber and managers make and keep their own.
 */
import { createECDH, createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';

export type PublicJwk = { kty: string; crv: string; x: string; y?: string; kid: string; alg: 'EdDSA' | 'ES256' | 'ECDH-ES' };
export type DemoKey = { privateKey: KeyObject; publicJwk: PublicJwk };

const LABEL = 'Viewing Room demo practice: public demo keys, version 1';
/** RFC 8410: what precedes the 32 seed bytes in an Ed25519 PKCS #8 file. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export const demoKeys = {
  manifest: ed25519('manifest'),
  /** A second trusted manifest key, of the other algorithm; the seed does not use it because ECDSA is not repeatable. */
  manifestES256: p256('manifest ES256', 'ES256'),
  transcriber: ed25519('transcriber'),
  assignment: ed25519('assignment'),
  /** Opens what the app could not send, when nobody else can open it any more. */
  recovery: p256('recovery', 'ECDH-ES'),
  /** A former recorder's: revoked in the site file. */
  revoked: ed25519('revoked'),
  /** Another one's, in the site file for what it signed until 2020. */
  retired: ed25519('retired'),
  /** In no site file: what it signs must be refused. */
  stranger: ed25519('stranger'),
};

export function derive(purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', LABEL, '', purpose, length));
}

function ed25519(purpose: string): DemoKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, derive(purpose, 32)]), format: 'der', type: 'pkcs8' });
  return { privateKey, publicJwk: publicJwk(privateKey, 'EdDSA') };
}

function p256(purpose: string, alg: 'ES256' | 'ECDH-ES'): DemoKey {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(derive(purpose, 32));
  const point = curve.getPublicKey();
  const coordinate = (part: Buffer): string => part.toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(point.subarray(1, 33)), y: coordinate(point.subarray(33)), d: coordinate(curve.getPrivateKey()) };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return { privateKey, publicJwk: publicJwk(privateKey, alg) };
}

/** The key's id is its RFC 7638 thumbprint: members in alphabetical order, no white space. */
function publicJwk(privateKey: KeyObject, alg: PublicJwk['alg']): PublicJwk {
  const { kty = '', crv = '', x = '', y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const members = y === undefined ? { crv, kty, x } : { crv, kty, x, y };
  const kid = createHash('sha256').update(JSON.stringify(members)).digest('base64url');
  return { kty, crv, x, ...(y === undefined ? {} : { y }), kid, alg };
}
