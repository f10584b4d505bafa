import { expect, it } from 'vitest';
import { Pace, waitAfter } from './pace.ts';

it('waits twice as long after each failure, up to the longest, and never all at the same moment', () => {
  expect([0, 1, 2, 3, 4, 400].map((failures) => waitAfter(failures, 1000, 10_000, () => 1))).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect([0, 1, 400].map((failures) => waitAfter(failures, 1000, 10_000, () => 0))).toEqual([500, 1000, 5000]);
  expect(new Set(Array.from({ length: 20 }, () => waitAfter(3, 1000, 10_000))).size).toBeGreaterThan(10);
});

it('asks in its usual time while it is answered, sooner after a failure and then less and less often, and at once when woken', () => {
  const pace = new Pace(() => 300_000, () => 0.5);
  const waits = (): number => {
    let ms = 0;
    while (!pace.isDue(at + ms)) ms += 50;
    return ms;
  };
  let at = 0;
  expect(pace.isDue(at)).toBe(true);
  pace.asked(at);
  pace.answered();
  expect(waits()).toBe(300_000);
  const failing = [];
  for (let n = 0; n < 7; n += 1) {
    at += 1_000_000;
    pace.asked(at);
    pace.failed();
    failing.push(waits());
  }
  expect(failing).toEqual([11_250, 22_500, 45_000, 90_000, 180_000, 225_000, 225_000]);
  pace.wake();
  expect(pace.isDue(at)).toBe(true);
  pace.asked(at);
  pace.failed();
  expect(waits()).toBe(11_250);
  pace.asked(at);
  pace.answered();
  expect(waits()).toBe(300_000);
});
