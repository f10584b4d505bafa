import { expect, test } from 'vitest';
import { waysOut } from './wayOut.ts';

const both = { retry: true, startAgain: true };

test('what the words advise comes first', () => {
  expect(waysOut('library-corrupt', both)).toEqual(['start-again', 'retry']);
  expect(waysOut('vault-elsewhere', both)).toEqual(['start-again', 'retry']);
});

test('a store that the practice may want to look at, or whose key may come back, is not first of all replaced', () => {
  for (const code of ['vault-corrupt', 'keychain-absent'] as const) expect(waysOut(code, both)).toEqual(['retry', 'start-again']);
});

test('only what can be done is offered', () => {
  expect(waysOut('keychain-locked', { retry: true, startAgain: false })).toEqual(['retry']);
  expect(waysOut('library-corrupt', { retry: false, startAgain: true })).toEqual(['start-again']);
});
