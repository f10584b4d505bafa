/** The log: one JSON line an event, of fields that are allow-listed by type and again as it is written ({@link lineOf}). Codes, counts and times only. */
import { Failure } from './failure.ts';
import { LogFile } from './logFile.ts';
import { errorName, isErrno, lineOf, readLine, type LogEvent, type LogFields, type LogLine } from './logLine.ts';

let file: LogFile | null = null;

/** Starts the log at `path`, with older files beside it. Until then events are dropped. */
export function openLog(path: string): void {
  file = new LogFile(path);
}

/** Writes one event. Never throws: the audit trail, not the log, is the record that must not be lost. */
export function log(event: LogEvent, fields: LogFields = {}): void {
  file?.append(JSON.stringify(lineOf(new Date(), event, fields)));
}

/** The newest lines, oldest first, each held against the list once more; `dropped`: so many that did not fit, and are not among them. */
export function readLog(most: number): { lines: LogLine[]; dropped: number } {
  const all = (file?.last(most) ?? []).map(readLine);
  const lines = all.filter((line) => line !== null);
  return { lines, dropped: all.length - lines.length };
}

/** What the log takes on the disk; null before there is one. */
export const logUsage = (): ReturnType<LogFile['usage']> | null => file?.usage() ?? null;

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
