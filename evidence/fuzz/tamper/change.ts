/** Ways to change bytes, each by number, so that all can be tried; and the verdict on what a changed thing opens as. */
import { answerOf } from '../adapter.ts';
import type { Tally } from '../fuzzClass.ts';
import type { Random } from '../random.ts';

export function flipped(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  const at = bit >> 3;
  changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

/** Several bytes at once, somewhere: for what comes after every single bit. */
export function scrambled(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  for (let n = 1 + random.int(4); n > 0; n -= 1) changed[random.int(Math.max(1, changed.length))] = random.int(256);
  return changed;
}

/** A number for each index below `total`, each once, in an order that spreads over all of it. */
export function spread(index: number, total: number): number {
  let step = Math.max(1, Math.floor(total * 0.618));
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  while (gcd(step, total) !== 1) step += 1;
  return Number((BigInt(index % total) * BigInt(step)) % BigInt(total));
}

/** Opening a changed thing must end in a refusal by name, or give exactly what was there. */
export async function judge<T>(open: () => T | Promise<T>, same: (found: T) => boolean): Promise<'refused' | 'same' | 'accepted' | { unnamed: unknown }> {
  try {
    return same(await open()) ? 'same' : 'accepted';
  } catch (error) {
    return answerOf(error) ?? { unnamed: error };
  }
}

export type Verdict = Awaited<ReturnType<typeof judge>>;

export function noteVerdict(tally: Tally, index: number, what: string, verdict: Verdict): void {
  tally.sort(`${what}${verdict === 'same' ? ', no difference' : ''}`);
  if (verdict === 'accepted') tally.note('acceptedTampering', index, what);
  else if (typeof verdict === 'object') tally.note('unnamed', index, `${what}: ${String(verdict.unnamed)}`);
}
