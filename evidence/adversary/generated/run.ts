/** The generated layer: every single change of a valid graph, then crossed pairs, through the app's own path, judged by the table. */
import { randomFor, type Random } from '../../fuzz/random.ts';
import { expectedOf, type Expected } from '../evidenceTable.ts';
import { answersFrom } from './answer.ts';
import { gate as honestGate, type Gate, type Verdict } from './gate.ts';
import { baseGraphs, type Graph } from './graph.ts';
import { crossedPairs, mediaChanges, resourceChanges, signatureChanges, statementChanges, told, type Change } from './mutate.ts';

export interface Finding {
  kind: 'leak' | 'honestWithheld';
  graph: string;
  what: string;
  why: string;
  reasons: string[];
}

export interface Tally {
  cases: number;
  /** Of the cases: what the table says of them. */
  expected: Record<Expected, number>;
  findings: Finding[];
  /** Cases by what was changed. */
  sorts: Record<string, number>;
}

interface Case {
  base: Graph;
  others: Graph[];
  changes: Change[];
}

export interface Plan {
  seed: string;
  /** At least so many; a single change is never left out of a full run. */
  wanted: number;
  /** Take a sample of about `wanted`. */
  sample: boolean;
  /** Every `stride`-th case from the `first`. */
  first: number;
  stride: number;
  /** Only such single changes. */
  among?: (change: Change) => boolean;
  progress?: (cases: number, findings: number) => void;
}

function* allCases(random: Random, plan: Plan): Generator<Case> {
  const graphs = baseGraphs(random, Math.floor(Date.now() / 1000) * 1000);
  const singles: Case[] = graphs.flatMap(({ base, others }) =>
    [...resourceChanges(base, others), ...statementChanges(base, others), ...signatureChanges(base, others), ...mediaChanges(base, others, random)].flatMap((change) => (plan.among && !plan.among(change) ? [] : [{ base, others, changes: [change] }])));
  if (plan.sample) {
    for (let count = 0; count < plan.wanted; count += 1) yield random.pick(singles);
    return;
  }
  yield* singles;
  const pairs = graphs.map(({ base, others }) => ({ base, others, source: crossedPairs(base, others[random.int(others.length)] ?? base, random) }));
  for (let count = singles.length; count < plan.wanted; count += 1) {
    const { base, others, source } = random.pick(pairs);
    const pair = source.next();
    if (!pair.done) yield { base, others, changes: pair.value };
  }
}

export const emptyTally = (): Tally => ({ cases: 0, expected: { evidence: 0, harmless: 0, either: 0 }, findings: [], sorts: {} });

export function addTally(sum: Tally, one: Tally): void {
  sum.cases += one.cases;
  sum.findings.push(...one.findings);
  for (const is of ['evidence', 'harmless', 'either'] as const) sum.expected[is] += one.expected[is];
  for (const [sort, count] of Object.entries(one.sorts)) sum.sorts[sort] = (sum.sorts[sort] ?? 0) + count;
}

/** What is wrong with what is shown: an admitted recording must be the base graph's own, whatever was changed. */
function wronglyShown(verdict: Extract<Verdict, { admitted: true }>, honest: Extract<Verdict, { admitted: true }>): string | null {
  for (const field of ['recording', 'dateOfBirth', 'nhsNumber', 'startedAt', 'mediaSha256'] as const) {
    // A capital T or Z in a signed moment is the same moment.
    if (String(verdict.shown[field]).toUpperCase() !== String(honest.shown[field]).toUpperCase()) return `shows another ${field}`;
  }
  const family = honest.shown.name.split(' ').at(-1) ?? '';
  if (!verdict.shown.name.toLowerCase().includes(family.toLowerCase())) return 'shows another name';
  if (verdict.shown.transcriptSha256 !== null && verdict.shown.transcriptSha256 !== honest.shown.transcriptSha256) return 'shows another transcript';
  return null;
}

export async function runGenerated(plan: Plan, gate: Gate = honestGate): Promise<Tally> {
  const tally = emptyTally();
  let index = -1;
  const honest = new Map<Graph, Extract<Verdict, { admitted: true }>>();
  for (const { base, others, changes } of allCases(randomFor('adversary', plan.seed), plan)) {
    index += 1;
    if (index % plan.stride !== plan.first) continue;
    let control = honest.get(base);
    if (!control) {
      const verdict = await gate(base, answersFrom(base, base, others));
      if (!verdict.admitted) throw new Error(`The honest graph "${base.name}" is withheld: ${verdict.reasons.join(', ')}. Nothing below it would show anything.`);
      if (verdict.shown.transcriptSha256 === null) throw new Error(`The honest graph "${base.name}" has lost its transcript.`);
      honest.set(base, control = verdict);
    }
    let graph: Graph;
    try {
      graph = told(base, changes);
    } catch {
      // The first change took away where the second would have been.
      continue;
    }
    const verdicts = changes.map((change) => expectedOf(change, told(base, [change]), base));
    const strictest = verdicts.find(({ is }) => is === 'evidence') ?? verdicts.find(({ is }) => is === 'either') ?? verdicts[0];
    if (!strictest) continue;
    const verdict = await gate(graph, answersFrom(graph, base, others));
    const wrong = verdict.admitted ? wronglyShown(verdict, control) : null;
    tally.cases += 1;
    tally.expected[strictest.is] += 1;
    const [sort = ''] = (changes[0]?.path ?? '').split('.');
    const name = changes.length > 1 ? 'crossed pairs' : sort;
    tally.sorts[name] = (tally.sorts[name] ?? 0) + 1;
    const what = changes.map((change) => change.what).join('; and ');
    if (verdict.admitted && (strictest.is === 'evidence' || wrong !== null)) tally.findings.push({ kind: 'leak', graph: base.name, what: wrong === null ? what : `${what}: ${wrong}`, why: strictest.why, reasons: [] });
    else if (!verdict.admitted && strictest.is === 'harmless') tally.findings.push({ kind: 'honestWithheld', graph: base.name, what, why: strictest.why, reasons: verdict.reasons });
    if (tally.cases % 2000 === 0) plan.progress?.(tally.cases, tally.findings.length);
  }
  return tally;
}
