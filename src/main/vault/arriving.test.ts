/** A recording that is watched while it comes: over a real vault, from a practice whose bytes are let through one piece at a time. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Assured } from '../assurance/assess.ts';
import { BLOCK_BYTES } from '../assurance/statements.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { Arriving } from './arriving.ts';
import type { AskFrom } from './download.ts';
import { GrowingFile } from './growingFile.ts';
import type { SealedRecording } from './sealedRecording.ts';
import { sealerInProcess } from './sealer/sealer.fixture.ts';
import { assuredFor, confirmed, gives, readRecording, SECRET, TestVaults } from './vault.fixture.ts';
import type { Vault } from './vault.ts';

const BLOCKS = 12;
const bytes = randomBytes(BLOCKS * BLOCK_BYTES - 1234);
const PIECE = 65_536;
const nothing = () => undefined;
const never = new AbortController().signal;

/** Gives one piece each time that {@link Line.more} says so. */
class Line {
  readonly asked: number[] = [];
  content = bytes;
  ranges = true;
  #allowed = 0;
  #wake: () => void = nothing;
  /** As a request that is aborted. */
  readonly stop = new AbortController();

  /** @param count pieces of 64 KiB */
  more(count = 1): void {
    this.#allowed += count;
    this.#wake();
  }

  readonly ask: AskFrom = async (wanted) => {
    this.asked.push(wanted);
    const from = this.ranges ? wanted : 0;
    return { from, etag: '"one"', chunks: this.#pieces(from) };
  };

  async *#pieces(from: number): AsyncGenerator<Uint8Array> {
    for (let at = from; at < this.content.length; at += PIECE) {
      while (this.#allowed === 0) {
        await new Promise<void>((resolve, reject) => {
          this.#wake = resolve;
          this.stop.signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
        });
      }
      this.#allowed -= 1;
      yield this.content.subarray(at, at + PIECE);
    }
  }
}

let vaults: TestVaults;
let vault: Vault;
let assured: Assured;
let line: Line;
beforeEach(async () => {
  vaults = new TestVaults();
  vault = await vaults.unlocked();
  assured = await assuredFor(bytes, bytes.length, true);
  line = new Line();
});
afterEach(() => {
  vi.restoreAllMocks();
  vaults.remove();
});

const download = (signal = never) => vault.copies.seal(assured, line.ask, nothing, signal);
const watch = async (ended = never) => {
  await vault.copies.begun(assured, ended);
  return vault.copies.watch(assured, null);
};
const isOver = async (work: Promise<unknown>) => (await Promise.race([work.then(() => true, () => true), new Promise((resolve) => setTimeout(resolve, 20, false))])) as boolean;

async function read(recording: SealedRecording, from: number, until: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = from; at < until;) {
    const piece = await recording.readFrom(at, until);
    pieces.push(piece);
    at += piece.length;
  }
  return Buffer.concat(pieces);
}

function gate(): { passed: Promise<void>; open: () => void } {
  let open: () => void = nothing;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** A download and its watching, whose sealer can be killed. */
async function withOwnSealer() {
  let sealer = sealerInProcess();
  vaults.closeAll();
  vaults.startSealer = () => (sealer = sealerInProcess());
  vault = await vaults.load();
  await vault.unlock(SECRET, Date.parse('2026-11-20T12:00:00Z'));
  const coming = download();
  coming.catch(nothing);
  const kill = async () => {
    sealer.kill();
    await new Promise(setImmediate);
  };
  return { coming, opening: watch(), kill };
}

describe('watching while it comes', () => {
  it('begins when the first block is here, gives what was signed, and is a copy like any other afterwards', async () => {
    const coming = download();
    const opening = watch();
    line.more(BLOCK_BYTES / PIECE);
    expect(await isOver(opening)).toBe(false);
    // A slot is sealed when there is more than it holds.
    line.more(4);
    const recording = await opening;
    expect((await read(recording, 0, BLOCK_BYTES)).equals(bytes.subarray(0, BLOCK_BYTES))).toBe(true);
    const next = read(recording, BLOCK_BYTES, bytes.length);
    expect(await isOver(next)).toBe(false);
    line.more(1000);
    expect((await next).equals(bytes.subarray(BLOCK_BYTES))).toBe(true);
    const sealing = await coming;
    expect(line.asked).toEqual([0]);
    vault.copies.publish(confirmed(assured, sealing), sealing, null, '2026-11-20T12:00:00Z');
    expect((await read(recording, 5, BLOCK_BYTES)).equals(bytes.subarray(5, BLOCK_BYTES))).toBe(true);
    await recording.close();
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
  });

  it('asks first for the blocks to which the person went, and for what was left out afterwards', async () => {
    const coming = download();
    const opening = watch();
    line.more(20);
    const recording = await opening;
    const far = read(recording, 9 * BLOCK_BYTES + 5, 9 * BLOCK_BYTES + 500);
    line.more(21);
    expect((await far).equals(bytes.subarray(9 * BLOCK_BYTES + 5, 9 * BLOCK_BYTES + 500))).toBe(true);
    expect(line.asked).toEqual([0, 9 * BLOCK_BYTES]);
    line.more(1000);
    const sealing = await coming;
    expect(line.asked).toHaveLength(3);
    // Nothing was sent twice: the third goes on where the first was left.
    expect(line.asked[2]).toBeGreaterThan(BLOCK_BYTES);
    expect(sealing.parts.reduce((total, { plainBytes }) => total + plainBytes, 0)).toBe(bytes.length);
    vault.copies.publish(confirmed(assured, sealing), sealing, null, '2026-11-20T12:00:00Z');
    await recording.close();
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
  });

  it('waits for what the line brings soon, without another question', async () => {
    const coming = download();
    const opening = watch();
    line.more(20);
    const recording = await opening;
    const near = read(recording, 3 * BLOCK_BYTES, 3 * BLOCK_BYTES + 10);
    line.more(1000);
    await near;
    await coming;
    expect(line.asked).toEqual([0]);
    await recording.close();
  });

  it('waits for its place where the practice knows no ranges', async () => {
    line.ranges = false;
    const coming = download();
    const opening = watch();
    line.more(20);
    const recording = await opening;
    const far = read(recording, 10 * BLOCK_BYTES, 10 * BLOCK_BYTES + 10);
    line.more(1000);
    expect((await far).equals(bytes.subarray(10 * BLOCK_BYTES, 10 * BLOCK_BYTES + 10))).toBe(true);
    // Told once that there are no ranges, it is not asked for one again.
    expect(line.asked).toEqual([0, 10 * BLOCK_BYTES]);
    const sealing = await coming;
    expect(confirmed(assured, sealing).receivedSha256).toBe(assured.media.sha256);
    await recording.close();
  });

  it('waits for its place where all is to come with one answer', async () => {
    const coming = vault.copies.seal(assured, line.ask, nothing, never, true);
    const opening = watch();
    line.more(20);
    const recording = await opening;
    const far = read(recording, 10 * BLOCK_BYTES, 10 * BLOCK_BYTES + 10);
    line.more(1000);
    expect((await far).equals(bytes.subarray(10 * BLOCK_BYTES, 10 * BLOCK_BYTES + 10))).toBe(true);
    expect(line.asked).toEqual([0]);
    expect(confirmed(assured, await coming).receivedSha256).toBe(assured.media.sha256);
    await recording.close();
  });

  it('is asked for from its beginning where all is to come with one answer, wherever somebody waits', async () => {
    const recording = vault.copies.watch(assured, null);
    const far = read(recording, 10 * BLOCK_BYTES, 10 * BLOCK_BYTES + 10);
    line.more(1000);
    const sealing = await vault.copies.seal(assured, line.ask, nothing, never, true);
    expect((await far).equals(bytes.subarray(10 * BLOCK_BYTES, 10 * BLOCK_BYTES + 10))).toBe(true);
    expect([line.asked, sealing.parts.length]).toEqual([[0], 1]);
    await recording.close();
  });

  it('gives nothing of a block that is not what was signed, and the download ends there', async () => {
    line.content = Buffer.from(bytes);
    line.content[2 * BLOCK_BYTES + 700_000]! ^= 1;
    const coming = download();
    coming.catch(nothing);
    const opening = watch();
    line.more(100);
    const recording = await opening;
    expect((await read(recording, 0, 2 * BLOCK_BYTES)).equals(bytes.subarray(0, 2 * BLOCK_BYTES))).toBe(true);
    await expect(recording.readFrom(2 * BLOCK_BYTES, 2 * BLOCK_BYTES + 1)).rejects.toMatchObject({ code: 'recording-mismatch' });
    line.more(1);
    await expect(coming).rejects.toMatchObject({ code: 'recording-mismatch' });
    expect(readdirSync(vaults.media)).toEqual([]);
    await recording.close();
  });

  it('gives nothing of what was changed on the disk', async () => {
    const coming = download();
    const opening = watch();
    line.more(40);
    const recording = await opening;
    const [file] = readdirSync(vaults.media);
    const path = `${vaults.media}/${file!}`;
    const sealed = readFileSync(path);
    sealed[300_000]! ^= 1;
    writeFileSync(path, sealed, { flag: 'r+' });
    await expect(recording.readFrom(262_144, 262_145)).rejects.toMatchObject({ code: 'recording-corrupt' });
    await recording.close();
    line.more(1000);
    await coming;
  });

  it('ends with whoever waits, and with the download', async () => {
    const coming = download(line.stop.signal);
    const opening = watch();
    line.more(20);
    const recording = await opening;
    const waiting = recording.readFrom(5 * BLOCK_BYTES, 6 * BLOCK_BYTES);
    waiting.catch(nothing);
    await recording.close();
    await expect(waiting).rejects.toMatchObject({ code: 'locked' });
    line.stop.abort();
    await expect(coming).rejects.toMatchObject({ code: 'locked' });
    const ended = new AbortController();
    const second = watch(ended.signal);
    ended.abort(new Failure('download-interrupted', 'test'));
    await expect(second).rejects.toMatchObject({ code: 'download-interrupted' });
  });

  it('goes on with the next download where one broke off, an app that was killed included', async () => {
    const coming = download(line.stop.signal);
    coming.catch(nothing);
    const opening = watch();
    line.more(20);
    const recording = await opening;
    const far = read(recording, 9 * BLOCK_BYTES, 9 * BLOCK_BYTES + 500);
    line.more(30);
    await far;
    const waiting = read(recording, 5 * BLOCK_BYTES, 6 * BLOCK_BYTES);
    line.stop.abort();
    await coming.catch(nothing);
    const asked = line.asked;
    line = new Line();
    line.more(1000);
    const again = vault.copies.seal(assured, line.ask, nothing, never);
    expect((await waiting).equals(bytes.subarray(5 * BLOCK_BYTES, 6 * BLOCK_BYTES))).toBe(true);
    const sealing = await again;
    expect(confirmed(assured, sealing).receivedSha256).toBe(assured.media.sha256);
    vault.copies.pause(sealing);
    await recording.close();
    vaults.closeAll();
    vault = await vaults.load();
    await vault.unlock(SECRET, Date.parse('2026-11-20T12:00:00Z'));
    expect(asked).toEqual([0, 9 * BLOCK_BYTES]);
    const before = line.asked.length;
    const whole = await vault.copies.seal(assured, line.ask, nothing, never);
    expect(line.asked).toHaveLength(before);
    vault.copies.publish(confirmed(assured, whole), whole, null, '2026-11-20T12:00:00Z');
    expect((await readRecording(vault, assured)).equals(bytes)).toBe(true);
  });

  it('takes what a dead sealer left for nothing that was changed: it waits for the next download', async () => {
    const { coming, opening, kill } = await withOwnSealer();
    // The end of the fourth block has come, and is not in its file yet.
    line.more(64);
    const recording = await opening;
    const waiting = read(recording, 3 * BLOCK_BYTES, 5 * BLOCK_BYTES);
    await kill();
    // That it is gone is found out with what comes next.
    line.more(1);
    await expect(coming).rejects.toMatchObject({ code: 'download-interrupted' });
    expect(await isOver(waiting)).toBe(false);
    line = new Line();
    line.more(1000);
    const sealing = await vault.copies.seal(assured, line.ask, nothing, never);
    expect((await waiting).equals(bytes.subarray(3 * BLOCK_BYTES, 5 * BLOCK_BYTES))).toBe(true);
    vault.copies.discard(sealing);
    await recording.close();
  });

  it('takes what a dead sealer left for nothing that was here, also where it is being read', async () => {
    const { coming, opening, kill } = await withOwnSealer();
    line.more(40);
    const recording = await opening;
    // Held back in the middle of the block that it compares.
    const held = gate();
    const original: GrowingFile['readFrom'] = Reflect.get(GrowingFile.prototype, 'readFrom');
    const reads = vi.spyOn(GrowingFile.prototype, 'readFrom').mockImplementationOnce(async function (this: GrowingFile, start, end) {
      const piece = await original.call(this, start, end);
      await held.passed;
      return piece;
    });
    const waiting = read(recording, 0, 10);
    await vi.waitFor(() => expect(reads).toHaveBeenCalled());
    await kill();
    line.more(1);
    await expect(coming).rejects.toMatchObject({ code: 'download-interrupted' });
    held.open();
    expect(await isOver(waiting)).toBe(false);
    line = new Line();
    line.more(1000);
    const sealing = await vault.copies.seal(assured, line.ask, nothing, never);
    expect((await waiting).equals(bytes.subarray(0, 10))).toBe(true);
    vault.copies.discard(sealing);
    await recording.close();
  });

  it('gives nothing of a block that was compared as two versions of it, for whoever else reads it meanwhile', async () => {
    const first = download(line.stop.signal);
    first.catch(nothing);
    const opening = watch();
    line.more(40);
    const recording = await opening;
    // The first piece for each of two readers is held back: one read before all began anew, and one since.
    const held = [gate(), gate()];
    const original: Arriving['read'] = Reflect.get(Arriving.prototype, 'read');
    const reads = vi.spyOn(Arriving.prototype, 'read');
    for (const { passed } of held) {
      reads.mockImplementationOnce(async function (this: Arriving, stretch) {
        const piece = await original.call(this, stretch);
        await passed;
        return piece;
      });
    }
    const one = recording.readFrom(0, 10);
    await vi.waitFor(() => expect(reads).toHaveBeenCalledTimes(1));
    line.stop.abort();
    await first.catch(nothing);
    line = new Line();
    line.ranges = false;
    line.content = Buffer.from(bytes);
    line.content[5]! ^= 1;
    line.more(100);
    const second = vault.copies.seal(assured, line.ask, nothing, never);
    second.catch(nothing);
    const other = recording.readFrom(0, 10);
    other.catch(nothing);
    await vi.waitFor(() => expect(reads).toHaveBeenCalledTimes(2));
    await vi.waitFor(() => expect(line.asked).toHaveLength(1));
    for (const [n, reader] of [one, other].entries()) {
      held[n]!.open();
      const given = await reader.catch((error: unknown) => problemOf(error).code);
      expect([bytes.toString('hex', 0, 10), 'recording-mismatch']).toContain(typeof given === 'string' ? given : given.toString('hex'));
    }
    line.more(1000);
    await expect(second).rejects.toMatchObject({ code: 'recording-mismatch' });
    await recording.close();
  });

  it('waits for the download that follows one of which nothing is kept, and takes that for no copy that was changed', async () => {
    line.content = Buffer.from(bytes);
    line.content[11 * BLOCK_BYTES + 5]! ^= 1;
    const first = download();
    const opening = watch();
    line.more(1000);
    const recording = await opening;
    vault.copies.discard(await first);
    const waiting = read(recording, 3 * BLOCK_BYTES, 3 * BLOCK_BYTES + 10);
    expect(await isOver(waiting)).toBe(false);
    line = new Line();
    line.more(1000);
    const sealing = await download();
    expect((await waiting).equals(bytes.subarray(3 * BLOCK_BYTES, 3 * BLOCK_BYTES + 10))).toBe(true);
    vault.copies.discard(sealing);
    await recording.close();
  });

  it('is not possible without signed blocks', () => {
    expect(() => vault.copies.watch({ ...assured, blocks: null }, null)).toThrow(expect.objectContaining({ code: 'recording-not-here' }));
  });

  it('gives what was signed or nothing, wherever the person goes and whatever was sent', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.nat({ max: bytes.length - 1 }), { minLength: 1, maxLength: 6 }), fc.option(fc.nat({ max: bytes.length - 1 })), async (places, wrong) => {
      const sent = Buffer.from(bytes);
      if (wrong !== null) sent[wrong]! ^= 1;
      const coming = vault.copies.seal(assured, gives(sent), nothing, never);
      coming.catch(nothing);
      const ended = new AbortController();
      coming.catch((error: unknown) => ended.abort(error));
      const recording = await watch(ended.signal).catch(() => null);
      for (const at of recording ? places : []) {
        const piece = await recording!.readFrom(at, bytes.length).catch((error: unknown) => problemOf(error).code);
        if (typeof piece === 'string') expect([piece, wrong === null]).toEqual(['recording-mismatch', false]);
        else expect(piece.equals(bytes.subarray(at, at + piece.length))).toBe(true);
        if (typeof piece === 'string') break;
      }
      const sealing = await coming.catch(() => null);
      expect(sealing?.sha256 === createHash('sha256').update(bytes).digest('base64url')).toBe(wrong === null);
      await recording?.close();
      if (sealing) vault.copies.discard(sealing);
    }), { numRuns: 10 });
  });
});
