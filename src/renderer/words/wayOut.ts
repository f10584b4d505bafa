import type { ProblemCode } from '../../preload/contract.ts';

export type WayOut = 'retry' | 'start-again';

/** Where trying again cannot help, and what starting again sets aside is not what the practice may want first. */
const startAgainHelps: readonly ProblemCode[] = ['library-corrupt', 'vault-elsewhere'];

/** The ways out of a problem with somebody's store, what is advised first. */
export const waysOut = (code: ProblemCode, may: { retry: boolean; startAgain: boolean }): WayOut[] => {
  const ways = [...(may.retry ? ['retry' as const] : []), ...(may.startAgain ? ['start-again' as const] : [])];
  return startAgainHelps.includes(code) ? ways.reverse() : ways;
};
