/** For how long time alone cannot change what is decided of an assignment. Pure. */
import { CLOCK_DIFFERENCE_MS, edges } from '../fhir/period.ts';
import type { Evidence } from '../service/offered.ts';
import type { Site } from '../site.ts';

const DAY = 24 * 3600 * 1000;
/** The effective time may lie between two milliseconds: so near to a moment that counts nothing is taken for steady. */
const NEAR_MS = 1;

function dates(value: unknown, found: number[]): void {
  if (typeof value === 'string') found.push(...edges(value));
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) dates(one, found);
}

/** Every date in what a statement signs, whoever signed it. */
function datesIn(bytes: string, found: number[]): void {
  try {
    dates(JSON.parse(Buffer.from(bytes, 'base64').toString('utf8')), found);
  } catch {
    // What cannot be read holds no period.
  }
}

/**
 * The moments around `now`, ms since the epoch, at which {@link assess} could decide otherwise although nothing but the clock has changed: it compares the time with periods of the Task, the
 * consents and the signed assignments, and with how long a completed Task stays visible. Any date of those counts here, whether it is compared or not. Between the two, both excluded, it is steady.
 */
export function steadyAround({ task, consents, assignments }: Evidence, { completedVisibleDays }: Site, now: number): { after: number; before: number } {
  const found: number[] = [];
  dates([task, consents], found);
  for (const { bytes } of assignments) datesIn(bytes, found);
  const changed = Date.parse(task.lastModified ?? '');
  found.push(changed - CLOCK_DIFFERENCE_MS, changed + completedVisibleDays * DAY);
  let [after, before] = [-Infinity, Infinity];
  for (const at of found) {
    if (at <= now + NEAR_MS) after = Math.max(after, at + NEAR_MS);
    if (at >= now - NEAR_MS) before = Math.min(before, at - NEAR_MS);
  }
  return { after, before };
}
