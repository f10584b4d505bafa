import { Failure } from '../platform/failure.ts';

/** A file-system fault in the words of the product: a full disk is the one a person can do something about. */
export function diskFailure(error: unknown): Failure {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Failure('disk-full', 'no space left', {}, { cause: error });
  return new Failure('internal', 'file system fault', {}, { cause: error });
}
