/** What opening a recording's segments costs beyond the cipher itself. */
import { createDecipheriv, randomBytes } from 'node:crypto';
import { newStream, openSegment, sealSegment, SEGMENT_BYTES, slotCapacity } from '../../../src/main/vault/segments.ts';
import type { Measured } from '../measure.ts';
import { alternating } from '../pairs.ts';
import { MB } from '../trial.ts';

const TAG_BYTES = 16;

export async function opening(megabytes: number, runs: number): Promise<Measured> {
  const { stream } = newStream(randomBytes(32), Buffer.from('bench'));
  const plaintext = randomBytes(slotCapacity(1));
  const sealed = Array.from({ length: Math.ceil((megabytes * MB) / SEGMENT_BYTES) }, (_, n) => sealSegment(stream, n + 1, false, plaintext));
  const nonces = sealed.map((_, n) => {
    const nonce = Buffer.concat([stream.prefix, Buffer.alloc(5)]);
    nonce.writeUInt32BE(n + 1, stream.prefix.length);
    return nonce;
  });
  const rate = (open: (segment: Buffer, n: number) => Buffer): number => {
    const began = performance.now();
    let bytes = 0;
    for (const [n, segment] of sealed.entries()) bytes += open(segment, n).length;
    return bytes / MB / ((performance.now() - began) / 1000);
  };
  const raw = (segment: Buffer, n: number): Buffer => {
    const decipher = createDecipheriv('aes-256-gcm', stream.key, nonces[n] ?? Buffer.alloc(0));
    const cut = segment.length - TAG_BYTES;
    decipher.setAuthTag(segment.subarray(cut));
    const opened = decipher.update(segment.subarray(0, cut));
    decipher.final();
    return opened;
  };
  return alternating(runs, async () => rate((segment, n) => openSegment(stream, n + 1, false, segment)), async () => rate(raw));
}
