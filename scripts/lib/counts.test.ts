import { describe, expect, it } from 'vitest';
import { countLastLine, countPlaywright, countVitest } from './counts.ts';

describe('counts', () => {
  it('counts a file that broke before its tests as a failure', () => {
    const report = { numPassedTests: 3, numFailedTests: 1, testResults: [
      { status: 'failed', assertionResults: [{ status: 'failed', fullName: 'adds up', failureMessages: ['expected 3 to be 4\n\n    at sum.test.ts:3'] }, { status: 'passed', fullName: 'takes away' }] },
      { status: 'failed', assertionResults: [] },
    ] };
    expect(countVitest(report)).toEqual({ passed: 3, failed: 2, failures: ['adds up\n    expected 3 to be 4\n        at sum.test.ts:3'] });
  });

  it('counts flaky tests and errors outside tests as failures', () => {
    const suites = [{ specs: [{ title: 'opens', ok: true }], suites: [{ specs: [{ title: 'closes', ok: false, tests: [{ results: [{ error: { message: '\u001b[31mExpected: 2\u001b[39m\nReceived: 1' } }] }] }] }] }];
    expect(countPlaywright({ errors: ['x'], stats: { expected: 4, unexpected: 1, flaky: 1 }, suites })).toEqual({ passed: 4, failed: 3, failures: ['closes\n    Expected: 2\n    Received: 1'] });
  });

  it('counts a report without tests as a failure', () => {
    expect(countPlaywright({ errors: [], stats: { expected: 0, unexpected: 0, flaky: 0 } })).toEqual({ passed: 0, failed: 1, failures: [] });
    expect(countVitest({ numPassedTests: 0, numFailedTests: 0, testResults: [] })).toEqual({ passed: 0, failed: 1, failures: [] });
  });

  it('counts evidence by its last line, and a run that has none as a failure', () => {
    expect(countLastLine('seed x\n1 passed, 0 failed\n✓ a\n✗ b: found\n24 passed, 2 failed\n')).toEqual({ passed: 24, failed: 2, failures: ['✗ b: found'] });
    for (const text of ['', '24 passed, 2 failed\nthen it broke', '0 passed, 0 failed']) expect(countLastLine(text)).toEqual({ passed: 0, failed: 1, failures: [] });
  });
});
