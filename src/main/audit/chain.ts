/**
 * The hash chain: h_i = SHA-256(0x00 ‖ u64be(seq) ‖ h_{i−1} ‖ body), h_0 = 32 zero bytes; each hash signed with the device key
 * (Ed25519, RFC 8032). One chain per device and clinician.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** Of an entry's body, bytes. */
export const BODY_LIMIT = 65_536;
export const FIRST_PREVIOUS = Buffer.alloc(32);
/** PKCS #8 of an Ed25519 seed (RFC 8410 §7), up to the seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export function signingKey(seed: Buffer): KeyObject {
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

export function entryHash(seq: number, previous: Uint8Array, body: Uint8Array): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(seq));
  return createHash('sha256').update(Buffer.of(0)).update(number).update(previous).update(body).digest();
}

export function signHash(key: KeyObject, hash: Uint8Array): Buffer {
  return sign(null, hash, key);
}

export interface ChainEntry {
  seq: number;
  body: Buffer;
  hash: Buffer;
  signature: Buffer;
}

/**
 * Checks entries that follow `head` (null: from the first). Returns the new head, or the seq of the first entry that does not
 * fit and why.
 */
export function verifyChain(entries: Iterable<ChainEntry>, publicKey: KeyObject, head: { seq: number; hash: Buffer } | null = null):
  { ok: true; head: { seq: number; hash: Buffer } | null } | { ok: false; seq: number; why: 'gap' | 'hash' | 'signature' } {
  let last = head;
  for (const entry of entries) {
    if (entry.seq !== (last?.seq ?? 0) + 1) return { ok: false, seq: entry.seq, why: 'gap' };
    if (!entryHash(entry.seq, last?.hash ?? FIRST_PREVIOUS, entry.body).equals(entry.hash)) return { ok: false, seq: entry.seq, why: 'hash' };
    if (!verify(null, entry.hash, publicKey, entry.signature)) return { ok: false, seq: entry.seq, why: 'signature' };
    last = { seq: entry.seq, hash: entry.hash };
  }
  return { ok: true, head: last };
}

export function publicKeyOf(privateKey: KeyObject): KeyObject {
  return createPublicKey(privateKey);
}

/** base64url of the raw 32 bytes, as an event and an enrolment name a chain's key. */
export function keyText(key: KeyObject): string {
  const { x } = key.export({ format: 'jwk' });
  if (x === undefined) throw new TypeError('not an Ed25519 key');
  return x;
}

/** The key of that text, or null when it is none. */
export function keyOfText(text: string): KeyObject | null {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return null;
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** So that two people can compare a key: 16 hexadecimal digits of the SHA-256 of its 32 bytes, in groups of four. @param key as {@link keyText} gives it */
export function keyCharacters(key: string): string {
  return (createHash('sha256').update(Buffer.from(key, 'base64url')).digest('hex').slice(0, 16).match(/.{4}/g) ?? []).join(' ');
}
