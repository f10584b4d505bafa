/** Which download has its turn, and what becomes of the others. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure, problemOf } from '../../platform/failure.ts';
import { Downloads, type Order, type Turn, type Urgency } from './queue.ts';

const stopped = () => new Failure('download-stopped', 'test');
let downloads: Downloads;
let painted: number;
let isPainting: boolean;
/** Of each recording its turns, in order; each ends when the test says so, or when it gives way. */
let turns: Map<string, { turn: Turn; end: (error?: Error) => void }[]>;
beforeEach(() => {
  downloads = new Downloads(() => isPainting);
  painted = 0;
  isPainting = false;
  turns = new Map();
});
afterEach(() => void vi.restoreAllMocks());

/** A moment in which whatever has ended has been noticed. */
const settled = () => new Promise(setImmediate);

function order(recording: string, urgency: Urgency, due = Infinity): Order {
  return {
    recording, urgency, due, problemOf: (error) => problemOf(error), changed: () => void (painted += 1),
    run: (turn) => new Promise<void>((resolve, reject) => {
      turn.signal.addEventListener('abort', () => reject(new Failure('locked', 'gave way')));
      turns.set(recording, [...(turns.get(recording) ?? []), { turn, end: (error) => (error === undefined ? resolve() : reject(error)) }]);
    }),
  };
}
const ask = (recording: string, urgency: Urgency, due?: number) => downloads.ask(order(recording, urgency, due));
/** Those whose latest turn goes on, as they were begun. */
const running = () => [...turns].filter(([recording, all]) => downloads.isUnderWay(recording) && all.at(-1)?.turn.signal.aborted === false).map(([recording]) => recording);
async function end(recording: string, error?: Error): Promise<void> {
  turns.get(recording)?.at(-1)?.end(error);
  await settled();
}
const begin = (recording: string, received = 0, toCome = 100) => turns.get(recording)?.at(-1)?.turn.begin(received, () => toCome);

describe('of what comes by itself', () => {
  it('two run at once, what is due first before the rest', async () => {
    for (const [recording, due] of [['c', 30], ['d', Infinity], ['a', 10], ['b', 20]] as const) void ask(recording, 'itself', due);
    // The first two that came keep their turns.
    expect(running()).toEqual(['c', 'd']);
    await end('c');
    expect(running()).toEqual(['d', 'a']);
    await end('d');
    expect(running()).toEqual(['a', 'b']);
  });

  it('all gives way to what is asked for, and goes on after it', async () => {
    for (const recording of ['a', 'b', 'c']) void ask(recording, 'itself');
    const asked = ask('x', 'asked');
    await settled();
    expect(running()).toEqual(['x']);
    expect(['a', 'b', 'c'].map((recording) => downloads.stateOf(recording)?.state)).toEqual(['queued', 'queued', 'queued']);
    await end('x');
    await asked;
    expect(running()).toEqual(['a', 'b']);
    expect(turns.get('a')).toHaveLength(2);
  });

  it('nothing runs while the connection is metered, and what was under way waits', async () => {
    void ask('a', 'itself');
    downloads.hold('metered');
    await settled();
    void ask('b', 'itself');
    void ask('x', 'asked');
    expect([running(), downloads.waiting]).toEqual([['x'], { count: 2, why: 'metered' }]);
    downloads.hold(null);
    await end('x');
    expect([running(), downloads.waiting]).toEqual([['a', 'b'], null]);
  });

  it('all runs on a metered connection once it is asked for', async () => {
    downloads.hold('chosen');
    for (const recording of ['a', 'b']) void ask(recording, 'itself');
    expect(running()).toEqual([]);
    downloads.askForAll();
    expect([running(), downloads.waiting]).toEqual([['a', 'b'], null]);
    // What comes later was not asked for.
    void ask('c', 'itself');
    await end('a');
    expect([running(), downloads.waiting]).toEqual([['b'], { count: 1, why: 'chosen' }]);
  });

  it('nothing more begins once the disk is full, until there is room', async () => {
    for (const recording of ['a', 'b', 'c']) void ask(recording, 'itself');
    await end('a', new Failure('disk-full', 'no space left'));
    expect([running(), downloads.waiting]).toEqual([[], { count: 2, why: 'disk-full' }]);
    expect(downloads.stateOf('a')).toMatchObject({ state: 'failed', problem: { code: 'disk-full' } });
    downloads.diskFull = false;
    expect(running()).toEqual(['b', 'c']);
    downloads.forgetWantOfRoom();
    expect(downloads.stateOf('a')).toBeNull();
  });

  it('what was too large from the beginning keeps nothing smaller away', async () => {
    for (const recording of ['a', 'b', 'c']) void ask(recording, 'itself');
    await end('a', new Failure('disk-full', 'does not fit', { needed: 2, free: 1 }));
    expect([running(), downloads.waiting]).toEqual([['b', 'c'], null]);
  });

  it('waits where nobody answers, until the next round asks', async () => {
    for (const recording of ['a', 'b', 'c', 'd']) void ask(recording, 'itself');
    await end('a', new Failure('practice-unreachable', 'no answer'));
    // What is under way may have been answered.
    expect(running()).toEqual(['b']);
    await end('b', new Failure('download-interrupted', 'broke off'));
    expect([running(), turns.has('c'), downloads.stateOf('c')?.state, downloads.stateOf('d')?.state]).toEqual([[], false, 'queued', 'queued']);
    downloads.askForMany([order('a', 'itself'), order('b', 'itself')]);
    expect(running()).toEqual(['c', 'd']);
  });

  it('goes on as soon as one has come although another was not answered', async () => {
    for (const recording of ['a', 'b', 'c', 'd']) void ask(recording, 'itself');
    await end('a', new Failure('practice-unreachable', 'gateway of this one'));
    await end('b');
    expect(running()).toEqual(['c', 'd']);
  });

  it('waits for nobody who left', async () => {
    void ask('a', 'itself');
    await end('a', new Failure('practice-unreachable', 'no answer'));
    downloads.clear(new Failure('locked', 'test'));
    void ask('b', 'itself');
    expect(running()).toEqual(['b']);
  });
});

it('what was asked for runs where what comes by itself was not answered', async () => {
  void ask('a', 'itself');
  await end('a', new Failure('practice-unreachable', 'no answer'));
  void ask('x', 'asked');
  void ask('b', 'itself');
  expect(running()).toEqual(['x']);
  await end('x', new Failure('practice-unreachable', 'no answer'));
  expect([running(), downloads.stateOf('b')?.state]).toEqual([[], 'queued']);
});

describe('what is opened', () => {
  it('has the line to itself, before what was asked for', async () => {
    void ask('a', 'asked');
    void ask('b', 'asked');
    void ask('x', 'opened');
    await settled();
    expect(running()).toEqual(['x']);
  });

  it('stands back with what is asked for as soon as something else is opened', async () => {
    void ask('x', 'opened');
    void ask('y', 'opened');
    await settled();
    expect(running()).toEqual(['y']);
    void ask('x', 'opened');
    await settled();
    expect(running()).toEqual(['x']);
  });

  it('stands back with what is asked for once nobody is before it, and goes on', async () => {
    void ask('x', 'opened');
    void ask('a', 'asked');
    expect(running()).toEqual(['x']);
    downloads.standBack();
    expect([running(), turns.get('x')?.length]).toEqual([['x', 'a'], 1]);
  });

  it('may have been on its way by itself: nothing is begun twice', async () => {
    const first = ask('a', 'itself');
    void ask('b', 'itself');
    expect(ask('a', 'opened')).toBe(first);
    await settled();
    expect([running(), turns.get('a')?.length]).toEqual([['a'], 1]);
  });
});

describe('a recording', () => {
  it('is never written twice at once: the next turn waits until the one before has closed its file', async () => {
    const slow: Order = { ...order('a', 'itself'), run: (turn) => new Promise<void>((resolve) => turns.set('a', [...(turns.get('a') ?? []), { turn, end: () => resolve() }])) };
    void downloads.ask(slow);
    begin('a');
    downloads.stop('a', stopped());
    void ask('a', 'asked');
    expect([turns.get('a')?.length, downloads.stateOf('a')?.state]).toEqual([1, 'queued']);
    await end('a');
    expect([turns.get('a')?.length, running()]).toEqual([2, ['a']]);
  });

  it('that is stopped says why to who waits for it, and nothing beside it', async () => {
    const asked = ask('a', 'asked');
    downloads.stop('a', stopped());
    await expect(asked).rejects.toMatchObject({ code: 'download-stopped' });
    await settled();
    expect([downloads.stateOf('a'), downloads.has('a'), downloads.idle]).toEqual([null, false, true]);
  });

  it('that failed says so until it is asked for again, and who had asked', async () => {
    const asked = ask('a', 'asked');
    await end('a', new Failure('download-interrupted', 'broke off'));
    await expect(asked).rejects.toMatchObject({ code: 'download-interrupted' });
    expect(downloads.failure('a')).toMatchObject({ urgency: 'asked', problem: { code: 'download-interrupted' } });
    void ask('a', 'itself');
    expect([downloads.failure('a'), downloads.stateOf('a')?.state]).toEqual([null, 'queued']);
  });

  it('that failed in a way that cannot be recorded tells whoever asked', async () => {
    const full = new Failure('audit-unwritable', 'record is full');
    const asked = downloads.ask({ ...order('a', 'asked'), problemOf: () => {
      throw full;
    } });
    await end('a', new Failure('budget-full', 'no room'));
    await expect(asked).rejects.toBe(full);
    expect(downloads.idle).toBe(true);
  });

  it('counts what it will still write as soon as it has begun, and no more once it gave way', async () => {
    void ask('a', 'itself');
    void ask('b', 'itself');
    expect(downloads.toCome(new Set())).toBe(0);
    begin('a', 20, 80);
    begin('b', 0, 50);
    expect([downloads.toCome(new Set()), downloads.toCome(new Set(['a']))]).toEqual([130, 50]);
    void ask('x', 'opened');
    expect(downloads.toCome(new Set())).toBe(0);
  });
});

it('many that come by themselves are painted together', () => {
  downloads.askForMany(Array.from({ length: 10_000 }, (_, n) => order(`r${n}`, 'itself', n)));
  expect([running(), painted]).toEqual([['r0', 'r1'], 1]);
  downloads.askForMany([order('r5', 'itself', 5)]);
  expect(painted).toBe(1);
});

it('what nobody wants any more is dropped, which is painted once, and what is under way is not', () => {
  for (const recording of ['a', 'b', 'c', 'd', 'e']) void ask(recording, 'itself');
  const before = painted;
  downloads.keepOfThemselves(new Set(['c']), stopped());
  expect(['a', 'b', 'c', 'd', 'e'].filter((recording) => downloads.has(recording))).toEqual(['a', 'b', 'c']);
  expect([running(), painted - before]).toEqual([['a', 'b'], 1]);
  downloads.keepOfThemselves(new Set(['c']), stopped());
  expect(painted - before).toBe(1);
});

it('what was asked for is not dropped, and of what gave way only what is still wanted stays', () => {
  for (const recording of ['a', 'b', 'c']) void ask(recording, 'itself');
  for (const recording of ['x', 'y', 'z']) void ask(recording, 'asked');
  downloads.keepOfThemselves(new Set(['a']), stopped());
  expect(['a', 'b', 'c', 'x', 'y', 'z'].filter((recording) => downloads.has(recording))).toEqual(['a', 'x', 'y', 'z']);
});

it('when the person leaves all ends, and the next one begins with nothing', async () => {
  const asked = [ask('a', 'asked'), ask('b', 'asked'), ask('c', 'asked')];
  downloads.clear(new Failure('locked', 'test'));
  for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'locked' });
  await settled();
  expect([downloads.idle, downloads.waiting, downloads.stateOf('a')]).toEqual([true, null, null]);
});

describe('progress', () => {
  const comes = () => {
    void ask('a', 'asked');
    begin('a');
    const before = painted;
    for (let received = 1; received <= 1000; received += 1) turns.get('a')?.[0]?.turn.progress(received);
    expect(downloads.stateOf('a')).toMatchObject({ state: 'downloading', received: 1000 });
    return painted - before;
  };

  it('is painted at most once a second', () => {
    vi.spyOn(performance, 'now').mockReturnValue(5000);
    expect(comes()).toBe(1);
  });

  it('waits for a painting that is under way', () => {
    vi.spyOn(performance, 'now').mockReturnValue(5000);
    isPainting = true;
    expect(comes()).toBe(0);
  });
});
