/** What a person does with one download. */
import { Failure } from '../../platform/failure.ts';
import type { AssignmentRow } from '../../vault/library.ts';
import type { Desk } from '../desk.ts';
import { removeCopies } from '../storage.ts';

function recordingOf(desk: Desk, rowId: string): NonNullable<AssignmentRow['recording']> {
  const recording = desk.vaultOrThrow().library.assignment(rowId)?.recording;
  if (!recording) throw new Failure('bad-request', 'no such row');
  return recording;
}

/** What has come of it stays, and it goes on when it is asked for: not with the next sync, nor after a lock or a restart. One that is whole by now stays what it is. */
export function pauseDownload(desk: Desk, rowId: string): void {
  const recording = recordingOf(desk, rowId);
  const { library } = desk.vaultOrThrow();
  if (library.sealed(recording)) return;
  library.pause(recording);
  desk.downloads.stop(recording, new Failure('download-stopped', 'paused by the person'));
}

/** What has come of it goes, as a copy does that is removed. One that is whole by now stays. */
export async function cancelDownload(desk: Desk, rowId: string): Promise<void> {
  if (desk.vaultOrThrow().library.sealed(recordingOf(desk, rowId)) === null) await removeCopies(desk, [rowId]);
}
