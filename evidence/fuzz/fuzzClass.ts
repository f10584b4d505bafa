/** What a class of cases is, and how its findings are counted. */
import type { Shim } from './shim/shim.ts';

export type Kind = 'acceptedTampering' | 'acknowledgedLost' | 'canariesFound' | 'wrong' | 'unnamed';

export interface Finding {
  case: number;
  kind: Kind;
  what: string;
}

/** What comes before the place. */
export const sortOf = (what: string): string => what.replace(/\d+/g, 'n').split(': ')[0] ?? '';

/** Findings are many when one thing is broken: all are counted, the first of each sort are told. */
const TOLD = 60;

export class Tally {
  cases = 0;
  kills = 0;
  powerCuts = 0;
  counts: Record<Kind, number> = { acceptedTampering: 0, acknowledgedLost: 0, canariesFound: 0, wrong: 0, unnamed: 0 };
  told: Finding[] = [];
  /** What kinds of case there were: so that a class that has stopped doing part of its work shows. */
  sorts: Record<string, number> = {};

  sort(name: string): void {
    this.sorts[name] = (this.sorts[name] ?? 0) + 1;
  }

  note(kind: Kind, index: number, what: string): void {
    this.counts[kind] += 1;
    const same = this.told.filter((finding) => finding.kind === kind && sortOf(finding.what) === sortOf(what)).length;
    if (same < 2 && this.told.length < TOLD) this.told.push({ case: index, kind, what });
  }

  /** What a look at a vault found (oracle.ts), and the search of its files. */
  noteAll(index: number, { lost, wrong, unnamed, canaries }: Record<'lost' | 'wrong' | 'unnamed' | 'canaries', readonly string[]>): void {
    for (const what of lost) this.note('acknowledgedLost', index, what);
    for (const what of wrong) this.note('wrong', index, what);
    for (const what of unnamed) this.note('unnamed', index, what);
    for (const what of canaries) this.note('canariesFound', index, what);
  }

  add(other: Tally): void {
    this.cases += other.cases;
    this.kills += other.kills;
    this.powerCuts += other.powerCuts;
    for (const kind of Object.keys(this.counts) as Kind[]) this.counts[kind] += other.counts[kind];
    for (const [name, count] of Object.entries(other.sorts)) this.sorts[name] = (this.sorts[name] ?? 0) + count;
    for (const finding of other.told) {
      const same = this.told.filter(({ kind, what }) => kind === finding.kind && sortOf(what) === sortOf(finding.what)).length;
      if (same < 2) this.told.push(finding);
    }
  }

  get findings(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }
}

export interface Context {
  seed: string;
  /** An empty folder that the shim watches; the class may do in it what it likes. */
  folder: string;
  /** An empty folder that it does not watch. */
  aside: string;
  /** Where the shim of this process writes its log. */
  log: string;
  shim: Shim;
  library: string;
}

export interface Prepared {
  /** Cases that are all there are; more would repeat them. */
  total?: number;
  run(index: number, tally: Tally): Promise<void>;
  /** With a defect planted: true when the class finds it. */
  control(): Promise<boolean>;
  end?(): void;
}

export interface FuzzClass {
  name: string;
  /** Share of the time that is given. */
  share: number;
  /** Cases of the short slice, and at least so many of a full run. */
  slice: number;
  least: number;
  /** Whether secrets are derived at their real cost; else at a low one that keeps every property (cheapArgon.ts). */
  realCost: boolean;
  prepare(context: Context): Promise<Prepared>;
}
