/** Downloads from the demo practice as a person meets them: what comes first, what they pause and cancel, what there is room for, and what waits on a metered connection. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorklistRow } from '../../../preload/contract.ts';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { readSettings, saveSettings } from '../../review/settings.ts';
import { Failure } from '../../platform/failure.ts';
import type { Vault } from '../../vault/vault.ts';
import { fetchCopy } from '../fetchCopy.ts';
import { SECRET, TestDesk, WINDOW } from '../journeys.fixture.ts';
import { lock, unlock } from '../lock.ts';
import { removeCopies } from '../storage.ts';
import { syncWorklist } from '../sync.ts';
import { openRecording } from '../watch.ts';
import { buildWorklist, firstWorklist } from '../worklist.ts';
import { fetchWaiting, heedConnection } from './prefetch.ts';
import { cancelDownload, pauseDownload } from './steer.ts';

const practice = practiceForTests();
const nothing = () => undefined;
const [TASK, BINARY] = ['task-01', 'media-01'];
let at: TestDesk;
let vault: Vault;
beforeEach(async () => {
  at = new TestDesk(practice.get());
  vault = await at.enter('ada');
  await syncWorklist(at.desk);
  practice.get().accessLog.length = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  at.remove();
});

const row = (task: string) => vault.library.assignment(at.rowOf(task))!;
const fetchOne = (task: string) => fetchCopy(at.desk, row(task), nothing);
const rows = async () => (await buildWorklist(at.desk)).rows;
const copyOf = async (task: string) => (await rows()).find(({ id }) => id === at.rowOf(task))!.copy;
/** "Binary/id" of the media that the practice was asked for, in order. */
const fetched = () => practice.get().accessLog.filter(({ path }) => path.includes('/Binary/media-')).map(({ path }) => path.replace(/.*\//, ''));
const ranges = () => practice.get().accessLog.filter(({ path }) => path.endsWith(`/${BINARY}`)).map(({ range }) => range);
const comesByItself = ({ offline, sensitive }: Pick<WorklistRow, 'offline' | 'sensitive'>) => offline && !sensitive;

/** The media of every recording begins to come, and its rest only when the test says so. */
function slowLine(): { rest: () => void; begun: () => Promise<void> } {
  let goOn = nothing as () => void;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const { lies } = practice.get();
  const inParts = async function* (body: Buffer) {
    yield body.subarray(0, body.length / 2);
    await held;
    yield body.subarray(body.length / 2);
  };
  lies.answer = ({ path }, given) => (path.startsWith('Binary/media-') && given.status < 300 ? { ...given, body: inParts(given.body) } : given);
  const begun = () => vi.waitFor(async () => {
    if (!(await rows()).some(({ copy }) => copy.state === 'downloading' && copy.received > 0)) throw new Error('nothing has come yet');
  }, { timeout: 20_000 });
  return { begun, rest: () => {
    lies.answer = null;
    goOn();
  } };
}

describe('what comes by itself', () => {
  it('is all that may be used offline, each once', async () => {
    await fetchWaiting(at.desk, nothing);
    await at.downloaded();
    for (const { copy, ...one } of await rows()) expect([one.title, copy.state]).toEqual([one.title, comesByItself(one) ? 'sealed' : 'none']);
    expect(new Set(fetched()).size).toBe(fetched().length);
  });

  it('gives way to what is opened, and goes on from there', async () => {
    const line = slowLine();
    await fetchWaiting(at.desk, nothing);
    await line.begun();
    const under = (await rows()).filter(({ copy }) => copy.state === 'downloading');
    expect(under.length).toBeGreaterThan(0);
    expect(under.length).toBeLessThanOrEqual(2);
    practice.get().lies.answer = null;
    const wanted = (await rows()).find((one) => one.copy.state === 'none')!;
    const { grant } = await openRecording(at.desk, WINDOW, wanted.id, nothing);
    expect(at.desk.grants.ids).toEqual([grant]);
    await at.desk.grants.revoke(grant);
    line.rest();
    await at.downloaded();
    for (const { id } of under) expect((await rows()).find((one) => one.id === id)?.copy.state).toBe('sealed');
    expect(practice.get().accessLog.filter(({ range }) => range !== null && /^bytes=[1-9]/.test(range)).length).toBeGreaterThan(0);
  });

  it('is one download where two assignments are of one recording', async () => {
    const { repo } = practice.get();
    const other = await repo.update({ ...structuredClone(await repo.read('Task', TASK)), id: 'task-01c' });
    await syncWorklist(at.desk);
    await fetchWaiting(at.desk, nothing);
    await at.downloaded();
    expect(fetched().filter((media) => media === BINARY)).toHaveLength(1);
    await repo.update({ ...other, status: 'cancelled' } as typeof other);
  });
});

describe('what was asked for and broke off', () => {
  it('goes on by itself, although it is sensitive', async () => {
    const { lies, repo } = practice.get();
    const binary = repo.recordings().find(({ id }) => id === 'rec-08')!.binaryId;
    lies.cutMedia.set(binary, 0.5);
    await expect(fetchOne('task-08')).rejects.toMatchObject({ code: 'download-interrupted' });
    lies.cutMedia.clear();
    expect(await copyOf('task-08')).toMatchObject({ state: 'failed' });
    await fetchWaiting(at.desk, nothing);
    await at.downloaded();
    expect(await copyOf('task-08')).toMatchObject({ state: 'sealed' });
  });
});

it('what could not be decided because answers overtook each other is asked for again by itself', async () => {
  const overtaken = vi.spyOn(at.desk, 'toldSince').mockReturnValue(true);
  await expect(fetchOne(TASK)).rejects.toMatchObject({ code: 'busy' });
  overtaken.mockRestore();
  await fetchWaiting(at.desk, nothing);
  await at.downloaded();
  expect(await copyOf(TASK)).toMatchObject({ state: 'sealed' });
});

describe('a download that the person pauses', () => {
  async function paused(): Promise<void> {
    const line = slowLine();
    const fetching = fetchOne(TASK);
    const refused = expect(fetching).rejects.toMatchObject({ code: 'download-stopped' });
    await line.begun();
    pauseDownload(at.desk, at.rowOf(TASK));
    await refused;
    line.rest();
    await at.downloaded();
  }

  it('keeps what came, and stays paused with the next sync, after a lock and after a restart', async () => {
    await paused();
    const { received } = await copyOf(TASK);
    expect(received).toBeGreaterThan(0);
    const stays = async () => {
      await fetchWaiting(at.desk, nothing);
      await at.downloaded();
      expect(await copyOf(TASK)).toMatchObject({ state: 'paused', received, problem: null });
    };
    await stays();
    await lock(at.desk, new Failure('locked', 'test'));
    await unlock(at.desk, SECRET);
    await stays();
    vault = await at.enter('ada');
    await stays();
    expect(fetched().filter((media) => media === BINARY)).toHaveLength(1);
  });

  it('goes on from there when it is asked for', async () => {
    await paused();
    const { received } = await copyOf(TASK);
    await fetchOne(TASK);
    expect(ranges()).toEqual([null, `bytes=${received}-`]);
    expect(await copyOf(TASK)).toMatchObject({ state: 'sealed' });
    await removeCopies(at.desk, [at.rowOf(TASK)]);
    expect(await copyOf(TASK)).toMatchObject({ state: 'none', received: 0 });
  });

  it('is paused before it had its turn', async () => {
    const line = slowLine();
    const opened = fetchCopy(at.desk, row('task-02'), nothing, 'opened');
    const waiting = fetchOne(TASK);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'download-stopped' });
    expect(await copyOf(TASK)).toMatchObject({ state: 'queued' });
    pauseDownload(at.desk, at.rowOf(TASK));
    await refused;
    await line.begun();
    line.rest();
    await opened;
    expect(await copyOf(TASK)).toMatchObject({ state: 'paused' });
    expect(fetched()).not.toContain(BINARY);
  });

  it('is destroyed by a withdrawal as any other', async () => {
    await paused();
    const { repo } = practice.get();
    const task = await repo.read('Task', TASK);
    await repo.update({ ...task, status: 'cancelled' } as typeof task);
    await syncWorklist(at.desk);
    await repo.update(task);
    expect(vault.copies.counts()).toEqual({ recordings: 0, bytes: 0 });
    expect(at.recorded()).toContain('destroyed');
  });
});

describe('a download that the person cancels', () => {
  it('leaves nothing here, does not come by itself, and comes when it is asked for', async () => {
    const line = slowLine();
    const fetching = fetchOne(TASK);
    const refused = expect(fetching).rejects.toMatchObject({ code: 'download-stopped' });
    await line.begun();
    await cancelDownload(at.desk, at.rowOf(TASK));
    await refused;
    line.rest();
    expect(vault.copies.counts()).toEqual({ recordings: 0, bytes: 0 });
    expect(at.recorded().at(-1)).toBe('destroyed');
    await fetchWaiting(at.desk, nothing);
    await at.downloaded();
    expect(await copyOf(TASK)).toMatchObject({ state: 'none', received: 0 });
    await fetchOne(TASK);
    expect(await copyOf(TASK)).toMatchObject({ state: 'sealed' });
  });

  it('comes again by itself where it was asked for anew and broke off', async () => {
    await cancelDownload(at.desk, at.rowOf(TASK));
    practice.get().lies.cutMedia.set(BINARY, 0.5);
    await expect(fetchOne(TASK)).rejects.toMatchObject({ code: 'download-interrupted' });
    practice.get().lies.cutMedia.clear();
    await fetchWaiting(at.desk, nothing);
    await at.downloaded();
    expect(await copyOf(TASK)).toMatchObject({ state: 'sealed' });
  });

  it('stays where it was whole a moment before', async () => {
    await fetchOne(TASK);
    await cancelDownload(at.desk, at.rowOf(TASK));
    pauseDownload(at.desk, at.rowOf(TASK));
    expect(await copyOf(TASK)).toMatchObject({ state: 'sealed' });
  });
});

const pauses: typeof cancelDownload = (...given) => {
  pauseDownload(...given);
  return Promise.resolve();
};
it.each([['pauses', pauses], ['cancels', cancelDownload]])('what the person %s while it is being found out what is to come does not come', async (_what, stop) => {
  const before = vault.library.notByThemselves();
  const stopping: Promise<void>[] = [];
  vi.spyOn(vault.library, 'notByThemselves').mockImplementationOnce(() => {
    stopping.push(stop(at.desk, at.rowOf(TASK)));
    return before;
  });
  await fetchWaiting(at.desk, nothing);
  await Promise.all(stopping);
  await at.downloaded();
  expect(fetched()).not.toContain(BINARY);
  expect(fetched().length).toBeGreaterThan(0);
});

describe('room', () => {
  const sizes = () => practice.get().repo.recordings().filter(({ id }) => ['rec-01', 'rec-02'].includes(id)).map(({ size }) => size);

  it('that one download under way will fill is not given to another', async () => {
    at.desk.site = { ...at.desk.site, diskBudgetBytes: sizes().reduce((sum, size) => sum + size) - 10_000 };
    const line = slowLine();
    const first = fetchOne(TASK);
    await line.begun();
    await expect(fetchOne('task-02')).rejects.toMatchObject({ code: 'budget-full' });
    line.rest();
    await first;
    expect(vault.copies.usedBytes()).toBeLessThanOrEqual(at.desk.site.diskBudgetBytes);
  });

  it('is kept by what comes by itself, due first, and what is due before offline use ends is said', async () => {
    const all = (await rows()).filter(comesByItself);
    const [first] = all;
    if (!first) throw new Error('nothing comes by itself');
    at.desk.site = { ...at.desk.site, diskBudgetBytes: first.copy.total + 10_000 };
    await fetchWaiting(at.desk, nothing);
    await at.downloaded();
    expect(vault.copies.usedBytes()).toBeLessThanOrEqual(at.desk.site.diskBudgetBytes);
    const { noRoom, leaseEnds } = at.desk.standing();
    const here = new Set((await rows()).filter(({ copy }) => copy.state === 'sealed').map(({ id }) => id));
    expect([...here]).toContain(first.id);
    const left = all.filter(({ id }) => !here.has(id));
    expect(noRoom).toMatchObject({ waiting: left.length, dueOffline: left.filter(({ due }) => due !== null && Date.parse(due) <= Date.parse(leaseEnds ?? '')).length });
  });

  it('may be there again: what had found none comes once copies have gone', async () => {
    at.desk.site = { ...at.desk.site, diskBudgetBytes: sizes()[0]! + 10_000 };
    await fetchOne(TASK);
    await expect(fetchOne('task-02')).rejects.toMatchObject({ code: 'budget-full' });
    await removeCopies(at.desk, [at.rowOf(TASK)]);
    await fetchWaiting(at.desk, nothing);
    await at.downloaded();
    expect(await copyOf('task-02')).toMatchObject({ state: 'sealed' });
  });
});

describe('a metered connection', () => {
  const settle = async () => {
    await fetchWaiting(at.desk, nothing);
    await at.downloaded();
  };
  const choose = (onlyAsked: boolean) => {
    const inLibrary = <T>(work: Parameters<typeof vault.library.work<T>>[0]) => vault.library.work(work);
    saveSettings(inLibrary, { ...readSettings(inLibrary, 10), onlyAsked }, 10);
  };

  it('brings nothing by itself, says so, and brings what is asked for', async () => {
    at.metered = true;
    await settle();
    const waiting = (await rows()).filter(comesByItself).length;
    expect([fetched(), at.desk.standing().downloadsWait]).toEqual([[], { count: waiting, why: 'metered' }]);
    await fetchOne(TASK);
    expect([fetched(), at.desk.standing().downloadsWait]).toEqual([[BINARY], { count: waiting - 1, why: 'metered' }]);
    at.desk.downloads.askForAll();
    await at.downloaded();
    expect(at.desk.standing().downloadsWait).toBeNull();
    expect((await rows()).filter(comesByItself).every(({ copy }) => copy.state === 'sealed')).toBe(true);
  });

  it('is what the person says it is', async () => {
    choose(true);
    await settle();
    expect([fetched(), at.desk.standing().downloadsWait?.why]).toEqual([[], 'chosen']);
    choose(false);
    await settle();
    expect(fetched()).toContain(BINARY);
  });

  it('is what the person says it is, also while the system is being asked', async () => {
    at.metered = true;
    await settle();
    // They say so while an earlier question is being answered, and that is heard first.
    vi.spyOn(at.desk.machine, 'isMetered').mockImplementationOnce(async () => {
      choose(true);
      await heedConnection(at.desk);
      return false;
    });
    await heedConnection(at.desk);
    await at.downloaded();
    expect([fetched(), at.desk.standing().downloadsWait?.why]).toEqual([[], 'chosen']);
  });

  it('that begins during a download pauses it, and it goes on when that is over', async () => {
    const line = slowLine();
    await fetchWaiting(at.desk, nothing);
    await line.begun();
    at.metered = true;
    await heedConnection(at.desk);
    expect(at.desk.state).toMatchObject({ standing: { downloadsWait: { why: 'metered' } } });
    line.rest();
    await at.downloaded();
    expect((await rows()).some(({ copy }) => copy.state === 'sealed')).toBe(false);
    at.metered = false;
    await heedConnection(at.desk);
    await at.downloaded();
    expect((await rows()).filter(comesByItself).every(({ copy }) => copy.state === 'sealed')).toBe(true);
  });
});

it('the list names the downloads, those under way first', async () => {
  await cancelDownload(at.desk, at.rowOf(TASK));
  pauseDownload(at.desk, at.rowOf('task-02'));
  const line = slowLine();
  await fetchWaiting(at.desk, nothing);
  await line.begun();
  const { worklist } = await firstWorklist(at.desk);
  const states = await Promise.all(worklist.downloads.map(async (id) => (await rows()).find((one) => one.id === id)?.copy.state));
  expect([...new Set(states)]).toEqual(['downloading', 'paused', 'queued']);
  expect(worklist.downloads).not.toContain(at.rowOf(TASK));
  line.rest();
  await at.downloaded();
  expect((await firstWorklist(at.desk)).worklist.downloads).toEqual([at.rowOf('task-02')]);
});
