/**
 * The person says that what is on the screen is another patient's. The screen has gone blank already; here the grant ends, the copy is destroyed,
 * and the recording stays withheld until its manifest is put right. Works offline, and when the vault has just been locked.
 */
import { Failure } from '../platform/failure.ts';
import { log } from '../platform/log.ts';
import { destroyCopy } from './destroy.ts';
import type { Desk } from './desk.ts';
import { noteWithheld } from './withdraw.ts';
import { reference } from './worklist.ts';

/** Does all of it, whatever fails on the way; throws the first failure afterwards. */
export async function wrongPatient(desk: Desk, grant: string): Promise<{ reference: string }> {
  const { shown, vault } = desk;
  if (shown?.grant !== grant || !vault) throw new Failure('bad-request', 'nothing of that grant was shown');
  const { subject, recording, revision, task } = shown;
  const failed: unknown[] = [];
  const each = async (...steps: (() => unknown)[]): Promise<void> => {
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        failed.push(error);
      }
    }
  };
  // Its screen is blank and needs no telling; whatever else of the recording is being opened, for this row or another, ends as well.
  const open = [...desk.watching].filter(([, watched]) => watched.subject.task === task || watched.recording === recording);
  for (const [id, { opening }] of open) {
    opening.ended ??= new Failure('recording-withheld', 'wrong patient');
    desk.watching.delete(id);
  }
  await each(
    ...open.map(([id]) => () => desk.grants.revoke(id)),
    () => vault.ledger.keepWrongPatient(recording, revision),
    () => desk.journal?.write({ event: 'wrong-patient', subject, revision }),
    () => desk.downloads.stop(recording, new Failure('recording-withheld', 'wrong patient')),
    () => destroyCopy(desk, vault, recording, subject, 'wrong-patient'),
    () => {
      // By the Task: its row may have another id by now than the one that was shown, and another recording.
      const row = vault.unlocked ? vault.library.assignmentOf(task) : null;
      if (row?.recording !== recording) return;
      noteWithheld(desk, row, ['wrong-patient']);
      vault.library.setWithheldSince(row.task, row.withheldSince);
    },
  );
  log('wrong-patient');
  if (failed.length > 0) throw failed[0];
  return { reference: reference(task) };
}
