import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DraftKeeper, type DraftState } from './DraftKeeper.ts';

let kept: string[] = [];
let states: DraftState[] = [];
let answer = true;
const keeper = () => new DraftKeeper<string>(async (value) => {
  if (answer) kept.push(value);
  return answer;
}, (state) => states.push(state));

beforeEach(() => {
  vi.useFakeTimers();
  [kept, states, answer] = [[], [], true];
});
afterEach(() => vi.useRealTimers());

test('whoever types on and on has every half second kept', async () => {
  const typing = keeper();
  for (let key = 1; key <= 20; key += 1) {
    typing.change('x'.repeat(key));
    await vi.advanceTimersByTimeAsync(100);
    // Never more than five keystrokes of 100 ms behind.
    expect(key - (kept.at(-1)?.length ?? 0)).toBeLessThanOrEqual(5);
  }
  await vi.advanceTimersByTimeAsync(500);
  expect(kept.at(-1)).toHaveLength(20);
  expect(states.at(-1)).toBe('kept');
});

test('the last words are kept when the screen goes, and nothing after that', async () => {
  const typing = keeper();
  typing.change('half a sent');
  typing.end();
  expect(kept).toEqual(['half a sent']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(kept).toHaveLength(1);
  expect(states).toEqual(['keeping']);
});

test('what was saved as a note does not come back as a draft', async () => {
  const typing = keeper();
  typing.change('a note');
  typing.drop();
  typing.end();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(kept).toEqual([]);
});

test('what is kept as a note while its words are still on their way does not come back as a draft either', async () => {
  const typing = keeper();
  typing.change('a note');
  const saving = typing.become(async () => {
    await vi.advanceTimersByTimeAsync(300);
    kept.push('the note');
    // Main has it; its answer takes longer than a keystroke may wait.
    await vi.advanceTimersByTimeAsync(700);
    return true;
  });
  expect(await saving).toBe(true);
  typing.end();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(kept).toEqual(['a note', 'the note']);
});

test('what did not become a note is a draft still', async () => {
  const typing = keeper();
  typing.change('a note');
  expect(await typing.become(() => Promise.resolve(false))).toBe(false);
  typing.change('a note, longer');
  await vi.advanceTimersByTimeAsync(500);
  expect(kept).toEqual(['a note', 'a note, longer']);
});

test('what could not be kept is said, and tried again without losing what was typed since', async () => {
  const typing = keeper();
  answer = false;
  typing.change('one');
  await vi.advanceTimersByTimeAsync(500);
  expect(states.at(-1)).toBe('failed');
  answer = true;
  typing.change('one two');
  await vi.advanceTimersByTimeAsync(500);
  expect(kept).toEqual(['one two']);
  answer = false;
  typing.change('three');
  await vi.advanceTimersByTimeAsync(500);
  answer = true;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(kept).toEqual(['one two', 'three']);
  expect(states.at(-1)).toBe('kept');
});
