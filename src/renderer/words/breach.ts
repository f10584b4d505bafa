import type { IncidentFields } from '../../preload/console.ts';
import { until } from './time.ts';

const hour = 3_600_000;
/** UK GDPR, Article 33(1): to the regulator within 72 hours of becoming aware. */
export const reportWithin = 72 * hour;

const hours = (time: number) => {
  const count = Math.floor(time / hour);
  return count === 0 ? 'less than 1 hour' : count === 1 ? '1 hour' : `${count} hours`;
};

export interface BreachClock {
  state: 'not-set' | 'running' | 'overdue' | 'reported' | 'reported-late' | 'not-reporting';
  words: string;
}

/** Where the 72 hours stand. A report that was made stops them; so does a decision, with its reasons, that none is needed. */
export function breachClock({ awareAt, report, reportReasons, reportedAt }: Pick<IncidentFields, 'awareAt' | 'report' | 'reportReasons' | 'reportedAt'>, now: number): BreachClock {
  if (report === 'no' && reportReasons.trim() !== '') return { state: 'not-reporting', words: 'Not reported to the ICO: the decision and its reasons are on record.' };
  if (awareAt === null) return { state: 'not-set', words: 'Say when the practice became aware: the 72 hours to report to the ICO run from then.' };
  const aware = Date.parse(awareAt);
  if (reportedAt !== null) {
    const took = Date.parse(reportedAt) - aware;
    return took <= reportWithin
      ? { state: 'reported', words: `Reported to the ICO ${hours(Math.max(0, took))} after the practice became aware.` }
      : { state: 'reported-late', words: `Reported to the ICO ${hours(took)} after the practice became aware, ${hours(took - reportWithin)} late.` };
  }
  const ends = new Date(aware + reportWithin).toISOString();
  const left = aware + reportWithin - now;
  return left >= 0
    ? { state: 'running', words: `${hours(left)} left to report to the ICO: it is due ${until(ends, now)}.` }
    : { state: 'overdue', words: `Overdue by ${hours(-left)}: the 72 hours ended, and no report to the ICO is recorded. Report now and say why it is late.` };
}
