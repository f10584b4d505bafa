import { expect, test } from 'vitest';
import { PresentedMeter } from './PresentedMeter.ts';

test('each row counts from when it comes to when it goes, however often', () => {
  const meter = new PresentedMeter();
  meter.row('a', true, 1000);
  meter.row('b', true, 2000);
  meter.row('a', false, 2500);
  meter.row('a', true, 3000);
  expect(meter.take(3250)).toEqual([{ id: 'a', seconds: 1.75 }, { id: 'b', seconds: 1.25 }]);
  expect(meter.take(3750)).toEqual([{ id: 'b', seconds: 0.5 }, { id: 'a', seconds: 0.5 }]);
});

test('a row that went counts to the last, and then not any more', () => {
  const meter = new PresentedMeter();
  meter.row('a', true, 1000);
  meter.row('a', false, 1600);
  expect(meter.take(9000)).toEqual([{ id: 'a', seconds: 0.6 }]);
  expect(meter.take(10_000)).toEqual([]);
});

test('what cannot be seen does not count, nor does it start the row anew', () => {
  const meter = new PresentedMeter();
  meter.row('a', true, 1000);
  meter.canBeSeen(false, 1500);
  meter.row('b', true, 2000);
  meter.canBeSeen(true, 4000);
  expect(meter.take(4250)).toEqual([{ id: 'a', seconds: 0.75 }, { id: 'b', seconds: 0.25 }]);
});

test('nor does a sleep', () => {
  const meter = new PresentedMeter();
  meter.row('a', true, 1000);
  expect(meter.take(3_600_000)).toEqual([{ id: 'a', seconds: 5 }]);
});
