import { describe, expect, it } from 'vitest';
import { advance, effectiveNow, issueLease, offlineRefusal, parseLease } from './lease.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const lease = issueLease(1000 * HOUR, 72);

describe('a lease', () => {
  it('ends on time', () => {
    expect(offlineRefusal(lease, 1072 * HOUR - 1)).toBeNull();
    expect(offlineRefusal(lease, 1072 * HOUR)).toBe('lease-ended');
    expect(offlineRefusal(null, 0)).toBe('lease-ended');
  });

  it('is not prolonged by setting the clock back', () => {
    const later = advance(lease, 1050 * HOUR);
    expect(offlineRefusal(later, 1050 * HOUR - 5 * MINUTE)).toBeNull();
    expect(offlineRefusal(later, 1050 * HOUR - 5 * MINUTE - 1)).toBe('clock-set-back');
    expect(effectiveNow(later, 1001 * HOUR)).toBe(1050 * HOUR);
    const ended = advance(lease, 1072 * HOUR);
    expect(offlineRefusal(ended, 1072 * HOUR - MINUTE)).toBe('lease-ended');
    expect(advance(later, 1001 * HOUR)).toBe(later);
  });

  it('that was taken with the clock set forward is of no use once it is right again', () => {
    expect(offlineRefusal(issueLease(5000 * HOUR, 72), 1000 * HOUR)).toBe('clock-set-back');
  });

  it('that is not one counts as none', () => {
    expect(parseLease(JSON.stringify(lease))).toEqual(lease);
    for (const text of [null, '{}', '{"issued":1,"expires":"9","floor":0}', 'not JSON']) expect(parseLease(text)).toBeNull();
  });
});
