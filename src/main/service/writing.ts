/**
 * Writing at the practice: nothing that somebody else wrote meanwhile is lost, a repeat makes no second one, and what is said to be written was answered as it was
 * sent. Resources are changed as they came, with whatever else is in them.
 */
import { z } from 'zod';
import { localReference } from '../fhir/reference.ts';
import { Failure, problemOf, unexpected } from '../platform/failure.ts';
import { JSON_LIMIT } from '../platform/heard.ts';
import { readBytes, type PracticeHttp } from './http.ts';

const Resource = z.looseObject({ resourceType: z.string(), id: z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/), meta: z.looseObject({ versionId: z.string().max(100).optional() }).optional() });
export type Resource = z.infer<typeof Resource>;
export type Unwritten = Record<string, unknown> & { resourceType: string };

type Answer = { conflict: number } | { conflict: null; body: string; location: string | null };

async function send(http: PracticeHttp, method: 'POST' | 'PUT', target: string, resource: unknown, headers: Record<string, string>): Promise<Answer> {
  const response = await http.send(target, {
    method, accept: 'application/fhir+json', body: JSON.stringify(resource), headers: { 'content-type': 'application/fhir+json', prefer: 'return=representation', ...headers },
  });
  if (!response.ok) {
    const { status } = response;
    await response.body?.cancel();
    if (status === 409 || status === 412) return { conflict: status };
    throw unexpected(status, 'write refused');
  }
  return { conflict: null, body: (await readBytes(response, JSON_LIMIT)).toString('utf8'), location: response.headers.get('location') };
}

/** A second try after a lost answer: whether it had arrived is not known, and sending it again makes no second one. */
async function twice<T>(work: (last: boolean) => Promise<T | undefined>): Promise<T> {
  const first = await work(false).catch((error: unknown) => {
    if (problemOf(error).code !== 'practice-unreachable') throw error;
  });
  const done = first ?? await work(true);
  if (done === undefined) throw new Failure('practice-error', 'changed by somebody else meanwhile');
  return done;
}

/** Throws `practice-error` where the practice does not give it. @param reference "Type/id" */
export async function readResource(http: PracticeHttp, reference: string): Promise<Resource> {
  const resource = Resource.safeParse(await http.json(reference)).data;
  if (!resource || `${resource.resourceType}/${resource.id}` !== reference) throw new Failure('practice-error', 'not there to be changed');
  return resource;
}

/** Does what the practice has say all that was sent, and nothing that turns it round? */
export function holds(kept: unknown, sent: unknown): boolean {
  if (Array.isArray(sent)) return Array.isArray(kept) && kept.length === sent.length && sent.every((one, index) => holds(kept[index], one));
  if (typeof sent !== 'object' || sent === null) return kept === sent;
  if (typeof kept !== 'object' || kept === null) return false;
  if (['modifierExtension', 'implicitRules'].some((name) => name in kept && !(name in sent))) return false;
  return Object.entries(sent).every(([name, value]) => value === undefined || holds((kept as Record<string, unknown>)[name], value));
}

/** What was answered, or where nothing was, what is there now. Whose it is (`meta`) is the server's to say. */
async function received(http: PracticeHttp, { body, location }: { body: string; location: string | null }, type: string, expected: string | null): Promise<Resource> {
  let reference = expected;
  if (body === '') {
    reference ??= localReference(location ?? undefined, http.fhirBase, type);
    if (reference === null) throw new Failure('practice-error', 'no receipt for what was written');
    return readResource(http, reference);
  }
  let answered: unknown;
  try {
    answered = JSON.parse(body);
  } catch (error) {
    throw new Failure('practice-error', 'receipt is not JSON', {}, { cause: error });
  }
  const resource = Resource.safeParse(answered).data;
  if (resource?.resourceType !== type || (expected !== null && `${type}/${resource.id}` !== expected)) throw new Failure('practice-error', 'no receipt for what was written');
  return resource;
}

const withoutMeta = ({ meta: _meta, ...rest }: Record<string, unknown>) => rest;

/**
 * Changes one resource as it is now, and once more as it is then when somebody else was first.
 * @param to what it should be; null when it is so already. Called again for the second try, so it must find its own change there.
 */
export async function change(http: PracticeHttp, reference: string, to: (before: Resource) => Unwritten | null): Promise<Resource> {
  return twice(async () => {
    const before = await readResource(http, reference);
    const after = to(before);
    if (after === null) return before;
    const version = before.meta?.versionId;
    if (version === undefined) throw new Failure('practice-unsupported', 'no version to hold a change against', { missing: 'versions of what is changed' });
    // Its narrative would go on saying what was there before.
    const { text: _narrative, ...sent } = after;
    const answer = await send(http, 'PUT', reference, sent, { 'if-match': `W/"${version}"` });
    if (answer.conflict !== null) return undefined;
    const kept = await received(http, answer, before.resourceType, reference);
    if (!holds(withoutMeta(kept), withoutMeta(sent))) throw new Failure('practice-error', 'what was kept is not what was sent');
    return kept;
  });
}

/**
 * Makes a resource unless there is one that this search finds (R4 §3.1.0.8.1): then that one is given. `same`: it says what was sent.
 * @param unless a query such as `identifier=…`, which finds what is made here and nothing else
 */
export async function create(http: PracticeHttp, resource: Unwritten, unless: string): Promise<{ kept: Resource; same: boolean }> {
  return twice(async () => {
    const answer = await send(http, 'POST', resource.resourceType, resource, { 'if-none-exist': unless });
    // Somebody makes one at this moment (HAPI says so): theirs is found by asking again.
    if (answer.conflict === 409) return undefined;
    if (answer.conflict !== null) throw new Failure('practice-error', 'more than one is there already', { status: answer.conflict });
    const kept = await received(http, answer, resource.resourceType, null);
    return { kept, same: holds(withoutMeta(kept), withoutMeta(resource)) };
  });
}

/**
 * Keeps exact bytes. As a resource with `data`, which no server takes for a resource of another kind. What is kept cannot be compared where nobody who writes may
 * read; a repeat after a lost answer leaves bytes that nothing names. Returns "Binary/id".
 */
export async function createBinary(http: PracticeHttp, bytes: Buffer, contentType: string): Promise<string> {
  const sent = { resourceType: 'Binary', contentType, data: bytes.toString('base64') };
  return twice(async () => {
    const answer = await send(http, 'POST', 'Binary', sent, {});
    if (answer.conflict !== null) throw new Failure('practice-error', 'bytes refused', { status: answer.conflict });
    const located = localReference(answer.location ?? undefined, http.fhirBase, 'Binary');
    if (located !== null) return located;
    return `Binary/${(await received(http, answer, 'Binary', null)).id}`;
  });
}
