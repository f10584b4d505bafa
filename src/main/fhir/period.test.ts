import { describe, expect, it } from 'vitest';
import { inPeriod, moment } from './period.ts';

const at = (text: string) => Date.parse(text);

describe('a period', () => {
  it.each<[string, { start?: string; end?: string }, boolean]>([
    ['2026-11-20T12:00:00Z', { start: '2026-11-20T12:00:00Z', end: '2026-11-20T12:00:00Z' }, true],
    ['2026-11-20T12:00:00Z', { start: '2026-11-20T12:00:00.001Z' }, false],
    ['2026-11-20T23:59:59.999Z', { end: '2026-11-20' }, true],
    ['2026-11-21T00:00:00Z', { end: '2026-11-20' }, false],
    ['2026-11-30T23:59:59Z', { start: '2026-11', end: '2026-11' }, true],
    ['2026-12-01T00:00:00Z', { start: '2026-11', end: '2026-11' }, false],
    ['2026-12-31T23:59:59Z', { start: '2026', end: '2026' }, true],
    ['2027-01-01T00:00:00Z', { start: '2026', end: '2026' }, false],
    ['2026-11-20T12:00:00Z', { start: '2026-11-20T13:30:00+02:00' }, true],
    ['2026-11-20T12:00:00Z', {}, false],
    ['2026-11-20T12:00:00Z', { start: '2026-11-01', end: '2026-13-01' }, false],
    ['2026-11-20T12:00:00Z', { start: 'soon' }, false],
    ['2026-11-20T12:00:00Z', { start: '2026-11-21', end: '2026-11-19' }, false],
  ])('%s in %j: %s', (now, period, inside) => {
    expect(inPeriod(at(now), period)).toBe(inside);
  });

  it('holds no moment that cannot be read', () => {
    expect(inPeriod(NaN, { start: '2026-01-01' })).toBe(false);
  });

  it('is widened at both ends by the tolerance', () => {
    const period = { start: '2026-11-20T12:00:00Z', end: '2026-11-20T13:00:00Z' };
    expect([11 * 60 + 50, 11 * 60 + 49, 13 * 60 + 10, 13 * 60 + 11].map((minute) => inPeriod(at('2026-11-20T00:00:00Z') + minute * 60_000, period, 600_000))).toEqual([true, false, true, false]);
  });
});

describe('a moment', () => {
  it('is nothing coarser', () => {
    expect(moment('2026-11-20T12:00:00Z')).toBe(at('2026-11-20T12:00:00Z'));
    for (const coarse of ['2026-11-20', '2026-11', '2026', undefined]) expect(moment(coarse)).toBeNaN();
  });
});
