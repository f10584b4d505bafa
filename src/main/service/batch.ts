/**
 * Reads that are asked ahead, many in one request: a batch (FHIR R4 §3.1.0.11, hl7.org/fhir/R4/http.html#transaction). An entry that answers 200 with what was asked for is the answer to that read, and is
 * judged as one. Whatever else comes, another status, another shape or nothing, answers nothing, and that read is made by itself, as all are where a practice offers no batch.
 */
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { Bundle } from '../fhir/resources.ts';
import { Failure, unexpected } from '../platform/failure.ts';
import { readBytes, type PracticeHttp, type Reader } from './http.ts';

/** Reads in one request. */
export const MOST_TOGETHER = 64;
/** Of the answer to all of them, bytes: it is parsed at once. */
const BATCH_LIMIT = 8 * 1024 * 1024;
/** What one read may take, ms, and each more: a server may answer one after the other. */
const [FIRST_MS, EACH_MS] = [30_000, 500];

const Statement = z.object({ resourceType: z.literal('CapabilityStatement'), rest: z.array(z.object({ mode: z.string(), interaction: z.array(z.object({ code: z.string() })).optional() })) });
const Answered = z.object({ resourceType: z.literal('Bundle'), type: z.literal('batch-response'), entry: z.array(z.object({ resource: z.unknown().optional(), response: z.object({ status: z.string() }) })) });

/** @param statement a CapabilityStatement, as it came */
export const offersBatch = (statement: unknown): boolean =>
  Statement.safeParse(statement).data?.rest.some(({ mode, interaction }) => mode === 'server' && interaction?.some(({ code }) => code === 'batch') === true) === true;

/** Asks beside whatever else is asked: until it is known reads are made one by one. */
function learnMost(http: PracticeHttp): void {
  http.mostTogether = 1;
  http.json('metadata').then((statement) => {
    http.mostTogether = offersBatch(statement) ? MOST_TOGETHER : 1;
  }, (error: unknown) => {
    // Who did not answer is asked once more.
    if (!(error instanceof Failure) || error.code !== 'practice-error') http.mostTogether = null;
  });
}

/** What has resources of one type, or is one resource, and of what it was asked for: answers that changed places are none. */
function answers(target: string, resource: unknown): boolean {
  const [type = '', id] = (target.split('?')[0] ?? '').split('/');
  const { resourceType, id: its } = (resource ?? {}) as { resourceType?: unknown; id?: unknown };
  if (id !== undefined) return resourceType === type && its === id;
  const bundle = Bundle.safeParse(resource);
  return bundle.success && (bundle.data.entry ?? []).every((entry) => {
    const of = (entry.resource as { resourceType?: unknown } | null | undefined)?.resourceType;
    return of === type || of === 'OperationOutcome';
  });
}

/** Is it the line, or this moment, and not that it takes too long? Then the next batch may go as well as one read. */
function isPassing(error: Failure, ms: number): boolean {
  return error.code === 'practice-unreachable' && ms < FIRST_MS && error.detail?.status !== 502 && error.detail?.status !== 504;
}

/** The practice, for one set of questions. Each answer that was fetched ahead is given once. */
export class Ahead implements Reader {
  readonly #http: PracticeHttp;
  readonly #answers = new Map<string, object>();
  /** What was asked for ahead, whatever came of it. */
  readonly #asked = new Set<string>();
  #isUsed = false;

  constructor(http: PracticeHttp) {
    this.#http = http;
  }

  get fhirBase(): string {
    return this.#http.fhirBase;
  }

  /** Was any answer given that came in a batch? */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  async ahead(targets: readonly string[]): Promise<void> {
    const http = this.#http;
    if (http.mostTogether === null) learnMost(http);
    const missing = [...new Set(targets)].filter((target) => !this.#asked.has(target));
    for (let at = 0; missing.length - at > 1;) {
      const most = http.mostTogether ?? 1;
      if (most < 2) return;
      const together = missing.slice(at, at + most);
      for (const target of together) this.#asked.add(target);
      await this.#ask(together);
      at += most;
    }
  }

  async json(target: string): Promise<unknown> {
    const answer = this.#answers.get(target);
    if (answer === undefined) return this.#http.json(target);
    // What is asked for again is a new question.
    this.#answers.delete(target);
    this.#isUsed = true;
    // They came all at once, and are not taken in all at once: others wait for this process.
    await setImmediate();
    return answer;
  }

  send(...asked: Parameters<PracticeHttp['send']>): Promise<Response> {
    return this.#http.send(...asked);
  }

  /** Keeps what was answered. A practice that answers otherwise than is understood is asked fewer at once from then on, in the end one by one. */
  async #ask(targets: readonly string[]): Promise<void> {
    const began = performance.now();
    let given = 0;
    try {
      const entries = await this.#entries(targets);
      for (const [n, target] of targets.entries()) {
        const { resource, response: { status } = { status: '' } } = entries[n] ?? {};
        if (!/^200\b/.test(status) || !answers(target, resource)) continue;
        this.#answers.set(target, resource as object);
        given += 1;
      }
    } catch (error) {
      // Who asks by itself hears it again, in its own words.
      if (!(error instanceof Failure) || error.code === 'session-expired' || error.code === 'identity-mismatch') throw error;
      if (isPassing(error, performance.now() - began)) return;
    }
    // One that does not answer in that time is not waited for again and again, half as many at a time: stops and withdrawals wait with it.
    if (given === 0) this.#http.mostTogether = performance.now() - began >= FIRST_MS ? 1 : Math.floor((this.#http.mostTogether ?? 1) / 2);
  }

  async #entries(targets: readonly string[]): Promise<z.infer<typeof Answered>['entry']> {
    const http = this.#http;
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry: targets.map((url) => ({ request: { method: 'GET', url } })) });
    const response = await http.send(http.fhirBase, { method: 'POST', accept: 'application/fhir+json', headers: { 'content-type': 'application/fhir+json' }, body, timeoutMs: FIRST_MS + targets.length * EACH_MS });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw unexpected(response.status);
    }
    let answered: unknown;
    try {
      answered = JSON.parse((await readBytes(response, BATCH_LIMIT)).toString('utf8'));
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure('practice-error', 'answer is not JSON', {}, { cause: error });
    }
    const batch = Answered.safeParse(answered);
    // One too few or too many, and nothing says which is which.
    if (!batch.success || batch.data.entry.length !== targets.length) throw new Failure('practice-error', 'answer is no batch of these');
    return batch.data.entry;
  }
}
