/** What the practice says of assignments, taken in: kept, decided in view of all others, and acted on. Whatever it says that came meanwhile is not written over. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ownedBy } from '../assurance/admit.ts';
import type { Assessment, Assured } from '../assurance/assess.ts';
import type { SeenManifest } from '../assurance/manifest.ts';
import { recordingUrn } from '../assurance/recording.ts';
import { sight, type Sighting } from '../assurance/sighting.ts';
import { Failure } from '../platform/failure.ts';
import { FirstFailure } from '../platform/firstFailure.ts';
import { settleAll } from '../platform/settleAll.ts';
import { Notebook } from '../review/notebook.ts';
import { consentsNamed, reread, rereadWhole } from '../service/evidence.ts';
import { offer, type Evidence, type Offered } from '../service/offered.ts';
import type { Site } from '../site.ts';
import type { AssignmentRow } from '../vault/library.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk } from './desk.ts';
import { indexRow, unindexRow } from './reviewing/finding.ts';
import { Theirs } from './reviewing/theirs.ts';
import { revokeTask } from './revoke.ts';
import { learnStops } from './stops.ts';
import { noteWithheld, withdraw } from './withdraw.ts';
import { decideAnew, showWorklist, subjectOf } from './worklist.ts';

/** How often one row is asked for again because a sync was faster. */
const REREADS = 3;

/** Takes in what a sync brings; throws the first failure after all. @returns Task ids of which something else came meanwhile */
export async function takeInAnyway(desk: Desk, vault: Vault, evidence: readonly Offered[], asked: number): Promise<string[]> {
  const first = new FirstFailure();
  const overtaken = await takeIn(desk, vault, evidence, asked, first);
  for (const one of overtaken) await first.attempt(() => takeInOvertaken(desk, vault, one));
  first.rethrow();
  return overtaken.map(({ task }) => task.id);
}

/**
 * An answer to another question came meanwhile, and nothing says which of the two is newer: the rest of the evidence is taken in under that Task, with the Consents of which both say the same,
 * and the practice is asked once more. Throws `busy` where that is overtaken {@link REREADS} times.
 */
async function takeInOvertaken(desk: Desk, vault: Vault, one: Offered): Promise<void> {
  const rowOfIt = () => vault.library.assignmentOf(`Task/${one.task.id}`);
  const first = new FirstFailure();
  for (let tries = 0, left = true; left; tries += 1) {
    if (tries === REREADS) throw new Failure('busy', 'the practice’s answers overtake each other');
    desk.stillOrThrow(vault);
    const present = rowOfIt();
    left = present !== null && (await takeIn(desk, vault, [offer({ ...one, task: present.evidence.task, consents: inBoth(one, present.evidence) })], desk.taken, first)).length > 0;
  }
  const row = rowOfIt();
  if (row) await first.attempt(() => refreshRow(desk, row));
  first.rethrow();
}

const inBoth = (one: Evidence, other: Evidence) => one.consents.filter((consent) => other.consents.some((candidate) => isDeepStrictEqual(candidate, consent)));

/** The practice says nothing of this assignment any more, or that it is somebody else's. */
async function remove(desk: Desk, vault: Vault, row: AssignmentRow): Promise<void> {
  try {
    await withdraw(desk, vault, row, 'assignment-withdrawn');
  } finally {
    desk.stillOrThrow(vault);
    desk.couldNotKeep(vault, row.task);
    vault.library.removeAssignment(row.task);
    desk.took(row.task);
    desk.unkeptOf(vault).tasks.delete(row.task);
  }
}

/** All of them, whatever fails on the way; throws the first failure afterwards. Not at the end of the round: until then the list would go on naming their patients. */
export async function removeAll(desk: Desk, vault: Vault, rows: readonly AssignmentRow[]): Promise<void> {
  if (rows.length === 0) return;
  const first = new FirstFailure();
  await first.attempt(() => settleAll(rows.map((row) => remove(desk, vault, row))));
  desk.stillOrThrow(vault);
  await first.attempt(() => showWorklist(desk));
  first.rethrow();
}

/** As {@link FirstFailure.attempt}, each while the same person is here. */
const attemptsHere = (desk: Desk, vault: Vault, first: FirstFailure) => (work: () => unknown): Promise<void> => first.attempt(() => {
  desk.stillOrThrow(vault);
  return work();
});

/**
 * Keeps new evidence for rows, all of it before anything is decided, because two recordings can contradict each other; then acts on what it decides: on each row, whatever fails with another.
 * @param asked {@link Desk.taken} before the practice was asked. @param first takes what fails; `locked` is thrown, where nobody is here any more. Returns the evidence of rows of which something
 * else came meanwhile: those are left as they are.
 */
async function takeIn(desk: Desk, vault: Vault, evidence: readonly Offered[], asked: number, first: FirstFailure): Promise<Offered[]> {
  const { library, ledger } = vault;
  if (evidence.length === 0) return [];
  const read = await Promise.all(evidence.map(async (one) => ({ evidence: one, sighted: await sight(one, desk.site, (recording) => ledger.seen(recording)) })));
  const whileHere = attemptsHere(desk, vault, first);
  const isOvertaken = ({ task }: Offered) => desk.toldSince(`Task/${task.id}`, asked);
  for (const one of evidence) if (!isOvertaken(one)) await whileHere(() => letGo(desk, vault, one));
  desk.stillOrThrow(vault);
  const taken = read.filter(({ evidence: one }) => !isOvertaken(one)).map(({ evidence: one, sighted }) => {
    const before = library.assignmentOf(`Task/${one.task.id}`);
    return { before, row: rowOf(before, one, desk.site), sighting: sighted.sighting };
  });
  await whileHere(() => actOn(desk, vault, taken, read.flatMap(({ sighted }) => sighted.manifest ?? []), first));
  const tasks = new Set(taken.map(({ row }) => row.task));
  return evidence.filter(({ task }) => !tasks.has(`Task/${task.id}`));
}

/** @param first takes what fails with a row. Throws where nothing could be kept: nothing is decided then */
async function actOn(desk: Desk, vault: Vault, taken: readonly Taken[], manifests: readonly Manifest[], first: FirstFailure): Promise<void> {
  const whileHere = attemptsHere(desk, vault, first);
  try {
    keep(desk, vault, taken, manifests);
  } catch (error) {
    const changed = taken.filter(({ before, row }) => before && !isDeepStrictEqual(before.evidence, row.evidence));
    for (const { row } of changed) await first.attempt(() => endUnkept(desk, vault, row));
    if (changed.length > 0) await whileHere(() => showWorklist(desk));
    throw error;
  }
  const now = desk.taken;
  const passing: Passing[] = [];
  for (const { before, row } of taken) await whileHere(() => settle(desk, vault, before, row, now, passing));
  await whileHere(() => keepPassing(desk, vault, passing, now));
  const passed = new Set(passing.map(({ row: { task } }) => task));
  // Not by what was recorded of them alone: that may be what failed.
  const wasListed = (before: AssignmentRow) => before.withheldSince === null || desk.listed.has(before.rowId);
  const left = taken.filter(({ before, row }) => before && wasListed(before) && (!passed.has(row.task) || row.rowId !== before.rowId));
  // What was on the list, and is not or not as that, goes now and not at the end of the round, which may never come.
  if (left.length > 0) await whileHere(() => showWorklist(desk));
}

/** A copy that its row will not name any more goes while it still does: nothing that breaks off later leaves it behind. What of it could not be destroyed goes in a later round. */
async function letGo(desk: Desk, vault: Vault, one: Offered): Promise<void> {
  const before = vault.library.assignmentOf(`Task/${one.task.id}`);
  if (!before) return;
  const recording = nameIn(one);
  if (recording !== before.recording) await withdraw(desk, vault, before, recording === null ? 'withheld' : 'superseded');
  // The copy may still be right, but what is played, and named beside it, is of the row that it was.
  else if (!isSameRow(before.evidence, one, desk.site)) await revokeTask(desk, before.task, new Failure('recording-withheld', 'moved', { cause: 'superseded' }));
}

/** Of which it was seen that there is one. */
type Manifest = SeenManifest & { recording: string };

/** What is known by now of a row. */
interface Taken {
  /** Null where there was none. */
  before: AssignmentRow | null;
  row: AssignmentRow;
  /** What its recording claims; null where it has none that could be read. */
  sighting: Sighting | null;
}

/** What was read of all of these, and that it was: in one piece. */
function keep(desk: Desk, { library, ledger }: Vault, taken: readonly Taken[], manifests: readonly Manifest[]): void {
  // Whatever is decided, and taken in: a recording that had a manifest may never again come without, or with an older one.
  ledger.saw(manifests);
  library.work((db) => {
    library.takeEvidence(taken);
    const notebook = new Notebook((work) => work(db));
    for (const { row: { task, recording } } of taken) if (recording !== null) notebook.moved(task, recording, new Date(desk.now()).toISOString());
    for (const { before, row } of taken) {
      // Also where its copy could not be destroyed: what was said in another recording is not found under this one, nor a name that was another's.
      if (before && before.recording !== row.recording) unindexRow(desk, before);
      else if (before && before.rowId !== row.rowId) unindexRow(desk, before, ['patient', 'title', 'date']);
    }
  });
  for (const { row } of taken) desk.took(row.task);
}

/** The practice said something of it that could not be kept, or decided. */
async function endUnkept(desk: Desk, vault: Vault, { task }: AssignmentRow): Promise<void> {
  desk.couldNotKeep(vault, task);
  await revokeTask(desk, task, new Failure('recording-withheld', 'not kept or decided', { cause: 'withheld' }));
}

/** Whether the page may go on with what it has of the row: it has that by the row's id, and would show it of whatever bears the same. What names nothing any more is on no list; what named nothing has nothing on the page, and an id that was given up with a former recording stays so. */
function isSameRow(before: Evidence, now: Evidence, site: Site): boolean {
  if (now.recording === null) return true;
  if (before.recording === null) return false;
  const [was, is] = [subjectOf(before, site), subjectOf(now, site)];
  return was.recording === is.recording && was.patient === is.patient;
}

const nameIn = ({ recording }: Evidence): string | null => recording && recordingUrn(recording);

function rowOf(before: AssignmentRow | null, evidence: Evidence, site: Site): AssignmentRow {
  return {
    task: `Task/${evidence.task.id}`, rowId: before && isSameRow(before.evidence, evidence, site) ? before.rowId : randomUUID(), recording: nameIn(evidence),
    evidence, withheldSince: before?.withheldSince ?? null, mediaRefused: before?.mediaRefused ?? null,
  };
}

interface Passing {
  row: AssignmentRow;
  assured: Assured;
}

/** Together, because each writing waits for the disk. @param taken as for {@link settle} */
function keepPassing(desk: Desk, { library }: Vault, passing: readonly Passing[], taken: number): void {
  library.work(() => {
    for (const { row, assured } of passing) {
      if (desk.toldSince(row.task, taken)) continue;
      indexRow(desk, row, assured);
      // Whatever was kept before it was said to be.
      if (assured.sensitive) library.forgetThumbnails(assured.recording);
      library.setWithheldSince(row.task, null);
    }
  });
}

/** @param taken as for {@link settle} */
async function decideOrEnd(desk: Desk, vault: Vault, row: AssignmentRow, taken: number): Promise<Assessment> {
  try {
    return await decideAnew(desk, row);
  } catch (error) {
    // Not where it is a lock that kept it from being decided, nor where something newer was taken in.
    desk.stillOrThrow(vault);
    if (!desk.toldSince(row.task, taken)) await Promise.allSettled([endUnkept(desk, vault, row)]);
    throw error;
  }
}

/** @param passing takes a row that passes, which is still to be written: {@link keepPassing}. */
async function settle(desk: Desk, vault: Vault, before: AssignmentRow | null, row: AssignmentRow, taken: number, passing: Passing[]): Promise<void> {
  const decision = await decideOrEnd(desk, vault, row, taken);
  desk.stillOrThrow(vault);
  // Something newer was taken in while this was decided; that is settled by who took it.
  if (desk.toldSince(row.task, taken)) return;
  const first = new FirstFailure();
  if (decision.ok) {
    row.withheldSince = null;
    passing.push({ row, assured: decision.assured });
    if (!vault.copies.stale(decision.assured)) return;
    await first.attempt(() => withdraw(desk, vault, row, 'superseded'));
    desk.stillOrThrow(vault);
    await first.attempt(() => unindexRow(desk, row, ['transcript']));
    first.rethrow();
    return;
  }
  const { reasons } = decision;
  if (before) await first.attempt(() => withdraw(desk, vault, before, 'withheld'));
  desk.stillOrThrow(vault);
  await first.attempt(() => unindexRow(desk, row));
  await first.attempt(() => new Theirs((work) => vault.library.work(work)).silence(row.task));
  await first.attempt(() => {
    noteWithheld(desk, row, reasons);
    vault.library.setWithheldSince(row.task, row.withheldSince);
  });
  first.rethrow();
}

/**
 * Task and Consent of one row as they are now, and all of it where what came before could not be kept. Returns the row of that Task to go on with, or null when it was withdrawn. Throws
 * `practice-unreachable` or `session-expired` when the practice could not say. Only a sync renews the lease: one row says nothing of the others.
 */
export async function refreshRow(desk: Desk, row: AssignmentRow, what: 'task-and-consent' | 'whole' = 'task-and-consent'): Promise<AssignmentRow | null> {
  const { session } = desk;
  const vault = desk.vaultOrThrow();
  if (!session) throw new Failure('session-expired', 'not signed in');
  if (desk.siteChanged) throw new Failure('site-file-changed', 'site changed since the last sign-in');
  for (let tries = 0; tries < REREADS; tries += 1) {
    const asked = desk.taken;
    const present = vault.library.assignmentOf(row.task);
    if (!present) return null;
    // Whatever becomes of the one question, the answer to the other is taken in: a stop that is heard must not go with a Task that is not.
    const reading = what === 'whole' || desk.unkeptOf(vault).tasks.has(row.task) ? rereadWhole(session.http, present.evidence) : reread(session.http, present.evidence).then((offered) => offered && { offered, isWhole: false });
    await settleAll([reading, learnStops(desk, vault)]);
    const answer = await reading;
    const evidence = answer?.offered;
    desk.stillOrThrow(vault);
    // A sync has taken in something else of it meanwhile: asked again, about what is here now.
    if (desk.toldSince(row.task, asked)) continue;
    if (!evidence || !ownedBy(evidence.task, desk.reviewer(), desk.site.fhirBase)) {
      await removeAll(desk, vault, [present]);
      return null;
    }
    const first = new FirstFailure();
    const overtaken = await takeIn(desk, vault, [evidence, ...withConsentsOf(vault, evidence)], asked, first);
    first.rethrow();
    if (overtaken.some(({ task }) => task.id === evidence.task.id)) continue;
    if (answer.isWhole) desk.unkeptOf(vault).tasks.delete(row.task);
    return vault.library.assignmentOf(row.task);
  }
  throw new Failure('busy', 'the practice’s answers overtake each other');
}

/** What else is kept here on the Consents of this recording, where it has them otherwise than they are now. */
function withConsentsOf(vault: Vault, now: Evidence): Offered[] {
  const { recording, consents, fhirBase } = now;
  const named = new Set(consentsNamed(recording, fhirBase));
  const isNow = (consent: Evidence['consents'][number]) => (named.has(`Consent/${consent.id}`) ? consents.filter(({ id }) => id === consent.id) : [consent]);
  return vault.library.assignments().filter(({ task }) => task !== `Task/${now.task.id}`).flatMap(({ evidence }) => {
    const anew = offer({ ...evidence, consents: evidence.consents.flatMap(isNow) });
    return isDeepStrictEqual(anew.consents, evidence.consents) ? [] : [anew];
  });
}
