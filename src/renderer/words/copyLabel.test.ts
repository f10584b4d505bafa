import { expect, test } from 'vitest';
import type { CopyView } from '../../preload/contract.ts';
import type { ProblemCode } from '../../preload/contract.ts';
import { copyLabel } from './copyLabel.ts';

const copy = (change: Partial<CopyView>): CopyView => ({ state: 'none', received: 0, total: 200, rate: null, problem: null, ...change });
const failed = (code: ProblemCode, received = 31): CopyView => copy({ state: 'failed', received, problem: { code, detail: {} } as CopyView['problem'] });

test.each([
  [copy({}), true, 'Not downloaded'],
  [copy({ received: 31 }), true, 'Partly downloaded, 15%'],
  [copy({ state: 'sealed', received: 200 }), true, 'Ready offline'],
  [copy({ state: 'sealed', received: 200 }), false, 'Ready'],
  [copy({ state: 'paused', received: 31 }), true, 'Download paused'],
  [failed('practice-unreachable'), true, 'Broken off at 15%'],
  [failed('download-interrupted', 0), true, 'Broken off at 0%'],
  [failed('disk-full'), true, 'Download failed'],
])('where a copy stands is said as it is: %o', (view, offline, words) => {
  expect(copyLabel(view, offline)).toBe(words);
});
