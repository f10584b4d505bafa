/** Gates with a defect on purpose: each must be found, or what found nothing in the real one shows nothing. */
import { detachedJws } from '../../../practice/signing.ts';
import { gate, type Gate } from './gate.ts';
import { copyOf, part, putSignature, statementOf, type Fields } from './graph.ts';
import type { Change } from './mutate.ts';
import { runGenerated, type Finding, type Plan } from './run.ts';

export interface PlantOutcome {
  name: string;
  found: number;
}

/** The honest gate over an answer in which one thing was put right: as if it had not been looked at. */
const seeing = (change: (resource: Fields) => Fields): Gate => (graph, answer) => gate(graph, async (url) => {
  const response = await answer(url);
  if (!(response.headers.get('content-type') ?? '').includes('fhir+json')) return response;
  const bundle = await response.json() as Fields;
  const entry = (bundle.entry as { resource: Fields }[]).map(({ resource }) => ({ resource: change(structuredClone(resource)) }));
  return new Response(JSON.stringify({ ...bundle, entry }), { headers: response.headers });
});

interface Plant {
  what: string;
  kind: Finding['kind'];
  /** Changes among which it shows. */
  among: (change: Change) => boolean;
  gate: Gate;
}

export const plants = {
  owner: { what: 'the owner of a Task is not looked at', kind: 'leak', among: ({ path }) => path.startsWith('task.owner'), gate: (graph, answer) => seeing((one) => (one.resourceType === 'Task' ? { ...one, owner: { reference: graph.owners[0] ?? '' } } : one))(graph, answer) },
  patient: { what: 'the patient of an encounter is not looked at', kind: 'leak', among: ({ path }) => path.startsWith('encounter.subject'), gate: (graph, answer) => seeing((one) => (one.resourceType === 'Encounter' ? { ...one, subject: part(graph, 'task').for ?? null } : one))(graph, answer) },
  digest: { what: 'the digest of the file is not looked at', kind: 'leak', among: ({ path }) => path.startsWith('media'), gate: async (graph, answer) => {
    const verdict = await gate(graph, answer);
    return verdict.admitted || verdict.reasons.join() !== 'media-bytes-differ' ? verdict : { admitted: true, shown: { recording: '', name: '', dateOfBirth: '', nhsNumber: null, startedAt: '', mediaSha256: '', transcriptSha256: null } };
  } },
  signature: { what: 'signatures are not checked', kind: 'leak', among: ({ path }) => path.startsWith('manifestJws'), gate: async (graph, answer) => {
    const signed = copyOf(graph);
    for (const name of signed.statements.keys()) {
      const { statement, bytes } = statementOf(signed, name);
      try {
        putSignature(signed, name, detachedJws(bytes, statement.key, statement.type, statement.signedAt));
      } catch {
        // The change took away where a signature would be.
      }
    }
    return seeing((one) => [...signed.resources.values()].find(({ id, resourceType }) => resourceType === 'Provenance' && one.resourceType === 'Provenance' && id === one.id) ?? one)(signed, answer);
  } },
  strict: { what: 'what has an extension is withheld', kind: 'honestWithheld', among: ({ how }) => how === 'unknown', gate: async (graph, answer) => {
    const texts: string[] = [];
    const verdict = await gate(graph, async (url) => {
      const response = await answer(url);
      texts.push(await response.clone().text());
      return response;
    });
    return texts.some((text) => text.includes('unheard-of')) ? { admitted: false, reasons: ['planted'] } : verdict;
  } },
} satisfies Record<string, Plant>;

const SAMPLE = 80;

export async function runPlant(name: keyof typeof plants, seed: string): Promise<PlantOutcome> {
  const { what, kind, among, gate: planted }: Plant = plants[name];
  const plan: Plan = { seed: `plant ${seed}`, wanted: SAMPLE, sample: true, first: 0, stride: 1, among };
  const { findings } = await runGenerated(plan, planted);
  const real = new Set((await runGenerated(plan)).findings.map((one) => `${one.kind} ${one.graph} ${one.what}`));
  return { name: what, found: findings.filter((one) => one.kind === kind && !real.has(`${one.kind} ${one.graph} ${one.what}`)).length };
}
