/**
 * Delivers what must reach the practice, in order, each exactly once: an entry leaves the queue only when the practice has shown
 * that it holds it. Creation is conditional on the entry's id, so a repeat after a lost answer makes no second copy. One that the practice refuses again and again as it is is set
 * aside, so that the others arrive: whoever reads the record there sees that one is missing until it is taken.
 */
import { z } from 'zod';
import type { ChainEntry } from '../audit/chain.ts';
import type { EntryBody } from '../audit/entry.ts';
import { Failure, problemOf, unexpected } from '../platform/failure.ts';
import { waitAfter } from '../platform/pace.ts';
import { auditEvent, type AuditResource, type Origin } from './balp.ts';

export interface Queue {
  /** Those that are set aside come last. */
  nextUndelivered(): (ChainEntry & { attempts: number; refusals: number; nextAttempt: number; aside: boolean }) | null;
  delivered(seq: number, receipt: string): void;
  /** @param refused whether the practice refused it as it is, and did not only give no answer */
  retryLater(seq: number, nextAttempt: number, refused: boolean): void;
  setAside(seq: number, nextAttempt: number): void;
  tryAside(): void;
}

export interface Sender {
  readonly fhirBase: string;
  send(target: string, init: { method: string; accept: string; headers: Record<string, string>; body: string }): Promise<Response>;
}

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 10 * 60_000;
/** Of what was set aside: a practice that was put right gets it on the same day. */
const ASIDE_WAIT_MS = 6 * 3600_000;
/** So often the practice refuses it before it is set aside: a server in the middle of an update refuses as well. */
const TRIES = 3;
/** About what was sent and not about who, when or how much at once (RFC 9110 §15.5). */
const REFUSED_FOR_GOOD = [400, 413, 422];
/** Entries a call: the caller decides when to go on. */
const AT_ONCE = 200;

/** Sends until the queue is empty, the practice does not answer, or {@link AT_ONCE} are through. Returns how many arrived. */
export async function deliver(queue: Queue, sender: Sender, origin: Origin, now: () => number): Promise<number> {
  const host = new URL(sender.fhirBase).host;
  let arrived = 0;
  for (let tried = 0; tried < AT_ONCE; tried += 1) {
    const next = queue.nextUndelivered();
    // A wait longer than the longest was set by a clock that has been put right since.
    if (!next || (next.nextAttempt > now() && next.nextAttempt <= now() + (next.aside ? ASIDE_WAIT_MS : LONGEST_WAIT_MS))) break;
    const entry = JSON.parse(next.body.toString('utf8')) as EntryBody;
    try {
      queue.delivered(next.seq, await sendOne(sender, entry.id, auditEvent(entry, next, origin, host)));
      arrived += 1;
      // Whatever was wrong there has been put right: the others of its kind go as well.
      if (next.aside) queue.tryAside();
    } catch (error) {
      const isRefused = REFUSED_FOR_GOOD.includes(Number(problemOf(error).detail?.status));
      if (isRefused && (next.aside || next.refusals + 1 >= TRIES)) {
        queue.setAside(next.seq, now() + ASIDE_WAIT_MS);
        continue;
      }
      const again = now() + waitAfter(next.attempts, FIRST_WAIT_MS, LONGEST_WAIT_MS);
      if (next.aside) queue.setAside(next.seq, again);
      else queue.retryLater(next.seq, again, isRefused);
      throw error;
    }
  }
  return arrived;
}

/** @param id its `entity.name`, under which there is to be one. @param proof details that the practice's copy must have as they were sent. @returns "AuditEvent/id" of that copy */
export async function sendOne(sender: Sender, id: string, resource: AuditResource, proof: readonly string[] = PROOF): Promise<string> {
  const post = (condition: Record<string, string>) => sender.send('AuditEvent', {
    method: 'POST', accept: 'application/fhir+json', body: JSON.stringify(resource),
    headers: { 'content-type': 'application/fhir+json', 'x-request-id': id, ...condition, prefer: 'return=representation' },
  });
  let response = await post({ 'if-none-exist': `entity-name=${id}` });
  // It holds several already, where two tries were under way at once, or knows no conditions. One more copy shows that it has the entry, and counts for nothing more: its bytes are the same.
  if (response.status === 412) {
    await response.body?.cancel();
    response = await post({});
  }
  const text = await response.text();
  if (!response.ok) throw unexpected(response.status, 'audit entry refused');
  return receiptFor(id, resource, text, response.headers.get('location'), proof);
}

const Kept = z.object({
  resourceType: z.literal('AuditEvent'), id: z.string(),
  entity: z.array(z.object({ name: z.string().optional(), detail: z.array(z.object({ type: z.string(), valueString: z.string().optional() })).optional() })),
});
const PROOF = ['chain-entry', 'chain-hash', 'chain-signature'];
const proofIn = (entity: z.infer<typeof Kept>['entity'], id: string, proof: readonly string[]): string =>
  JSON.stringify(entity.filter(({ name }) => name === id).map(({ detail = [] }) => proof.map((type) => detail.filter((d) => d.type === type).map(({ valueString }) => valueString))));

/** The practice's copy must be of this entry, to the byte: a 200 with something else inside is no receipt. */
function receiptFor(id: string, sent: AuditResource, text: string, location: string | null, proof: readonly string[]): string {
  try {
    const kept = Kept.parse(JSON.parse(text));
    if (proofIn(kept.entity, id, proof) === proofIn(sent.entity, id, proof)) return `AuditEvent/${kept.id}`;
  } catch {
    // A server may answer a create with no body; its Location then names the copy.
    const found = text === '' ? /AuditEvent\/[A-Za-z0-9\-.]{1,64}/.exec(location ?? '') : null;
    if (found) return found[0];
  }
  throw new Failure('practice-error', 'no receipt for the audit entry');
}
