/** Sealers for tests: in this process, where what crosses is copied as between processes; and in a real one, as Node starts it. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { FromSealer, SealerProcess, ToSealer } from './messages.ts';
import { serve } from './serve.ts';

export function sealerInProcess(): SealerProcess {
  let listener = (_message: FromSealer): void => undefined;
  let exited = (): void => undefined;
  let alive = true;
  const take = serve((message) => {
    if (alive) setImmediate(() => listener(structuredClone(message)));
  }, () => undefined);
  return {
    post: (message: ToSealer) => {
      const copy = structuredClone(message);
      setImmediate(() => {
        if (alive) take(copy);
      });
    },
    onMessage: (heard) => {
      listener = heard;
    },
    onExit: (heard) => {
      exited = heard;
    },
    kill: () => {
      if (!alive) return;
      alive = false;
      setImmediate(() => exited());
    },
  };
}

export interface ChildSealer extends SealerProcess {
  pid: number | undefined;
  signal: (name: NodeJS.Signals) => void;
  /** Bytes of resident memory at the highest so far. */
  peakMemory: () => Promise<number>;
}

/** The same shell in a process of Node's. @param script another entry than the usual one. */
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
      if (child.connected) child.send(message);
    },
    onMessage: (listener) => void child.on('message', (message) => {
      if (typeof message === 'object' && 'did' in message) listener(message as FromSealer);
    }),
    onExit: (listener) => void child.once('exit', () => listener()),
    kill: () => void child.kill('SIGKILL'),
  };
}
