/** Verifies the chains of the trail in slices, so that questions are answered in between, and keeps what was found beside them. */
import { databaseFailure } from '../../platform/database.ts';
import { Verifier, type ChainFinding, type Head, type Verdict, type VerifyState } from '../verify.ts';
import { chainKey } from './queries.ts';
import { unpack, type TrailStore } from './store.ts';

/** Some ten milliseconds of work. */
const SLICE = 1_000;

/** What is known of a chain beside what the server holds. */
export interface Known {
  device: string;
  sds: string;
  enrolled: 'enrolled' | 'not-enrolled' | 'revoked';
  /** base64url, of the enrolment that counts; null where there is none. */
  key: string | null;
  /** The highest head that a manager verified here before. */
  remembered: { seq: number; hash: Uint8Array } | null;
}

/** How one chain stands, for main to remember. */
export interface ChainVerdict {
  device: string;
  sds: string;
  /** Its last entry that is proven, and under which key. */
  head: { seq: number; hash: Uint8Array } | null;
  key: string | null;
  findings: number;
}

export interface Verified {
  entries: number;
  findings: number;
  notEnrolled: number;
  chains: ChainVerdict[];
}

type Row = [seq: number, n: number, claim: number, readable: number, bytes: Buffer];
interface Chain {
  id: number;
  device: string;
  sds: string;
  entries: number;
}

export class Verifying {
  readonly #store: TrailStore;
  /** Of each chain: where its verification stands, what was known of it then, and its verdict. */
  readonly #stood = new Map<number, { state: VerifyState; known: string; verdict: ChainVerdict }>();

  constructor(store: TrailStore) {
    this.#store = store;
  }

  /**
   * Chains that only grew are verified from where they stood. @param complete the whole record has been read: what is missing at a chain's beginning is missing.
   * @param progress entries so far, after each slice. @param pause lets others have their turn.
   */
  async run(known: readonly Known[], complete: boolean, progress: (verified: number, of: number) => void, pause: () => Promise<void>): Promise<Verified> {
    const { db } = this.#store;
    if (complete) this.#addLost(known);
    const chains = db.prepare('SELECT id, device, sds, entries FROM chain ORDER BY id').all() as Chain[];
    const of = chains.reduce((sum, { entries }) => sum + entries, 0);
    const verdicts: ChainVerdict[] = [];
    let before = 0;
    for (const chain of chains) {
      const about = known.find(({ device, sds }) => device === chain.device && sds === chain.sds);
      verdicts.push(await this.#verify(chain, about ?? { device: chain.device, sds: chain.sds, enrolled: 'not-enrolled', key: null, remembered: null }, complete, (inChain) => progress(before + Math.min(inChain, chain.entries), of), pause));
      before += chain.entries;
      progress(before, of);
    }
    const count = (sql: string): number => db.prepare(`SELECT count(*) FROM ${sql}`).pluck().get() as number;
    return { entries: of, findings: count('finding'), notEnrolled: count("chain WHERE enrolled = 'not-enrolled' AND entries > 0"), chains: verdicts };
  }

  /** A chain that was seen or enrolled before and is not there at all has lost its end as well. */
  #addLost(known: readonly Known[]): void {
    const add = this.#store.db.prepare('INSERT INTO chain (device, sds) VALUES (?, ?) ON CONFLICT DO NOTHING');
    for (const { device, sds, enrolled, remembered } of known) if (remembered || enrolled !== 'not-enrolled') add.run(device, sds);
  }

  async #verify({ id, device, sds }: Chain, about: Known, complete: boolean, progress: (inChain: number) => void, pause: () => Promise<void>): Promise<ChainVerdict> {
    const { db } = this.#store;
    // Whoever enrolled it had an entry before them.
    const gone = complete && about.enrolled !== 'not-enrolled' && db.prepare('SELECT 1 FROM signed WHERE chain = ? LIMIT 1').get(id) === undefined;
    const remembered: Head | null = about.remembered ? { seq: about.remembered.seq, hash: Buffer.from(about.remembered.hash) } : gone ? { seq: 1, hash: Buffer.alloc(0) } : null;
    const known = JSON.stringify([about.enrolled, about.key, remembered?.seq, remembered?.hash.toString('base64'), complete]);
    const stood = this.#stood.get(id);
    const lowest = this.#store.lowestSince(id);
    if (stood?.known === known && lowest === null) return stood.verdict;
    const state = stood?.known === known && lowest !== null && lowest > stood.state.at ? stood.state : null;
    // Whatever comes in meanwhile below where this stands leads to a verification from the beginning, the next time.
    this.#stood.delete(id);
    const verifier = new Verifier({ enrolled: about.key, remembered, before: complete ? null : 'unknown', signatures: 'runs' }, state);
    const keys = new Map(db.prepare(`SELECT id, nullif(key, '') FROM claim`).raw().all() as [number, string | null][]);
    const rows = db.prepare(`SELECT seq, n, claim, readable, bytes FROM signed WHERE chain = ? AND (seq, n) > (?, ?) ORDER BY seq, n LIMIT ${SLICE}`).raw();
    let looked = state?.entries ?? 0;
    for (let [seq, n] = [state?.at ?? 0, Number.MAX_SAFE_INTEGER]; ; ) {
      const slice = rows.all(id, seq, n) as Row[];
      // What a finding is about is found again by its number.
      for (const [number, , claim, readable, bytes] of slice) {
        const { body, hash, signature } = unpack(bytes);
        verifier.add({ seq: number, body, hash, signature, key: keys.get(claim) ?? null, reference: '', reading: readable === 1 ? 'entry' : 'unreadable' });
      }
      const last = slice.at(-1);
      if (!last) break;
      [seq, n] = last;
      looked += slice.length;
      progress(looked);
      await pause();
    }
    const { verdict, state: stands } = verifier.finish();
    const findings = this.#keep(id, about, verdict, stands.at);
    const answer: ChainVerdict = { device, sds, head: verdict.head && { seq: verdict.head.seq, hash: new Uint8Array(verdict.head.hash) }, key: verdict.key, findings };
    this.#stood.set(id, { state: stands, known, verdict: answer });
    return answer;
  }

  /** @param reached the last number that has a place in the chain. */
  #keep(id: number, { device, sds, enrolled, key }: Known, { findings, head, key: under }: Verdict, reached: number): number {
    const { db } = this.#store;
    try {
      return db.transaction(() => {
        db.prepare('DELETE FROM finding WHERE chain = ?').run(id);
        const at = db.prepare('SELECT e.at FROM signed g JOIN entry e ON e.id = g.entry WHERE g.chain = ? AND g.seq = ? ORDER BY g.n LIMIT 1').pluck();
        const insert = db.prepare('INSERT INTO finding (chain, seq, until, kind, at, sentence) VALUES (?, ?, ?, ?, ?, ?)');
        for (const { kind, sequence, until, count } of findings) insert.run(id, sequence, until, kind, at.get(id, sequence) ?? null, sentenceOf(kind, sequence, until, count));
        // What names another key is told by that (filter.ts): it takes nothing from what stands beside it.
        const doubtful = findings.filter(({ kind }) => kind !== 'unreadable' && kind !== 'other-key').map(({ sequence }) => sequence);
        const named = chainKey(db, { device, sds })?.key ?? null;
        const otherKey = enrolled === 'enrolled' && named !== null && named !== key;
        // All that is here, but for what came in behind the verification's back.
        const looked = (db.prepare('SELECT max(seq) FROM signed WHERE chain = ?').pluck().get(id) as number | null) ?? 0;
        db.prepare('UPDATE chain SET enrolled = ?, key = ?, reached = ?, checked = ?, broken = ? WHERE id = ?')
          .run(otherKey ? 'other-key' : enrolled, under ?? '', Math.min(looked, (this.#store.pending(id) ?? Infinity) - 1), Math.min(head?.seq ?? 0, reached), doubtful.length > 0 ? Math.min(...doubtful) : null, id);
        return findings.length;
      }).immediate();
    } catch (error) {
      throw databaseFailure(error, 'library-corrupt');
    }
  }
}

function sentenceOf(kind: ChainFinding['kind'], sequence: number, until: number, count: number): string {
  const which = until > sequence ? `Entries ${sequence} to ${until}` : `Entry ${sequence}`;
  const [is, does] = until > sequence ? ['are', 'do'] : ['is', 'does'];
  switch (kind) {
    case 'gap': return `${count === 1 ? 'One entry is' : `${count} entries are`} missing, from number ${sequence} on.`;
    case 'edited': return `${which} ${does} not follow from what was signed before: changed, or put in another place.`;
    case 'signature': return `${which} ${is} not signed with the key of this chain.`;
    case 'fork': return `Two different entries have the number ${sequence}, both signed: the chain was continued twice.`;
    case 'replay': return `${which} ${is} there again, in a place that is not ${is === 'is' ? 'its' : 'their'} own.`;
    case 'regression': return `Another entry was seen as number ${sequence} before.`;
    case 'truncated': return sequence === 1 ? `Nothing of this chain is in the record, although ${until > 1 ? `it was seen to reach ${until}` : 'a manager enrolled its key'}.` : `The chain ends before number ${sequence}; it was seen to reach ${until}.`;
    case 'other-key': {
      const names = `${which} ${is === 'is' ? 'names' : 'name'} another key than the one of this chain`;
      // A new vault begins again, under the same person and computer.
      return sequence > 1 ? `${names}.` : `${names}, from its beginning. Probably the app was set up anew on this computer, or its keychain was lost, and the person’s record began again. Ask them, compare the characters of the new key with those on their own screen, and then enrol the new key; if nobody set anything up, find out why first.`;
    }
    case 'unreadable': return `${which} ${is === 'is' ? 'holds' : 'hold'} in the chain, and ${is === 'is' ? 'says' : 'say'} what this version cannot read.`;
  }
}
