/** Starts sealers as threads of this process: what one is given changes hands, where a process would get a copy. */
import { Worker } from 'node:worker_threads';
import type { FromSealer, StartSealer } from './messages.ts';

/** How long a thread that has done its download waits for the next one, ms. Starting one takes 0.1 s (evidence/bench/NOTES.md); one that waits takes memory. */
const REST_MS = 10_000;

/** @param script main.ts, as it is bundled */
export function sealersOf(script: string, restMs = REST_MS): StartSealer {
  /** At most one: two downloads at once are rare. */
  let resting: { worker: Worker; end: NodeJS.Timeout } | null = null;

  const begin = (): Worker => {
    // It needs nothing of the environment.
    const worker = new Worker(script, { name: 'sealer', env: {} });
    // A fault in it ends it, as a kill does; its exit is what counts.
    worker.on('error', () => undefined);
    return worker;
  };

  const takeRested = (): Worker | undefined => {
    const worker = resting?.worker;
    clearTimeout(resting?.end);
    resting = null;
    worker?.removeAllListeners('exit').ref();
    return worker;
  };

  const rest = (worker: Worker): void => {
    void takeRested()?.terminate();
    worker.removeAllListeners('message').removeAllListeners('exit').unref();
    worker.once('exit', () => void takeRested());
    const end = setTimeout(() => void takeRested()?.terminate(), restMs).unref();
    resting = { worker, end };
  };

  return () => {
    const worker = takeRested() ?? begin();
    let mine = true;
    return {
      post: (message, given = []) => {
        if (!mine) throw new Error('sealer was let go');
        worker.postMessage(message, given);
      },
      onMessage: (listener) => void worker.on('message', (message) => listener(message as FromSealer)),
      onExit: (listener) => void worker.once('exit', () => listener()),
      kill: () => {
        if (mine) void worker.terminate();
      },
      rest: () => {
        if (mine) rest(worker);
        mine = false;
      },
    };
  };
}
