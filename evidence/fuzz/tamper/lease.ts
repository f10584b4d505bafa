/** The lease as it lies on disk: every bit of the pages that hold it, and its old state put back. */
import { join } from 'node:path';
import { FuzzVault } from '../adapter.ts';
import { type Context, type FuzzClass, type Prepared, Tally } from '../fuzzClass.ts';
import { FileKeychain } from '../keychainFile.ts';
import { Promised } from '../oracle.ts';
import { flipped, judge, noteVerdict, spread } from './change.ts';
import { filesIn, type Files, holds } from './moments.ts';

const NAME = 'ledger.db';
const PAGE = 4096;

async function prepare(context: Context): Promise<Prepared> {
  const folder = join(context.folder, 'life');
  const scratch = join(context.folder, 'scratch');
  const keychain = new FileKeychain({});
  const lives = async (n: number): Promise<Files> => {
    const vault = await FuzzVault.load(folder, keychain);
    vault.renewLease(n);
    await vault.close();
    return filesIn(folder);
  };
  const before = await lives(1);
  const after = await lives(1_000);
  const moment = { keychain: keychain.copy(), promised: new Promised() };
  const [oldFile, file] = [before.get(NAME) ?? Buffer.alloc(0), after.get(NAME) ?? Buffer.alloc(0)];
  const same = await holds(scratch, after, moment, false);
  const pages = Array.from({ length: file.length / PAGE }, (_, i) => i).filter((i) => !file.subarray(i * PAGE, (i + 1) * PAGE).equals(oldFile.subarray(i * PAGE, (i + 1) * PAGE)));
  const bits = pages.length * PAGE * 8;
  const withOld = (some: readonly number[]): Buffer => {
    const changed = Buffer.from(file);
    for (const i of some) oldFile.copy(changed, i * PAGE, i * PAGE, (i + 1) * PAGE);
    return changed;
  };
  const last: [string, Buffer][] = [...pages.map((i): [string, Buffer] => ['old page of the lease put back', withOld([i])]), ['all old pages of the lease put back', withOld(pages)], ['old ledger put back', oldFile]];
  const run = async (index: number, tally: Tally, look: typeof holds) => {
    // First what is put back: few cases, and the ones that matter most.
    const [what, bytes] = last[index] ?? ['bit of a page of the lease', (() => {
      const bit = spread(index - last.length, bits);
      return flipped(file, (pages[Math.floor(bit / (PAGE * 8))] ?? 0) * PAGE * 8 + (bit % (PAGE * 8)));
    })()];
    noteVerdict(tally, index, what, await judge(() => look(scratch, new Map(after).set(NAME, bytes), moment, false), (found) => found === same));
  };
  return {
    total: last.length + bits,
    run: (index, tally) => run(index, tally, holds),
    /** A look that takes the file as it is. */
    async control() {
      const tally = new Tally();
      for (let i = 0; i < 20; i += 1) await run(i, tally, async (_folder, files) => files.get(NAME)?.toString('base64') ?? '');
      return tally.counts.acceptedTampering > 0;
    },
  };
}

export const lease: FuzzClass = { name: 'lease', share: 0.1, slice: 400, least: 5_000, realCost: false, prepare };
