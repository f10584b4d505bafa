import { describe, expect, it } from 'vitest';
import { advance, effectiveNow, endedLease, issueLease, leaseEnd, offlineRefusal, parseLease, type Clock, type Lease } from './lease.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;
const START = 1000 * HOUR;
const lease = issueLease({ wall: START, uptime: 10 * HOUR }, 72);
/** Clocks some hours later, the wall clock off by `set`. */
const after = (hours: number, set = 0): Clock => ({ wall: START + hours * HOUR + set, uptime: (10 + hours) * HOUR });

describe('a lease', () => {
  it('ends on time', () => {
    expect(offlineRefusal(lease, { wall: START + 72 * HOUR - 1, uptime: 10 * HOUR })).toBeNull();
    expect(offlineRefusal(lease, { wall: START + 72 * HOUR, uptime: 10 * HOUR })).toBe('lease-ended');
    expect(offlineRefusal(lease, after(72))).toBe('lease-ended');
    expect(offlineRefusal(null, after(0))).toBe('lease-ended');
    expect(offlineRefusal(endedLease(after(1), START), after(1))).toBe('lease-ended');
  });

  it('is not prolonged by setting the clock back', () => {
    const later = advance(lease, after(50));
    expect(effectiveNow(later, after(50, -49 * HOUR))).toBe(START + 50 * HOUR);
    expect(offlineRefusal(later, after(71, -49 * HOUR))).toBeNull();
    expect(offlineRefusal(later, after(72, -49 * HOUR))).toBe('lease-ended');
    expect([advance(later, after(51, -5 * MINUTE)).backward, advance(later, after(51, -5 * MINUTE - 1)).backward]).toEqual([0, 1]);
  });

  it('is not prolonged by a clock that was set back while the app was closed: the computer was up', () => {
    expect(effectiveNow(lease, after(20, -20 * HOUR))).toBe(START + 20 * HOUR);
    expect(offlineRefusal(lease, after(72, -72 * HOUR))).toBe('lease-ended');
  });

  it('is not prolonged by a clock that stands still, started again or not: being up counts by itself', () => {
    let now: Lease = lease;
    // Twenty-four times switched on for three hours and a little, each time with the clock where it was.
    for (let i = 0; i < 24; i += 1) now = advance(advance(now, { wall: START, uptime: MINUTE }), { wall: START, uptime: 3 * HOUR + MINUTE });
    expect(now.ran).toBeGreaterThanOrEqual(72 * HOUR);
    expect(offlineRefusal({ ...now, backward: 0, floor: START, wall: START, uptime: 3 * HOUR + MINUTE }, { wall: START, uptime: 3 * HOUR + MINUTE })).toBe('lease-ended');
  });

  it('takes sleep as time', () => {
    expect(advance(lease, after(30, -30 * HOUR)).floor).toBe(START + 30 * HOUR);
  });

  it('is refused at once by a clock set forward, and can be used again when it is set right', () => {
    const wrong = after(1, 365 * DAY);
    expect(offlineRefusal(lease, wrong)).toBe('lease-ended');
    const jumped = advance(lease, wrong);
    expect(jumped.floor).toBe(START + HOUR + DAY);
    // Looking again and again raises it no further.
    expect(advance(advance(jumped, wrong), wrong).floor).toBe(jumped.floor);
    expect(offlineRefusal(jumped, after(1))).toBeNull();
    // It has cost a day.
    expect(offlineRefusal(jumped, after(47.9))).toBeNull();
    expect(offlineRefusal(jumped, after(48))).toBe('lease-ended');
  });

  it('goes on after days switched off, and does not take them for more', () => {
    const start = { wall: START + 60 * HOUR, uptime: MINUTE };
    const on = advance(lease, start);
    expect(offlineRefusal(on, start)).toBeNull();
    expect(effectiveNow(on, start)).toBe(START + 60 * HOUR);
    expect(on.ran).toBe(MINUTE);
    expect(offlineRefusal(on, { wall: START + 73 * HOUR, uptime: 13 * HOUR })).toBe('lease-ended');
  });

  it('bears a clock that is corrected, and not one that is set back again and again', () => {
    let now = lease;
    let wall = START;
    for (let i = 1; i <= 3; i += 1) {
      // Switched off for two days, so that the floor lags behind the clock; then set back by one.
      now = advance(now, { wall: wall += 6 * HOUR, uptime: i });
      now = advance({ ...now, floor: START }, { wall: wall -= 5 * HOUR, uptime: i });
      expect(offlineRefusal(now, { wall, uptime: i })).toBe(i < 3 ? null : 'clock-set-back');
    }
  });

  it('that was taken with the clock set forward lasts no longer once it is right again', () => {
    const forward = issueLease({ wall: 5000 * HOUR, uptime: 0 }, 72);
    expect(offlineRefusal(forward, { wall: START, uptime: 71 * HOUR })).toBeNull();
    expect(offlineRefusal(forward, { wall: START + 72 * HOUR, uptime: 72 * HOUR })).toBe('lease-ended');
  });

  it('says when it ends by the clock that the person sees, also where that was set', () => {
    expect(leaseEnd(lease, after(10))).toBe(START + 72 * HOUR);
    expect(leaseEnd(lease, after(50, -49 * HOUR))).toBe(START + 23 * HOUR);
    expect(leaseEnd(lease, after(80))).toBeLessThanOrEqual(after(80).wall);
    // Days switched off.
    expect(leaseEnd(lease, { wall: START + 60 * HOUR, uptime: MINUTE })).toBe(START + 72 * HOUR);
  });

  it('that is not one counts as none', () => {
    expect(parseLease(JSON.stringify(lease))).toEqual(lease);
    for (const text of [null, '{}', '{"issued":1,"expires":"9","floor":0}', JSON.stringify({ ...lease, backward: null }), 'not JSON']) expect(parseLease(text)).toBeNull();
  });
});
