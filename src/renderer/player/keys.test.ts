import { expect, test } from 'vitest';
import { playerKey, stepRate } from './keys.ts';

test('keys of the player', () => {
  expect(playerKey('K', false)).toEqual({ action: 'toggle' });
  expect(playerKey(' ', false)).toEqual({ action: 'toggle' });
  expect(playerKey('j', false)).toEqual({ action: 'seek', by: -10 });
  expect(playerKey('ArrowRight', false)).toEqual({ action: 'seek', by: 5 });
  expect(playerKey('k', true)).toBeUndefined();
  expect(playerKey('Tab', false)).toBeUndefined();
});

test('speed stays within 0.5 and 3', () => {
  expect(stepRate(1, 1)).toBe(1.25);
  expect(stepRate(0.5, -1)).toBe(0.5);
  expect(stepRate(3, 1)).toBe(3);
});
