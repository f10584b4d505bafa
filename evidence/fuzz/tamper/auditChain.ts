/** The audit chain: every bit of every entry; entries dropped, exchanged, repeated, cut off, written anew; against the head that is kept apart. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { chain, FuzzVault } from '../adapter.ts';
import { type Context, type FuzzClass, type Prepared, Tally } from '../fuzzClass.ts';
import { FileKeychain } from '../keychainFile.ts';
import { randomFor } from '../random.ts';
import { flipped, noteVerdict } from './change.ts';

const ENTRIES = 10;

async function prepare(context: Context): Promise<Prepared> {
  const chainOf = async (name: string) => {
    const vault = await FuzzVault.load(join(context.folder, name), new FileKeychain({}));
    for (let i = 1; i <= ENTRIES; i += 1) vault.append(i);
    const raw = vault.rawChain();
    await vault.close();
    return raw;
  };
  const { entries, publicKey } = await chainOf('one');
  const { entries: foreign } = await chainOf('other');
  type Entry = (typeof entries)[number];
  const head = entries.at(-1);
  if (!head) throw new Error('no entries');
  const text = (list: readonly Entry[]) => list.map(({ seq, body, hash, signature }) => `${seq} ${body.toString('hex')} ${hash.toString('hex')} ${signature.toString('hex')}`).join('\n');
  const whole = text(entries);
  const fields = ['body', 'hash', 'signature'] as const;
  const bits: [entry: number, field: (typeof fields)[number], bit: number][] = [];
  for (const [i, entry] of entries.entries()) for (const field of fields) for (let bit = 0; bit < entry[field].length * 8; bit += 1) bits.push([i, field, bit]);
  const changed = (index: number): [string, Entry[]] => {
    const bit = bits[index];
    if (bit) return [`bit of a ${bit[1]}`, entries.map((entry, i) => (i === bit[0] ? { ...entry, [bit[1]]: flipped(entry[bit[1]], bit[2]) } : entry))];
    const random = randomFor(context.seed, 'auditChain', index);
    const [a, b] = [random.int(ENTRIES), random.int(ENTRIES)];
    const at = (list: readonly Entry[], i: number): Entry => list[i] ?? head;
    const numbered = (list: Entry[]) => list.map((entry, i) => ({ ...entry, seq: i + 1 }));
    const sorts: [string, () => Entry[]][] = [
      ['entry dropped', () => entries.filter((_, i) => i !== a)],
      ['entry dropped, numbers mended', () => numbered(entries.filter((_, i) => i !== a))],
      ['entries exchanged', () => entries.map((entry, i) => (i === a ? at(entries, b) : i === b ? at(entries, a) : entry))],
      ['entries exchanged, numbers mended', () => numbered(entries.map((entry, i) => (i === a ? at(entries, b) : i === b ? at(entries, a) : entry)))],
      ['entry repeated', () => numbered([...entries.slice(0, a), at(entries, b), ...entries.slice(a)])],
      ['end cut off', () => entries.slice(0, a)],
      ['beginning cut off', () => entries.slice(a + 1)],
      ['entry of another chain', () => entries.map((entry, i) => (i === a ? at(foreign, a) : entry))],
      ['end of another chain', () => [...entries.slice(0, a), ...foreign.slice(a)]],
      ['number changed', () => entries.map((entry, i) => (i === a ? { ...entry, seq: random.int(ENTRIES + 3) } : entry))],
      ['body of another entry', () => entries.map((entry, i) => (i === a ? { ...entry, body: at(entries, b).body } : entry))],
      ['signature of another entry', () => entries.map((entry, i) => (i === a ? { ...entry, signature: at(entries, b).signature } : entry))],
    ];
    const [what, make] = sorts[index % sorts.length] ?? ['', () => entries];
    return [what, make()];
  };
  /** Accepts the entries when they verify and end at the head that was kept apart. */
  const accepts = (list: readonly Entry[]): boolean => {
    const verified = chain.verifyChain(list, publicKey);
    return verified.ok && verified.head !== null && verified.head.seq === head.seq && verified.head.hash.equals(head.hash);
  };
  const run = (index: number, tally: Tally, check: typeof accepts) => {
    const [what, list] = changed(index);
    noteVerdict(tally, index, what, text(list) === whole ? 'same' : check(list) ? 'accepted' : 'refused');
  };
  return {
    run: async (index, tally) => run(index, tally, accepts),
    /** A check of numbers alone. */
    async control() {
      const tally = new Tally();
      for (let i = 0; i < 500; i += 1) run(i, tally, (list) => list.every(({ seq }, i) => seq === i + 1));
      return tally.counts.acceptedTampering > 0;
    },
    end: () => rmSync(context.folder, { recursive: true, force: true }),
  };
}

export const auditChain: FuzzClass = { name: 'auditChain', share: 0.05, slice: 1_500, least: 40_000, realCost: false, prepare };
