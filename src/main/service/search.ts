/** FHIR searches: pages on the same server, and what counts of what they bring. */
import type { z } from 'zod';
import { Failure, problemOf } from '../platform/failure.ts';
import { Bundle, OperationOutcome } from '../fhir/resources.ts';
import type { Reader } from './http.ts';

/** A practice that pages for ever must not hold the app: 500 pages of at least 20 are more than anyone is assigned. */
const MAX_PAGES = 500;

/**
 * Follows `next` links on the same server, page by page. Throws `practice-error`, with {refusedPage} where the answer was 403, 404 or 410.
 * @param counted the server's own count is held against what came: where there is less, a page was not named
 */
export async function* searchPages(http: Reader, query: string, most = MAX_PAGES, counted = false): AsyncGenerator<unknown[], void> {
  const seen = new Set<string>();
  let total = Infinity;
  let came = 0;
  let next: string | undefined = query;
  while (next !== undefined) {
    if (seen.has(next) || seen.size >= most) throw new Failure('practice-error', 'paging does not end');
    seen.add(next);
    const answer = await http.json(next);
    if (answer === null) throw new Failure('practice-error', 'search refused', { refusedPage: seen.size });
    const bundle = Bundle.safeParse(answer);
    if (!bundle.success) throw new Failure('practice-error', 'answer is no Bundle');
    const page = (bundle.data.entry ?? []).map((entry) => entry.resource);
    came += page.length;
    // What comes in meanwhile is counted later.
    total = Math.min(total, bundle.data.total ?? Infinity);
    yield page;
    next = bundle.data.link?.find((link) => link.relation === 'next')?.url;
  }
  if (counted && total !== Infinity && came < total) throw new Failure('practice-error', 'search was not answered in full');
}

/** As {@link searchPages}, one by one. */
export async function* searchEach(http: Reader, query: string): AsyncGenerator<unknown, void> {
  for await (const page of searchPages(http, query)) yield* page;
}

/** "Not all of it": what is missing then is not gone. */
export function refuseOutcome(resource: unknown): void {
  const outcome = OperationOutcome.safeParse(resource);
  if (outcome.success && outcome.data.issue.some(({ severity }) => severity === 'error' || severity === 'fatal')) throw new Failure('practice-error', 'search was not answered in full');
}

/** As {@link searchEach}, all at once. Entries that are no such resource are ignored by whoever asked. */
export async function search(http: Reader, query: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const resource of searchEach(http, query)) {
    refuseOutcome(resource);
    found.push(resource);
  }
  return found;
}

/** Things that one question is about: what fails is asked for one by one. */
const MOST_ASKED = 50;
/** Characters that they take in its address, which stays below 2,000 with a long base. */
const ROOM = 1_600;

/** In their order, as many in one question as it has room for. @param lengthOf what one takes, characters */
export function* portions(items: readonly string[], lengthOf = (item: string) => item.length): Generator<string[]> {
  let portion: string[] = [];
  let taken = 0;
  for (const item of items) {
    const length = lengthOf(item) + 1;
    if (portion.length === MOST_ASKED || (portion.length > 0 && taken + length > ROOM)) {
      yield portion;
      [portion, taken] = [[], 0];
    }
    portion.push(item);
    taken += length;
  }
  if (portion.length > 0) yield portion;
}

interface Found<T> {
  byId: Map<string, T>;
  /** Ids of which the answers contradict each other, or cannot be read. */
  unclear: Set<string>;
}

/**
 * The resources of one type by id. The same one twice is how pages overlap; two of one id that differ, or of which one cannot be read, contradict each
 * other, and neither counts: nothing says which is true.
 */
export function oneOfEach<T extends { resourceType: string; id: string }>(type: T['resourceType'], schema: z.ZodType<T>, resources: readonly unknown[]): Found<T> {
  const byId = new Map<string, T>();
  const unclear = new Set<string>();
  const said = new Map<string, string>();
  for (const resource of resources) {
    const { resourceType, id } = (resource ?? {}) as { resourceType?: unknown; id?: unknown };
    if (resourceType !== type || typeof id !== 'string') continue;
    const parsed = schema.safeParse(resource);
    // What the server says of its own copy is no part of what it says.
    const saying = parsed.success ? JSON.stringify({ ...parsed.data, meta: undefined }) : '';
    if (!parsed.success || (said.has(id) && said.get(id) !== saying)) unclear.add(id);
    said.set(id, saying);
    if (parsed.success) byId.set(id, parsed.data);
  }
  for (const id of unclear) byId.delete(id);
  return { byId, unclear };
}

/** So many questions in a row that nobody answers, and it is the practice that does not answer. */
const FAILED_IN_A_ROW = 5;

/** Counts what goes wrong by what it is about: one thing that cannot be read is no practice that does not answer. */
export class Failures {
  readonly #inARow = new Set<string>();

  answered(): void {
    this.#inARow.clear();
  }

  /** Throws `error` when it is not the practice's, or one of too many. */
  failed(about: string, error: unknown): void {
    this.#inARow.add(about);
    if (!['practice-unreachable', 'practice-error'].includes(problemOf(error).code) || this.#inARow.size >= FAILED_IN_A_ROW) throw error;
  }
}

const eachOnce = (references: Iterable<string | null>): string[] => [...new Set([...references].filter((r) => r !== null))];

/** @param portion "Type/id" of that type */
const questionById = (type: string, portion: readonly string[]): string => `${type}?_id=${portion.map((reference) => reference.slice(type.length + 1)).join(',')}&_count=${MOST_ASKED}`;

/** What {@link eachById} asks for these. */
export const questionsById = (type: string, references: Iterable<string | null>): string[] => [...portions(eachOnce(references))].map((portion) => questionById(type, portion));

/** A question about one thing that is refused is an answer: "not for you", or "no longer". */
const isAnsweredNo = (portion: readonly string[], error: unknown): boolean => portion.length === 1 && error instanceof Failure && error.detail?.refusedPage === 1;

async function portionById<T extends { resourceType: string; id: string }>(http: Reader, type: T['resourceType'], schema: z.ZodType<T>, portion: readonly string[]): Promise<[string, T][]> {
  const answers = await search(http, questionById(type, portion)).catch((error: unknown) => {
    if (isAnsweredNo(portion, error)) return [];
    throw error;
  });
  const answered = oneOfEach(type, schema, answers);
  return portion.flatMap((reference) => {
    const resource = answered.byId.get(reference.slice(type.length + 1));
    return resource ? [[reference, resource]] : [];
  });
}

/** Resources by their references, many in one question. What was not asked for is ignored. */
export async function byId<T extends { resourceType: string; id: string }>(http: Reader, type: T['resourceType'], schema: z.ZodType<T>, references: Iterable<string | null>): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (const portion of portions(eachOnce(references))) {
    for (const [reference, resource] of await portionById(http, type, schema, portion)) found.set(reference, resource);
  }
  return found;
}

/** As {@link byId}, but one of them that cannot be answered keeps no other away: they are then asked for one by one, and `unread` says which. */
export async function eachById<T extends { resourceType: string; id: string }>(http: Reader, type: T['resourceType'], schema: z.ZodType<T>, references: Iterable<string | null>): Promise<{ found: Map<string, T>; unread: Set<string> }> {
  const found = new Map<string, T>();
  const unread = new Set<string>();
  const failures = new Failures();
  const wanted = eachOnce(references);
  const ask = async (part: readonly string[]): Promise<void> => {
    try {
      for (const [reference, resource] of await portionById(http, type, schema, part)) found.set(reference, resource);
      failures.answered();
    } catch (error) {
      failures.failed(part.join(), error);
      const [only = ''] = part;
      if (part.length === 1) unread.add(only);
      else for (const reference of part) await ask([reference]);
    }
  };
  await http.ahead?.(questionsById(type, wanted));
  for (const portion of portions(wanted)) await ask(portion);
  return { found, unread };
}
