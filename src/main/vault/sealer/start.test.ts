import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromSealer, SealerThread } from './messages.ts';
import { sealersOf } from './start.ts';

let folder: string;
let script: string;
const threads: SealerThread[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sealers-'));
  script = join(folder, 'thread.mjs');
  // Says which thread it is; ends itself where it is given bytes.
  writeFileSync(script, "import { parentPort, threadId } from 'node:worker_threads'; parentPort.on('message', (m) => (m.do === 'chunk' ? process.exit() : parentPort.postMessage({ did: 'chunk', bytes: threadId })));");
});

afterEach(() => {
  for (const thread of threads.splice(0)) thread.kill();
  rmSync(folder, { recursive: true });
});

function started(start: () => SealerThread): { thread: SealerThread; id: () => Promise<number>; ended: Promise<void> } {
  const thread = start();
  threads.push(thread);
  const heard = vi.fn<(message: FromSealer) => void>();
  thread.onMessage(heard);
  const ended = new Promise<void>((resolve) => thread.onExit(resolve));
  const id = async () => {
    thread.post({ do: 'pause' });
    await vi.waitUntil(() => heard.mock.calls.length > 0);
    const [[message] = []] = heard.mock.calls.splice(0);
    return message?.did === 'chunk' ? message.bytes : -1;
  };
  return { thread, id, ended };
}

describe('a thread that has done its download', () => {
  it('takes up the next one', async () => {
    const start = sealersOf(script);
    const one = started(start);
    const id = await one.id();
    one.thread.rest();
    expect(await started(start).id()).toBe(id);
  });

  it('is not shared: while one works the next is another', async () => {
    const start = sealersOf(script);
    const [one, other] = [started(start), started(start)];
    expect(await one.id()).not.toBe(await other.id());
  });

  it('says nothing more to whoever had it, and is not ended by it', async () => {
    const start = sealersOf(script);
    const one = started(start);
    await one.id();
    const heard = vi.fn();
    one.thread.onMessage(heard);
    one.thread.rest();
    const next = started(start);
    one.thread.kill();
    one.thread.rest();
    expect(await next.id()).toBeGreaterThan(0);
    expect(await started(start).id()).not.toBe(await next.id());
    expect(heard).not.toHaveBeenCalled();
  });

  it('is ended where no other comes', async () => {
    const start = sealersOf(script, 1);
    const one = started(start);
    const id = await one.id();
    one.thread.rest();
    await vi.waitFor(async () => {
      const next = started(start);
      const now = await next.id();
      next.thread.kill();
      expect(now).not.toBe(id);
    });
  });

  it('and ends by itself is not given to anybody', async () => {
    const start = sealersOf(script);
    const one = started(start);
    const id = await one.id();
    one.thread.post({ do: 'chunk', bytes: new Uint8Array(1) });
    one.thread.rest();
    await vi.waitFor(async () => {
      const next = started(start);
      const now = await Promise.race([next.id(), next.ended.then(() => id)]);
      expect(now).not.toBe(id);
    });
  });
});

it('a thread that was ended is not taken up again', async () => {
  const start = sealersOf(script);
  const one = started(start);
  const id = await one.id();
  one.thread.kill();
  await one.ended;
  expect(await started(start).id()).not.toBe(id);
});
