import type { Problem, ProblemCode } from '../../preload/contract.ts';

/** A refusal or fault that has words for the person. Thrown inside main; crosses to the screens as a {@link Problem} result. */
export class Failure extends Error {
  readonly code: ProblemCode;
  readonly detail: Record<string, string | number> | undefined;

  /** @param message for engineers: no names, numbers, addresses or tokens. */
  constructor(code: ProblemCode, message: string, detail?: Record<string, string | number>, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
    this.detail = detail;
  }

  toProblem(): Problem {
    return { code: this.code, message: this.message, ...(this.detail ? { detail: this.detail } : {}) };
  }
}

/**
 * What an answer without a meaning of its own comes to. 502 to 504 (RFC 9110, section 15.6) are of a gateway that has nobody to ask, and 429 (RFC 6585, section 4) of one that
 * does not want to now: as if there were no connection, and what is ready offline stays ready.
 */
export function unexpected(status: number, message = 'unexpected status'): Failure {
  return new Failure((status >= 502 && status <= 504) || status === 429 ? 'practice-unreachable' : 'practice-error', message, { status });
}

/** What of a person's doing is not there when the disk refuses; words: src/renderer/text/problems.ts. */
export type Unsaved = 'export' | 'download' | 'note' | 'message' | 'form' | 'release' | 'step' | 'change';

/** What the disk refused, with what it was of, so that its words say what is not there. Anything else as it is. */
export function diskRefusal(error: unknown, of: Unsaved): unknown {
  if (!(error instanceof Failure) || !['disk-full', 'disk-fault', 'audit-unwritable'].includes(error.code)) return error;
  return new Failure(error.code, error.message, { ...error.detail, of }, { cause: error.cause });
}

/** Any thrown value as a problem; what nobody foresaw is `internal`, and its text stays inside. */
export function problemOf(error: unknown): Problem {
  return error instanceof Failure ? error.toProblem() : { code: 'internal', message: 'unexpected fault' };
}
