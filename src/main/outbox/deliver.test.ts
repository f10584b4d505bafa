import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { entryHash, FIRST_PREVIOUS, keyOfText, keyText, publicKeyOf, signHash, signingKey, type ChainEntry } from '../audit/chain.ts';
import type { AuditEvent, EntryBody } from '../audit/entry.ts';
import { auditEvent } from './balp.ts';
import { deliver, type Queue, type Sender } from './deliver.ts';

const subject = { recording: 'urn:uuid:1', document: 'DocumentReference/rec-1', patient: 'Patient/pat-1', task: 'Task/task-1', purpose: 'TREAT' };
const key = signingKey(Buffer.alloc(32, 5));
const origin = { key: keyText(publicKeyOf(key)), version: '1.2.3' };

function chained(seq: number, event: AuditEvent): ChainEntry {
  const entry: EntryBody = { version: 1, id: randomUUID(), seq, device: 'dev', at: '2026-11-20T12:00:00.000Z', actor: { sds: 's', practitioner: 'Practitioner/gp-1', role: 'GP', name: 'Dr Grace Tester' }, ...event };
  const body = Buffer.from(JSON.stringify(entry));
  const hash = entryHash(seq, FIRST_PREVIOUS, body);
  return { seq, body, hash, signature: signHash(key, hash) };
}
const bodyOf = (entry: ChainEntry) => JSON.parse(entry.body.toString('utf8')) as EntryBody;

class MemoryQueue implements Queue {
  readonly waiting: (ChainEntry & { attempts: number; nextAttempt: number; aside: boolean; refusals: number })[];
  readonly receipts: [number, string][] = [];
  constructor(entries: ChainEntry[]) {
    this.waiting = entries.map((entry) => ({ ...entry, attempts: 0, refusals: 0, nextAttempt: 0, aside: false }));
  }
  nextUndelivered() {
    return this.waiting[0] ?? null;
  }
  delivered(seq: number, receipt: string): void {
    this.receipts.push([seq, receipt]);
    this.waiting.shift();
  }
  retryLater(_seq: number, nextAttempt: number): void {
    const [first] = this.waiting;
    Object.assign(first!, { attempts: first!.attempts + 1, nextAttempt });
  }
  setAside(): never {
    throw new Error('the real ledger does this: robust.test.ts');
  }
  tryAside(): void {
    this.setAside();
  }
}

/** A FHIR server that keeps AuditEvents once for each entity name, and can lose or change its answers. */
class FakePractice implements Sender {
  readonly fhirBase = 'https://practice.example/fhir';
  readonly kept = new Map<string, string>();
  order: string[] = [];
  answer: (text: string, id: string) => Response | Promise<Response> = (text) => new Response(text, { status: 201 });
  send: Sender['send'] = async (target, { method, body, headers }) => {
    expect([target, method]).toEqual(['AuditEvent', 'POST']);
    const [, name = ''] = /^entity-name=(.+)$/.exec(headers['if-none-exist'] ?? '') ?? [];
    expect(headers['x-request-id']).toBe(name);
    if (!this.kept.has(name)) {
      this.kept.set(name, JSON.stringify({ ...JSON.parse(body) as object, id: `kept-${this.kept.size + 1}` }));
      this.order.push(name);
    }
    return this.answer(this.kept.get(name) ?? '', name);
  };
}

let entries: ChainEntry[];
let queue: MemoryQueue;
let practice: FakePractice;
beforeEach(() => {
  entries = [chained(1, { event: 'signed-in' }), chained(2, { event: 'opened', subject }), chained(3, { event: 'closed', subject })];
  queue = new MemoryQueue(entries);
  practice = new FakePractice();
});

describe('delivery', () => {
  it('is in order, with a receipt for each', async () => {
    expect(await deliver(queue, practice, origin, () => 0)).toBe(3);
    expect(practice.order).toEqual(entries.map((entry) => bodyOf(entry).id));
    expect(queue.receipts).toEqual([[1, 'AuditEvent/kept-1'], [2, 'AuditEvent/kept-2'], [3, 'AuditEvent/kept-3']]);
  });

  it('repeats after a lost answer and makes no second copy', async () => {
    const honest = practice.answer;
    practice.answer = () => Promise.reject(new Error('connection lost'));
    await expect(deliver(queue, practice, origin, () => 0)).rejects.toThrow('connection lost');
    expect([queue.waiting.length, practice.kept.size]).toEqual([3, 1]);
    practice.answer = honest;
    expect(await deliver(queue, practice, origin, () => 1_000_000)).toBe(3);
    expect(practice.kept.size).toBe(3);
    expect(queue.receipts[0]).toEqual([1, 'AuditEvent/kept-1']);
  });

  it('waits twice as long after each failure, and never more than ten minutes', async () => {
    practice.answer = () => new Response('{}', { status: 500 });
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 12; i += 1) {
      await expect(deliver(queue, practice, origin, () => now)).rejects.toThrow(expect.objectContaining({ code: 'practice-error' }));
      waits.push(queue.waiting[0]!.nextAttempt - now);
      expect(await deliver(queue, practice, origin, () => queue.waiting[0]!.nextAttempt - 1)).toBe(0);
      now = queue.waiting[0]!.nextAttempt;
    }
    for (const [n, longest] of [2000, 4000, 8000, 16_000].entries()) {
      expect(waits[n]).toBeLessThanOrEqual(longest);
      expect(waits[n]).toBeGreaterThanOrEqual(longest / 2);
    }
    expect(waits.at(-1)).toBeLessThanOrEqual(600_000);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(300_000);
    expect(queue.waiting).toHaveLength(3);
  });

  it('goes on at once when the clock that set the wait has been put back', async () => {
    const honest = practice.answer;
    practice.answer = () => new Response('{}', { status: 503 });
    await expect(deliver(queue, practice, origin, () => 1e12)).rejects.toThrow();
    practice.answer = honest;
    expect(await deliver(queue, practice, origin, () => 0)).toBe(3);
  });

  it.each<[string, () => Response]>([
    ['an empty answer', () => new Response('', { status: 201 })],
    ['another resource', () => new Response(JSON.stringify({ resourceType: 'OperationOutcome', id: 'x' }), { status: 200 })],
    ['another entry', () => new Response(JSON.stringify({ resourceType: 'AuditEvent', id: 'x', entity: [{ name: 'other' }] }), { status: 200 })],
    ['a page of a captive portal', () => new Response('<html>Log in</html>', { status: 200 })],
    ['a page, though the Location looks right', () => new Response('<html>', { status: 200, headers: { location: 'https://practice.example/fhir/AuditEvent/x' } })],
  ])('takes %s for no receipt', async (_what, answer) => {
    practice.answer = answer;
    await expect(deliver(queue, practice, origin, () => 0)).rejects.toThrow(expect.objectContaining({ code: 'practice-error' }));
    expect([queue.receipts, queue.waiting.length]).toEqual([[], 3]);
  });

  it('takes the Location of a create that has no body', async () => {
    practice.answer = (_text, id) => new Response('', { status: 201, headers: { location: `https://practice.example/fhir/AuditEvent/${id}/_history/1` } });
    await deliver(queue, practice, origin, () => 0);
    expect(queue.receipts[0]).toEqual([1, `AuditEvent/${bodyOf(entries[0]!).id}`]);
  });

  it('does a bounded piece of work a call', async () => {
    queue = new MemoryQueue(Array.from({ length: 250 }, (_, i) => chained(i + 1, { event: 'locked' })));
    expect(await deliver(queue, practice, origin, () => 0)).toBe(200);
    expect(await deliver(queue, practice, origin, () => 0)).toBe(50);
  });
});

interface Written {
  entity: { name?: string; what: { reference?: string }; detail?: { type: string; valueString: string }[] }[];
  agent: unknown[];
  purposeOfEvent: { coding: { code: string }[] }[];
  subtype: { code: string }[];
  outcomeDesc?: string;
}

describe('an entry as an AuditEvent', () => {
  const eventOf = (event: AuditEvent) => {
    const entry = chained(7, event);
    return { entry, resource: auditEvent(bodyOf(entry), entry, origin, 'practice.example') as unknown as Written };
  };
  const details = (resource: Written) => (resource.entity.at(-1)?.detail ?? []).map(({ type, valueString }) => [type, valueString]);

  it('carries the exact bytes, hash and signature', () => {
    const { entry, resource } = eventOf({ event: 'opened', subject });
    expect(details(resource)).toEqual(expect.arrayContaining([
      ['chain-sequence', '7'], ['chain-entry', entry.body.toString('base64')], ['chain-hash', entry.hash.toString('base64')], ['chain-signature', entry.signature.toString('base64')],
    ]));
    expect(resource.entity.at(-1)?.name).toBe(bodyOf(entry).id);
  });

  it('names the key of its chain and the version that sends', () => {
    const { resource } = eventOf({ event: 'locked' });
    const named = new Map(details(resource) as [string, string][]);
    expect(keyOfText(named.get('chain-key') ?? '')?.equals(publicKeyOf(key))).toBe(true);
    expect(named.get('app-version')).toBe('1.2.3');
  });

  it('names recording, patient, person and purpose', () => {
    const { resource } = eventOf({ event: 'opened', subject });
    expect(resource.entity.map((e) => e.what.reference)).toEqual(expect.arrayContaining(['DocumentReference/rec-1', 'Patient/pat-1']));
    expect(resource.agent.at(-1)).toMatchObject({ who: { reference: 'Practitioner/gp-1' }, requestor: true });
    expect(resource.purposeOfEvent[0]?.coding[0]?.code).toBe('TREAT');
  });

  it('of playback says which seconds', () => {
    const { resource } = eventOf({ event: 'exposed', subject, session: 'session-1', media: [[0, 12.5], [30, 31]] });
    expect(details(resource).slice(0, 3)).toEqual([['session', 'session-1'], ['watched-interval-seconds', '0-12.5'], ['watched-interval-seconds', '30-31']]);
    expect(resource.subtype[0]?.code).toBe('recording-playback');
  });

  it.each<[AuditEvent, string, string]>([
    [{ event: 'opened', subject }, '0', 'R'], [{ event: 'denied', subject, reasons: ['not-mine', 'task-status'] }, '4', 'R'], [{ event: 'withheld', subject, reasons: ['not-mine'] }, '4', 'R'],
    [{ event: 'wrong-secret' }, '4', 'E'], [{ event: 'destroyed', subject, cause: 'withheld' }, '0', 'D'], [{ event: 'downloaded', subject }, '0', 'R'], [{ event: 'content-destroyed', cause: 'forgotten', recordings: 1, bytes: 1 }, '0', 'D'], [{ event: 'store-refused', code: 'keychain-locked', times: 1, since: '2026-11-20T12:00:00Z' }, '4', 'R'],
  ])('%j has its outcome and action', (event, outcome, action) => {
    expect(eventOf(event).resource).toMatchObject({ outcome, action });
  });

  it('of a refusal says why', () => {
    expect(eventOf({ event: 'denied', subject, reasons: ['not-mine', 'task-status'] }).resource.outcomeDesc).toBe('not-mine, task-status');
  });
});
