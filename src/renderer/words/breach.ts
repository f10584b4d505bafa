import type { IncidentFields } from '../../preload/console.ts';
import { reportClock, REPORT_WITHIN_MS, type ReportClock } from '../../preload/incident.ts';
import { until } from './time.ts';

const hours = (ms: number) => {
  const count = Math.floor(ms / 3_600_000);
  return count === 0 ? 'less than 1 hour' : count === 1 ? '1 hour' : `${count} hours`;
};

/** Where the 72 hours stand, in a sentence. */
export function breachClock(fields: Pick<IncidentFields, 'awareAt' | 'report' | 'reportReasons' | 'reportedAt'>, now: number): { state: ReportClock['state']; words: string } {
  const clock = reportClock(fields, now);
  return { state: clock.state, words: wordsOf(clock, now) };
}

function wordsOf({ state, due, pastDueMs }: ReportClock, now: number): string {
  const past = pastDueMs ?? 0;
  const took = hours(Math.max(0, past + REPORT_WITHIN_MS));
  switch (state) {
    case 'not-reported': return 'Not reported to the ICO: the decision and its reasons are on record.';
    case 'not-set': return 'Say when the practice became aware: the 72 hours to report to the ICO run from then.';
    case 'reported': return `Reported to the ICO ${took} after the practice became aware.`;
    case 'reported-late': return `Reported to the ICO ${took} after the practice became aware, ${hours(past)} late.`;
    case 'running': return `${hours(-past)} left to report to the ICO: it is due ${until(due ?? '', now)}.`;
    case 'overdue': return `Overdue by ${hours(past)}: the 72 hours ended, and no report to the ICO is recorded. Report now and say why it is late.`;
  }
}
