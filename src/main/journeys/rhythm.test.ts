/** When the practice is asked, and what is on screen while it does not answer. */
import type { Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { PracticeHttp } from '../service/http.ts';
import { fetchCopy } from './fetchCopy.ts';
import { handlersFor } from './handlers.ts';
import { TestDesk, WINDOW } from './journeys.fixture.ts';
import { Rhythm } from './rhythm.ts';
import { syncWorklist } from './sync.ts';
import { openRecording } from './watch.ts';

const practice = practiceForTests();
let at: TestDesk;
let rhythm: Rhythm;
beforeEach(async () => {
  at = new TestDesk(practice.get());
  await at.enter('ada');
  rhythm = new Rhythm(at.desk);
});
afterEach(() => at.remove());

async function play(offline: boolean): Promise<string> {
  const task = await practice.get().repo.read<Task>('Task', 'task-01');
  await practice.get().repo.update<Task>({ ...task, input: (task.input ?? []).map((input) => ('valueBoolean' in input ? { ...input, valueBoolean: offline } : input)) });
  await syncWorklist(at.desk);
  await fetchCopy(at.desk, at.desk.vaultOrThrow().library.assignment(at.rowOf('task-01'))!, () => undefined);
  return (await openRecording(at.desk, WINDOW, at.rowOf('task-01'), () => undefined)).grant;
}
const revoked = () => at.pushed.filter(({ name }) => name === 'revoked').map(({ value }) => value);
const notOffline = (grant: string) => ({ grant, problem: expect.objectContaining({ code: 'recording-not-here', detail: { reason: 'offline-not-permitted' } }) as unknown });

describe('a recording that may be reviewed while connected only', () => {
  it('bears one question that gets lost, and no second in a row', async () => {
    const grant = await play(false);
    const { lies } = practice.get();
    for (const down of [true, false, true]) {
      lies.down = down;
      await rhythm.pollWatched();
    }
    expect(at.desk.grants.ids).toEqual([grant]);
    await rhythm.pollWatched();
    expect(at.desk.grants.ids).toEqual([]);
    expect(revoked()).toEqual([notOffline(grant)]);
    expect(at.recorded().at(-1)).toBe('denied');
  });

  it.each(['session-expired', 'identity-mismatch'] as const)('ends with the session: %s', async (code) => {
    const grant = await play(false);
    const { site, machine, session } = at.desk;
    at.desk.session = { ...session!, http: new PracticeHttp(site.fhirBase, machine.fetch, async () => { throw new Failure(code, 'no token'); }) };
    await rhythm.pollWatched();
    expect(revoked()).toEqual([notOffline(grant)]);
  });
});

it('a session that ended because it became somebody else’s goes on being said to have, when it is asked for again', async () => {
  await rhythm.sync();
  const { site, machine, session } = at.desk;
  at.desk.session = { ...session!, http: new PracticeHttp(site.fhirBase, machine.fetch, async () => { throw new Failure('identity-mismatch', 'renewed for somebody else'); }) };
  for (let round = 0; round < 2; round += 1) {
    await rhythm.sync(true);
    expect([at.desk.session, at.desk.standing().online, at.desk.standing().problem?.code]).toEqual([null, false, 'identity-mismatch']);
  }
});

it('a practice that never comes to the end of an answer keeps nothing on screen that the lease no longer allows', async () => {
  const grant = await play(true);
  const { vault } = at.desk;
  vault!.ledger.set('lease', JSON.stringify({ ...at.desk.lease()!, issued: 0, expires: 1 }));
  const gate = at.hold(/PractitionerRole/);
  const asking = rhythm.pollWatched();
  await gate.reached;
  expect(at.desk.grants.ids).toEqual([grant]);
  await rhythm.pollWatched();
  expect(at.desk.grants.ids).toEqual([]);
  gate.open();
  await asking;
});

it('a recording that may be used offline plays on without the practice', async () => {
  const grant = await play(true);
  practice.get().lies.down = true;
  for (let missed = 0; missed < 3; missed += 1) await rhythm.pollWatched();
  expect(at.desk.grants.ids).toEqual([grant]);
});

it('asks anew as soon as the last answers are in, though the practice is slow to take what was recorded', async () => {
  const gate = at.hold(/AuditEvent/);
  const first = rhythm.sync();
  await gate.reached;
  expect(at.desk.standing().syncing).toBe(false);
  const task = await practice.get().repo.read<Task>('Task', 'task-01');
  await practice.get().repo.update<Task>({ ...structuredClone(task), status: 'cancelled' });
  const second = rhythm.sync();
  await expect.poll(() => at.desk.vaultOrThrow().library.assignmentOf('Task/task-01')).toBeNull();
  gate.open();
  await Promise.all([first, second]);
  await practice.get().repo.update<Task>(task);
});

describe('between two rounds, which are minutes apart, the practice is asked at once', () => {
  /** When the last round ended. */
  const last = () => at.desk.standing().lastSync;
  const another = (than: string | null) => vi.waitUntil(() => last() !== than && !at.desk.standing().syncing, { timeout: 20_000 });
  beforeEach(() => rhythm.sync());

  it('when the computer has slept', async () => {
    const before = last();
    rhythm.wake();
    await another(before);
  });

  /** With somebody in, after the first round; ticks come when they are asked for. */
  async function whileTicking(work: () => Promise<void>): Promise<void> {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const entered = last();
      rhythm.enter();
      await another(entered);
      await work();
    } finally {
      rhythm.rest();
      vi.useRealTimers();
    }
  }

  it('when there is a network again, and not while there is none or goes on being one', () => whileTicking(async () => {
    const once = last();
    at.desk.machine.isConnected = () => false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect([last(), at.desk.standing().syncing]).toEqual([once, false]);
    at.desk.machine.isConnected = () => true;
    await vi.advanceTimersByTimeAsync(10_000);
    await another(once);
    const twice = last();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([last(), at.desk.standing().syncing]).toEqual([twice, false]);
  }));

  it('when a download finds nobody there, so that the screen does not go on saying that there is a connection', () => whileTicking(async () => {
    expect(at.desk.standing().online).toBe(true);
    at.broken = /./;
    const row = at.desk.vaultOrThrow().library.assignment(at.rowOf('task-01'))!;
    await expect(fetchCopy(at.desk, row, () => undefined)).rejects.toMatchObject({ code: 'practice-unreachable' });
    await vi.advanceTimersByTimeAsync(10_000);
    await vi.waitUntil(() => !at.desk.standing().online, { timeout: 20_000 });
  }));
});

it('a proxy is given what the person says once, its refusal is said, and once it lets the app through the practice is asked', async () => {
  const given: string[][] = [];
  at.desk.machine.answerProxy = async (...what) => {
    given.push(what);
    return what[3] === 'right';
  };
  const answer = handlersFor(at.desk, rhythm, null as never, async () => undefined).answerProxy;
  await expect(answer(WINDOW, 'proxy.example:3128', 'ada', 'wrong')).rejects.toMatchObject({ code: 'practice-unreachable', detail: { why: 'proxy-refused' } });
  practice.get().accessLog.length = 0;
  await answer(WINDOW, 'proxy.example:3128', 'ada', 'right');
  await vi.waitUntil(() => practice.get().accessLog.length > 0, { timeout: 20_000 });
  await vi.waitUntil(() => !at.desk.standing().syncing, { timeout: 20_000 });
  expect(given).toEqual([[at.desk.site.fhirBase, 'proxy.example:3128', 'ada', 'wrong'], [at.desk.site.fhirBase, 'proxy.example:3128', 'ada', 'right']]);
});
