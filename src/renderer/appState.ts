/** Where the app stands, as main says it. Asked for as this file is read: the answer comes while React is read, and the first screen that is drawn is the one to be shown. */
import { useSyncExternalStore } from 'react';
import type { AppState } from '../preload/contract.ts';
import { attempt, door } from './door.ts';

let state: AppState = { screen: 'starting' };
/** What was pushed is newer than the answer to a question. */
let isPushed = false;
const listeners = new Set<(next: AppState) => void>();

function follow(next: AppState): void {
  state = next;
  for (const listener of listeners) listener(next);
}

door.onState((next) => {
  isPushed = true;
  follow(next);
});
void attempt(door.getState()).then((result) => {
  if (!isPushed) follow(result.ok ? result.value : { screen: 'problem', problem: result.error, canRetry: true, canStartAgain: false });
});

/** @param listener called with each state from now on. @returns what ends that */
export function onAppState(listener: (next: AppState) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useAppState = (): AppState => useSyncExternalStore(onAppState, () => state);
