import type { OperationOutcome } from '@medplum/fhirtypes';

type IssueCode = OperationOutcome['issue'][number]['code'];

/** An answer other than success; the handler turns it into an OperationOutcome. */
export class FhirError extends Error {
  readonly status: number;
  readonly code: IssueCode;
  readonly headers: Record<string, string>;

  constructor(status: number, code: IssueCode, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function outcome(code: IssueCode, diagnostics: string): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
}

export const notFound = (what: string): FhirError => new FhirError(404, 'not-found', `${what} is not known here`);
export const forbidden = (why: string): FhirError => new FhirError(403, 'forbidden', why);
export const unauthorised = (why: string): FhirError =>
  new FhirError(401, 'login', why, { 'WWW-Authenticate': `Bearer realm="Demo Surgery", error="invalid_token"` });
