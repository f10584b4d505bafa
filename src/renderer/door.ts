import type { Problem, Result } from '../preload/contract.ts';

/** The only way out of a screen. */
export const door = window.viewingRoom;

/** A call whose failure, of whatever kind, is a problem to show. A rejected promise means that the call itself was wrong. */
export async function attempt<T>(call: Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await call;
  } catch (error) {
    const problem: Problem = { code: 'internal', message: error instanceof Error ? error.message : String(error) };
    return { ok: false, error: problem };
  }
}
