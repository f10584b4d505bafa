/** Verifies an export of audit chains with nothing but the file and, where they are given, the keys that its chains must have. */
import { BODY_LIMIT } from '../../src/main/audit/chain.ts';
import { bytesOf, readEntry } from '../../src/main/audit/reported.ts';
import { readExport, type EntryLine, type ExportedChain, type ExportHeader } from '../../src/main/audit/exportFile.ts';
import { Verifier, type ChainFinding, type FindingKind, type VerifyOptions } from '../../src/main/audit/verify.ts';

export interface Bad {
  seq: number;
  reference: string | null;
  why: string;
}

export interface ChainVerdict {
  name: string;
  of: ExportedChain;
  entries: number;
  duplicates: number;
  /** Numbers and times of the first and the last entry that is there and can be read. */
  first: { seq: number; at: string } | null;
  last: { seq: number; at: string } | null;
  key: string | null;
  /** Whether the key was given, and not only named in the file. */
  given: boolean;
  /** The first entry that is bad; null: all is well. */
  bad: Bad | null;
  findings: ChainFinding[];
}

export interface FileVerdict {
  ok: boolean;
  header: ExportHeader;
  chains: ChainVerdict[];
  /** What is wrong with the file beside its chains. */
  faults: string[];
}

const sentences: Record<FindingKind, string> = {
  edited: 'its hash does not follow from its content and the entry before it',
  signature: 'it is not signed with this chain’s key',
  gap: 'it is missing',
  fork: 'there are two different entries of this number, both signed: an older store was put back, or the key is used twice',
  replay: 'an entry of another place stands here',
  regression: 'it is not the last entry that the file’s first line names',
  truncated: 'it is missing: the chain ends before the last entry that the file’s first line names',
  'other-key': 'this chain’s key is not the one that was given for it',
  unreadable: 'its content cannot be read as an entry that this version knows',
};

class Chain {
  readonly #verifier: Verifier;
  readonly #of: ExportedChain;
  readonly #given: string | null;
  readonly name: string;
  first: ChainVerdict['first'] = null;
  last: ChainVerdict['last'] = null;
  #lastSeq = 0;

  constructor(of: ExportedChain, given: string | null, signatures: VerifyOptions['signatures'] & string) {
    const head = { seq: of.head.seq, hash: Buffer.from(of.head.hash, 'base64') };
    const before = of.before && { seq: of.before.seq, hash: Buffer.from(of.before.hash, 'base64') };
    this.name = `${of.device}/${of.sds}`;
    this.#of = of;
    this.#given = given;
    this.#verifier = new Verifier({ enrolled: given ?? of.key, remembered: head, before, signatures });
  }

  /** @returns false for an entry that is out of order. */
  add({ seq, entry, hash, signature, reference }: EntryLine): boolean {
    const body = bytesOf(entry, BODY_LIMIT);
    const read = readEntry(body);
    const here = read?.seq === seq && read.chain.device === this.#of.device && read.chain.sds === this.#of.sds;
    if (read) {
      this.first ??= { seq, at: read.at };
      this.last = { seq, at: read.at };
    }
    this.#verifier.add({ seq, body, hash: bytesOf(hash, 32), signature: bytesOf(signature, 64), key: this.#of.key, reference, reading: read && !here ? 'elsewhere' : read?.entry ? 'entry' : 'unreadable' });
    const inOrder = seq >= this.#lastSeq;
    this.#lastSeq = Math.max(seq, this.#lastSeq);
    return inOrder;
  }

  verdict(): ChainVerdict {
    const { verdict } = this.#verifier.finish();
    const { head } = this.#of;
    const [worst] = verdict.findings.toSorted((a, b) => a.sequence - b.sequence);
    const beyond: Bad | null = this.#lastSeq > head.seq ? { seq: head.seq + 1, reference: null, why: 'it comes after the last entry that the file’s first line names' } : null;
    const bad = worst ? { seq: worst.sequence, reference: worst.reference, why: sentences[worst.kind] } : beyond;
    return { name: this.name, of: this.#of, entries: verdict.entries, duplicates: verdict.duplicates, first: this.first, last: this.last, key: verdict.key, given: this.#given !== null, bad, findings: verdict.findings };
  }
}

/** @param keys by "device/sds". @throws ExportFault when it is no export */
export async function verifyExport(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, keys: ReadonlyMap<string, string>, signatures: 'all' | 'runs' = 'all'): Promise<FileVerdict> {
  let header: ExportHeader | null = null;
  let chains: Chain[] = [];
  const faults: string[] = [];
  let at = 0;
  const fault = (text: string) => {
    if (faults.length < 20) faults.push(text);
  };
  for await (const part of readExport(bytes)) {
    switch (part.kind) {
      case 'header':
        header = part.header;
        chains = header.chains.map((chain) => new Chain(chain, keys.get(`${chain.device}/${chain.sds}`) ?? null, signatures));
        break;
      case 'bad-line':
        fault(`line ${part.line} is not a line of an export`);
        break;
      case 'entry': {
        const chain = chains[part.entry.chain];
        if (!chain) fault(`line ${part.line} names a chain that the first line does not`);
        else if (!chain.add(part.entry) || part.entry.chain < at) fault(`line ${part.line} is out of order: entry ${part.entry.seq} of ${chain.name} (${part.entry.reference})`);
        at = Math.max(at, part.entry.chain);
        break;
      }
      case 'footer':
        for (const text of part.faults) fault(text);
    }
  }
  if (!header) throw new Error('no header was read');
  const verdicts = chains.map((chain) => chain.verdict());
  for (const name of keys.keys()) if (!chains.some((chain) => chain.name === name)) fault(`a key was given for ${name}, and the file has no such chain`);
  return { ok: faults.length === 0 && verdicts.every(({ bad }) => bad === null), header, chains: verdicts, faults };
}
