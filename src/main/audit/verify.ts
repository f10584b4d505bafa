/**
 * Verifies one chain from what a server gives back, entry by entry in ascending order of `seq`, in memory that does not grow with the chain.
 *
 * A valid signature over hᵢ proves entry i and every entry before it, as far back as each one's hash follows from its body and the hash before: the device signed hᵢ alone,
 * and hᵢ cannot follow from anything else. So hashes are checked for every entry, and of signatures either `all`, or those of `runs`: of the last entry of each
 * {@link RUN}, of the last before and the first after anything that does not fit, and of the last of all. Where one of these does not hold, each of its run is checked, to
 * name the first that is not signed. `runs` misses one thing only: a signature that was changed while the entry was not, which proves nothing about the entry. An
 * Ed25519 verification takes 0.1 to 0.2 ms, all else of an entry 5 to 8 µs: a million entries are minutes with `all` and seconds with `runs`.
 */
import { hash as digest, verify, type KeyObject } from 'node:crypto';
import { BODY_LIMIT, FIRST_PREVIOUS, keyOfText } from './chain.ts';

export interface Head {
  seq: number;
  hash: Buffer;
}

/** An entry with its place, which the caller has from the body itself (`readEntry`). */
export interface Candidate {
  seq: number;
  body: Buffer;
  hash: Buffer;
  signature: Buffer;
  /** As its event names it. */
  key: string | null;
  reference: string;
  /** `elsewhere`: its body names another chain or number than the place where it was found. */
  reading?: 'entry' | 'unreadable' | 'elsewhere';
}

/**
 * `edited`: a hash that does not follow from the body and the hash before. `signature`: not signed with the chain's key, or the signature was changed. `gap`: entries are missing.
 * `fork`: two entries of one number, both signed: a store that was put back, or a key that is used twice. `replay`: an entry of another place. `regression`: another entry
 * stands where a remembered one did. `truncated`: the chain ends before a remembered entry. `other-key`: an event names another key than the chain's. `unreadable`: the
 * chain holds, and its entry says something that this version cannot read.
 */
export type FindingKind = 'unreadable' | 'edited' | 'signature' | 'gap' | 'fork' | 'replay' | 'regression' | 'truncated' | 'other-key';

/** Nothing from `sequence` to `until` is proven; of a gap that includes the entry behind it, whose hash needs the one before. */
export interface ChainFinding {
  kind: FindingKind;
  sequence: number;
  until: number;
  /** AuditEvents that it is about; of a gap, entries that are missing. */
  count: number;
  /** The first of them; null where none is there. */
  reference: string | null;
}

export interface VerifyOptions {
  /** base64url; null: the key that the first event names counts for all of them, and proves only that one key signed them. */
  enrolled: string | null;
  /** The highest head that was verified before. */
  remembered?: Head | null;
  /** What the first entry follows: null, the beginning. `unknown`: it is not there yet; the first entry is then not proven by itself. */
  before?: Head | null | 'unknown';
  signatures?: 'all' | 'runs';
}

/** Where a verification stands after {@link Verifier.finish}: goes on from there with entries of higher numbers. JSON; hashes base64url. */
export interface VerifyState {
  at: number;
  tips: string[];
  loose: boolean;
  key: string | null;
  head: { seq: number; hash: string } | null;
  entries: number;
  duplicates: number;
  findings: ChainFinding[];
  dropped: number;
}

export interface Verdict {
  /** Of the chain as found: its last entry that is proven. */
  head: Head | null;
  /** Under which all of this was verified; null: no event names one, and none is enrolled. */
  key: string | null;
  /** Different ones, and AuditEvents that repeat one to the byte: a server that stored it twice has changed nothing. */
  entries: number;
  duplicates: number;
  /** In the order in which they were met, at most {@link MOST_FINDINGS}. */
  findings: ChainFinding[];
  /** Findings beyond that. */
  dropped: number;
}

export const RUN = 1000;
export const MOST_FINDINGS = 1000;
/** Branches of a fork that are followed. */
const MOST_TIPS = 8;

/** An entry of the present number whose hash fits, or that the next may follow all the same. */
interface Tip {
  hash: Buffer;
  /** Not there for one that was read back from a state. */
  entry: Candidate | null;
  /** The hash before, by which branches are told apart. */
  parent: Buffer | null;
  /** Its hash follows from what was there before. */
  fits: boolean;
}

export class Verifier {
  readonly #options: VerifyOptions;
  readonly #every: boolean;
  #keyName: string | null;
  #key: KeyObject | null;
  /** The number that was met last, its tips and those before it. */
  #at: number;
  #tips: Tip[];
  #before: Tip[] = [];
  /** What the entries of the present number follow is not there. */
  #loose: boolean;
  #looseNext = false;
  #head: Head | null;
  /** Fitting entries whose signature has not been looked at. */
  #run: Candidate[] = [];
  #entries = 0;
  #duplicates = 0;
  #findings: ChainFinding[] = [];
  #dropped = 0;
  #metRemembered = false;
  readonly #scratch = Buffer.alloc(41 + BODY_LIMIT);

  constructor(options: VerifyOptions, state: VerifyState | null = null) {
    this.#options = options;
    this.#every = options.signatures === 'all';
    this.#keyName = options.enrolled ?? state?.key ?? null;
    this.#key = this.#keyName === null ? null : keyOfText(this.#keyName);
    const { before = null } = options;
    const start = before === 'unknown' ? null : before;
    this.#at = state?.at ?? start?.seq ?? 0;
    const tips = state ? state.tips.map((text) => Buffer.from(text, 'base64url')) : before === 'unknown' ? [] : [start?.hash ?? FIRST_PREVIOUS];
    this.#tips = tips.map((hash) => ({ hash, entry: null, parent: null, fits: true }));
    this.#looseNext = state?.loose ?? before === 'unknown';
    this.#loose = false;
    this.#head = state?.head ? { seq: state.head.seq, hash: Buffer.from(state.head.hash, 'base64url') } : null;
    if (state) {
      this.#entries = state.entries;
      this.#duplicates = state.duplicates;
      this.#findings = state.findings.map((finding) => ({ ...finding }));
      this.#dropped = state.dropped;
    }
    this.#metRemembered = state !== null && options.remembered != null && state.at >= options.remembered.seq;
  }

  /**
   * The next AuditEvent of this chain, in ascending order of `seq`; several of one number follow each other. What comes later of a number that was left behind is a `replay`
   * here: where a server has got another AuditEvent of such a number meanwhile, the chain is verified anew.
   */
  add(entry: Candidate): void {
    const { seq } = entry;
    if (entry.reading === 'elsewhere' || seq < this.#at || (seq === this.#at && !this.#isOpen())) {
      this.#find('replay', entry);
      return;
    }
    if (this.#keyName === null && entry.key !== null) {
      this.#keyName = entry.key;
      this.#key = keyOfText(entry.key);
    }
    if (entry.key !== null && entry.key !== this.#keyName) {
      this.#find('other-key', entry);
      // The detail is not signed: what fits and is signed with the chain's key belongs here all the same. The rest is of no number of this chain.
      const before = seq === this.#at ? this.#before : seq === this.#at + 1 ? this.#tips : [];
      if ((before.length > 0 && !before.some(({ hash }) => this.#follows(entry, hash))) || !this.#signed(entry)) return;
    }
    if (seq > this.#at) this.#proceed(entry);
    const twin = this.#tips.find((tip) => tip.entry?.hash.equals(entry.hash) && tip.entry.body.equals(entry.body));
    if (twin?.entry) {
      this.#duplicates += 1;
      if (!twin.entry.signature.equals(entry.signature)) this.#anotherSignature(twin.entry, entry);
      return;
    }
    this.#entries += 1;
    this.#place(entry);
    if (entry.reading === 'unreadable') this.#find('unreadable', entry);
  }

  /** Checks what is still open. More may follow: the state goes on from here. */
  finish(): { verdict: Verdict; state: VerifyState } {
    this.#close();
    const { remembered } = this.#options;
    const findings = this.#findings.map((finding) => ({ ...finding }));
    const state: VerifyState = {
      at: this.#at, tips: this.#tips.map(({ hash }) => hash.toString('base64url')), loose: this.#looseNext, key: this.#keyName,
      head: this.#head && { seq: this.#head.seq, hash: this.#head.hash.toString('base64url') }, entries: this.#entries, duplicates: this.#duplicates,
      findings: findings.map((finding) => ({ ...finding })), dropped: this.#dropped,
    };
    if (remembered && this.#at < remembered.seq) findings.push({ kind: 'truncated', sequence: this.#at + 1, until: remembered.seq, count: remembered.seq - this.#at, reference: null });
    return { verdict: { head: this.#head, key: this.#keyName, entries: this.#entries, duplicates: this.#duplicates, findings, dropped: this.#dropped }, state };
  }

  /** Whether entries of the present number were met here, and not in a state or before the beginning. */
  #isOpen(): boolean {
    return this.#before.length > 0 || this.#loose;
  }

  /** Leaves the present number behind: what entries of the next one follow is known now. */
  #proceed(entry: Candidate): void {
    const { seq } = entry;
    this.#meetRemembered();
    const gap = seq > this.#at + 1 && !(this.#at === 0 && this.#options.before === 'unknown');
    // A branch has ended, or there are several: from here on each one's signature is looked at.
    if (gap || this.#looseNext || this.#tips.length > 1) this.#checkRun();
    this.#before = gap || this.#looseNext ? [] : this.#tips;
    this.#loose = this.#before.length === 0;
    this.#tips = [];
    this.#looseNext = false;
    if (gap) this.#push({ kind: 'gap', sequence: this.#at + 1, until: seq, count: seq - this.#at - 1, reference: null });
    this.#at = seq;
  }

  #place(entry: Candidate): void {
    const parent = this.#before.find(({ hash }) => this.#follows(entry, hash));
    const rival = this.#tips.some(({ fits }) => fits);
    if (parent) {
      if (!rival && this.#before.length === 1) {
        this.#tips = [{ hash: entry.hash, entry, parent: parent.hash, fits: true }];
        this.#run.push(entry);
        if (this.#every || this.#run.length >= RUN) this.#checkRun();
        return;
      }
      this.#checkRun();
      if (!this.#signed(entry)) {
        this.#find('signature', entry);
        if (!rival) this.#keep({ hash: entry.hash, entry, parent: parent.hash, fits: false });
        return;
      }
      // The one that was there first may have been found not to be signed meanwhile.
      const others = this.#tips.filter((tip) => tip.fits && tip.entry && this.#signed(tip.entry));
      if (others.some((tip) => tip.parent?.equals(parent.hash))) this.#find('fork', entry);
      this.#tips = others;
      this.#keep({ hash: entry.hash, entry, parent: parent.hash, fits: true });
      this.#head = { seq: entry.seq, hash: entry.hash };
      return;
    }
    this.#checkRun();
    const signed = this.#signed(entry);
    // Behind a gap nothing is there that it could follow: its hash may be the signed one, and its body another.
    if (!this.#loose || rival) this.#find('edited', entry);
    else if (!signed) this.#find('signature', entry);
    if (rival) return;
    this.#keep({ hash: entry.hash, entry, parent: null, fits: this.#loose && signed });
    // The hash may be what was changed: the next then follows the one that the body has.
    if (!signed) for (const { hash } of this.#before) this.#keep({ hash: this.#hashOf(entry, hash), entry: null, parent: null, fits: false });
  }

  #keep(tip: Tip): void {
    if (this.#tips.length < MOST_TIPS) this.#tips.push(tip);
  }

  /** The same entry, with another signature: one that does not hold was changed. */
  #anotherSignature(first: Candidate, second: Candidate): void {
    this.#checkRun();
    if (!this.#signed(second)) this.#find('signature', second);
    // The first was reported, and its hash is proven by the second.
    else if (!this.#signed(first)) this.#head = { seq: second.seq, hash: second.hash };
  }

  /** The signature of the last of the run holds for all of it; else each one's is looked at. */
  #checkRun(): void {
    const run = this.#run;
    this.#run = [];
    const last = run.at(-1);
    if (!last) return;
    if (this.#signed(last)) {
      this.#head = { seq: last.seq, hash: last.hash };
      return;
    }
    for (const entry of run) {
      if (entry !== last && this.#signed(entry)) this.#head = { seq: entry.seq, hash: entry.hash };
      else this.#find('signature', entry);
    }
  }

  #close(): void {
    this.#meetRemembered();
    this.#checkRun();
    // Nothing more of this number is taken: what comes later of it is told by verifying anew.
    this.#before = [];
    this.#loose = false;
  }

  /** Once the remembered number is left behind, one of its entries was the remembered one, or history was written anew. */
  #meetRemembered(): void {
    const { remembered } = this.#options;
    if (!remembered || this.#metRemembered || this.#at !== remembered.seq) return;
    this.#metRemembered = true;
    if (this.#tips.some(({ hash }) => hash.equals(remembered.hash))) return;
    this.#push({ kind: 'regression', sequence: this.#at, until: this.#at, count: 1, reference: this.#tips[0]?.entry?.reference ?? null });
  }

  #find(kind: FindingKind, { seq, reference }: Candidate): void {
    const last = this.#findings.at(-1);
    // A stretch of one kind is one finding.
    if (last?.kind === kind && kind !== 'fork' && (seq === last.until || seq === last.until + 1)) {
      last.until = seq;
      last.count += 1;
      return;
    }
    this.#push({ kind, sequence: seq, until: seq, count: 1, reference });
  }

  #push(finding: ChainFinding): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push(finding);
    else this.#dropped += 1;
  }

  #signed({ hash, signature }: Candidate): boolean {
    return this.#key !== null && verify(null, hash, this.#key, signature);
  }

  #follows(entry: Candidate, previous: Buffer): boolean {
    return this.#hashOf(entry, previous).equals(entry.hash);
  }

  /** As chain.ts's entryHash, without making buffers for each entry. */
  #hashOf({ seq, body }: Candidate, previous: Buffer): Buffer {
    const bytes = this.#scratch;
    if (body.length > BODY_LIMIT || previous.length !== 32) return Buffer.alloc(0);
    bytes.writeUInt32BE(Math.floor(seq / 2 ** 32), 1);
    bytes.writeUInt32BE(seq % 2 ** 32, 5);
    previous.copy(bytes, 9);
    body.copy(bytes, 41);
    return digest('sha256', bytes.subarray(0, 41 + body.length), 'buffer');
  }
}
