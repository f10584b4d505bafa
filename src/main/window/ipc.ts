/** The only file that touches ipcMain. Every call is checked for who asks and what they ask before a handler sees it. */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { methods, pushes, type Args, type MethodName, type Pushed, type PushName, type Reply, type Result } from '../../preload/contract.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import { APP_ORIGIN } from './appScheme.ts';

/** Plain functions, one a method; `window` is the id of the web contents that asked. */
export type Handlers = { [K in MethodName]: (window: number, ...args: Args<K>) => Promise<Reply<K>> | Reply<K> };

/** Sender must be the main frame of a window of ours, showing our page: no sub-frame, no other origin, no dead frame. */
function isOurs(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && frame.origin === APP_ORIGIN;
}

/** What crosses, as it crosses. */
type NoteCrossing = (kind: 'reply' | 'push', name: string, value: unknown) => void;

let note: NoteCrossing | null = null;

/** For the test build's witness alone: the shipped bundle has neither this nor its uses. */
export function noteCrossings(to: NoteCrossing): void {
  note = to;
}

async function answer<K extends MethodName>(name: K, handlers: Handlers, event: IpcMainInvokeEvent, raw: unknown): Promise<Result<Reply<K>>> {
  try {
    if (!isOurs(event)) throw new Failure('bad-request', 'unknown sender');
    const args = methods[name].args.safeParse(raw);
    if (!args.success) throw new Failure('bad-request', `arguments of ${name}`);
    const handler = handlers[name] as (window: number, ...args: unknown[]) => unknown;
    const reply = methods[name].reply.parse(await handler(event.sender.id, ...(args.data as unknown[])));
    return { ok: true, value: reply as Reply<K> };
  } catch (error) {
    const problem = problemOf(error);
    log(problem.code === 'internal' ? 'fault' : 'refused', { method: name, code: problem.code, ...faultFields(error) });
    return { ok: false, error: problem };
  }
}

export function serve(handlers: Handlers): void {
  for (const name of Object.keys(methods) as MethodName[]) {
    ipcMain.handle(`call:${name}`, async (event, raw: unknown) => {
      const result = await answer(name, handlers, event, raw);
      if (__TEST_BUILD__) note?.('reply', name, result);
      return result;
    });
  }
}

export function push<K extends PushName>(contents: WebContents, name: K, value: Pushed<K>): void {
  if (contents.isDestroyed()) return;
  const crossing = pushes[name].parse(value);
  if (__TEST_BUILD__) note?.('push', name, crossing);
  contents.send(`push:${name}`, crossing);
}
