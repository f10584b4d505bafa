import { Failure } from '../platform/failure.ts';

/** A file-system fault in the words of the product: a full disk is one thing that a person can do something about, a failing one another. */
export function diskFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Failure('disk-full', 'no space left', {}, { cause: error });
  return new Failure('disk-fault', 'file system fault', {}, { cause: error });
}

/** Does `work` with files; `disk-full` or `disk-fault` when the disk refuses. */
export function onDisk<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskFailure(error);
  }
}
