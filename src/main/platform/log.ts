/**
 * The log: one JSON line an event, fields allow-listed by type. Codes, counts and opaque ids only: there is no way to
 * write a name, an NHS number, an address or a token, because no field takes free text.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProblemCode } from '../../preload/contract.ts';
import type { UpdateRefusal } from '../../preload/updates.ts';

export interface LogFields {
  code?: ProblemCode | 'ok';
  /** Name of a thrown error's class, and its errno-style code. */
  errorName?: string;
  errno?: string;
  count?: number;
  bytes?: number;
  milliseconds?: number;
  httpStatus?: number;
  why?: UpdateRefusal;
  step?: 'stop-list' | 'download' | 'deliver' | 'deliver-work' | 'reviews' | 'roles' | 'exchange' | 'vault' | 'renew-keys';
}
export type LogEvent =
  | 'started' | 'site-read' | 'signed-in' | 'signed-out' | 'unlocked' | 'locked' | 'sync' | 'sealed' | 'withheld' | 'destroyed' | 'stopped' | 'wrong-patient'
  | 'opened' | 'delivered' | 'refused' | 'fault' | 'renderer-gone' | 'blocked-request' | 'update-refused';

const ROTATE_AT = 1_000_000;
let file: string | null = null;

/** Starts the log at `path`; one older file is kept. Until then events are dropped. */
export function openLog(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    if (statSync(path).size > ROTATE_AT) renameSync(path, `${path}.1`);
  } catch {
    // No log yet.
  }
  file = path;
}

/** Writes one event. Never throws: a full disk must not stop a lock or a withdrawal. */
export function log(event: LogEvent, fields: LogFields = {}): void {
  if (!file) return;
  try {
    appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`, { mode: 0o600 });
  } catch {
    // The audit trail, not the log, is the record that must not be lost.
  }
}

/** Fields for a thrown value: its kind, never its text. */
export function faultFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const { code } = error as { code?: unknown };
  return { errorName: error.name, ...(typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? { errno: code } : {}) };
}
