/** States that nothing outside the app can bring about, or that last no longer than a blink: main's side of the door is made to answer otherwise, or says once more what it says then. */
import type { MethodName, Problem, Pushed, PushName } from '../../src/preload/contract.ts';
import type { App } from '../harness/app.ts';

type Handler = (...args: unknown[]) => unknown;

/** Until what is returned is called, main answers `method` with a problem or never. */
export async function instead({ electron }: App, method: MethodName, code: Problem['code'] | 'never', detail?: Problem['detail']): Promise<() => Promise<void>> {
  await electron.evaluate(({ ipcMain }, { channel, code: given, detail: blanks }) => {
    const { _invokeHandlers: handlers } = ipcMain as unknown as { _invokeHandlers: Map<string, Handler> };
    const kept = ((globalThis as unknown as { kept?: Map<string, Handler> }).kept ??= new Map());
    const handler = handlers.get(channel);
    if (!handler || kept.has(channel)) throw new Error(`${channel} cannot be answered otherwise`);
    kept.set(channel, handler);
    // One that nothing holds is collected, and Electron then answers for it.
    const held = ((globalThis as unknown as { held?: unknown[] }).held ??= []);
    handlers.set(channel, () => (given === 'never' ? new Promise((resolve) => held.push(resolve)) : Promise.resolve({ ok: false, error: { code: given, message: given, ...(blanks && { detail: blanks }) } })));
  }, { channel: `call:${method}`, code, detail });
  return () => electron.evaluate(({ ipcMain }, channel) => {
    const { _invokeHandlers: handlers } = ipcMain as unknown as { _invokeHandlers: Map<string, Handler> };
    const { kept } = globalThis as unknown as { kept: Map<string, Handler> };
    const handler = kept.get(channel);
    if (handler) handlers.set(channel, handler);
    kept.delete(channel);
  }, `call:${method}`);
}

/** Says it as main would, also where main is {@link unsaid}. */
export const push = <K extends PushName>({ electron }: App, name: K, value: Pushed<K>): Promise<void> =>
  electron.evaluate(({ BrowserWindow }, { channel, value: said }) => BrowserWindow.getAllWindows()[0]?.webContents.mainFrame.send(channel, said), { channel: `push:${name}`, value });

/** Until what is returned is called, main says nothing of `name` by itself. */
export async function unsaid({ electron }: App, name: PushName): Promise<() => Promise<void>> {
  await electron.evaluate(({ BrowserWindow }, channel) => {
    const page = BrowserWindow.getAllWindows()[0]?.webContents;
    if (!page) throw new Error('there is no window');
    const send = page.send.bind(page);
    page.send = (to, ...values: unknown[]) => (to === channel ? undefined : send(to, ...values));
  }, `push:${name}`);
  // What stands in front of the page's own method goes.
  return () => electron.evaluate(({ BrowserWindow }) => void Reflect.deleteProperty(BrowserWindow.getAllWindows()[0]?.webContents ?? {}, 'send'));
}
