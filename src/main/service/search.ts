/** FHIR searches: pages on the same server, and what counts of what they bring. */
import type { z } from 'zod';
import { Failure } from '../platform/failure.ts';
import { Bundle, OperationOutcome } from '../fhir/resources.ts';
import type { PracticeHttp } from './http.ts';

/** A practice that pages for ever must not hold the app: 500 pages of at least 20 are more than anyone is assigned. */
const MAX_PAGES = 500;

/** Follows `next` links on the same server. Throws `practice-error`, with {refusedPage} where the answer was 403, 404 or 410. */
export async function* searchEach(http: PracticeHttp, query: string): AsyncGenerator<unknown, void> {
  const seen = new Set<string>();
  let next: string | undefined = query;
  while (next !== undefined) {
    if (seen.has(next) || seen.size >= MAX_PAGES) throw new Failure('practice-error', 'paging does not end');
    seen.add(next);
    const answer = await http.json(next);
    if (answer === null) throw new Failure('practice-error', 'search refused', { refusedPage: seen.size });
    const bundle = Bundle.safeParse(answer);
    if (!bundle.success) throw new Failure('practice-error', 'answer is no Bundle');
    for (const entry of bundle.data.entry ?? []) yield entry.resource;
    next = bundle.data.link?.find((link) => link.relation === 'next')?.url;
  }
}

/** As {@link searchEach}, all at once. Entries that are no such resource are ignored by whoever asked. */
export async function search(http: PracticeHttp, query: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const resource of searchEach(http, query)) {
    // "Not all of it": what is missing then is not gone.
    const outcome = OperationOutcome.safeParse(resource);
    if (outcome.success && outcome.data.issue.some(({ severity }) => severity === 'error' || severity === 'fatal')) throw new Failure('practice-error', 'search was not answered in full');
    found.push(resource);
  }
  return found;
}

/** Ids a request: keeps the address below 2,000 characters. */
const BATCH = 25;

export function* batches<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += BATCH) yield items.slice(at, at + BATCH);
}

interface Found<T> {
  byId: Map<string, T>;
  /** Ids of which the answers contradict each other. */
  contradicted: Set<string>;
}

/**
 * The resources of one type by id. The same one twice is how pages overlap; two of one id that differ, or of which one cannot be read, contradict each
 * other, and neither counts: nothing says which is true.
 */
export function oneOfEach<T extends { resourceType: string; id: string }>(type: T['resourceType'], schema: z.ZodType<T>, resources: readonly unknown[]): Found<T> {
  const byId = new Map<string, T>();
  const contradicted = new Set<string>();
  const said = new Map<string, string>();
  for (const resource of resources) {
    const { resourceType, id } = (resource ?? {}) as { resourceType?: unknown; id?: unknown };
    if (resourceType !== type || typeof id !== 'string') continue;
    const parsed = schema.safeParse(resource);
    const saying = parsed.success ? JSON.stringify(parsed.data) : '';
    if (said.has(id) && said.get(id) !== saying) contradicted.add(id);
    said.set(id, saying);
    if (parsed.success) byId.set(id, parsed.data);
  }
  for (const id of contradicted) byId.delete(id);
  return { byId, contradicted };
}

/** Resources by their references, in batches. What was not asked for is ignored. */
export async function byId<T extends { resourceType: string; id: string }>(http: PracticeHttp, type: T['resourceType'], schema: z.ZodType<T>, references: Iterable<string | null>): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  const wanted = new Set([...references].filter((r) => r !== null));
  for (const batch of batches([...wanted])) {
    const ids = batch.map((reference) => reference.slice(type.length + 1));
    const answered = oneOfEach(type, schema, await search(http, `${type}?_id=${ids.join(',')}&_count=${BATCH}`));
    for (const id of ids) {
      const resource = answered.byId.get(id);
      if (resource) found.set(`${type}/${id}`, resource);
    }
  }
  return found;
}
