/**
 * What a line of the log may hold. Every field is a code of a list, a bounded number or a version: no field takes free text, and none takes ten digits in a row, so that no name,
 * NHS number, title, address or token has a place to stand in. Checked when a line is written, and again when one is read back to leave this computer (docs/diagnostics.md).
 */
import { z } from 'zod';
import type { MethodName } from '../../preload/contract.ts';
import { COUNT_LIMIT, unansweredReasons, updateRefusals } from '../../preload/codes.ts';
import { problemCodes } from '../../preload/problemCodes.ts';
import { errorNames, isErrno } from './errorCodes.ts';

const count = z.number().int().min(0).max(COUNT_LIMIT);

const events = [
  'started', 'site-read', 'problem', 'signed-in', 'signed-out', 'unlocked', 'locked', 'woke', 'sync', 'sealed', 'withheld', 'destroyed', 'stopped', 'wrong-patient',
  'opened', 'delivered', 'refused', 'fault', 'renderer-gone', 'blocked-request', 'support-bundle',
  'update-looked', 'update-offered', 'update-refused', 'update-fetched', 'update-restarted', 'site-check',
] as const;
export type LogEvent = (typeof events)[number];

const fields = {
  code: z.enum(problemCodes),
  errorName: z.enum(errorNames),
  errno: z.string().refine(isErrno),
  /** Of the practice's answer, or of what stands between. */
  httpStatus: z.number().int().min(100).max(599),
  /** Why nobody answered, as far as it shows. */
  why: z.enum(unansweredReasons),
  /** Why an update was not taken. */
  update: z.enum(updateRefusals),
  /** What the app was at. */
  step: z.enum(['stop-list', 'download', 'deliver', 'deliver-work', 'reviews', 'roles', 'exchange', 'vault', 'renew-keys', 'page']),
  /** The call of the page that was refused; never what it was called with. */
  method: z.custom<MethodName>((name) => typeof name === 'string' && __METHODS__.includes(name)),
  count,
  kilobytes: count,
  milliseconds: count,
  /** Lines of a site check that say so. */
  missing: count,
  warnings: count,
  /** Of the app, or of the update of it. */
  // eslint-disable-next-line security/detect-unsafe-regex -- each repetition has a small bound, and no text can be read in two ways
  version: z.string().regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}(-[a-z]{1,5}(\.\d{1,3})?)?$/),
};

export type LogFields = Partial<{ [K in keyof typeof fields]: z.infer<(typeof fields)[K]> }>;

/** `unfit`: so many fields did not fit and were left out. */
export const LogLine = z.strictObject({ at: z.iso.datetime({ precision: 3 }), event: z.enum(events), ...fields, unfit: count }).partial().required({ at: true, event: true });
export type LogLine = z.infer<typeof LogLine>;

/** The line of an event. A field that does not fit, whatever the compiler was told, is left out and counted. */
export function lineOf(at: Date, event: LogEvent, given: LogFields): LogLine {
  const line: Record<string, unknown> = {};
  let unfit = 0;
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(fields, name) ? fields[name as keyof typeof fields] : null;
    if (field?.safeParse(value).success) line[name] = value;
    else unfit += 1;
  }
  return { at: at.toISOString(), event, ...line, ...(unfit > 0 ? { unfit } : {}) };
}

/** A line as it was written, or null for what is none. What comes back is made of what was checked, and not the text. */
export function readLine(text: string): LogLine | null {
  try {
    return LogLine.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
