export interface Count {
  passed: number;
  failed: number;
  /** Titles of what failed, for the end of a long log. A file or an error outside any test has none. */
  names: string[];
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string; fullName?: string }[] }[];
}

/** Counts a vitest JSON report. A file that broke before its first test is one failure; so is a report without any test. */
export function countVitest(report: unknown): Count {
  const { numPassedTests, numFailedTests, testResults } = report as VitestReport;
  const broken = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')).length;
  const names = testResults.flatMap((file) => file.assertionResults.flatMap(({ status, fullName }) => (status === 'failed' && fullName !== undefined ? [fullName] : [])));
  return atLeastOne({ passed: numPassedTests, failed: numFailedTests + broken, names });
}

interface PlaywrightSuite {
  specs?: { title: string; ok: boolean }[];
  suites?: PlaywrightSuite[];
}

interface PlaywrightReport {
  errors: unknown[];
  stats: { expected: number; unexpected: number; flaky: number };
  suites?: PlaywrightSuite[];
}

const failedIn = ({ specs = [], suites = [] }: PlaywrightSuite): string[] => [...specs.filter(({ ok }) => !ok).map(({ title }) => title), ...suites.flatMap(failedIn)];

/** Counts a Playwright JSON report: a flaky test counts as failed, and so does each error outside a test. */
export function countPlaywright(report: unknown): Count {
  const { errors, stats, suites } = report as PlaywrightReport;
  return atLeastOne({ passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, names: failedIn({ suites: suites ?? [] }) });
}

/** Counts a run of the evidence by the line it ends with: `N passed, M failed`. */
export function countLastLine(output: string): Count {
  const names = output.split('\n').filter((line) => line.startsWith('✗'));
  const [, passed, failed] = /(?:^|\n)(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [];
  return passed === undefined || failed === undefined ? { passed: 0, failed: 1, names: [] } : atLeastOne({ passed: Number(passed), failed: Number(failed), names });
}

const atLeastOne = (count: Count): Count => (count.passed + count.failed === 0 ? { passed: 0, failed: 1, names: [] } : count);
