import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isWhole, reaching, ROOM, widened, type Made } from './madeLines.ts';

const none: Made = [0, 0];

it('begins with a screen’s worth of a long transcript, and with all of a short one', () => {
  expect(reaching(none, 0, 1000, false)).toEqual([0, ROOM]);
  expect(reaching(none, 500, 1000, false)).toEqual([500 - ROOM, 500 + ROOM]);
  expect(reaching(none, 0, 12, false)).toEqual([0, 12]);
  expect(reaching(none, 0, 0, false)).toBe(none);
});

it('keeps what is there when playing goes on, and begins anew where nobody was among the lines and it goes far away', () => {
  const made: Made = [0, 100];
  expect(reaching(made, 50, 1000, false)).toBe(made);
  expect(reaching(made, 90, 1000, false)).toEqual([0, 90 + ROOM]);
  expect(reaching([0, 400], 700, 1000, false)).toEqual([700 - ROOM, 700 + ROOM]);
  expect(reaching([700, 700 + ROOM], 690, 1000, false)).toEqual([690 - ROOM, 700 + ROOM]);
});

it('gives up nothing of what somebody was among, however far they go', () => {
  expect(reaching([0, ROOM], 700, 1000, true)).toEqual([0, 700 + ROOM]);
  expect(reaching([400, 700], 10, 1000, true)).toEqual([0, 700]);
});

it('comes to all of it from anywhere, in steps, and whatever is looked at is always there', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 3000 }), fc.array(fc.tuple(fc.nat({ max: 3100 }), fc.boolean()), { maxLength: 20 }), (count, places) => {
    let made = none;
    for (const [place, keep] of places) {
      const at = Math.min(place, Math.max(0, count - 1));
      made = widened(reaching(made, at, count, keep), count);
      if (count > 0) expect(made[0] <= at && at < made[1]).toBe(true);
      expect(0 <= made[0] && made[0] <= made[1] && made[1] <= count).toBe(true);
    }
    for (let n = 0; n < count && !isWhole(made, count); n += 1) {
      const more = widened(made, count);
      expect(more[1] - more[0]).toBeGreaterThan(made[1] - made[0]);
      made = more;
    }
    expect(isWhole(made, count)).toBe(true);
  }));
});

it('has nothing of a longer transcript when there is a shorter one', () => {
  expect(reaching([0, 1000], 5, 20, true)).toEqual([0, 20]);
  expect(isWhole([0, 1000], 20)).toBe(true);
});
