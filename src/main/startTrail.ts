/** Starts the trail: another entry of this bundle (electron.vite.config.ts), in a process of its own. */
import { utilityProcess } from 'electron';
import { join } from 'node:path';
import type { FromTrail, TrailProcess } from './audit/trail/messages.ts';

/** @param bundle folder of the bundle's entries */
export function startTrail(bundle: string): TrailProcess {
  const child = utilityProcess.fork(join(bundle, 'trail.cjs'), [], { serviceName: 'Viewing Room trail', stdio: 'ignore' });
  // Emitted before it ends of a fault of the engine, and thrown where nobody listens; its exit is what counts.
  child.on('error', () => undefined);
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromTrail)),
    onExit: (listener) => void child.once('exit', listener),
    // Before it has begun there is nothing to kill yet.
    kill: () => {
      if (child.pid === undefined) child.once('spawn', () => child.kill());
      else child.kill();
    },
  };
}
