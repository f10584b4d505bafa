import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Bundle, BundleEntry, OperationOutcome, Resource } from '@medplum/fhirtypes';
import type { Lies } from '../lies.ts';
import { FhirError, outcome } from './error.ts';
import { askedOf, HeldAnswer } from './held-answer.ts';
import { bodyOf, replyError } from './reply.ts';

/** More entries than this are refused. */
const MOST = 100;

/** One answered read of a batch, for the access log. */
export type InBatch = { method: string; path: string; status: number };
/** Answers one request as if it had come alone. */
export type AnswerOne = (request: IncomingMessage, held: HeldAnswer, url: URL) => Promise<void>;

/** The reads of a batch (FHIR R4, http.html#transaction), each answered as the same request is that comes alone. Null where a lie breaks the connection off in the middle of one. */
export async function answerBatch(request: IncomingMessage, lies: Lies, answerOne: AnswerOne, heard: (one: InBatch) => void): Promise<Bundle | null> {
  const entries = readBatch(await bodyOf(request));
  const entry: BundleEntry[] = [];
  for (const { request: wanted } of entries) {
    const given = await answerEntry(request, wanted ?? {}, lies, answerOne, heard);
    if (!given) return null;
    entry.push(given);
  }
  return { resourceType: 'Bundle', type: 'batch-response', entry };
}

function readBatch(body: Buffer): { request?: { method?: unknown; url?: unknown } }[] {
  let bundle: { resourceType?: unknown; type?: unknown; entry?: unknown } | null;
  try {
    bundle = JSON.parse(body.toString()) as typeof bundle;
  } catch {
    throw new FhirError(400, 'structure', 'The body is not JSON');
  }
  if (bundle?.resourceType !== 'Bundle' || bundle.type !== 'batch' || !Array.isArray(bundle.entry)) throw new FhirError(400, 'invalid', 'The body must be a Bundle of type batch');
  if (bundle.entry.length > MOST) throw new FhirError(413, 'too-long', `A batch has at most ${MOST} entries`);
  return bundle.entry.map((one: unknown) => (typeof one === 'object' && one !== null ? one : {}));
}

async function answerEntry(request: IncomingMessage, { method, url: target }: { method?: unknown; url?: unknown }, lies: Lies, answerOne: AnswerOne, heard: (one: InBatch) => void): Promise<BundleEntry | null> {
  const refused = (error: FhirError): BundleEntry => entryOf(error.status, outcome(error.code, error.message));
  if (method !== 'GET' || typeof target !== 'string' || !/^[A-Z][A-Za-z]+([/?]|$)/.test(target)) return refused(new FhirError(400, 'not-supported', 'A batch is of reads below this server: GET, and Type/id or Type?search'));
  if (target.startsWith('Binary')) return refused(new FhirError(400, 'not-supported', 'A Binary is asked for by itself'));
  const url = new URL(`/fhir/${target}`, 'http://practice');
  // As the batch came, and by whom; its body and the conditions on it are not the entry's.
  const { authorization, prefer } = request.headers;
  const alone = Object.create(request, { method: { value: 'GET' }, url: { value: url.pathname + url.search }, headers: { value: { ...(authorization === undefined ? {} : { authorization }), ...(prefer === undefined ? {} : { prefer }) } } }) as IncomingMessage;
  const held = new HeldAnswer();
  try {
    await answerOne(alone, held, url);
  } catch (error) {
    replyError(alone, held.asResponse(), error);
  }
  const honest = held.given();
  const given = lies.answer ? await lies.answer({ ...askedOf(request, url), method: 'GET' }, honest) : honest;
  if (!given) return null;
  heard({ method: 'GET', path: url.pathname + url.search, status: given.status });
  // A body without an end has no place in another.
  if (!Buffer.isBuffer(given.body)) return entryOf(500, undefined);
  try {
    return entryOf(given.status, JSON.parse(given.body.toString()) as Resource, given.headers);
  } catch {
    return entryOf(given.status, undefined);
  }
}

function entryOf(status: number, resource: Resource | undefined, { etag, 'last-modified': modified }: Record<string, string> = {}): BundleEntry {
  const response = {
    status: `${status} ${STATUS_CODES[status] ?? ''}`.trim(), ...(etag === undefined ? {} : { etag }), ...(modified === undefined ? {} : { lastModified: new Date(modified).toISOString() }),
  };
  if (status === 200) return { ...(resource ? { resource } : {}), response };
  return { response: { ...response, ...(resource?.resourceType === 'OperationOutcome' ? { outcome: resource satisfies OperationOutcome } : {}) } };
}
