import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beforeNote, coverage, placeMarkers, type Marker } from './lanes.ts';

const point = (id: string, from: number): Marker => ({ id, kind: 'point', from, until: null, label: id, mine: true });
const range = (id: string, from: number, until: number): Marker => ({ id, kind: 'range', from, until, label: id, mine: true });
const brief = (placed: ReturnType<typeof placeMarkers>) => placed.map(({ markers, level }) => [markers.map(({ id }) => id).join('+'), level]);

test('a point stands over its moment, a range over its stretch, neither past an end', () => {
  expect(placeMarkers([point('a', 50)], 100, 0.04)).toMatchObject([{ left: 0.48, width: 0.04, level: 0 }]);
  expect(placeMarkers([range('a', 20, 50)], 100, 0.04)).toMatchObject([{ left: 0.2, width: 0.3 }]);
  expect(placeMarkers([point('a', 0), point('b', 100), point('c', 130)], 100, 0.04).map(({ left }) => left)).toEqual([0, 0.96, 0.96]);
  expect(placeMarkers([point('a', 0)], Number.NaN, 0.04)).toEqual([]);
});

test('what lies over another goes below it, and what finds no room joins it', () => {
  expect(brief(placeMarkers([range('a', 0, 60), range('b', 10, 20), point('c', 15), point('d', 70)], 100, 0.04))).toEqual([['a', 0], ['b', 1], ['c', 2], ['d', 0]]);
  expect(brief(placeMarkers(['a', 'b', 'c', 'd', 'e'].map((id) => point(id, 50)), 100, 0.04))).toEqual([['a', 0], ['b', 1], ['c+d+e', 2]]);
});

test('no marker is lost, and no two places overlap', () => {
  const marker = fc.record({ id: fc.uuid(), kind: fc.constant('range' as const), from: fc.double({ min: 0, max: 100, noNaN: true }), long: fc.option(fc.double({ min: 0.1, max: 50, noNaN: true })), label: fc.constant(''), mine: fc.boolean() });
  fc.assert(fc.property(fc.array(marker, { maxLength: 60 }), (made) => {
    const markers = made.map(({ long, ...rest }): Marker => ({ ...rest, kind: long === null ? 'point' : 'range', until: long === null ? null : rest.from + long }));
    const placed = placeMarkers(markers, 100, 0.03);
    expect(placed.flatMap((one) => one.markers).map(({ id }) => id).sort()).toEqual(markers.map(({ id }) => id).sort());
    for (const one of placed) {
      expect(one.left).toBeGreaterThanOrEqual(0);
      expect(one.left + one.width).toBeLessThanOrEqual(1 + 1e-9);
      for (const other of placed) if (other !== one && other.level === one.level) expect(other.left + 1e-6 >= one.left + one.width || one.left + 1e-6 >= other.left + other.width).toBe(true);
    }
  }));
});

test('watched coverage counts each second once, and says 100 only where nothing is missing', () => {
  expect(coverage([[0, 10], [5, 20], [30, 30]], 100)).toBe(20);
  expect(coverage([[0, 42.9]], 100)).toBe(42);
  expect(coverage([[0, 99.2]], 100)).toBe(99);
  expect(coverage([[0, 99.6]], 100)).toBe(100);
  expect(coverage([[0, 500]], 100)).toBe(100);
  expect(coverage([[0, 10]], Number.NaN)).toBe(0);
});

test('a note is looked at from a little before it, and never from before the beginning', () => {
  expect([beforeNote(12.5), beforeNote(1)]).toEqual([9.5, 0]);
});
