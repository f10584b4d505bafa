import { expect, test, vi } from 'vitest';
import { OneTimeCodes, totp } from './totp.ts';

test('codes are those of RFC 6238, appendix B', () => {
  const codes = [[59, '94287082'], [1_111_111_109, '07081804'], [1_234_567_890, '89005924'], [20_000_000_000, '65353130']] as const;
  for (const [seconds, code] of codes) expect(totp('12345678901234567890', seconds * 1000, 8)).toBe(code);
});

test('no code is given twice: the second waits for its step', async () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
  try {
    const codes = new OneTimeCodes('secret');
    expect(await codes.next()).toBe(totp('secret', 1_000_000));
    vi.setSystemTime(1_019_900);
    const second = codes.next();
    vi.setSystemTime(1_020_100);
    expect(await second).toBe(totp('secret', 1_020_100));
  } finally {
    vi.useRealTimers();
  }
});
