/** The real ledger between the app and a practice that answers late, twice, wrongly or not at all: everything arrives, in order, once. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyText, publicKeyOf, signingKey, verifyChain } from '../audit/chain.ts';
import { Journal } from '../audit/journal.ts';
import { reportedFrom } from '../audit/reported.ts';
import { TestVaults } from '../vault/vault.fixture.ts';
import type { Vault } from '../vault/vault.ts';
import { deliver, type Sender } from './deliver.ts';

const subject = { recording: 'urn:uuid:1', document: 'DocumentReference/rec-1', patient: 'Patient/pat-1', task: 'Task/task-1', purpose: 'TREAT' };
const actor = { sds: '555000000001', practitioner: 'Practitioner/gp-1', role: 'GP', name: 'Dr Grace Tester' };

interface Kept { id: string; name: string; text: string }

/** Stores what it is sent unless the condition finds it; what it answers is the test's. */
class Practice implements Sender {
  readonly fhirBase = 'https://practice.example/fhir';
  readonly kept: Kept[] = [];
  answer: ((kept: Kept, stored: boolean) => Response | Promise<Response>) | null = null;
  /** Looks for a copy only once that is over: two that are on their way at once are both stored. */
  slow: Promise<void> | null = null;

  send: Sender['send'] = async (_target, { body, headers }) => {
    const [, name] = /^entity-name=(.+)$/.exec(headers['if-none-exist'] ?? '') ?? [];
    const found = name === undefined ? [] : this.kept.filter((kept) => kept.name === name);
    if (this.slow) await this.slow;
    if (found.length > 1) return new Response('{"resourceType":"OperationOutcome"}', { status: 412 });
    let [copy] = found;
    const stored = copy === undefined;
    if (!copy) {
      const id = `kept-${this.kept.length + 1}`;
      copy = { id, name: headers['x-request-id'] ?? '', text: JSON.stringify({ ...JSON.parse(body) as object, id }) };
      this.kept.push(copy);
    }
    return this.answer ? this.answer(copy, stored) : new Response(copy.text, { status: stored ? 201 : 200 });
  };

  /** What a console finds there. */
  chain() {
    return this.kept.map(({ text }) => reportedFrom(JSON.parse(text))).map((reported, i) => ({ seq: i + 1, ...reported! }));
  }
}

let vaults: TestVaults;
let vault: Vault;
let practice: Practice;
let now: number;
beforeEach(async () => {
  vaults = new TestVaults();
  vault = await vaults.load();
  practice = new Practice();
  now = 1_000_000;
});
afterEach(() => vaults.remove());

const record = (n: number) => {
  const journal = new Journal(vault.ledger, signingKey(vault.signingSeed()), 'device', actor, () => now);
  for (let i = 0; i < n; i += 1) journal.write({ event: 'opened', subject });
};
const publicKey = () => publicKeyOf(signingKey(vault.signingSeed()));
const round = () => deliver(vault.ledger, practice, { key: keyText(publicKey()), version: '1.2.3' }, () => now);
/** As the rhythm does: again and again, whatever comes of it. */
const rounds = async (most = 60) => {
  for (let i = 0; i < most && vault.ledger.undelivered() > 0; i += 1) {
    await round().catch(() => undefined);
    now += 600_000;
  }
};
const restart = async () => {
  await vault.settled();
  vaults.closeAll();
  vault = await vaults.load();
};
const everythingOnce = (n: number) => {
  expect([vault.ledger.undelivered(), practice.kept.length]).toEqual([0, n]);
  expect(verifyChain(practice.chain(), publicKey()).ok).toBe(true);
};

it('days offline: more than a thousand arrive in order, each once', async () => {
  record(1200);
  const before = createHash('sha256').update(Buffer.concat(vault.ledger.entries(1, 3000).map(({ body }) => body))).digest('hex');
  await rounds();
  everythingOnce(1200);
  expect(createHash('sha256').update(Buffer.concat(practice.chain().map(({ body }) => body))).digest('hex')).toBe(before);
});

it('killed between the answer and the note of it: the same copy is its receipt after the next start', async () => {
  record(5);
  const delivered = vault.ledger.delivered.bind(vault.ledger);
  vault.ledger.delivered = (seq, receipt) => {
    if (seq === 3) throw new Error('killed');
    delivered(seq, receipt);
  };
  await expect(round()).rejects.toThrow('killed');
  await restart();
  expect(vault.ledger.undelivered()).toBe(3);
  await rounds();
  everythingOnce(5);
});

describe('an answer', () => {
  const wrongs: [string, (kept: Kept) => Response][] = [
    ['200 with an OperationOutcome', () => Response.json({ resourceType: 'OperationOutcome', id: 'x', issue: [] })],
    ['200 with another entry', () => new Response(practice.kept[0]?.text, { status: 200 })],
    ['201 with an empty body and no Location', () => new Response('', { status: 201 })],
    ['201 with the entry’s name and none of its bytes', ({ id, name }) => Response.json({ resourceType: 'AuditEvent', id, entity: [{ name }] }, { status: 201 })],
    ['201 with the entry’s name and other bytes', ({ text }) => new Response(text.replace(/("chain-entry","valueString":")..../, '$1AAAA'), { status: 201 })],
    ['500', () => new Response('oops', { status: 500 })],
    ['404', () => new Response('', { status: 404 })],
    ['a body that breaks off', () => new Response(new ReadableStream({ start: (controller) => controller.error(new Error('broken off')) }), { status: 201 })],
  ];

  it.each(wrongs)('of %s is no receipt, and once it is right nothing is there twice', async (_what, answer) => {
    record(4);
    await round();
    record(3);
    practice.answer = answer;
    await expect(round()).rejects.toThrow();
    await expect(round()).resolves.toBe(0);
    expect(vault.ledger.undelivered()).toBe(3);
    practice.answer = null;
    await rounds();
    everythingOnce(7);
  });

  it('of 201 with an empty body and a Location is a receipt', async () => {
    record(3);
    practice.answer = ({ id }) => new Response('', { status: 201, headers: { location: `AuditEvent/${id}` } });
    await rounds();
    everythingOnce(3);
  });

  it('that is lost each other time makes no second copy', async () => {
    record(20);
    let lost = false;
    practice.answer = ({ text }) => {
      lost = !lost;
      if (lost) throw new Error('connection lost');
      return new Response(text, { status: 200 });
    };
    await rounds();
    everythingOnce(20);
  });

  it('that comes after the next try, from a practice that stored both, does not hold up what follows', async () => {
    record(3);
    let go = (): void => undefined;
    practice.slow = new Promise((resolve) => (go = resolve));
    const late = round().catch(() => undefined);
    await restart();
    const again = round().catch(() => undefined);
    go();
    practice.answer = () => Promise.reject(new Error('too late'));
    await Promise.all([late, again]);
    practice.answer = null;
    practice.slow = null;
    expect(practice.kept.map(({ name }) => name === practice.kept[0]?.name)).toEqual([true, true]);
    await rounds();
    // One more copy is what shows that the practice has it: of the same bytes, which a console counts once.
    expect(vault.ledger.undelivered()).toBe(0);
    const entries = new Map(practice.chain().map((entry) => [entry.body.toString('utf8'), entry]));
    expect(verifyChain([...entries.values()].map((entry, i) => ({ ...entry, seq: i + 1 })), publicKey())).toMatchObject({ ok: true, head: { seq: 3 } });
  });
});

describe('an entry that the practice refuses as it is', () => {
  const idOf = (seq: number) => (JSON.parse(vault.ledger.entries(seq, 1)[0]!.body.toString('utf8')) as { id: string }).id;
  /** @returns what makes the practice take it */
  const refuse = (status: number, ...seqs: number[]) => {
    const ids = seqs.map(idOf);
    const { send } = practice;
    practice.send = async (target, init) => (ids.includes(init.headers['x-request-id'] ?? '') ? new Response('{}', { status }) : send(target, init));
    return () => {
      practice.send = send;
    };
  };
  const arrived = () => practice.kept.map(({ name }) => name);

  it.each([400, 413, 422])('(%i) is set aside, counted apart, and keeps nothing behind it', async (status) => {
    record(5);
    refuse(status, 2, 4);
    await rounds(8);
    expect([vault.ledger.undelivered(), vault.ledger.aside(), arrived()]).toEqual([2, 2, [1, 3, 5].map(idOf)]);
    // Started again, and with more to send.
    await restart();
    record(1);
    await rounds(1);
    expect([vault.ledger.undelivered(), vault.ledger.aside(), arrived()]).toEqual([2, 2, [1, 3, 5, 6].map(idOf)]);
  });

  it('is tried again in time, or when a person says so, and the others of its kind follow at once', async () => {
    record(5);
    const take = refuse(422, 2, 4);
    await rounds(8);
    const until = vault.ledger.nextUndelivered()!.nextAttempt;
    expect([until > now, until <= now + 6 * 3_600_000]).toEqual([true, true]);
    take();
    await round();
    expect(vault.ledger.aside()).toBe(2);
    vault.ledger.tryAside();
    await round();
    expect([vault.ledger.undelivered(), vault.ledger.aside(), arrived().length]).toEqual([0, 0, 5]);
    record(2);
    refuse(400, 6);
    await rounds(5);
    expect([vault.ledger.undelivered(), vault.ledger.aside()]).toEqual([1, 1]);
  });

  it('once, after days without an answer, keeps its place', async () => {
    record(3);
    const gone = refuse(503, 2);
    await rounds(20);
    gone();
    const take = refuse(422, 2);
    await rounds(1);
    expect([vault.ledger.undelivered(), vault.ledger.aside()]).toEqual([2, 0]);
    take();
    await rounds();
    everythingOnce(3);
  });

  it('and then does not answer about, is asked about less and less often, and counts as arrived when it has', async () => {
    record(3);
    const take = refuse(422, 2);
    let told = 0;
    for (let tries = 0; tries < 4; tries += 1, now += 600_000) told += await round().catch(() => 0);
    expect([vault.ledger.aside(), told, practice.kept.length]).toEqual([1, 1, 2]);
    take();
    vault.ledger.tryAside();
    const back = refuse(500, 2);
    const { send } = practice;
    let asked = 0;
    practice.send = (target, init) => {
      asked += 1;
      return send(target, init);
    };
    // Five minutes of ticks.
    for (let ticks = 0; ticks < 30; ticks += 1, now += 10_000) await round().catch(() => 0);
    expect(asked).toBeLessThan(10);
    back();
  });

  it.each([401, 403, 404, 409, 429, 500, 503])('today, but perhaps not tomorrow (%i), keeps its place, and what follows waits', async (status) => {
    record(4);
    const take = refuse(status, 2);
    await rounds(20);
    expect([vault.ledger.undelivered(), vault.ledger.aside(), practice.kept.length]).toEqual([3, 0, 1]);
    take();
    await rounds();
    everythingOnce(4);
  });
});
