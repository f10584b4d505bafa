/** Downloads that break off, die or are put an end to; what is left of them, and what becomes of it. */
import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import type * as FsPromises from 'node:fs/promises';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Assured } from '../assurance/assess.ts';
import type { AskFrom } from './download.ts';
import type { SealerThread } from './sealer/messages.ts';
import { sealerInProcess, sealerInThread } from './sealer/sealer.fixture.ts';
import { assuredFor, breaksAt, chunks, confirmed, gives, keep, readRecording, seal, SECRET, TestVaults } from './vault.fixture.ts';
import type { Vault } from './vault.ts';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FsPromises>();
  return { ...real, statfs: vi.fn(real.statfs) };
});

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const AT = '2026-11-20T12:00:00Z';
const bytes = randomBytes(1_500_000);
let vaults: TestVaults;
let vault: Vault;
let assured: Assured;
beforeEach(async () => {
  vaults = new TestVaults();
  vault = await vaults.unlocked();
  assured = await assuredFor(bytes);
});
afterEach(() => vaults.remove());

const files = () => readdirSync(vaults.media).sort();
const onlyFile = () => join(vaults.media, files()[0]!);
async function restart(): Promise<Vault> {
  vaults.closeAll();
  vault = await vaults.load();
  await vault.unlock(SECRET, 0);
  return vault;
}
/** Asks like `ask`, and notes what for. */
function noting(ask: AskFrom): AskFrom & { asked: [number, string | null][] } {
  const asked: [number, string | null][] = [];
  return Object.assign((from: number, etag: string | null) => {
    asked.push([from, etag]);
    return ask(from, etag);
  }, { asked });
}
async function breakOff(length: number, etag: string | null = '"v1"'): Promise<void> {
  await expect(seal(vault, assured, breaksAt(bytes, length, etag))).rejects.toThrow('line went dead');
}
async function finish(ask: AskFrom = gives(bytes, '"v1"')): Promise<[number, string | null][]> {
  const noted = noting(ask);
  const sealing = await seal(vault, assured, noted);
  vault.copies.publish(confirmed(assured, sealing), sealing, null, AT);
  expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
  expect(vault.library.partial(assured.recording)).toBeNull();
  expect(files()).toHaveLength(vault.library.sealed(assured.recording)!.parts.length);
  return noted.asked;
}

describe('a download that broke off', () => {
  it('goes on behind its last byte, also after a new start, and is one recording of two parts', async () => {
    await breakOff(900_000);
    expect(vault.copies.received(assured)).toBe(900_000);
    expect(vault.copies.holds(assured)).toBe(false);
    await restart();
    expect(vault.copies.received(assured)).toBe(900_000);
    expect(await finish()).toEqual([[900_000, '"v1"']]);
    expect(vault.library.sealed(assured.recording)!.parts.map(({ plainBytes }) => plainBytes)).toEqual([900_000, 600_000]);
    expect(vault.copies.received(assured)).toBe(0);
  });

  it('goes on however often it breaks off', async () => {
    for (const length of [1, 300_000, 300_000, 1_499_999]) await breakOff(length);
    expect((await finish()).at(0)?.[0]).toBe(1_499_999);
  });

  it('says how far it is from where it goes on', async () => {
    await breakOff(900_000);
    const seen: number[] = [];
    await vault.copies.seal(assured, gives(bytes), (received) => seen.push(received), new AbortController().signal);
    expect([seen[0], seen.at(-1)]).toEqual([900_000, 1_500_000]);
  });

  it('that is whole needs nothing of the practice but its confirmation', async () => {
    const first = await seal(vault, assured, gives(bytes));
    vault.copies.pause(first);
    await restart();
    const ask = vi.fn<AskFrom>();
    const sealing = await seal(vault, assured, ask);
    expect(ask).not.toHaveBeenCalled();
    vault.copies.publish(confirmed(assured, sealing), sealing, null, AT);
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
  });

  it('comes whole from a practice that knows no ranges', async () => {
    await breakOff(900_000);
    const whole: AskFrom = async () => ({ from: 0, etag: null, chunks: chunks(bytes) });
    expect(await finish(whole)).toEqual([[900_000, '"v1"']]);
    expect(vault.library.sealed(assured.recording)!.parts).toHaveLength(1);
  });

  it('is destroyed when the manifest or the size is another now', async () => {
    await breakOff(900_000);
    const before = files();
    const other = { ...assured, manifestSha256: 'N'.repeat(43) };
    expect([vault.copies.received(other), vault.copies.stale(other), vault.copies.stale(assured)]).toEqual([0, true, false]);
    await seal(vault, other, gives(bytes));
    expect(files()).not.toEqual(before);
    expect(files()).toHaveLength(1);
  });

  it('without a signed digest goes on only with what the practice itself names', async () => {
    assured = { ...assured, signed: false, media: { ...assured.media, sha256: null } };
    await breakOff(900_000, null);
    expect(await finish()).toEqual([[0, null]]);
    vault.destroyCopy(assured.recording, 'removed-by-person');
    await breakOff(900_000, '"v1"');
    expect(await finish()).toEqual([[900_000, '"v1"']]);
  });

  it('needs only as much room as is missing', async () => {
    await breakOff(900_000);
    vi.mocked(statfs).mockResolvedValueOnce({ bavail: 0, bsize: 4096 } as never);
    await expect(seal(vault, assured, gives(bytes))).rejects.toThrow(expect.objectContaining({ code: 'disk-full', detail: { needed: 600_000, free: 0 } }));
    expect(vault.copies.received(assured)).toBe(900_000);
  });

  it('of other bytes than were signed leaves nothing', async () => {
    await breakOff(900_000);
    await expect(seal(vault, assured, gives(Buffer.concat([bytes, bytes])))).rejects.toThrow(code('recording-mismatch'));
    expect([files(), vault.library.partial(assured.recording)]).toEqual([[], null]);
  });

  it('killed anywhere comes back whole', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(), fc.nat(), async (at, cut) => {
      await breakOff(1 + (at % (bytes.length - 1)));
      truncateSync(onlyFile(), cut % (statSync(onlyFile()).size + 1));
      await finish();
      vault.destroyCopy(assured.recording, 'removed-by-person');
    }), { numRuns: 15 });
  });

  it('whose file is gone, or whose key does not open, begins anew', async () => {
    await breakOff(900_000);
    writeFileSync(onlyFile(), '');
    expect((await finish())[0]?.[0]).toBe(0);
    vault.destroyCopy(assured.recording, 'removed-by-person');
    await breakOff(900_000);
    const partial = vault.library.partial(assured.recording)!;
    vault.library.removePartial(assured.recording);
    vault.library.startPartial({ ...partial, wrappedKey: randomBytes(60) }, AT);
    vault.library.setPartialParts(assured.recording, partial.parts, null);
    expect((await finish())[0]?.[0]).toBe(0);
  });
});

describe('a download that is stopped', () => {
  /** Gives most of the bytes, then nothing more until `stop`, which breaks the line as an aborted request does. */
  function hanging(): { ask: AskFrom; reached: Promise<void>; controller: AbortController } {
    const controller = new AbortController();
    let arrive = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const ask: AskFrom = async (from) => ({
      from, etag: null,
      chunks: (async function* () {
        yield* chunks(bytes.subarray(from, 1_000_000));
        arrive();
        await new Promise((_resolve, reject) => controller.signal.addEventListener('abort', () => reject(new Error('aborted'))));
      })(),
    });
    return { ask, reached, controller };
  }

  it('by a lock keeps what came', async () => {
    const { ask, reached, controller } = hanging();
    const sealing = seal(vault, assured, ask, controller.signal);
    await reached;
    controller.abort();
    vault.lock();
    await expect(sealing).rejects.toThrow(code('locked'));
    await vault.unlock(SECRET, 0);
    expect(vault.copies.received(assured)).toBe(1_000_000);
    expect(await finish()).toEqual([[1_000_000, null]]);
  });

  it('by a withdrawal leaves nothing, and its sealer is ended', async () => {
    const ended = vi.fn();
    vaults.startSealer = () => {
      const thread = sealerInThread();
      thread.onExit(ended);
      return thread;
    };
    await restart();
    const { ask, reached, controller } = hanging();
    const sealing = seal(vault, assured, ask, controller.signal);
    sealing.catch(() => undefined);
    await reached;
    controller.abort();
    expect(vault.destroyCopy(assured.recording, 'removed-by-person')).toBe(true);
    expect(files()).toEqual([]);
    await expect(sealing).rejects.toThrow(code('locked'));
    expect([files(), vault.library.partial(assured.recording)]).toEqual([[], null]);
    expect(ended).toHaveBeenCalledOnce();
  });

  it('ends a sealer that does not answer any more, and the next download is not held up', async () => {
    const kill = vi.fn();
    vaults.startSealer = () => {
      const inner = sealerInProcess();
      return { ...inner, post: (message) => (message.do === 'begin' ? inner.post(message) : undefined), kill: () => {
        kill();
        inner.kill();
      } };
    };
    await restart();
    const controller = new AbortController();
    const sealing = seal(vault, assured, gives(bytes), controller.signal);
    sealing.catch(() => undefined);
    await vi.waitUntil(() => files().length === 1);
    controller.abort();
    await expect(sealing).rejects.toThrow(code('locked'));
    expect(kill).toHaveBeenCalled();
    vaults.startSealer = sealerInProcess;
    await restart();
    await finish();
  });

  it('after it ended is none: nothing is left to be ended', async () => {
    const stop = new AbortController();
    vault.copies.pause(await seal(vault, assured, gives(bytes), stop.signal));
    const timers = vi.spyOn(globalThis, 'setTimeout');
    stop.abort();
    expect(timers).not.toHaveBeenCalled();
  });

  it('before it began asks for nothing', async () => {
    const controller = new AbortController();
    controller.abort();
    const ask = vi.fn<AskFrom>();
    await expect(seal(vault, assured, ask, controller.signal)).rejects.toThrow(code('locked'));
    expect(ask).not.toHaveBeenCalled();
  });
});

describe('a sealer on a thread', () => {
  it('seals as this one does', async () => {
    vaults.startSealer = sealerInThread;
    await restart();
    await breakOff(900_000);
    expect(await finish()).toEqual([[900_000, '"v1"']]);
  });

  it('that dies interrupts the download, publishes nothing and loses little', async () => {
    let thread: SealerThread | null = null;
    vaults.startSealer = () => (thread = sealerInThread());
    await restart();
    const dying: AskFrom = async (from) => ({
      from, etag: null,
      chunks: (async function* () {
        yield* chunks(bytes.subarray(from, 1_000_000));
        await vi.waitUntil(() => vault.copies.received(assured) > 500_000);
        thread!.kill();
        yield* chunks(bytes.subarray(1_000_000));
      })(),
    });
    await expect(seal(vault, assured, dying)).rejects.toThrow(code('download-interrupted'));
    expect(vault.copies.holds(assured)).toBe(false);
    const [[from] = [0]] = await finish();
    expect(from).toBeGreaterThan(500_000);
  });

  it('that dies before its first answer interrupts the download', async () => {
    vaults.startSealer = () => {
      const thread = sealerInThread();
      thread.kill();
      return thread;
    };
    await restart();
    await expect(seal(vault, assured, gives(bytes))).rejects.toThrow(code('download-interrupted'));
  });

  it('that is slow holds the practice up: only so much is on its way', async () => {
    let posted = 0;
    let taken = 0;
    let most = 0;
    vaults.startSealer = (): SealerThread => {
      const inner = sealerInProcess();
      return {
        ...inner,
        post: (message, given) => {
          if (message.do === 'chunk') most = Math.max(most, (posted += message.bytes.length) - taken);
          inner.post(message, given);
        },
        onMessage: (listener) => inner.onMessage((message) => {
          if (message.did === 'chunk') taken += message.bytes;
          listener(message);
        }),
      };
    };
    const large = randomBytes(20_000_000);
    await restart();
    await keep(vault, await assuredFor(large), large);
    expect(most).toBeGreaterThan(1_000_000);
    expect(most).toBeLessThanOrEqual(4 * 1024 * 1024 + 65_536);
  });

  it('is sent bytes of their own and nothing beside them', async () => {
    const sent: number[] = [];
    vaults.startSealer = () => {
      const inner = sealerInProcess();
      return { ...inner, post: (message, given) => {
        for (const value of Object.values(message)) if (value instanceof Uint8Array) sent.push(value.buffer.byteLength - value.byteLength);
        inner.post(message, given);
      } };
    };
    await restart();
    await keep(vault, assured, bytes);
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.every((beside) => beside === 0)).toBe(true);
  });
});

describe('a sealer', () => {
  it('takes over what came in a buffer of its own, without a copy, and leaves alone what did not', async () => {
    const [own, view] = [new Uint8Array(randomBytes(70_000)), bytes.subarray(70_000)];
    const whole = Buffer.concat([own, view]);
    const other = await assuredFor(whole);
    const sealing = await seal(vault, other, async () => ({ from: 0, etag: null, chunks: (async function* () {
      yield own;
      yield view;
    })() }));
    vault.copies.publish(confirmed(other, sealing), sealing, null, AT);
    expect([own.length, view.length]).toEqual([0, bytes.length - 70_000]);
    expect((await readRecording(vault, other)).equals(whole)).toBe(true);
  });

  it('that was ended in the middle has no key any more', async () => {
    let key: Uint8Array = Buffer.alloc(0);
    let thread: SealerThread | null = null;
    vaults.startSealer = () => {
      const inner = sealerInThread();
      thread = { ...inner, post: (message, given) => {
        if (message.do === 'begin') key = message.key;
        inner.post(message, given);
      } };
      return thread;
    };
    await restart();
    const ended: AskFrom = async (from) => ({ from, etag: null, chunks: (async function* () {
      yield* chunks(bytes.subarray(from, 600_000));
      expect(key.some((byte) => byte !== 0)).toBe(true);
      thread!.kill();
      yield* chunks(bytes.subarray(600_000));
    })() });
    await expect(seal(vault, assured, ended)).rejects.toThrow(code('download-interrupted'));
    expect([key.length, key.every((byte) => byte === 0)]).toEqual([32, true]);
  });
});

describe('files', () => {
  it('are found by their recording while the vault is locked, and no others are', async () => {
    const other = { ...assured, recording: 'urn:uuid:0f5f0c4e-53a3-4d7a-9c38-6a1e1d6b7fff' };
    await keep(vault, assured, bytes);
    await expect(seal(vault, other, breaksAt(bytes, 900_000))).rejects.toThrow();
    const size = files().reduce((sum, file) => sum + statSync(join(vaults.media, file)).size, 0);
    vault.lock();
    expect(vault.copies.counts()).toEqual({ recordings: 2, bytes: size });
    expect(vault.copies.usedBytes()).toBe(size);
    const removed = vault.copies.removeFiles(other.recording);
    expect(removed.files).toBe(1);
    expect(vault.copies.counts()).toEqual({ recordings: 1, bytes: size - removed.bytes });
    expect(vault.copies.removeFiles(other.recording)).toEqual({ files: 0, bytes: 0 });
    await vault.unlock(SECRET, 0);
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
    expect(vault.copies.forget(other.recording)).toBe(true);
  });

  it('say nothing of the recording to who has not the vault’s name key', async () => {
    await keep(vault, assured, bytes);
    const [name = ''] = files();
    expect(name).toMatch(/^[0-9a-f]{32}-[0-9a-f]{32}\.sealed$/);
    const elsewhere = new TestVaults();
    try {
      const theirs = await elsewhere.unlocked();
      await keep(theirs, assured, bytes);
      expect(readdirSync(elsewhere.media)[0]?.slice(0, 32)).not.toBe(name.slice(0, 32));
    } finally {
      elsewhere.remove();
    }
  });
});

describe('a transcript', () => {
  const transcript = { sha256: 's', language: 'en', vtt: 'WEBVTT\n\nwhat was said' };
  async function keepWithTranscript(): Promise<void> {
    const sealing = await seal(vault, assured, gives(bytes));
    vault.copies.publish(confirmed(assured, sealing), sealing, transcript, AT);
  }

  it('comes with the recording', async () => {
    await keepWithTranscript();
    await restart();
    const recording = await vault.copies.open(assured);
    expect(recording.transcript).toEqual(transcript);
    await recording.close();
  });

  it('opens with the recording’s key and with no other', async () => {
    await keepWithTranscript();
    const { transcript: sealed } = vault.library.sealed(assured.recording)!;
    expect(sealed!.includes('what was said')).toBe(false);
    vault.destroyCopy(assured.recording, 'removed-by-person');
    expect(vault.library.sealed(assured.recording)).toBeNull();
    // The same text under the key of another download: what was kept of it elsewhere is noise now.
    const sealing = await seal(vault, assured, gives(bytes));
    vault.copies.publish(confirmed(assured, sealing), sealing, transcript, AT);
    const spy = vi.spyOn(vault.library, 'sealed').mockReturnValue({ ...vault.library.sealed(assured.recording)!, transcript: sealed });
    await expect(vault.copies.open(assured)).rejects.toThrow(code('recording-corrupt'));
    spy.mockRestore();
  });
});
