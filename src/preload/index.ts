/** The preload script: turns the contract into `window.viewingRoom` and nothing else. Runs sandboxed and isolated. */
import { contextBridge, ipcRenderer } from 'electron';

const door: Record<string, unknown> = {};

for (const name of __METHODS__) {
  door[name] = (...args: unknown[]) => ipcRenderer.invoke(`call:${name}`, args);
}
for (const name of __PUSHES__) {
  door[`on${name.charAt(0).toUpperCase()}${name.slice(1)}`] = (listener: (value: unknown) => void) => {
    // The raw event carries a sender and must not reach the page.
    const relay = (_event: unknown, value: unknown) => listener(value);
    ipcRenderer.on(`push:${name}`, relay);
    return () => ipcRenderer.removeListener(`push:${name}`, relay);
  };
}

contextBridge.exposeInMainWorld('viewingRoom', door);
