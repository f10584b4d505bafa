export interface Count {
  passed: number;
  failed: number;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** Counts a vitest JSON report. A file that broke before its first test is one failure; so is a report without any test. */
export function countVitest(report: unknown): Count {
  const { numPassedTests, numFailedTests, testResults } = report as VitestReport;
  const broken = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')).length;
  return atLeastOne({ passed: numPassedTests, failed: numFailedTests + broken });
}

interface PlaywrightReport {
  errors: unknown[];
  stats: { expected: number; unexpected: number; flaky: number };
}

/** Counts a Playwright JSON report: a flaky test counts as failed, and so does each error outside a test. */
export function countPlaywright(report: unknown): Count {
  const { errors, stats } = report as PlaywrightReport;
  return atLeastOne({ passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length });
}

/** Counts a run of the evidence by the line it ends with: `N passed, M failed`. */
export function countLastLine(output: string): Count {
  const [, passed, failed] = /(?:^|\n)(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [];
  return passed === undefined || failed === undefined ? { passed: 0, failed: 1 } : atLeastOne({ passed: Number(passed), failed: Number(failed) });
}

const atLeastOne = (count: Count): Count => (count.passed + count.failed === 0 ? { passed: 0, failed: 1 } : count);
