/** What of an error may be said without its text: its class and its code, where they are known ones. */
import { constants } from 'node:os';

/** Classes of errors by name, and what else can be thrown: a name that somebody made up is none of them. */
export const errorNames = [
  'Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'AggregateError', 'URIError', 'Failure', 'UpdateRefused', 'ZodError', 'SqliteError',
  'AbortError', 'TimeoutError', 'NetworkError', 'OperationError', 'DataCloneError', 'InvalidStateError', 'NotSupportedError',
  'ClientError', 'OperationProcessingError', 'UnsupportedOperationError', 'ResponseBodyError', 'AuthorizationResponseError', 'WWWAuthenticateChallengeError',
  'preload', 'undefined', 'object', 'string', 'number', 'boolean', 'function', 'symbol', 'bigint', 'other',
] as const;
type ErrorName = (typeof errorNames)[number];

export const errorName = (name: string): ErrorName => errorNames.find((known) => known === name) ?? 'other';

const systemCodes = new Set([...Object.keys(constants.errno), 'ENOTFOUND', 'EAI_AGAIN']);
/** Codes of Node.js and Chromium (`ERR_`), SQLite, and openid-client (`OAUTH_`), and the operating system's. */
export const isErrno = (code: unknown): code is string => typeof code === 'string' && (systemCodes.has(code) || /^(ERR|SQLITE|OAUTH)_[A-Z0-9_]{2,60}$/.test(code) && !/\d{6}/.test(code));
