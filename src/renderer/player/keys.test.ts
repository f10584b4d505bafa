import { expect, test } from 'vitest';
import { help } from '../text/player.ts';
import { review } from '../text/review.ts';
import { isHelpKey, isSingle, otherKeys, playerKey, playerKeys, stepRate } from './keys.ts';

const everyKey = Object.values(playerKeys).flatMap((keys) => Object.keys(keys));

test('no key of the player does two things', () => {
  expect(new Set(everyKey).size).toBe(everyKey.length);
});

test('keys of the player', () => {
  const stage = (key: string) => playerKey(key, false, true);
  expect(stage('K')).toEqual({ do: 'toggle' });
  expect(stage(' ')).toEqual({ do: 'toggle' });
  expect([stage('j'), stage('L')]).toEqual([{ do: 'skip', by: -10 }, { do: 'skip', by: 10 }]);
  expect([stage('ArrowLeft'), stage('ArrowRight')]).toEqual([{ do: 'skip', by: -5 }, { do: 'skip', by: 5 }]);
  expect([stage(','), stage('.')]).toEqual([{ do: 'step', by: -1 }, { do: 'step', by: 1 }]);
  expect([stage('<'), stage('>')]).toEqual([{ do: 'rate', by: -1 }, { do: 'rate', by: 1 }]);
  expect([stage('i'), stage('o'), stage('r'), stage('Escape')]).toEqual([{ do: 'mark', end: 'in' }, { do: 'mark', end: 'out' }, { do: 'loop' }, { do: 'clear' }]);
  expect([stage('c'), stage('n'), stage('f')]).toEqual([{ do: 'captions' }, { do: 'note' }, { do: 'fullscreen' }]);
  expect([stage('Tab'), stage('Enter'), stage('F9'), stage('?'), stage('x')]).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('with Ctrl, Alt or the command key none of them does anything', () => {
  for (const key of everyKey) expect(playerKey(key, true, true)).toBeUndefined();
});

test('single keys can be turned off; those that nobody types stay', () => {
  for (const key of everyKey) expect(playerKey(key, false, false) === undefined).toBe(isSingle(key));
  expect(everyKey.filter((key) => !isSingle(key))).toEqual([' ', 'ArrowLeft', 'ArrowRight', 'Escape']);
});

test('buttons, menus and fields keep the keys that mean something on them', () => {
  expect([' ', 'ArrowLeft', 'Escape', 'k'].map((key) => playerKey(key, false, true, 'button') !== undefined)).toEqual([false, false, true, true]);
  expect([' ', 'ArrowLeft', 'Escape', 'k'].map((key) => playerKey(key, false, true, 'menu') !== undefined)).toEqual([false, false, false, true]);
  for (const key of everyKey) expect(playerKey(key, false, true, 'field')).toBeUndefined();
});

test('the help opens on ?, but not while typing, nor where single keys are off', () => {
  expect(isHelpKey('?', false, true, false)).toBe(true);
  expect([isHelpKey('?', false, true, true), isHelpKey('?', false, false, false), isHelpKey('?', true, true, false), isHelpKey('/', false, true, false)]).toEqual([false, false, false, false]);
});

test('the help has words for every shortcut, and for the key that is caught elsewhere', () => {
  expect(Object.keys(help.player).sort()).toEqual(Object.keys(playerKeys).sort());
  for (const place of Object.keys(otherKeys) as (keyof typeof otherKeys)[]) expect(Object.keys(help.others[place].does).sort()).toEqual(Object.keys(otherKeys[place]).sort());
  expect(otherKeys.room.wrong).toEqual([review.wrong.key]);
});

test('speed stays within 0.5 and 3', () => {
  expect(stepRate(1, 1)).toBe(1.25);
  expect(stepRate(0.5, -1)).toBe(0.5);
  expect(stepRate(3, 1)).toBe(3);
});
