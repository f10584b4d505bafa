/** The trail's process for tests: in this one, where what crosses is copied as between processes; and in a real one, as Node starts it. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { processInProcess } from '../../platform/beside.fixture.ts';
import type { FromTrail, ToTrail, TrailProcess } from './messages.ts';
import { serve } from './serve.ts';

export const trailInProcess = (): TrailProcess => processInProcess<ToTrail, FromTrail>(serve);

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
