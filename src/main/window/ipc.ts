/** The only file that touches ipcMain. Every call is checked for who asks before anything else sees it; what it asks and what is answered, in crossing.ts. */
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import type { Args, MethodName, Reply, Result } from '../../preload/contract.ts';
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

/** A result, whatever was thrown on the way to it. */
export async function resultOf<T>(method: MethodName, work: () => Promise<T> | T): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const problem = problemOf(error);
    log(problem.code === 'internal' ? 'fault' : 'refused', { method, code: problem.code, ...faultFields(error) });
    return { ok: false, error: problem };
  }
}

/** @param answer to a page of ours: `window` is the id of its web contents, and `args` have not been looked at */
export function serve(answer: (name: MethodName, window: number, args: unknown) => Promise<Result<unknown>>): void {
  for (const name of __METHODS__ as readonly MethodName[]) {
    ipcMain.handle(`call:${name}`, async (event, raw: unknown) => {
      const asked = await resultOf(name, () => {
        if (!isOurs(event)) throw new Failure('bad-request', 'unknown sender');
        return answer(name, event.sender.id, raw);
      });
      return asked.ok ? asked.value : asked;
    });
  }
}
