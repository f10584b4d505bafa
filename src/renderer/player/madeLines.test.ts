import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isWhole, reaching, ROOM, widened, type Made } from './madeLines.ts';

const none: Made = [0, 0];

it('begins with a screen’s worth of a long transcript, and with all of a short one', () => {
  expect(reaching(none, 0, 1000)).toEqual([0, ROOM]);
  expect(reaching(none, 500, 1000)).toEqual([500 - ROOM, 500 + ROOM]);
  expect(reaching(none, 0, 12)).toEqual([0, 12]);
  expect(reaching(none, 0, 0)).toBe(none);
});

it('keeps what is there when somebody moves on, and begins anew where they go far away from the first lines', () => {
  const made: Made = [0, 100];
  expect(reaching(made, 50, 1000)).toBe(made);
  expect(reaching(made, 90, 1000)).toEqual([0, 90 + ROOM]);
  expect(reaching([0, ROOM], 700, 1000)).toEqual([700 - ROOM, 700 + ROOM]);
  expect(reaching([700, 700 + ROOM], 690, 1000)).toEqual([690 - ROOM, 700 + ROOM]);
});

it('gives up nothing of what came since, however far somebody goes', () => {
  expect(reaching([0, 950], 995, 1000)).toEqual([0, 1000]);
  expect(reaching([400, 700], 10, 1000)).toEqual([0, 700]);
});

it('comes to all of it from anywhere, in steps, and whatever is looked at is always there', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 3000 }), fc.array(fc.nat({ max: 3100 }), { maxLength: 20 }), (count, places) => {
    let made = none;
    for (const place of places) {
      const at = Math.min(place, Math.max(0, count - 1));
      made = widened(reaching(made, at, count), count);
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
  expect(reaching([0, 1000], 5, 20)).toEqual([0, 20]);
  expect(isWhole([0, 1000], 20)).toBe(true);
});
