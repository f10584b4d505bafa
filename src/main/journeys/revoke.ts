/** Ends playback: the grant dies first, then the screen is told to blank. */
import type { Failure } from '../platform/failure.ts';
import type { Desk } from './desk.ts';

export async function revokeGrant(desk: Desk, grant: string, why: Failure): Promise<void> {
  if (!desk.watching.delete(grant)) return;
  desk.machine.push('revoked', { grant, problem: why.toProblem() });
  await desk.grants.revoke(grant);
}

export async function revokeRow(desk: Desk, rowId: string, why: Failure): Promise<void> {
  for (const [grant, { rowId: watched }] of desk.watching) if (watched === rowId) await revokeGrant(desk, grant, why);
}

export async function revokeAll(desk: Desk, why: Failure): Promise<void> {
  for (const grant of [...desk.watching.keys()]) await revokeGrant(desk, grant, why);
}
