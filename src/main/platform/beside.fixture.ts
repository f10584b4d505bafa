/** A process beside main for tests: in this one, where what crosses is copied as between processes. */
import type { ProcessBeside } from './beside.ts';

/** @param serve the shell of the process: how it answers, and what takes each message */
export function processInProcess<To, From>(serve: (post: (message: From) => void) => (message: To) => void): ProcessBeside<To, From> {
  let listener = (_message: From): void => undefined;
  let exited = (): void => undefined;
  let alive = true;
  const crossing = <T>(message: T, arrive: (copy: T) => void): void => {
    const copy = structuredClone(message);
    setImmediate(() => {
      if (alive) arrive(copy);
    });
  };
  const take = serve((message) => crossing(message, (copy) => listener(copy)));
  return {
    post: (message) => crossing(message, take),
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
