/** One recording fetched from the demo practice, over a line that breaks and for people who leave. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { SearchIndex } from '../review/search.ts';
import { fetchWaiting } from './downloads/prefetch.ts';
import { pauseDownload } from './downloads/steer.ts';
import { fetchCopy } from './fetchCopy.ts';
import { TestDesk, SECRET } from './journeys.fixture.ts';
import { lock, unlock } from './lock.ts';
import { syncWorklist } from './sync.ts';
import { buildWorklist, decide } from './worklist.ts';

const practice = practiceForTests();
const nothing = () => undefined;
const [TASK, BINARY] = ['task-01', 'media-01'];
let at: TestDesk;
beforeEach(async () => {
  at = new TestDesk(practice.get());
  await at.enter('ada');
  await syncWorklist(at.desk);
  practice.get().accessLog.length = 0;
});
afterEach(() => at.remove());

const row = () => at.desk.vaultOrThrow().library.assignment(at.rowOf(TASK))!;
const fetchIt = () => fetchCopy(at.desk, row(), nothing);
const shown = async () => (await buildWorklist(at.desk)).rows.find(({ id }) => id === at.rowOf(TASK))!.copy;
const size = () => practice.get().repo.manifest('rec-01').media.size;
/** Range headers of the requests for the media, in order. */
const ranges = () => practice.get().accessLog.filter(({ path }) => path.endsWith(`/Binary/${BINARY}`)).map(({ range }) => range);
const mediaFiles = () => readdirSync(join(at.profile, 'vaults'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sealed'));

async function breakAt(share: number): Promise<number> {
  practice.get().lies.cutMedia.set(BINARY, share);
  await expect(fetchIt()).rejects.toMatchObject({ code: 'download-interrupted' });
  practice.get().lies.cutMedia.clear();
  return Math.floor(size() * share);
}

async function played(): Promise<string> {
  const vault = at.desk.vaultOrThrow();
  const decision = await decide(at.desk, row());
  if (!decision.ok) throw new Error(decision.reasons.join());
  const recording = await vault.copies.open(decision.assured);
  const digest = createHash('sha256');
  for (let from = 0; from < recording.size;) {
    const piece = await recording.readFrom(from, recording.size);
    digest.update(piece);
    from += piece.length;
  }
  await recording.close();
  return digest.digest('base64url');
}
const signed = () => practice.get().repo.manifest('rec-01').media.sha256;

it('leaves no key in memory where the vault is locked as the last byte is sealed', async () => {
  const { copies } = at.desk.vaultOrThrow();
  const original = copies.seal.bind(copies);
  let key: Uint8Array = Buffer.of(1);
  vi.spyOn(copies, 'seal').mockImplementationOnce(async (...given) => {
    const sealing = await original(...given);
    ({ key } = sealing);
    await lock(at.desk, new Failure('locked', 'test'));
    return sealing;
  });
  await expect(fetchIt()).rejects.toMatchObject({ code: 'locked' });
  await vi.waitFor(() => expect(at.desk.downloads.idle).toBe(true));
  expect([...key]).toEqual(Array(32).fill(0));
});

it('says of a disk that became full that it was a download', async () => {
  vi.spyOn(at.desk.vaultOrThrow().copies, 'seal').mockRejectedValueOnce(new Failure('disk-full', 'no space left', {}));
  await expect(fetchIt()).rejects.toMatchObject({ code: 'disk-full', detail: { of: 'download' } });
  expect(await shown()).toMatchObject({ state: 'failed', problem: { detail: { of: 'download' } } });
});

describe('a download that broke off', () => {
  it('at 60 % asks for the rest, and is the recording that was signed', async () => {
    const came = await breakAt(0.6);
    expect(await shown()).toMatchObject({ state: 'failed', received: came, problem: { code: 'download-interrupted' } });
    await fetchIt();
    expect(ranges()).toEqual([null, `bytes=${came}-`]);
    expect(await played()).toBe(signed());
    expect(await shown()).toMatchObject({ state: 'sealed' });
    expect(at.recorded().filter((event) => event === 'downloaded')).toHaveLength(1);
  });

  it('comes whole from a practice that knows no ranges', async () => {
    await breakAt(0.6);
    practice.get().lies.noRanges = true;
    await fetchIt();
    expect(await played()).toBe(signed());
    expect(mediaFiles()).toHaveLength(1);
  });

  it('stays when the person leaves, and is shown when they are back', async () => {
    const came = await breakAt(0.6);
    await lock(at.desk, new Failure('locked', 'test'));
    await unlock(at.desk, SECRET);
    expect(await shown()).toMatchObject({ state: 'none', received: came });
    await fetchIt();
    expect(ranges()).toEqual([null, `bytes=${came}-`]);
  });

  it('is destroyed by a withdrawal, and that is recorded', async () => {
    await breakAt(0.6);
    expect(mediaFiles()).toHaveLength(1);
    const { repo } = practice.get();
    const task = await repo.read<Task>('Task', TASK);
    await repo.update({ ...task, status: 'cancelled' });
    try {
      await syncWorklist(at.desk);
    } finally {
      await repo.update(task);
    }
    expect(mediaFiles()).toEqual([]);
    expect(at.recorded()).toContain('destroyed');
  });

  it('is destroyed by the next sync when its manifest is another', async () => {
    await breakAt(0.6);
    await practice.get().repo.signManifest('rec-01', (manifest) => {
      manifest.revision += 1;
    });
    await syncWorklist(at.desk);
    expect(mediaFiles()).toEqual([]);
    await fetchIt();
    expect(ranges()).toEqual([null, null]);
    expect(await played()).toBe(signed());
  });

  it('and went on with other bytes is asked for whole before the practice is blamed', async () => {
    const { lies } = practice.get();
    lies.mediaInstead.set(BINARY, Buffer.alloc(size(), 7));
    // As a practice that gives no tags: nothing says that the version changed in between.
    at.forgetTags = true;
    await breakAt(0.6);
    lies.mediaInstead.clear();
    const seal = vi.spyOn(at.desk.vaultOrThrow().copies, 'seal');
    await fetchIt();
    expect(ranges()).toEqual([null, `bytes=${Math.floor(size() * 0.6)}-`, null]);
    expect(seal.mock.calls.map(([, , , , inOne]) => inOne)).toEqual([false, true]);
    expect(await played()).toBe(signed());
    expect(at.recorded()).not.toContain('withheld');
  });

  it('and was paused as its last byte came says nothing against the practice', async () => {
    const { lies } = practice.get();
    lies.mediaInstead.set(BINARY, Buffer.alloc(size(), 7));
    at.forgetTags = true;
    await breakAt(0.6);
    lies.mediaInstead.clear();
    const { copies } = at.desk.vaultOrThrow();
    const original = copies.seal.bind(copies);
    vi.spyOn(copies, 'seal').mockImplementationOnce(async (...given) => {
      const sealing = await original(...given);
      pauseDownload(at.desk, at.rowOf(TASK));
      return sealing;
    });
    await expect(fetchIt()).rejects.toMatchObject({ code: 'download-stopped' });
    await vi.waitFor(() => expect(at.desk.downloads.idle).toBe(true));
    expect(at.recorded()).not.toContain('withheld');
    expect((await shown()).state).toBe('paused');
  });

  it('and is of other bytes throughout is withheld, and nothing of it stays', async () => {
    const { lies } = practice.get();
    lies.mediaInstead.set(BINARY, Buffer.alloc(size(), 7));
    await breakAt(0.6);
    await expect(fetchIt()).rejects.toMatchObject({ code: 'recording-mismatch' });
    expect(at.recorded()).toContain('withheld');
    expect(mediaFiles()).toEqual([]);
  });
});

it('is judged by the one whole answer of a practice that knows no ranges, and not asked for again', async () => {
  const { lies } = practice.get();
  lies.mediaInstead.set(BINARY, Buffer.alloc(size(), 7));
  const came = await breakAt(0.6);
  lies.noRanges = true;
  await expect(fetchIt()).rejects.toMatchObject({ code: 'recording-mismatch' });
  expect(ranges()).toEqual([null, `bytes=${came}-`]);
  expect(at.recorded()).toContain('withheld');
});

describe('a transcript that is not given', () => {
  const answers = (status: number) => {
    practice.get().lies.answer = ({ path }, given) => (path === 'Binary/vtt-01' ? { ...given, status } : given);
  };

  it.each([404, 500])('keeps no recording away: %d', async (status) => {
    answers(status);
    await fetchIt();
    expect(await shown()).toMatchObject({ state: 'sealed' });
    expect(await played()).toBe(signed());
  });

  it('is waited for where nobody answers', async () => {
    answers(503);
    await expect(fetchIt()).rejects.toMatchObject({ code: 'practice-unreachable' });
    practice.get().lies.answer = null;
    await fetchIt();
    expect(await shown()).toMatchObject({ state: 'sealed' });
  });
});

describe('what comes here by itself', () => {
  const settled = async () => {
    await fetchWaiting(at.desk, nothing);
    await at.downloaded();
  };

  it('is asked for again where the practice was busy or broken', async () => {
    const { lies } = practice.get();
    for (const [status, code] of [[429, 'practice-unreachable'], [500, 'practice-error']] as const) {
      lies.answer = ({ path }, given) => (path === `Binary/${BINARY}` ? { ...given, status } : given);
      await settled();
      expect(await shown()).toMatchObject({ state: 'failed', problem: { code } });
    }
    lies.answer = null;
    await settled();
    expect(await shown()).toMatchObject({ state: 'sealed' });
  });

  it('is asked for again where the session ended while it waited its turn', async () => {
    const { session } = at.desk;
    await fetchWaiting(at.desk, nothing);
    at.desk.session = null;
    await at.downloaded();
    at.desk.session = session;
    await settled();
    for (const { copy } of (await buildWorklist(at.desk)).rows) expect(copy.state).not.toBe('failed');
  });
});

describe('a download that is whole when the person leaves', () => {
  it('stays, and asks the practice for nothing but its transcript', async () => {
    const gate = at.hold(/\/Binary\/vtt-01/);
    const fetching = fetchIt();
    fetching.catch(nothing);
    await gate.reached;
    await lock(at.desk, new Failure('locked', 'test'));
    gate.open();
    await expect(fetching).rejects.toBeInstanceOf(Failure);
    await unlock(at.desk, SECRET);
    expect(await shown()).toMatchObject({ state: 'none', received: size() });
    await fetchIt();
    expect(ranges()).toEqual([null]);
    expect(await played()).toBe(signed());
  });
});

it('that is signed anew while its transcript comes makes no copy, and none of its words are found', async () => {
  const vault = at.desk.vaultOrThrow();
  const isFound = () => new SearchIndex((work) => vault.library.work(work)).find('the').get(`Task/${TASK}`)?.has('transcript') ?? false;
  const gate = at.hold(/\/Binary\/vtt-01/);
  const fetching = fetchIt();
  fetching.catch(nothing);
  await gate.reached;
  await practice.get().repo.signManifest('rec-01', (manifest) => {
    manifest.revision += 1;
  });
  // Taken in, and not acted on yet.
  vi.spyOn(vault.copies, 'stale').mockReturnValue(false);
  await syncWorklist(at.desk);
  gate.open();
  await expect(fetching).rejects.toMatchObject({ code: 'recording-withheld' });
  await vi.waitFor(() => expect(at.desk.downloads.idle).toBe(true));
  expect([mediaFiles(), isFound()]).toEqual([[], false]);
});
