/** Sealers for tests: on this thread; on one of their own, as in the app; and in a process of Node's, whose memory can be measured. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { processInProcess } from '../../platform/beside.fixture.ts';
import type { FromSealer, SealerThread, ToSealer } from './messages.ts';
import { serve } from './serve.ts';
import { sealersOf } from './start.ts';

export function sealerInProcess(): SealerThread {
  const thread = processInProcess<ToSealer, FromSealer>((post) => serve(post));
  return { ...thread, rest: () => thread.kill() };
}

export const sealerInThread = sealersOf(join(import.meta.dirname, 'main.ts'));

export interface ChildSealer extends SealerThread {
  pid: number | undefined;
  signal: (name: NodeJS.Signals) => void;
  /** Bytes of resident memory at the highest so far. */
  peakMemory: () => Promise<number>;
}

/** The same shell in a process. @param script another entry than the usual one. */
export function sealerInChild(script = join(import.meta.dirname, 'child.fixture.ts')): ChildSealer {
  const child = fork(script, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  // Sending to one that is about to exit; its exit is what counts.
  child.on('error', () => undefined);
  return {
    pid: child.pid,
    signal: (name) => void child.kill(name),
    peakMemory: () => new Promise((resolve) => {
      child.on('message', (message) => {
        if (typeof message === 'object' && 'peak' in message) resolve(message.peak as number);
      });
      child.send('peak');
    }),
    post: (message) => {
      if (child.connected) child.send(message.do === 'begin' ? { ...message, key: new Uint8Array(message.key) } : message);
    },
    onMessage: (listener) => void child.on('message', (message) => {
      if (typeof message === 'object' && 'did' in message) listener(message as FromSealer);
    }),
    onExit: (listener) => void child.once('exit', () => listener()),
    kill: () => void child.kill('SIGKILL'),
    rest: () => void child.kill('SIGKILL'),
  };
}
