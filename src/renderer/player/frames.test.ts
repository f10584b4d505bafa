import { expect, test } from 'vitest';
import { Frames } from './frames.ts';

/** A recording of equal frames that is stepped through: which is shown after one step, as a player that says nothing while the picture stays the same. */
function stepThrough(length: number, from: number, by: 1 | -1, frames = new Frames()) {
  const frameAt = (position: number) => Math.floor(position / length + 1e-6) * length;
  let shown = frameAt(from);
  frames.shown(shown, false);
  let target: number | null = frames.step(by, from, true);
  let seeks = 0;
  while (target !== null) {
    seeks += 1;
    if (frameAt(target) !== shown) {
      shown = frameAt(target);
      frames.shown(shown, false);
    }
    target = frames.unchanged();
  }
  return { frame: Math.round(shown / length), seeks, length: frames.length };
}

test('25 frames a second until something else is known', () => {
  expect(stepThrough(1 / 25, 2, 1)).toMatchObject({ frame: 51, seeks: 1 });
  expect(stepThrough(1 / 25, 2, -1)).toMatchObject({ frame: 49, seeks: 1 });
});

test('longer frames are found by stepping, and then known', () => {
  const frames = new Frames();
  const first = stepThrough(1 / 12.5, 4, 1, frames);
  expect(first).toMatchObject({ frame: 51, seeks: 2 });
  expect(first.length).toBeCloseTo(0.08);
  expect(stepThrough(1 / 12.5, 4, 1, frames)).toMatchObject({ frame: 51, seeks: 1 });
  expect(stepThrough(1 / 12.5, 4, -1, frames)).toMatchObject({ frame: 49, seeks: 1 });
});

test('shorter ones are learnt by playing; a dropped frame teaches nothing', () => {
  const frames = new Frames();
  for (const at of [0, 0.02, 0.04, 0.1, 0.12]) frames.shown(at, true);
  expect(frames.length).toBeCloseTo(0.02);
  expect(stepThrough(0.02, 3, 1, frames)).toMatchObject({ frame: 151, seeks: 1 });
});

test('a jump teaches nothing, and ends a step', () => {
  const frames = new Frames();
  frames.shown(1, false);
  frames.shown(1.02, false);
  expect(frames.length).toBe(1 / 25);
  frames.step(1, 1.02, true);
  frames.left();
  expect(frames.unchanged()).toBeNull();
});

test('a frame that is longer than most is left by the next step, and none goes before the beginning', () => {
  const frames = new Frames();
  for (const at of [0, 0.04]) frames.shown(at, true);
  const first = frames.step(1, 0.04, true);
  expect(frames.step(1, first, true)).toBeGreaterThan(first);
  const back = frames.step(-1, 0.05, true);
  expect(back).toBeLessThan(0.04);
  frames.shown(0, false);
  expect(frames.step(-1, 0, true)).toBe(0);
});

test('a step right after a jump begins where the player is, not at the picture that is still there', () => {
  const frames = new Frames();
  for (const at of [0, 0.08]) frames.shown(at, true);
  expect(frames.step(1, 15, false)).toBeCloseTo(15.08);
  expect(frames.step(1, 15.08, false)).toBeCloseTo(15.16);
  expect(frames.step(-1, 15.16, false)).toBeCloseTo(15.08);
  frames.shown(15.04, false);
  expect(frames.length).toBeCloseTo(0.08);
});

test('at the last frame a step gives up', () => {
  const frames = new Frames();
  frames.shown(10, false);
  frames.step(1, 10, true);
  let tries = 0;
  while (frames.unchanged() !== null) tries += 1;
  expect(tries).toBe(5);
});
