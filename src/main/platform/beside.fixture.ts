/** A process or thread beside main for tests: on this one, where what crosses is copied, or changes hands, as between two. */
import type { Beside } from './beside.ts';

/** @param serve the shell of the process: how it answers, and what takes each message */
export function processInProcess<To, From>(serve: (post: (message: From) => void) => (message: To) => void): Beside<To, From> {
  let listener = (_message: From): void => undefined;
  let exited = (): void => undefined;
  let alive = true;
  const crossing = <T>(message: T, arrive: (copy: T) => void, given: readonly ArrayBuffer[] = []): void => {
    const copy = structuredClone(message, { transfer: [...given] });
    setImmediate(() => {
      if (alive) arrive(copy);
    });
  };
  const take = serve((message) => crossing(message, (copy) => listener(copy)));
  return {
    post: (message, given) => crossing(message, take, given),
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
