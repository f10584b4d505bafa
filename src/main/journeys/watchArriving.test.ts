/** Recordings that are watched while they come from the demo practice, over a line that a test lets through a piece at a time. */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecordingInfo } from '../../../practice/records.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { waitAfter } from '../platform/pace.ts';
import { pauseDownload } from './downloads/steer.ts';
import { fetchCopy } from './fetchCopy.ts';
import { Gate, SECRET, TestDesk, WINDOW } from './journeys.fixture.ts';
import { lock, unlock } from './lock.ts';
import { syncWorklist } from './sync.ts';
import { closeRecording, mediaBroke, openRecording } from './watch.ts';
import { buildWorklist } from './worklist.ts';

vi.mock('../platform/pace.ts', { spy: true });

const BLOCK = 1_048_576;
const PIECE = 65_536;
const nothing = () => undefined;
const practice = practiceForTests();
let at: TestDesk;
let media: Buffer;
let info: RecordingInfo;
/** Pieces that the line still lets through; Infinity: all. */
let allowed: number;
const waiting: (() => void)[] = [];
/** The line breaks once, behind at least one piece. */
let breaks: boolean;
/** Range headers of the requests for the media, in order. */
let asked: unknown[];
/** What is sent in place of what was signed. */
let sent: Buffer;

beforeEach(async () => {
  media = randomBytes(8 * BLOCK);
  sent = media;
  asked = [];
  allowed = 0;
  breaks = false;
  info = await practice.get().repo.addRecording({ owner: 'ada', media, inBlocks: true, offlinePermitted: false, transcript: 'WEBVTT\n\n00:00.000 --> 00:01.000\nGood morning' });
  practice.get().lies.answer = ({ path, headers }, given) => {
    if (path !== `Binary/${info.binaryId}`) return given;
    asked.push(headers.range ?? null);
    const from = Number(/^bytes=(\d+)-/.exec(String(headers.range ?? ''))?.[1] ?? 0);
    return { ...given, body: pieces(sent.subarray(from)) };
  };
  at = new TestDesk(practice.get());
  await at.enter('ada');
  await syncWorklist(at.desk);
});
afterEach(() => {
  letThrough(Infinity);
  practice.get().lies.answer = null;
  vi.restoreAllMocks();
  at.remove();
});

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += PIECE) {
    while (allowed <= 0) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    if (breaks && from > 0) {
      breaks = false;
      throw new Error('line broke');
    }
    allowed -= 1;
    yield bytes.subarray(from, from + PIECE);
  }
}
function letThrough(count: number): void {
  allowed += count;
  for (const wake of waiting.splice(0)) wake();
}

const rowId = () => at.rowOf(info.taskIds[0] ?? '');
const open = () => openRecording(at.desk, WINDOW, rowId(), nothing);
const shown = async () => (await buildWorklist(at.desk)).rows.find(({ id }) => id === rowId())?.copy.state;
const files = () => readdirSync(join(at.profile, 'vaults'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sealed'));
const reading = (grant: string, from: number) => at.desk.grants.find(grant, WINDOW)!.recording.readFrom(from, media.length);
const isMedia = (piece: Buffer, from: number) => piece.length > 0 && piece.equals(media.subarray(from, from + piece.length));

async function watching() {
  letThrough(40);
  const opened = await open();
  expect(opened.arriving).toBe(true);
  return opened.grant;
}

describe('watching while it comes', () => {
  it('begins before it is here, on record first, with its transcript; and later it is a copy like any other', async () => {
    const opening = open();
    await vi.waitFor(() => expect(asked).toHaveLength(1), 20_000);
    expect(at.recorded()).not.toContain('opened');
    letThrough(40);
    const { grant, arriving, transcript } = await opening;
    expect([arriving, transcript?.vtt]).toEqual([true, expect.stringContaining('Good morning')]);
    expect(at.recorded().filter((event) => ['opened', 'downloaded'].includes(event))).toEqual(['opened']);
    expect(isMedia(await reading(grant, 5), 5)).toBe(true);
    expect(await shown()).toBe('downloading');
    letThrough(Infinity);
    await vi.waitFor(async () => expect(await shown()).toBe('sealed'), 20_000);
    expect(isMedia(await reading(grant, 7 * BLOCK), 7 * BLOCK)).toBe(true);
    const again = await open();
    expect(again.arriving).toBe(false);
    expect(isMedia(await reading(again.grant, 7 * BLOCK), 7 * BLOCK)).toBe(true);
    expect(asked).toEqual([null]);
  });

  it('has what is gone to first', async () => {
    const grant = await watching();
    const far = reading(grant, 7 * BLOCK + 9);
    // What is on its way on the first line when it turns is lost.
    letThrough(200);
    expect(isMedia(await far, 7 * BLOCK + 9)).toBe(true);
    expect(asked.slice(0, 2)).toEqual([null, `bytes=${7 * BLOCK}-`]);
  });

  it('ends with a withdrawal and a lock, and leaves what these leave', async () => {
    const grant = await watching();
    const far = reading(grant, 3 * BLOCK);
    far.catch(nothing);
    const { repo } = practice.get();
    const task = await repo.read<Task>('Task', info.taskIds[0] ?? '');
    await repo.update<Task>({ ...task, status: 'cancelled' });
    await syncWorklist(at.desk);
    await expect(far).rejects.toMatchObject({ code: 'locked' });
    expect(at.desk.grants.find(grant, WINDOW)).toBeNull();
    await vi.waitFor(() => expect(files()).toEqual([]));
    await repo.update<Task>(task);
    await syncWorklist(at.desk);
    const second = await watching();
    const waiting = reading(second, 5 * BLOCK);
    waiting.catch(nothing);
    await lock(at.desk, new Failure('locked', 'test'));
    await expect(waiting).rejects.toMatchObject({ code: 'locked' });
    expect(files().length).toBeGreaterThan(0);
  });

  it('goes on by itself where the line broke', async () => {
    const grant = await watching();
    const far = reading(grant, 6 * BLOCK);
    practice.get().lies.down = true;
    await new Promise((resolve) => setTimeout(resolve, 50));
    practice.get().lies.down = false;
    letThrough(Infinity);
    expect(isMedia(await far, 6 * BLOCK)).toBe(true);
    expect(at.desk.grants.find(grant, WINDOW)).not.toBeNull();
  }, 60_000);

  it('is asked for again as soon as at first where bytes came in between', async () => {
    vi.mocked(waitAfter).mockClear();
    await watching();
    for (let broken = 1; broken <= 3; broken += 1) {
      breaks = true;
      letThrough(2);
      await vi.waitFor(() => expect(asked).toHaveLength(broken + 1), 20_000);
    }
    expect(vi.mocked(waitAfter).mock.calls.map(([failures]) => failures)).toEqual([0, 0, 0]);
  }, 60_000);

  it('ends, and is told to have, where it cannot be asked for again', async () => {
    const grant = await watching();
    const { library } = at.desk.vaultOrThrow();
    vi.spyOn(library, 'askFor').mockImplementationOnce(() => {
      throw new Failure('disk-full', 'test');
    });
    breaks = true;
    letThrough(2);
    await vi.waitFor(() => expect(at.desk.grants.find(grant, WINDOW)).toBeNull(), 20_000);
    expect(at.pushed.filter(({ name }) => name === 'revoked')).toEqual([{ name: 'revoked', value: { grant, problem: expect.objectContaining({ code: 'disk-full' }) } }]);
  }, 60_000);

  it('shows nothing of a block that is not what was signed, and withholds the recording', async () => {
    sent = Buffer.from(media);
    sent.writeUInt8(sent.readUInt8(2 * BLOCK + 5) ^ 1, 2 * BLOCK + 5);
    const grant = await watching();
    letThrough(20);
    const error: unknown = await reading(grant, 2 * BLOCK).catch((why: unknown) => why);
    expect(error).toMatchObject({ code: 'recording-mismatch' });
    await mediaBroke(at.desk, grant, error, nothing);
    expect(at.desk.grants.find(grant, WINDOW)).toBeNull();
    letThrough(Infinity);
    await vi.waitFor(() => expect(files()).toEqual([]), 20_000);
    await vi.waitFor(async () => expect((await buildWorklist(at.desk)).withheld.map(({ id }) => id)).toContain(rowId()), 20_000);
    expect(at.recorded()).toContain('withheld');
  });

  it('judges the practice by one whole answer: what came before of another version is let go', async () => {
    at.forgetTags = true;
    sent = randomBytes(media.length);
    letThrough(30);
    const first = open();
    first.catch(nothing);
    await vi.waitFor(() => expect(files()).toHaveLength(1));
    await lock(at.desk, new Failure('locked', 'test'));
    await first.catch(nothing);
    sent = media;
    await unlock(at.desk, SECRET);
    letThrough(Infinity);
    const opened = await open().catch((why: unknown) => why);
    await vi.waitFor(async () => expect(await shown()).toBe('sealed'), 20_000);
    if (opened instanceof Failure) expect(opened.code).toBe('recording-mismatch');
    expect(at.recorded()).not.toContain('withheld');
    expect(isMedia(await reading((await open()).grant, 0), 0)).toBe(true);
  });

  it('opens what came whole while its transcript was waited for', async () => {
    const first = new Gate();
    const media = practice.get().lies.answer!;
    let transcripts = 0;
    practice.get().lies.answer = async (question, given) => {
      if (given.body.subarray(0, 6).toString() === 'WEBVTT' && (transcripts += 1) === 1) await first.pass();
      return media(question, given);
    };
    letThrough(40);
    const opening = open();
    await first.reached;
    letThrough(Infinity);
    const opened = await opening;
    expect([opened.arriving, opened.transcript?.vtt]).toEqual([false, expect.stringContaining('Good morning')]);
    first.open();
  });

  it('that the person pauses while the line is broken does not go on by itself', async () => {
    const grant = await watching();
    at.broken = /./;
    practice.get().lies.down = true;
    letThrough(1);
    await vi.waitFor(async () => expect(await shown()).toBe('failed'), 20_000);
    pauseDownload(at.desk, rowId());
    at.broken = null;
    practice.get().lies.down = false;
    letThrough(Infinity);
    await vi.waitFor(() => expect(at.desk.grants.find(grant, WINDOW)).toBeNull(), 20_000);
    expect(await shown()).toBe('paused');
  }, 60_000);

  describe('keeps the line to itself for as long as somebody is before it, and no longer', () => {
    const rowCalled = (task: string) => at.desk.vaultOrThrow().library.assignment(at.rowOf(task))!;
    const isUnderWay = () => at.desk.downloads.isUnderWay(rowCalled('task-01').recording!);
    // What else was asked for.
    const other = () => fetchCopy(at.desk, rowCalled('task-01'), nothing);
    const stateOf = async (task: string) => (await buildWorklist(at.desk)).rows.find(({ id }) => id === at.rowOf(task))?.copy.state;

    it('until it is closed', async () => {
      const grant = await watching();
      const came = other();
      expect(isUnderWay()).toBe(false);
      await closeRecording(at.desk, WINDOW, grant);
      await came;
      expect([await stateOf('task-01'), await shown()]).toEqual(['sealed', 'downloading']);
    });

    it('until another is opened that is here', async () => {
      await fetchCopy(at.desk, rowCalled('task-02'), nothing);
      // Nothing of it has come yet, and nobody holds a grant.
      const opening = open();
      const refused = expect(opening).rejects.toMatchObject({ code: 'busy' });
      await vi.waitFor(() => expect(asked).toHaveLength(1), 20_000);
      const came = other();
      expect(isUnderWay()).toBe(false);
      await openRecording(at.desk, WINDOW, at.rowOf('task-02'), nothing);
      await came;
      expect(await stateOf('task-01')).toBe('sealed');
      letThrough(Infinity);
      await refused;
    });

    it('until its opening fails', async () => {
      letThrough(40);
      const full = new Failure('audit-unwritable', 'test');
      vi.spyOn(at.desk.journal!, 'write').mockImplementationOnce(() => {
        throw full;
      });
      await expect(open()).rejects.toBe(full);
      await other();
      expect([await stateOf('task-01'), await shown()]).toEqual(['sealed', 'downloading']);
    });
  });

  it('waits for all of it where no blocks were signed', async () => {
    await practice.get().repo.signManifest(info.id, (manifest) => {
      delete manifest.media.blocks;
    });
    await syncWorklist(at.desk);
    const opening = open();
    letThrough(40);
    await vi.waitFor(() => expect(asked).toHaveLength(1), 20_000);
    letThrough(Infinity);
    expect((await opening).arriving).toBe(false);
  });
});
