import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromSealer, SealerThread } from './messages.ts';
import { sealersOf } from './start.ts';

const PATIENCE = { timeout: 20_000 };

let folder: string;
let script: string;
const workers: Worker[] = [];
const made = (worker: Worker) => void workers.push(worker);

beforeEach(() => {
  process.on('worker', made);
  folder = mkdtempSync(join(tmpdir(), 'sealers-'));
  script = join(folder, 'thread.mjs');
  // Says which thread it is; ends itself where it is given bytes.
  writeFileSync(script, "import { parentPort, threadId } from 'node:worker_threads'; parentPort.on('message', (m) => (m.do === 'chunk' ? process.exit() : parentPort.postMessage({ did: 'chunk', bytes: threadId })));");
});

afterEach(async () => {
  process.off('worker', made);
  for (const worker of workers.splice(0)) await worker.terminate();
  rmSync(folder, { recursive: true });
});

/** Which thread answers. */
async function idOf(thread: SealerThread): Promise<number> {
  const answer = new Promise<FromSealer>((resolve) => {
    thread.onMessage(resolve);
  });
  thread.post({ do: 'pause' });
  const message = await answer;
  return message.did === 'chunk' ? message.bytes : -1;
}

describe('a thread that has done its download', () => {
  it('takes up the next one', async () => {
    const start = sealersOf(script);
    const one = start();
    const id = await idOf(one);
    one.rest();
    expect(await idOf(start())).toBe(id);
  });

  it('is not shared: while one works the next is another', async () => {
    const start = sealersOf(script);
    const [one, other] = [start(), start()];
    expect(await idOf(one)).not.toBe(await idOf(other));
  });

  it('hears nothing more of whoever had it, says nothing to it, and is not ended by it', async () => {
    const start = sealersOf(script);
    const one = start();
    await idOf(one);
    const heard = vi.fn();
    one.onMessage(heard);
    one.rest();
    const next = start();
    expect(() => one.post({ do: 'pause' })).toThrow('let go');
    one.kill();
    one.rest();
    const id = await idOf(next);
    expect(id).toBeGreaterThan(0);
    expect(await idOf(start())).not.toBe(id);
    expect(heard).not.toHaveBeenCalled();
  });

  it('is ended where no other comes', async () => {
    const start = sealersOf(script, 1);
    const one = start();
    const id = await idOf(one);
    one.rest();
    await vi.waitUntil(() => workers[0]?.threadId === -1, PATIENCE);
    expect(await idOf(start())).not.toBe(id);
  });

  it('and then ends by itself is given to nobody', async () => {
    const start = sealersOf(script);
    const one = start();
    const id = await idOf(one);
    one.post({ do: 'chunk', bytes: new Uint8Array(1) });
    one.rest();
    await vi.waitUntil(() => workers[0]?.threadId === -1, PATIENCE);
    expect(await idOf(start())).not.toBe(id);
  });
});

it('a thread that was ended is not taken up again', async () => {
  const start = sealersOf(script);
  const one = start();
  const id = await idOf(one);
  const ended = new Promise<void>((resolve) => {
    one.onExit(resolve);
  });
  one.kill();
  await ended;
  expect(await idOf(start())).not.toBe(id);
});
