/** Starts a sealer as a thread of this process: what it is given changes hands, where a process would get a copy. */
import { Worker } from 'node:worker_threads';
import type { FromSealer, SealerThread } from './messages.ts';

/** @param script main.ts, as it is bundled */
export function startSealer(script: string): SealerThread {
  // It needs nothing of the environment.
  const worker = new Worker(script, { name: 'sealer', env: {} });
  // A fault in it ends it, as a kill does; its exit is what counts.
  worker.on('error', () => undefined);
  return {
    post: (message, given = []) => worker.postMessage(message, given),
    onMessage: (listener) => void worker.on('message', (message) => listener(message as FromSealer)),
    onExit: (listener) => void worker.once('exit', () => listener()),
    kill: () => void worker.terminate(),
  };
}
