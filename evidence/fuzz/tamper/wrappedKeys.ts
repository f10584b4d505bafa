/** Wrapped keys: every bit of each, every length, the wrong key over them and what they are bound to. */
import { createDecipheriv } from 'node:crypto';
import { wrapped } from '../adapter.ts';
import { type FuzzClass, type Prepared, Tally } from '../fuzzClass.ts';
import { randomFor } from '../random.ts';
import { flipped, judge, noteVerdict, scrambled } from './change.ts';

type Unwrap = (under: Buffer, bytes: Buffer, context: string) => Buffer;
const BLOCK = 2_000;

async function prepare({ seed }: { seed: string }): Promise<Prepared> {
  const run = async (index: number, tally: Tally, unwrap: Unwrap) => {
    const block = Math.floor(index / BLOCK);
    const random = randomFor(seed, 'wrappedKeys', block);
    const [under, otherUnder, secret, otherSecret] = [random.bytes(32), random.bytes(32), random.bytes(32), random.bytes(32)];
    const context = `device/id urn:uuid:${block} 1 4096`;
    // The nonce is the vault's own; a case is about what is changed.
    const bytes = wrapped.wrap(under, secret, context);
    const other = wrapped.wrap(under, otherSecret, context);
    const contexts = [`device/id urn:uuid:${block} 2 4096`, `device/id urn:uuid:${block} 1 4097`, `device/id urn:uuid:${block + 1} 1 4096`, `device/other urn:uuid:${block} 1 4096`, 'device/id ledger', '', `${context} `];
    const pick = randomFor(seed, 'wrappedKeys', index);
    let k = index % BLOCK;
    const within = (count: number): boolean => {
      if (k < count) return true;
      k -= count;
      return false;
    };
    let what = 'several changes';
    let attempt: [Buffer, Buffer, string] = [under, scrambled(bytes, pick), context];
    if (within(bytes.length * 8)) [what, attempt] = ['bit of a wrapped key', [under, flipped(bytes, k), context]];
    else if (within(256)) [what, attempt] = ['bit of the wrapping key', [flipped(under, k), bytes, context]];
    else if (within(bytes.length)) [what, attempt] = ['wrapped key cut short', [under, bytes.subarray(0, k), context]];
    else if (within(64)) [what, attempt] = ['wrapped key made longer', [under, Buffer.concat([bytes, pick.bytes(k + 1)]), context]];
    else if (within(context.length * 7)) [what, attempt] = ['bit of what it is bound to', [under, bytes, flipped(Buffer.from(context), Math.floor(k / 7) * 8 + (k % 7)).toString()]];
    else if (within(contexts.length)) [what, attempt] = ['bound to another', [under, bytes, contexts[k] ?? '']];
    else if (within(bytes.length - 1)) [what, attempt] = ['joined of two', [under, Buffer.concat([bytes.subarray(0, k + 1), other.subarray(k + 1)]), context]];
    else if (within(1)) [what, attempt] = ['under another key', [otherUnder, bytes, context]];
    const [u, b, c] = attempt;
    noteVerdict(tally, index, what, await judge(() => unwrap(u, b, c), (found) => found.equals(secret)));
  };
  return {
    run: (index, tally) => run(index, tally, wrapped.unwrap),
    /** Unwrapping that does not look at the tag. */
    async control() {
      const tally = new Tally();
      for (let i = 0; i < 1_000; i += 1) await run(i, tally, (under, bytes) => createDecipheriv('aes-256-gcm', under, bytes.subarray(0, 12)).update(bytes.subarray(12, -16)));
      return tally.counts.acceptedTampering > 0;
    },
  };
}

export const wrappedKeys: FuzzClass = { name: 'wrappedKeys', share: 0.02, slice: 2_000, least: 20_000, realCost: false, prepare };
