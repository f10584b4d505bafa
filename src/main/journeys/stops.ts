/** The practice's stop list: asked for with everything else, kept for good, and acted on at once, locked or not. */
import { setImmediate } from 'node:timers/promises';
import { heard, isStopped, stopKey, stoppedRecording, whatCounts, type StopListKnown } from '../assurance/stops.ts';
import { byNameAlone } from '../audit/entry.ts';
import { EVERYTHING } from '../fhir/systems.ts';
import { Failure } from '../platform/failure.ts';
import { FirstFailure } from '../platform/firstFailure.ts';
import { log } from '../platform/log.ts';
import { offer } from '../service/offered.ts';
import { readStopList, type ListedStop } from '../service/stopList.ts';
import { offlineRefusal } from '../vault/lease.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk } from './desk.ts';
import { destroyCopy } from './destroy.ts';
import { revokeTask } from './revoke.ts';
import { noteWithheld, withdraw } from './withdraw.ts';
import { showWorklist } from './worklist.ts';

/** Reads the list, keeps what it says and ends what it stops. Throws `session-expired` or `identity-mismatch`, or `locked` when somebody else is here. */
export async function learnStops(desk: Desk, vault: Vault): Promise<void> {
  if (!desk.session) throw new Failure('session-expired', 'not signed in');
  const list = await readStopList(desk.session.http);
  if (desk.vault !== vault) throw new Failure('locked', 'somebody else is here');
  const { ledger } = vault;
  const before = (ledger.get('stopList') ?? 'nothing') as StopListKnown;
  const { state, known } = heard(list, before);
  desk.stopList = state;
  const stands = (stop: ListedStop) => ledger.isStopped(stopKey(stop));
  const fresh = list.stops.filter((stop) => !stands(stop));
  const { stops, lifts } = whatCounts({ ...list, state }, desk.now());
  const first = new FirstFailure();
  await first.attempt(() => {
    ledger.keepStops(stops, lifts);
    desk.unkeptOf(vault).stops = new Set();
  });
  await first.attempt(() => {
    if (known !== before) ledger.set('stopList', known);
  });
  if (first.hasFailed) await endStopped(desk, vault, new Set(stops.filter(({ identifier, at }) => !lifts.some((lift) => lift.identifier === identifier && lift.at > at)).map(({ identifier }) => identifier)));
  first.rethrow();
  const learned = fresh.filter(stands).length;
  if (learned > 0) log('stopped', { count: learned });
  // While locked all that stand: what an earlier round kept and did not finish as well. Unlocked every round begins with that.
  if (!vault.unlocked) destroyLocked(desk, vault, list.stops.filter(stands));
  else if (learned > 0) await enforceStops(desk, vault);
}

/** What is stopped by these, and cannot be kept as that, is not played on, listed or opened. */
async function endStopped(desk: Desk, vault: Vault, identifiers: ReadonlySet<string>): Promise<void> {
  desk.unkeptOf(vault).stops = identifiers;
  if (!vault.unlocked) return;
  const ends = [...desk.watching.values()].map(async ({ subject: { task } }) => {
    const row = task && vault.library.assignmentOf(task);
    if (task && row && isStopped(offer(row.evidence), (identifier) => identifiers.has(identifier))) await revokeTask(desk, task, new Failure('recording-withheld', 'stopped', { cause: 'stopped' }));
  });
  await Promise.allSettled([...ends, showWorklist(desk)]);
}

/** While the list is not heard, what is not stopped goes on only as far as it could offline: for as long as the lease. */
export function stopListRefusal(desk: Desk): Failure | null {
  if (desk.stopList !== 'unreadable' || !offlineRefusal(desk.lease(), desk.clock())) return null;
  return new Failure('stop-list-unreadable', 'stop list not heard for as long as the lease');
}

/** So many rows are looked at in a row: main has other things to do. */
const AT_ONCE = 10;

/** Whatever is stopped and still here goes, each whatever fails with another: also what was stopped while the vault was locked, when nobody could say whose recordings it holds. */
export async function enforceStops(desk: Desk, vault: Vault): Promise<void> {
  const { library, ledger } = vault;
  // Hardly ever does any: each round would read all evidence of all rows for nothing.
  if (!ledger.anyStops()) return;
  let withheld = 0;
  const first = new FirstFailure();
  for (const [n, { task }] of library.assignmentNames().entries()) {
    if (n % AT_ONCE === AT_ONCE - 1) {
      await setImmediate();
      desk.stillOrThrow(vault);
    }
    const row = library.assignmentOf(task);
    if (!row || !isStopped(offer(row.evidence), (identifier) => ledger.isStopped(identifier))) continue;
    const open = [...desk.watching.values()].some(({ subject }) => subject.task === row.task);
    const here = row.recording !== null && (desk.downloads.has(row.recording) || vault.copies.stored(row.recording) !== null);
    if (row.withheldSince !== null && !open && !here) continue;
    withheld += 1;
    await first.attempt(() => withdraw(desk, vault, row, 'stopped'));
    desk.stillOrThrow(vault);
    await first.attempt(() => {
      noteWithheld(desk, row, ['stopped']);
      library.setWithheldSince(row.task, row.withheldSince);
    });
  }
  // Not at the end of the round: until then the list would go on naming its patient.
  if (withheld > 0) await first.attempt(() => showWorklist(desk));
  first.rethrow();
}

/** While locked a recording's files are found by its name, and all of them without one; patients are known to nobody until the next unlock. */
function destroyLocked(desk: Desk, vault: Vault, stops: readonly ListedStop[]): void {
  for (const recording of stops.map(stoppedRecording)) {
    if (recording !== null && vault.copies.hasFiles(recording)) destroyCopy(desk, vault, recording, byNameAlone(recording), 'stopped');
  }
  if (!vault.ledger.isStopped(stopKey(EVERYTHING))) return;
  const destroyed = vault.destroyEveryCopyLocked('stopped');
  if (destroyed.recordings === 0) return;
  desk.journal?.write({ event: 'content-destroyed', cause: 'stopped', ...destroyed });
  log('destroyed', { count: destroyed.recordings });
}
