import { describe, expect, it } from 'vitest';
import { countLastLine, countPlaywright, countVitest } from './counts.ts';

describe('counts', () => {
  it('counts a file that broke before its tests as a failure', () => {
    const report = { numPassedTests: 3, numFailedTests: 1, testResults: [
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'failed', assertionResults: [] },
    ] };
    expect(countVitest(report)).toEqual({ passed: 3, failed: 2 });
  });

  it('counts flaky tests and errors outside tests as failures', () => {
    expect(countPlaywright({ errors: ['x'], stats: { expected: 4, unexpected: 1, flaky: 1 } })).toEqual({ passed: 4, failed: 3 });
  });

  it('counts a report without tests as a failure', () => {
    expect(countPlaywright({ errors: [], stats: { expected: 0, unexpected: 0, flaky: 0 } })).toEqual({ passed: 0, failed: 1 });
    expect(countVitest({ numPassedTests: 0, numFailedTests: 0, testResults: [] })).toEqual({ passed: 0, failed: 1 });
  });

  it('counts evidence by its last line, and a run that has none as a failure', () => {
    expect(countLastLine('seed x\n1 passed, 0 failed\n24 passed, 2 failed\n')).toEqual({ passed: 24, failed: 2 });
    for (const text of ['', '24 passed, 2 failed\nthen it broke', '0 passed, 0 failed']) expect(countLastLine(text)).toEqual({ passed: 0, failed: 1 });
  });
});
