/** Which grants have died. Listened for from the start: one can die before the screen that it was given to is there. */
import type { Problem } from '../preload/contract.ts';
import { door } from './door.ts';

const died = new Map<string, Problem>();
door.onRevoked(({ grant, problem }) => died.set(grant, problem));

/** Why this grant is dead; null while it lives. */
export const diedOf = (grant: string): Problem | null => died.get(grant) ?? null;
