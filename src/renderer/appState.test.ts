import { beforeEach, expect, test, vi } from 'vitest';
import type { AppState, Problem, Result } from '../preload/contract.ts';

const closed: AppState = { screen: 'closed' };
const roles: AppState = { screen: 'choose-role', name: 'Ada', roles: [] };
const problem: Problem = { code: 'internal', message: 'no answer' };

let push: (state: AppState) => void;
let answer: (result: Result<AppState>) => void;
let fail: (error: Error) => void;
let state: () => AppState;
beforeEach(async () => {
  vi.resetModules();
  const getState = () => new Promise<Result<AppState>>((resolve, reject) => {
    [answer, fail] = [resolve, reject];
  });
  vi.stubGlobal('window', { viewingRoom: { getState, onState: (listener: typeof push) => (push = listener) } });
  ({ appState: state } = await import('./appState.ts'));
});
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('it is starting until main has said more, by an answer or unasked', async () => {
  expect(state()).toEqual({ screen: 'starting' });
  answer({ ok: true, value: closed });
  await settled();
  expect(state()).toEqual(closed);
  push(roles);
  expect(state()).toEqual(roles);
});

test('what was pushed is newer than an answer that comes later', async () => {
  push(roles);
  answer({ ok: true, value: closed });
  await settled();
  expect(state()).toEqual(roles);
});

test.each([['is refused', () => answer({ ok: false, error: problem })], ['fails', () => fail(new Error('no answer'))]])('a question that %s shows why, and a way to ask again', async (_how, end) => {
  end();
  await settled();
  expect(state()).toEqual({ screen: 'problem', problem, canRetry: true, canStartAgain: false });
});
