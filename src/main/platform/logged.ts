/** The log's file: one JSON line an event, whose fields are held against a list ({@link lineOf}). */
import { logTo } from './log.ts';
import { LogFile } from './logFile.ts';
import { lineOf, readLine, type LogLine } from './logLine.ts';

let file: LogFile | null = null;

/** Starts the log at `path`, with older files beside it. */
export function openLog(path: string): void {
  const opened = new LogFile(path);
  file = opened;
  logTo((event, fields) => opened.append(JSON.stringify(lineOf(new Date(), event, fields))));
}

/** The newest lines, oldest first, each held against the list once more; `dropped`: so many that did not fit, and are not among them. */
export function readLog(most: number): { lines: LogLine[]; dropped: number } {
  const all = (file?.last(most) ?? []).map(readLine);
  const lines = all.filter((line) => line !== null);
  return { lines, dropped: all.length - lines.length };
}

/** What the log takes on the disk; null before there is one. */
export const logUsage = (): ReturnType<LogFile['usage']> | null => file?.usage() ?? null;
