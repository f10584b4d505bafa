/** Ends playback: the grant dies first, then the screen is told to blank. */
import type { Failure } from '../platform/failure.ts';
import { settleAll } from '../platform/settleAll.ts';
import type { Desk } from './desk.ts';

export async function revokeGrant(desk: Desk, grant: string, why: Failure): Promise<void> {
  const watched = desk.watching.get(grant);
  if (!watched) return;
  watched.opening.ended ??= why;
  desk.watching.delete(grant);
  desk.downloads.standBack();
  const dying = desk.grants.revoke(grant);
  desk.machine.push('revoked', { grant, problem: why.toProblem() });
  await dying;
}

/** Ends what is played of a Task, also where its row has another id by now than the one that was opened. */
export async function revokeTask(desk: Desk, task: string, why: Failure): Promise<void> {
  for (const [grant, { subject }] of desk.watching) if (subject.task === task) await revokeGrant(desk, grant, why);
}

/** Ends every grant and whatever is being opened. Throws what could not be recorded, after all have ended. */
export async function revokeAll(desk: Desk, why: Failure): Promise<void> {
  if (desk.opening) desk.opening.ended ??= why;
  desk.opening = null;
  // What was being opened has no grant yet.
  desk.downloads.standBack();
  await settleAll([...desk.watching.keys()].map((grant) => revokeGrant(desk, grant, why)));
}
