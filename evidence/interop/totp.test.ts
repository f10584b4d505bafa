import { expect, test } from 'vitest';
import { totp } from './totp.ts';

test('codes are those of RFC 6238, appendix B', () => {
  const codes = [[59, '94287082'], [1_111_111_109, '07081804'], [1_234_567_890, '89005924'], [20_000_000_000, '65353130']] as const;
  for (const [seconds, code] of codes) expect(totp('12345678901234567890', seconds * 1000, 8)).toBe(code);
});
