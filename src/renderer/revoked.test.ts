import { beforeAll, expect, it, vi } from 'vitest';
import type { Problem, Pushed } from '../preload/contract.ts';

let push: (value: Pushed<'revoked'>) => void;
let diedOf: (grant: string) => Problem | null;
beforeAll(async () => {
  vi.stubGlobal('window', { viewingRoom: { onRevoked: (listener: typeof push) => (push = listener) } });
  ({ diedOf } = await import('./revoked.ts'));
});

it('a grant that died before any screen asked is known to be dead, with the reason, and no other is', () => {
  const problem: Problem = { code: 'recording-withheld', message: 'withdrawn' };
  push({ grant: 'a', problem });
  expect([diedOf('a'), diedOf('b')]).toEqual([problem, null]);
});
