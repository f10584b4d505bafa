/** Seeded randomness: the same seed and labels give the same numbers, so that a case can be repeated by its name. */
import { createHash } from 'node:crypto';

export interface Random {
  /** A whole number from 0 up to, not including, `below`. */
  int(below: number): number;
  /** True once in `outOf` times, or half the time. */
  coin(outOf?: number): boolean;
  pick<T>(from: readonly T[]): T;
  bytes(length: number): Buffer;
}

/** SFC32 (Chris Doty-Humphrey), seeded with SHA-256 over the labels. */
export function randomFor(...labels: (string | number)[]): Random {
  const digest = createHash('sha256').update(labels.join('\u0000')).digest();
  let [a, b, c, d] = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12) | 1];
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  const int = (below: number) => Math.floor((next() / 2 ** 32) * below);
  return {
    int,
    coin: (outOf = 2) => int(outOf) === 0,
    pick: (from) => {
      const chosen = from[int(from.length)];
      if (chosen === undefined && from.length === 0) throw new RangeError('nothing to pick from');
      return chosen as (typeof from)[number];
    },
    bytes: (length) => {
      const out = Buffer.alloc(length);
      for (let at = 0; at < length; at += 1) out[at] = next() & 0xff;
      return out;
    },
  };
}
