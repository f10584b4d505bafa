import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BODY_LIMIT } from '../audit/chain.ts';
import { Failure } from '../platform/failure.ts';
import type { SealedRecording } from '../vault/sealedRecording.ts';
import type { Interval } from '../../preload/intervals.ts';
import { Exposure, FLUSH_MS, mergeIntervals } from './exposure.ts';
import { Grants } from './grants.ts';
import { answerMedia, pauseAfter, PAUSE_MS } from './protocol.ts';
import { SEGMENT_BYTES } from '../vault/segments.ts';
import { parseRange } from './range.ts';

const bytes = randomBytes(1000);
/** Gives at most so many bytes a read, as the vault gives at most a segment. */
function recordingOf(content = bytes, atMost = 100) {
  const state = { closed: false, reads: 0, broken: null as Failure | null };
  const recording = {
    size: content.length, contentType: 'video/mp4',
    readFrom: async (start: number, end: number) => {
      state.reads += 1;
      if (state.closed) throw new Failure('locked', 'closed');
      if (state.broken && start >= 500) throw state.broken;
      return content.subarray(start, Math.min(end, start + atMost));
    },
    close: async () => {
      state.closed = true;
    },
  };
  return { recording: recording as unknown as SealedRecording, state };
}

describe('a byte range', () => {
  it.each<[string | null, ReturnType<typeof parseRange>]>([
    [null, { kind: 'whole' }], ['bytes=0-', { kind: 'part', start: 0, end: 1000 }], ['bytes=10-19', { kind: 'part', start: 10, end: 20 }], ['bytes=999-', { kind: 'part', start: 999, end: 1000 }],
    ['bytes=990-5000', { kind: 'part', start: 990, end: 1000 }], ['bytes=-10', { kind: 'part', start: 990, end: 1000 }], ['bytes=-5000', { kind: 'part', start: 0, end: 1000 }], ['bytes=0-0', { kind: 'part', start: 0, end: 1 }],
    ['bytes=1000-', { kind: 'unsatisfiable' }], ['bytes=1000-1001', { kind: 'unsatisfiable' }], ['bytes=-0', { kind: 'unsatisfiable' }], [`bytes=${'9'.repeat(400)}-`, { kind: 'unsatisfiable' }],
    ['bytes=5-4', { kind: 'whole' }], ['bytes=-', { kind: 'whole' }], ['bytes=0-1,5-6', { kind: 'whole' }], ['items=0-1', { kind: 'whole' }], ['bytes=a-b', { kind: 'whole' }],
  ])('%s of 1000 bytes', (header, expected) => {
    expect(parseRange(header, 1000)).toEqual(expected);
  });

  it('never leaves the recording', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat({ max: 5000 }), (a, b, size) => {
      for (const header of [`bytes=${a}-${b}`, `bytes=${a}-`, `bytes=-${a}`]) {
        const range = parseRange(header, size);
        if (range.kind === 'part') expect(0 <= range.start && range.start < range.end && range.end <= size).toBe(true);
      }
    }));
  });
});

describe('the media protocol', () => {
  let grants: Grants;
  let id: string;
  let now: number;
  let state: ReturnType<typeof recordingOf>['state'];
  const broken: unknown[] = [];
  beforeEach(() => {
    now = 0;
    broken.length = 0;
    grants = new Grants(() => now, () => undefined);
    const made = recordingOf();
    state = made.state;
    id = grants.issue(7, made.recording, () => () => undefined);
  });
  afterEach(async () => {
    for (const grant of grants.ids) await grants.revoke(grant);
  });
  const ask = (range: string | null = null, { url = `recording://${id}/media`, method = 'GET', window = 7 } = {}) =>
    answerMedia({ method, url, range }, (grant) => grants.find(grant, window), (grant) => broken.push(grant));
  const body = async (response: Response) => Buffer.from(await response.arrayBuffer());

  it.each<[string | null, number, number, number]>([[null, 200, 0, 1000], ['bytes=0-', 206, 0, 1000], ['bytes=250-749', 206, 250, 750], ['bytes=-5', 206, 995, 1000], ['bytes=5-4', 200, 0, 1000]])(
    'answers %s with %i and exactly those bytes', async (range, status, start, end) => {
      const response = ask(range);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-length')).toBe(String(end - start));
      expect(response.headers.get('content-range')).toBe(status === 206 ? `bytes ${start}-${end - 1}/1000` : null);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('access-control-allow-origin')).toBe('app://ui');
      expect((await body(response)).equals(bytes.subarray(start, end))).toBe(true);
    });

  it('answers HEAD with the same headers and reads nothing', async () => {
    const response = ask('bytes=10-19', { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), response.body]).toEqual([206, '10', null]);
    expect(state.reads).toBe(0);
  });

  it('refuses a range past the end, and other methods', () => {
    expect([ask('bytes=1000-').status, ask('bytes=1000-').headers.get('content-range')]).toEqual([416, 'bytes */1000']);
    expect(ask(null, { method: 'POST' }).status).toBe(405);
  });

  it('knows no other grant, window, path, scheme or address', () => {
    const flipped = `${id.startsWith('0') ? '1' : '0'}${id.slice(1)}`;
    for (const other of [{ url: `recording://${flipped}/media` }, { window: 8 }, { url: `recording://${id}/` }, { url: `recording://${id}/media/x` }, { url: `app://${id}/media` },
      { url: `recording://${id}:80/media` }, { url: 'no address' }, { url: 'recording:///media' }]) expect(ask(null, other).status, JSON.stringify(other)).toBe(404);
    expect(state.reads).toBe(0);
  });

  it('stops reading when the player cancels', async () => {
    const reader = ask().body!.getReader();
    await reader.read();
    await reader.cancel();
    await new Promise(setImmediate);
    expect(state.reads).toBeLessThan(3);
  });

  it('reads nothing more for a player that goes away while the next piece is held back', async () => {
    const { recording, state: long } = recordingOf(Buffer.alloc(1_000_000));
    const grant = grants.issue(7, recording, () => () => undefined);
    const reader = ask(null, { url: `recording://${grant}/media` }).body!.getReader();
    let given = 0;
    while (given < 768 * 1024) given += (await reader.read() as { value: Uint8Array }).value.length;
    const { reads } = long;
    const next = reader.read();
    await wait(PAUSE_MS / 4);
    expect(long.reads, 'read ahead without a pause').toBe(reads);
    await reader.cancel();
    expect((await next).done).toBe(true);
    await wait(PAUSE_MS * 2);
    expect(long.reads, 'read for nobody').toBe(reads);
  });

  it('gives the whole index of a long recording before it holds anything back, and of the rest as much as from anywhere else', async () => {
    const [content, index] = [Buffer.alloc(12_000_000), 3_000_000];
    content.writeUInt32BE(index);
    content.write('moov', 4, 'latin1');
    // Nobody reads as far as what is not there.
    const grant = grants.issue(7, { ...recordingOf(content, SEGMENT_BYTES).recording, size: 300_000_000 }, () => () => undefined);
    /** Bytes given until something is held back. */
    const given = async (from: number): Promise<number> => {
      const reader = ask(`bytes=${from}-`, { url: `recording://${grant}/media` }).body!.getReader();
      let got = 0;
      for (let next; got < content.length - index && (next = await Promise.race([reader.read() as Promise<{ value?: Uint8Array }>, wait(PAUSE_MS / 2, null)])) !== null;) got += next.value?.length ?? 0;
      await reader.cancel();
      return got;
    };
    for (const read of [await given(0) - index, await given(1)]) {
      expect(read).toBeGreaterThanOrEqual(1_500_000);
      expect(read).toBeLessThan(1_500_000 + SEGMENT_BYTES);
    }
  });

  it('holds back what is read ahead until the picture is there, and then keeps up with 25 Mbit/s at three times the speed', () => {
    const megabitsAt = (passed: number): number => SEGMENT_BYTES * 8 / 1e6 / (pauseAfter(passed) / 1000);
    expect(pauseAfter(0)).toBe(PAUSE_MS);
    expect(megabitsAt(1_000)).toBeGreaterThan(3 * 25);
  });

  it('gives all of it to a player that goes on asking', async () => {
    const content = randomBytes(1_200_000);
    const grant = grants.issue(7, recordingOf(content, 400_000).recording, () => () => undefined);
    expect((await body(ask(null, { url: `recording://${grant}/media` }))).equals(content)).toBe(true);
  });

  it('gives nothing of what was being read when the grant was revoked', async () => {
    const { recording } = recordingOf();
    const original = recording.readFrom.bind(recording);
    const held = grants.issue(7, Object.assign(recording, {
      readFrom: async (start: number, end: number) => {
        const read = await original(start, end);
        await grants.revoke(held);
        return read;
      },
    }), () => () => undefined);
    await expect(ask(null, { url: `recording://${held}/media` }).body!.getReader().read()).rejects.toMatchObject({ code: 'locked' });
    expect(broken).toEqual([]);
  });

  it('gives nothing more once the grant is revoked, and does not call that corruption', async () => {
    const reader = ask().body!.getReader();
    await reader.read();
    await grants.revoke(id);
    await expect(reader.read()).rejects.toThrow();
    expect(state.closed).toBe(true);
    expect(broken).toEqual([]);
    expect(ask().status).toBe(404);
  });

  it('reports a copy that broke while it was played, and ends there', async () => {
    state.broken = new Failure('recording-corrupt', 'segment');
    await expect(body(ask())).rejects.toThrow();
    expect(broken).toEqual([id]);
  });

  it('ends a grant that nobody used for half an hour', () => {
    now = 30 * 60_000;
    expect(ask().status).toBe(200);
    now += 30 * 60_000 + 1;
    expect(ask().status).toBe(404);
    expect(state.closed).toBe(true);
  });

  it('counts bytes that went out as exposure, and a question about them not', async () => {
    const written: unknown[] = [];
    id = grants.issue(7, recordingOf().recording, () => (entry) => written.push(entry));
    ask(null, { method: 'HEAD' });
    grants.flush(id);
    expect(written).toEqual([]);
    await body(ask('bytes=0-9'));
    grants.flush(id);
    expect(written).toEqual([{ unreported: true }]);
  });

  it('gives grants that cannot be guessed', () => {
    const ids = Array.from({ length: 20 }, () => grants.issue(7, recordingOf().recording, () => () => undefined));
    expect(new Set(ids).size).toBe(20);
    for (const one of ids) expect(one).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe('exposure', () => {
  let written: { media?: Interval[]; unreported?: boolean }[];
  let exposure: Exposure;
  beforeEach(() => {
    written = [];
    exposure = new Exposure((entry) => written.push(entry));
  });

  it('counts what may have been shown between the screen’s last word and the end of the grant, and nothing where the screen stopped first', () => {
    exposure.report([[0, 1]], true, { position: 1, at: 1_000 });
    exposure.report([[1, 3]], true, { position: 3, at: 2_000 });
    exposure.end(2_500);
    expect(written).toEqual([{ media: [[0, 4]], attended: [[0, 3]] }]);
    exposure.report([[3, 4]], true, { position: 4, at: 3_000 });
    exposure.report([], true, null);
    exposure.end(3_900);
    expect(written.slice(1)).toEqual([{ media: [[3, 4]], attended: [[3, 4]] }]);
    exposure.report([[4, 5]], false, { position: 5, at: 4_000 });
    exposure.end(60_000);
    expect(written.slice(2)).toEqual([{ media: [[4, 7]] }]);
  });

  it('a small picture beside what plays does not stand for the player’s own word', () => {
    exposure.report([[0, 1]], true, { position: 1, at: 1_000 });
    exposure.frame(40, false);
    exposure.end(2_000);
    expect(written).toEqual([{ media: [[0, 2], [40, 40]], attended: [[0, 1]] }]);

    exposure.report([[2, 3]], true, { position: 3, at: 3_000 });
    exposure.flush();
    exposure.bytesDelivered();
    exposure.frame(40, false);
    exposure.flush();
    exposure.flush();
    expect(written.slice(2)).toEqual([{ media: [[40, 40]] }, { unreported: true }]);

    exposure.report([], true, null);
    exposure.bytesDelivered();
    exposure.frame(45, true);
    exposure.flush();
    exposure.flush();
    expect(written.slice(4)).toEqual([{ media: [[45, 45]], attended: [[45, 45]] }]);
  });

  it('joins what was reported', () => {
    expect(mergeIntervals([[5, 6], [0, 1], [1.2, 2], [5.5, 5.7], [9, 9]])).toEqual([[0, 2], [5, 6], [9, 9]]);
    exposure.bytesDelivered();
    exposure.report([[0, 2], [2, 4]], false);
    exposure.flush();
    exposure.flush();
    expect(written).toEqual([{ media: [[0, 4]] }]);
  });

  it('covers every second that was reported, and no others', () => {
    const tenths = fc.nat({ max: 600 }).map((n) => n / 10);
    fc.assert(fc.property(fc.array(fc.tuple(tenths, tenths), { maxLength: 8 }), tenths, (intervals, at) => {
      const valid = intervals.filter(([from, to]) => to >= from) as Interval[];
      const inside = (list: readonly Interval[]) => list.some(([from, to]) => from <= at && at <= to);
      const merged = mergeIntervals(intervals, 0);
      expect(inside(merged)).toBe(inside(valid));
      expect(merged.every(([from], i) => i === 0 || from > merged[i - 1]![1])).toBe(true);
    }));
  });

  it('is written as unreported when bytes went out and the screen said nothing, or nothing that makes sense', () => {
    exposure.bytesDelivered();
    exposure.report([], false);
    exposure.flush();
    exposure.bytesDelivered();
    exposure.report([[5, 1], [NaN, 2]], false);
    exposure.flush();
    exposure.flush();
    expect(written).toEqual([{ unreported: true }, { unreported: true }]);
  });

  it('says which of it was watched with the window in front', () => {
    exposure.report([[0, 1], [7, 2]], true);
    exposure.report([[1, 4]], false);
    exposure.flush();
    exposure.report([[4, 5]], false);
    exposure.flush();
    expect(written).toEqual([{ media: [[0, 4]], attended: [[0, 1]] }, { media: [[4, 5]] }]);
  });

  it('fits into an entry however much the screen cuts it up, and loses no second', () => {
    const cut: Interval[] = Array.from({ length: 20_000 }, (_none, n) => [n, n + 0.5]);
    for (let n = 0; n < cut.length; n += 200) exposure.report(cut.slice(n, n + 200), true);
    exposure.flush();
    expect(JSON.stringify(written).length).toBeLessThan(BODY_LIMIT / 2);
    const { media } = written[0] as { media: Interval[] };
    expect(cut.filter(([from, to]) => !media.some(([start, end]) => start <= from && to <= end))).toEqual([]);
  });

  it('that could not be written is written later', () => {
    let fails = true;
    exposure = new Exposure((entry) => {
      if (fails) throw new Error('disk');
      written.push(entry);
    });
    exposure.report([[0, 1]], false);
    expect(() => exposure.flush()).toThrow('disk');
    fails = false;
    exposure.flush();
    expect(written).toEqual([{ media: [[0, 1]] }]);
  });
});

describe('a grant', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('writes its exposure every five seconds, and at its end', async () => {
    const written: unknown[] = [];
    const grants = new Grants(() => 0, () => undefined);
    const id = grants.issue(1, recordingOf().recording, (grant) => (entry) => written.push([grant, entry]));
    grants.find(id, 1)!.exposure.report([[0, 1]], false);
    vi.advanceTimersByTime(FLUSH_MS);
    grants.find(id, 1)!.exposure.report([[1, 2]], false);
    await grants.revoke(id);
    vi.advanceTimersByTime(10 * FLUSH_MS);
    expect(written).toEqual([[id, { media: [[0, 1]] }], [id, { media: [[1, 2]] }]]);
  });

  it('whose exposure cannot be written is reported, and closes in any case', async () => {
    const onBroken = vi.fn();
    const grants = new Grants(() => 0, onBroken);
    const { recording, state } = recordingOf();
    const id = grants.issue(1, recording, () => () => {
      throw new Failure('audit-unwritable', 'disk');
    });
    grants.find(id, 1)!.exposure.report([[0, 1]], false);
    vi.advanceTimersByTime(FLUSH_MS);
    expect(onBroken).toHaveBeenCalledWith(id, expect.objectContaining({ code: 'audit-unwritable' }));
    await expect(grants.revoke(id)).rejects.toThrow();
    expect(state.closed).toBe(true);
    expect(grants.ids).toEqual([]);
  });
});
