/** One round with the practice: what is mine now, is it still mine, what has gone, and what it must be told. */
import { taskReasons, ownedBy } from '../assurance/admit.ts';
import { sight } from '../assurance/manifest.ts';
import { deliver } from '../outbox/deliver.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import { gather, reread } from '../service/evidence.ts';
import { offer, type Evidence, type Offered } from '../service/offered.ts';
import type { Task } from '../fhir/resources.ts';
import { listTasks } from '../service/worklist.ts';
import { issueLease } from '../vault/lease.ts';
import type { AssignmentRow } from '../vault/library.ts';
import type { Vault } from '../vault/vault.ts';
import { randomUUID } from 'node:crypto';
import type { Desk, PracticeSession } from './desk.ts';
import { learnStops } from './stops.ts';
import { noteWithheld, withdraw } from './withdraw.ts';
import { decideAnew } from './worklist.ts';

/** Evidence that is nothing but the Task: what is kept of an assignment for which nothing more may be fetched. */
const taskOnly = (task: Task, fhirBase: string): Offered =>
  offer({ fhirBase, task, recording: null, replaced: false, encounter: null, patients: [], consents: [], custodian: null, authors: [], manifests: [], assignments: [], transcript: null });

/**
 * Reads the worklist and its evidence anew and brings the library in line. Throws what stopped it; the library is then as it was
 * or part way, and never holds something that was not decided.
 */
export async function syncWorklist(desk: Desk): Promise<void> {
  const { session, site } = desk;
  const vault = desk.vaultOrThrow();
  if (!session) throw new Failure('session-expired', 'not signed in');
  if (desk.siteChanged) throw new Failure('site-file-changed', 'site changed since the last sign-in');
  const reviewer = desk.reviewer();
  // Beside each other: what is stopped goes at once, whatever becomes of the list of assignments, and the other way round.
  const [offered] = await Promise.all([listTasks(session.http, reviewer.owners), learnStops(desk, vault)]);
  desk.stillOrThrow(vault);
  const mine = offered.filter((task) => ownedBy(task, reviewer, site.fhirBase));
  noteForeign(desk, offered.length - mine.length);

  const known = new Map(vault.library.assignments().map((row) => [row.task, row]));
  const open: Task[] = [];
  const kept: Offered[] = [];
  for (const task of mine) {
    const reasons = taskReasons(task, reviewer, site, desk.now());
    if (reasons.length === 0) open.push(task);
    // Closed or not a review: not on the worklist; a copy that is here goes below.
    else if (!reasons.includes('task-status') && !reasons.includes('not-a-review')) kept.push(taskOnly(task, session.http.fhirBase));
  }
  const { offered: gathered, unread } = await gather(session.http, open);
  kept.push(...gathered);
  // What they say now is not known: what is here goes on as it was known, under the Task as it is; what is not here comes when it can be read.
  kept.push(...unread.flatMap((task) => {
    const row = known.get(`Task/${task.id}`);
    return row ? [offer({ ...row.evidence, task })] : [];
  }));
  desk.stillOrThrow(vault);

  const current = new Set(kept.map(({ task }) => `Task/${task.id}`));
  for (const [task, row] of known) {
    if (current.has(task)) continue;
    await withdraw(desk, vault, row, 'assignment-withdrawn');
    vault.library.removeAssignment(task);
  }
  await takeIn(desk, vault, kept.map((evidence) => ({ before: known.get(`Task/${evidence.task.id}`) ?? null, evidence })));
  // Every row is now as the practice says: what an older copy of the store had brought back is gone.
  if (desk.stopList !== 'unreadable') vault.broughtUpToDate();
  renewLease(desk);
}

function noteForeign(desk: Desk, count: number): void {
  if (count > 0 && count !== desk.foreignOffered) desk.journal?.write({ event: 'foreign-offered', count });
  desk.foreignOffered = count;
}

/** The practice has just answered this person: offline use counts from here. Not while its stop list is not heard: then the lease is the limit, as it is offline. */
function renewLease(desk: Desk): void {
  if (desk.stopList === 'unreadable') return;
  desk.vault?.ledger.set('lease', JSON.stringify(issueLease(desk.clock(), desk.site.offline.leaseHours)));
}

interface Arrival {
  before: AssignmentRow | null;
  evidence: Offered;
}

/** Keeps new evidence for rows, all of it before anything is decided, because two recordings can contradict each other; then acts on what it decides. */
async function takeIn(desk: Desk, vault: Vault, arrivals: readonly Arrival[]): Promise<void> {
  const { library, ledger } = vault;
  const taken = await Promise.all(arrivals.map(async ({ before, evidence }) => ({
    before, row: rowOf(before, evidence), sight: await sight(evidence, desk.site, (recording) => ledger.seen(recording)),
  })));
  desk.stillOrThrow(vault);
  // Whatever is decided: a recording that had a manifest may never again come without, or with an older one.
  ledger.saw(taken.flatMap(({ sight: seen }) => seen?.manifest ?? []));
  library.takeEvidence(taken.map(({ row, sight: seen }) => ({ row, sighting: seen?.sighting ?? null })));
  for (const { before, row } of taken) await settle(desk, vault, before, row);
}

function rowOf(before: AssignmentRow | null, evidence: Evidence): AssignmentRow {
  return {
    task: `Task/${evidence.task.id}`, rowId: before?.rowId ?? randomUUID(), recording: evidence.recording?.masterIdentifier?.value ?? null,
    evidence, withheldSince: before?.withheldSince ?? null, mediaRefused: before?.mediaRefused ?? null,
  };
}

async function settle(desk: Desk, vault: Vault, before: AssignmentRow | null, row: AssignmentRow): Promise<void> {
  const decision = await decideAnew(desk, row);
  desk.stillOrThrow(vault);
  if (decision.ok) {
    row.withheldSince = null;
    if (before && before.recording !== row.recording) await withdraw(desk, vault, before, 'superseded');
    else if (vault.copies.stale(decision.assured)) await withdraw(desk, vault, row, 'superseded');
  } else {
    if (before) await withdraw(desk, vault, before, 'withheld');
    noteWithheld(desk, row, decision.reasons);
  }
  vault.library.saveAssignment(row);
}

/**
 * Task and Consent of one row as they are now. Returns the row to go on with, or null when it was withdrawn. Throws
 * `practice-unreachable` or `session-expired` when the practice could not say.
 */
export async function refreshRow(desk: Desk, row: AssignmentRow): Promise<AssignmentRow | null> {
  const { session } = desk;
  const vault = desk.vaultOrThrow();
  if (!session) throw new Failure('session-expired', 'not signed in');
  if (desk.siteChanged) throw new Failure('site-file-changed', 'site changed since the last sign-in');
  const [evidence] = await Promise.all([reread(session.http, row.evidence), learnStops(desk, vault)]);
  desk.stillOrThrow(vault);
  if (!evidence || !ownedBy(evidence.task, desk.reviewer(), desk.site.fhirBase)) {
    await withdraw(desk, vault, row, 'assignment-withdrawn');
    vault.library.removeAssignment(row.task);
    return null;
  }
  await takeIn(desk, vault, [{ before: row, evidence }]);
  renewLease(desk);
  return vault.library.assignment(row.rowId);
}

/** Sends what waits in the ledger, one round at a time: two at once would send the same entry twice. Never throws: what did not go stays queued. */
export async function deliverWaiting(desk: Desk): Promise<void> {
  const { session, vault } = desk;
  if (!session || !vault) return;
  const running = desk.delivering.get(vault);
  if (running) return running;
  const round = deliverNow(desk, session, vault).finally(() => desk.delivering.delete(vault));
  desk.delivering.set(vault, round);
  return round;
}

async function deliverNow(desk: Desk, session: PracticeSession, vault: Vault): Promise<void> {
  try {
    const sent = await deliver(vault.ledger, session.http, desk.machine.now);
    if (sent > 0) log('delivered', { count: sent });
  } catch (error) {
    log('refused', { step: 'deliver', code: problemOf(error).code, ...faultFields(error) });
  }
}
