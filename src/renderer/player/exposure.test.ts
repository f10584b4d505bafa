import { describe, expect, test } from 'vitest';
import { ExposureMeter, mergeIntervals } from './exposure.ts';

test('merges what overlaps or touches', () => {
  expect(mergeIntervals([[5, 6], [0, 1], [1, 2], [1.5, 3], [9, 9]])).toEqual([[0, 3], [5, 6], [9, 9]]);
  expect(mergeIntervals([])).toEqual([]);
});

describe('ExposureMeter', () => {
  test('a paused first frame counts', () => {
    const meter = new ExposureMeter();
    meter.still(0);
    expect(meter.take(0)).toEqual([[0, 0]]);
    expect(meter.take(1000)).toEqual([]);
  });

  test('playing across reports leaves no hole', () => {
    const meter = new ExposureMeter();
    meter.playing(10, 0, 1);
    meter.playing(10.25, 250, 1);
    const first = meter.take(500);
    meter.playing(10.75, 750, 1);
    meter.stopped(11, 1000);
    expect(mergeIntervals([...first, ...meter.take(1000)])).toEqual([[10, 11]]);
    expect(meter.isPlaying).toBe(false);
  });

  test('a jump closes the stretch where the clock says it ended and leaves the gap unwatched', () => {
    const meter = new ExposureMeter();
    meter.playing(10, 0, 1);
    meter.playing(10.25, 250, 1);
    meter.jumped(450);
    meter.playing(60, 500, 1);
    meter.stopped(60.5, 1000);
    expect(meter.take(1000)).toEqual([[10, 10.45], [60, 60.5]]);
  });

  test('an unannounced jump is noticed, both ways', () => {
    const meter = new ExposureMeter();
    meter.playing(10, 0, 1);
    meter.playing(40, 250, 1);
    meter.playing(20, 500, 1);
    meter.stopped(20.25, 750);
    expect(meter.take(750)).toEqual([[10, 10.25], [20, 20.25], [40, 40.25]]);
  });

  test('a faster rate covers more', () => {
    const meter = new ExposureMeter();
    meter.playing(0, 0, 3);
    meter.jumped(500);
    expect(meter.take(500)).toEqual([[0, 1.5]]);
  });

  test('a stall or a sleep does not count as shown, nor anything past the end', () => {
    const meter = new ExposureMeter();
    meter.duration = 10.5;
    meter.playing(10, 0, 1);
    expect(meter.take(60_000)).toEqual([[10, 10.5]]);
    meter.duration = 100;
    meter.playing(20, 60_000, 1);
    meter.jumped(600_000);
    expect(meter.take(600_000).at(-1)).toEqual([20, 21]);
  });
});
