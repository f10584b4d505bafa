/** The trail's process for tests: in this one, where what crosses is copied as between processes; and in a real one, as Node starts it. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { FromTrail, ToTrail, TrailProcess } from './messages.ts';
import { serve } from './serve.ts';

export function trailInProcess(): TrailProcess {
  let listener = (_message: FromTrail): void => undefined;
  let exited = (): void => undefined;
  let alive = true;
  const take = serve((message) => {
    const copy = structuredClone(message);
    setImmediate(() => {
      if (alive) listener(copy);
    });
  });
  return {
    post: (message: ToTrail) => {
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

export function trailInChild(): TrailProcess & { signal: (name: NodeJS.Signals) => void } {
  const child = fork(join(import.meta.dirname, 'child.fixture.ts'), { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.on('error', () => undefined);
  return {
    signal: (name) => void child.kill(name),
    post: (message) => {
      if (child.connected) child.send(message);
    },
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromTrail)),
    onExit: (listener) => void child.once('exit', () => listener()),
    kill: () => void child.kill('SIGKILL'),
  };
}
