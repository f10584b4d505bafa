/** Other entries of this bundle, each in a process of its own: see electron.vite.config.ts. */
import { utilityProcess } from 'electron';
import type { ProcessBeside } from './platform/beside.ts';

/** @param script path of the entry */
export function startBeside<To, From>(script: string, serviceName: string): ProcessBeside<To, From> {
  const child = utilityProcess.fork(script, [], { serviceName, stdio: 'ignore' });
  // Emitted before it ends of a fault of the engine, and thrown where nobody listens; its exit is what counts.
  child.on('error', () => undefined);
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', listener),
    // Before it has begun there is nothing to kill yet.
    kill: () => {
      if (child.pid === undefined) child.once('spawn', () => child.kill());
      else child.kill();
    },
  };
}

