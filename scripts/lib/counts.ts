import { stripVTControlCharacters } from 'node:util';

/** Lines of an error that are repeated: what was expected, what came, and of what. */
const LINES = 12;

export interface Count {
  passed: number;
  failed: number;
  /** Of each that failed its title, and under it how its error begins: what is kept of a long log is its end. A file or an error outside any test has none. */
  failures: string[];
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string; fullName?: string; failureMessages?: string[] }[] }[];
}

/** Counts a vitest JSON report. A file that broke before its first test is one failure; so is a report without any test. */
export function countVitest(report: unknown): Count {
  const { numPassedTests, numFailedTests, testResults } = report as VitestReport;
  const broken = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')).length;
  const failures = testResults.flatMap((file) => file.assertionResults.flatMap(({ status, fullName, failureMessages: [message] = [] }) => (status === 'failed' && fullName !== undefined ? [withReason(fullName, message)] : [])));
  return atLeastOne({ passed: numPassedTests, failed: numFailedTests + broken, failures });
}

interface PlaywrightSuite {
  specs?: { title: string; ok: boolean; tests?: { results: { error?: { message?: string } }[] }[] }[];
  suites?: PlaywrightSuite[];
}

interface PlaywrightReport {
  errors: unknown[];
  stats: { expected: number; unexpected: number; flaky: number };
  suites?: PlaywrightSuite[];
}

const failedIn = ({ specs = [], suites = [] }: PlaywrightSuite): string[] => [
  ...specs.filter(({ ok }) => !ok).map(({ title, tests = [] }) => withReason(title, tests.flatMap(({ results }) => results).find(({ error }) => error)?.error?.message)),
  ...suites.flatMap(failedIn),
];

/** Counts a Playwright JSON report: a flaky test counts as failed, and so does each error outside a test. */
export function countPlaywright(report: unknown): Count {
  const { errors, stats, suites } = report as PlaywrightReport;
  return atLeastOne({ passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, failures: failedIn({ suites: suites ?? [] }) });
}

/** Counts a run of the evidence by the line it ends with: `N passed, M failed`. */
export function countLastLine(output: string): Count {
  const failures = output.split('\n').filter((line) => line.startsWith('✗'));
  const [, passed, failed] = /(?:^|\n)(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [];
  return passed === undefined || failed === undefined ? { passed: 0, failed: 1, failures: [] } : atLeastOne({ passed: Number(passed), failed: Number(failed), failures });
}

const atLeastOne = (count: Count): Count => (count.passed + count.failed === 0 ? { passed: 0, failed: 1, failures: [] } : count);

function withReason(title: string, message = ''): string {
  const lines = stripVTControlCharacters(message).split('\n').filter((line) => line.trim() !== '').slice(0, LINES);
  return [title, ...lines.map((line) => `    ${line}`)].join('\n');
}
