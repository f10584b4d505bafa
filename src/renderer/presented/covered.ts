/** Dialogs that are over the screen. */
let dialogs = 0;
const listeners = new Set<() => void>();

/** A dialog has opened. Returns what to call when it closes. */
export function cover(): () => void {
  const count = (by: number) => {
    dialogs += by;
    for (const listener of listeners) listener();
  };
  count(1);
  return () => count(-1);
}

export const isCovered = (): boolean => dialogs > 0;

export function onCovered(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
