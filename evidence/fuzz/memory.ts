/**
 * Does sealing, taking up again or reading a recording take memory that grows with its size? Seals a generated stream through the real shell in
 * a process of its own, closes and hashes it again as after a crash, reads it back, and compares the peaks of a small recording with
 * those of a big one. Control: a planted sealer that keeps everything in memory must be found.
 *
 *   node evidence/fuzz/memory.ts [--big 4GB]
 */
import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { boundTo } from '../../src/main/vault/sealedPart.ts';
import { SealedCopy } from '../../src/main/vault/sealedRecording.ts';
import { sealerInChild } from '../../src/main/vault/sealer/sealer.fixture.ts';
import { Sealer } from '../../src/main/vault/sealer/sealer.ts';

const MB = 1024 * 1024;
const SMALL_BYTES = 40 * MB;
/** Enough for a sealer that buffers to stand out, little enough for any machine. */
const CONTROL_BYTES = 400 * MB;
/** A big recording may take this much more than a small one at its peak: what garbage collection leaves about, not what sizes make. */
export const MOST_RATIO = 1.5;

export interface Peaks {
  /** Bytes of resident memory at the highest, of the process that hands the stream over and reads the recording back. */
  feeder: number;
  /** The same of the sealer's process; the higher of sealing and taking up again. */
  sealer: number;
}

export interface MemoryClass {
  /** Bytes: the peaks of both processes together. */
  smallPeak: number;
  bigPeak: number;
  ratio: number;
  small: Peaks;
  big: Peaks;
  /** The planted sealer that buffers everything went over the limit, and the real one did not at the same size. */
  controlCaught: boolean;
  /** What the control took at its peak against the small recording. */
  controlRatio: number;
}

const total = ({ feeder, sealer }: Peaks): number => feeder + sealer;

/** Throws when there is no room on the disk, or when what was read is not what was sealed. @param bigBytes of the big recording. */
export async function memoryClass({ bigBytes }: { bigBytes: number }): Promise<MemoryClass> {
  const small = await measured(SMALL_BYTES, 'child.fixture.ts');
  const big = await measured(bigBytes, 'child.fixture.ts');
  const control = await measured(CONTROL_BYTES, 'planted');
  const [smallPeak, bigPeak] = [total(small), total(big)];
  const controlRatio = control.sealer / small.sealer;
  return { smallPeak, bigPeak, ratio: bigPeak / smallPeak, small, big, controlCaught: controlRatio > MOST_RATIO, controlRatio };
}

/** One recording in processes of its own, so that nothing is left of the one before. */
async function measured(bytes: number, sealer: string): Promise<Peaks> {
  const child = fork(import.meta.filename, ['--feed', String(bytes), sealer], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Peaks | number];
  if (typeof answer === 'number') throw new Error(`the feeder of ${bytes} bytes ended with ${answer}`);
  return answer;
}

/** A stream that cannot be told from media and costs no memory: one random block, counted through. */
function* stream(bytes: number): Generator<Uint8Array> {
  const block = randomBytes(64 * 1024);
  for (let at = 0; at < bytes; at += block.length) {
    // A fresh buffer each time, as the network gives it.
    const chunk = new Uint8Array(block.subarray(0, Math.min(block.length, bytes - at)));
    if (chunk.length >= 8) new DataView(chunk.buffer).setFloat64(0, at);
    yield chunk;
  }
}

async function feed(bytes: number, sealer: string): Promise<Peaks> {
  const folder = mkdtempSync(join(tmpdir(), 'memory-'));
  try {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < bytes * 1.05) throw new Error(`${bytes} bytes do not fit on the disk`);
    const [path, key, bound] = [join(folder, 'part.sealed'), randomBytes(32), boundTo('urn:uuid:memory', 'x')];
    writeFileSync(path, '');
    const script = sealer === 'planted' ? join(import.meta.dirname, 'memoryPlanted.ts') : undefined;
    const first = await through(script, async (process) => {
      await process.begin(key, bound, bytes, []);
      await process.part({ path, from: 0 }, false);
      for (const chunk of stream(bytes)) await process.push(chunk);
      return process.end();
    });
    if (sealer === 'planted') return { feeder: process.resourceUsage().maxRSS * 1024, sealer: first.peak };
    // As after a crash: what is there is authenticated and hashed from its first byte.
    const again = await through(script, async (process) => {
      await process.begin(key, bound, bytes, [{ path, from: 0 }]);
      return process.end();
    });
    const read = await readBack(path, key, bound, bytes);
    if (first.result.plainBytes !== bytes || again.result.sha256 !== first.result.sha256 || read !== first.result.sha256) throw new Error('what was read is not what was sealed');
    return { feeder: process.resourceUsage().maxRSS * 1024, sealer: Math.max(first.peak, again.peak) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `work` with a sealer process and says how much memory that took. */
async function through<T>(script: string | undefined, work: (sealer: Sealer) => Promise<T>): Promise<{ result: T; peak: number }> {
  const child = sealerInChild(script);
  const sealer = new Sealer(child);
  const result = await work(sealer);
  const peak = await child.peakMemory();
  await sealer.close();
  return { result, peak };
}

async function readBack(path: string, key: Buffer, bound: Buffer, bytes: number): Promise<string> {
  const recording = await SealedCopy.open([path], key, bound, bytes, 'video/mp4', null);
  const digest = createHash('sha256');
  for (let at = 0; at < bytes;) {
    const piece = await recording.readFrom(at, bytes);
    digest.update(piece);
    at += piece.length;
  }
  await recording.close();
  return digest.digest('base64url');
}

function parseSize(text: string): number {
  const [, number, unit] = /^(\d+)(MB|GB)$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`--big is a size like 400MB or 4GB, not "${text}"`);
  return Number(number) * (unit === 'GB' ? 1024 : 1) * MB;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ options: { big: { type: 'string', default: '4GB' }, feed: { type: 'string' } }, allowPositionals: true });
  if (values.feed !== undefined) {
    const peaks = await feed(Number(values.feed), positionals[0] ?? '');
    process.send?.(peaks, undefined, {}, () => process.exit());
  } else {
    const result = await memoryClass({ bigBytes: parseSize(values.big) });
    const mb = (bytes: number): string => `${Math.round(bytes / MB)} MB`;
    const line = ({ feeder, sealer }: Peaks): string => `feeder ${mb(feeder)}, sealer ${mb(sealer)}`;
    console.log(`40 MB: ${line(result.small)}\n${values.big}: ${line(result.big)}\nratio ${result.ratio.toFixed(2)} (at most ${MOST_RATIO})`);
    console.log(`control: a sealer that buffers 400 MB takes ${result.controlRatio.toFixed(2)} times the small one's peak: ${result.controlCaught ? 'found' : 'NOT FOUND'}`);
    process.exitCode = result.ratio <= MOST_RATIO && result.controlCaught ? 0 : 1;
  }
}
