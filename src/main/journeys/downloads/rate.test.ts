import { expect, it } from 'vitest';
import { Rate } from './rate.ts';

/** 250,000 bytes a second (2 Mbit/s), four times a second, from the tenth second of the clock. */
function steady(seconds: number): Rate {
  const rate = new Rate(0, 10_000);
  for (let quarter = 1; quarter <= seconds * 4; quarter += 1) rate.came(quarter * 62_500, 10_000 + quarter * 250);
  return rate;
}

it('says nothing at first, and then what a steady line gives', () => {
  expect(steady(1).perSecond(11_000)).toBeNull();
  expect(steady(3).perSecond(13_000)).toBe(250_000);
  expect(steady(60).perSecond(70_000)).toBe(250_000);
});

it('counts only what came in this run', () => {
  const rate = new Rate(1_000_000_000, 0);
  rate.came(1_000_500_000, 2000);
  expect(rate.perSecond(2000)).toBe(250_000);
});

it('follows a line that becomes slower within ten seconds, and no sooner than a burst deserves', () => {
  const rate = steady(20);
  rate.came(5_000_000 + 1_000_000, 30_500);
  expect(rate.perSecond(30_500)).toBeLessThan(400_000);
  for (let second = 1; second <= 10; second += 1) rate.came(6_000_000 + second * 10_000, 30_500 + second * 1000);
  expect(rate.perSecond(40_500)).toBeCloseTo(10_000, -3);
});

it('falls while nothing comes, and ends in silence', () => {
  const rate = steady(20);
  expect(rate.perSecond(35_000)).toBe(125_000);
  expect(rate.perSecond(41_000)).toBeNull();
});
