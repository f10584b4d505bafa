/** Takes a row away from the person: playback, copy, and what is recorded of it. What they made of it stays. */
import type { DestroyCause } from '../audit/entry.ts';
import type { ReasonCode } from '../assurance/reasons.ts';
import { Failure } from '../platform/failure.ts';
import { log } from '../platform/log.ts';
import type { AssignmentRow } from '../vault/library.ts';
import type { Vault } from '../vault/vault.ts';
import { destroyCopy } from './destroy.ts';
import type { Desk } from './desk.ts';
import { revokeTask } from './revoke.ts';
import { subjectOf } from './worklist.ts';

/** Ends playback of a row, destroys its copy and records what was destroyed. What cannot be recorded keeps nothing here. */
export async function withdraw(desk: Desk, vault: Vault, row: AssignmentRow, cause: DestroyCause): Promise<void> {
  try {
    await revokeTask(desk, row.task, new Failure('recording-withheld', cause, { cause }));
  } finally {
    desk.stillOrThrow(vault);
    if (row.recording !== null) {
      desk.downloads.stop(row.recording, new Failure('recording-withheld', cause, { cause }));
      destroyCopy(desk, vault, row.recording, subjectOf(row.evidence, desk.site), cause);
    }
  }
}

/** Since when a row is withheld, recorded once. The caller saves the row. */
export function noteWithheld(desk: Desk, row: AssignmentRow, reasons: ReasonCode[]): void {
  if (row.withheldSince !== null) return;
  row.withheldSince = new Date(desk.now()).toISOString();
  desk.journal?.write({ event: 'withheld', subject: subjectOf(row.evidence, desk.site), reasons });
  log('withheld', { count: reasons.length });
}
