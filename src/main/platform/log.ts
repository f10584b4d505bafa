/** What is logged: fields that are allow-listed by type, and again as they are written (logged.ts). Codes, counts and times only. */
import { errorName, isErrno } from './errorCodes.ts';
import { Failure } from './failure.ts';
import type { LogEvent, LogFields } from './logLine.ts';

type Write = (event: LogEvent, fields: LogFields) => void;

let write: Write | null = null;
/** What happened before there was a file, as far as that is of use: the page comes before the file. */
const early: Parameters<Write>[] = [];
const MOST_EARLY = 20;

/** From here on, and what was kept of before. */
export function logTo(to: Write): void {
  write = to;
  for (const one of early.splice(0)) to(...one);
}

/** Writes one event. Never throws: the audit trail, not the log, is the record that must not be lost. */
export function log(event: LogEvent, fields: LogFields = {}): void {
  if (write) write(event, fields);
  else if (early.length < MOST_EARLY) early.push([event, fields]);
}

/** Name of Chromium's network error where that is all that the text is (net_error_list.h). */
const networkError = (text: string): string | undefined => /^net::(ERR_[A-Z0-9_]+)$/.exec(text)?.[1];

/** Fields for a thrown value: its kind and its codes, never its text. Of a failure, also what it failed of. */
export function faultFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: errorName(typeof error) };
  const { status, why } = error instanceof Failure ? error.detail ?? {} : {};
  const said: LogFields = {};
  for (let cause: unknown = error; cause instanceof Error; { cause } = cause) {
    const { code } = cause as { code?: unknown };
    const errno = isErrno(code) ? code : networkError(cause.message);
    if (said.errno === undefined && isErrno(errno)) said.errno = errno;
    if (said.errorName === undefined || said.errorName === 'Failure') said.errorName = errorName(cause.name);
  }
  return { ...said, ...(typeof status === 'number' ? { httpStatus: status } : {}), ...(typeof why === 'string' ? { why: why as NonNullable<LogFields['why']> } : {}) };
}
