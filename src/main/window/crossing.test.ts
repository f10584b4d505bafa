import { expect, test, vi } from 'vitest';
import { methods, pushes } from '../../preload/contract.ts';
import { first } from '../../preload/state.ts';
import { answer, push } from './crossing.ts';

vi.mock('electron', () => ({ ipcMain: {} }));

const sent: unknown[] = [];
const contents = { isDestroyed: () => false, send: (...message: unknown[]) => sent.push(message) } as unknown as Parameters<typeof push>[1];
const about = { version: '1.0.0', electron: '33.0.0', demoRuntime: false };

test('before all of the contract is read, its first part crosses and nothing else does, though there is somebody to answer it', async () => {
  expect(await answer(first, { about: () => about }, 'about', 1, [])).toEqual({ ok: true, value: about });
  expect(await answer(first, { lock: () => null }, 'lock', 1, [])).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  push(first, contents, 'state', { screen: 'closed' });
  expect(() => push(first, contents, 'idle', { secondsLeft: 3 })).toThrow('idle');
  expect(sent.splice(0)).toEqual([['push:state', { screen: 'closed' }]]);
});

test('what does not fit the contract does not cross: neither arguments, nor a reply, nor a push', async () => {
  const all = { methods, pushes };
  expect(await answer(all, { lock: () => null }, 'lock', 1, ['more'])).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  expect(await answer(all, { about: () => ({ ...about, version: 1 }) as never }, 'about', 1, [])).toMatchObject({ ok: false, error: { code: 'internal' } });
  expect(() => push(all, contents, 'idle', { secondsLeft: 'three' } as never)).toThrow();
  expect(sent).toEqual([]);
});
