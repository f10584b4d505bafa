/** The check after download: are these the bytes that were signed? */
import type { Assured } from './assess.ts';
import type { ReasonCode } from './reasons.ts';

declare const confirmed: unique symbol;
/** An assured recording whose received bytes have the signed size and digest. The vault publishes nothing else. */
export type Confirmed = Assured & { readonly receivedSha256: string; readonly [confirmed]: true };

/** @param received what was counted and hashed while the bytes were sealed. */
export function confirmMedia(assured: Assured, received: { plainBytes: number; sha256: string }): { ok: true; confirmed: Confirmed } | { ok: false; reasons: [ReasonCode] } {
  const { size, sha256 } = assured.media;
  // Without a manifest the digest may be unknown; with one it never is.
  const sameDigest = sha256 === null ? !assured.signed : sha256 === received.sha256;
  if (received.plainBytes !== size || !sameDigest) return { ok: false, reasons: ['media-bytes-differ'] };
  return { ok: true, confirmed: { ...assured, receivedSha256: received.sha256 } as Confirmed };
}
