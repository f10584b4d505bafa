/** What the screen says while a recording is on it: nothing of that waits for the disk or the practice. */
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { SECRET, TestDesk, WINDOW } from './journeys.fixture.ts';
import { lock, unlock } from './lock.ts';
import { reviewView } from './reviewing/reviewing.ts';
import { ASK_AFTER_MS, closeRecording, openRecording, reportPlayback } from './watch.ts';

const practice = practiceForTests();
const nothing = () => undefined;
let at: TestDesk;
let row: string;
beforeEach(async () => {
  at = new TestDesk(practice.get());
  await at.enter('ada');
  row = await at.withCopy('task-01');
});
afterEach(() => {
  vi.restoreAllMocks();
  at.remove();
});

const opened = async () => (await openRecording(at.desk, WINDOW, row, nothing)).grant;
const report = (grant: string, intervals: [number, number][], position: number) =>
  reportPlayback(at.desk, WINDOW, { grant, intervals, position, playing: false, visible: true, focused: true });
const kept = async () => {
  const { watched, position } = await reviewView(at.desk, row);
  return { watched, position };
};

it('is kept when exposure is written and at the end, and not with each report', async () => {
  const grant = await opened();
  const work = vi.spyOn(at.desk.vaultOrThrow().library, 'work');
  await report(grant, [[0, 0]], 0);
  await report(grant, [[0, 4]], 4);
  await report(grant, [[4, 5]], 5);
  expect(work).not.toHaveBeenCalled();
  at.desk.grants.flush(grant);
  expect(await kept()).toEqual({ watched: [[0, 5]], position: 5 });
  await report(grant, [[9, 10]], 10);
  await report(grant, [], 12);
  await closeRecording(at.desk, WINDOW, grant);
  expect(await kept()).toEqual({ watched: [[0, 5], [9, 10]], position: 12 });
});

it('is kept when a lock ends it', async () => {
  const grant = await opened();
  await report(grant, [[0, 4]], 4);
  await lock(at.desk, new Failure('locked', 'test'));
  await unlock(at.desk, SECRET);
  expect(await kept()).toEqual({ watched: [[0, 4]], position: 4 });
});

it('is followed by what others wrote once the picture is there, and once only', async () => {
  const grant = await opened();
  const asked: string[] = [];
  const { http } = at.desk.session!;
  // One by one, so that each is seen.
  http.mostTogether = 1;
  const listen = () => vi.spyOn(http, 'json').mockImplementation(async (target) => {
    asked.push(target);
    return null;
  });
  const listening = listen();
  const forms = () => asked.filter((target) => target.startsWith('Questionnaire?')).length;
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    await report(grant, [[0, 0]], 0);
    vi.advanceTimersByTime(ASK_AFTER_MS - 1);
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(1);
    await vi.waitFor(() => expect(forms()).toBe(1), 20_000);
    await report(grant, [[0, 1]], 1);
    vi.advanceTimersByTime(2 * ASK_AFTER_MS);
    await setImmediate();
    expect(forms()).toBe(1);
    await closeRecording(at.desk, WINDOW, grant);
    listening.mockRestore();
    const again = await opened();
    listen();
    await report(again, [[0, 0]], 0);
    await closeRecording(at.desk, WINDOW, again);
    const before = asked.length;
    vi.advanceTimersByTime(2 * ASK_AFTER_MS);
    await setImmediate();
    expect(asked.length).toBe(before);
  } finally {
    vi.useRealTimers();
  }
});
