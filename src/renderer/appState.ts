/** Where the app stands, as main says it. Asked for as this file is read, which is before the first drawing: the first screen that is drawn is mostly the one to be shown. */
import { useSyncExternalStore } from 'react';
import type { AppState } from '../preload/contract.ts';
import { attempt, door } from './door.ts';

let state: AppState = { screen: 'starting' };
/** What was pushed is newer than the answer to a question. */
let isPushed = false;
const listeners = new Set<() => void>();

function follow(next: AppState): void {
  state = next;
  for (const listener of listeners) listener();
}

door.onState((next) => {
  isPushed = true;
  follow(next);
});
void attempt(door.getState()).then((result) => {
  if (!isPushed) follow(result.ok ? result.value : { screen: 'problem', problem: result.error, canRetry: true, canStartAgain: false });
});

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const appState = (): AppState => state;
export const useAppState = (): AppState => useSyncExternalStore(listen, appState);
