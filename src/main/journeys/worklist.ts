/** The worklist as it is shown: every row as its evidence decides it now. */
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { CopyView, Worklist, WithheldRow, WorklistRow } from '../../preload/contract.ts';
import { purposeOf } from '../assurance/admit.ts';
import { assess, type Assessment, type Context } from '../assurance/assess.ts';
import { recordingUrn } from '../assurance/recording.ts';
import type { Subject } from '../audit/entry.ts';
import { localReference } from '../fhir/reference.ts';
import { faultFields, log } from '../platform/log.ts';
import { Notebook } from '../review/notebook.ts';
import { offer, type Evidence } from '../service/offered.ts';
import type { Site } from '../site.ts';
import type { AssignmentRow } from '../vault/library.ts';
import { decisionsOf, type Decided } from './decisions.ts';
import type { Desk } from './desk.ts';
import { subjectKey } from './presented.ts';

/** As the record names things: each by the one name that the decision knows it by, and nothing that somebody wrote at the practice. */
export function subjectOf({ task, recording }: Evidence, site: Site): Subject {
  return {
    recording: recording ? recordingUrn(recording) : null, document: recording ? `DocumentReference/${recording.id}` : null,
    patient: localReference(recording?.subject?.reference, site.fhirBase, 'Patient'), task: `Task/${task.id}`, purpose: purposeOf(task, site),
  };
}

/** The decision on one row at this moment. Bytes that were once found wrong stay wrong until they are fetched again. */
export async function decide(desk: Desk, row: AssignmentRow): Promise<Assessment> {
  if (desk.vaultOrThrow().rolledBack) return { ok: false, reasons: ['rolled-back'] };
  if (desk.unkeptOf(desk.vaultOrThrow()).tasks.has(row.task)) return { ok: false, reasons: ['not-kept'] };
  return decideAnew(desk, row);
}

/** What a decision hangs on besides the evidence, now. */
export function contextOf(desk: Desk): Context {
  const vault = desk.vaultOrThrow();
  const { library, ledger } = vault;
  return {
    reviewer: desk.reviewer(), site: desk.site, now: desk.now(), seen: (recording) => ledger.seen(recording), rivals: (mine) => library.rivals(mine),
    stopped: (identifier) => ledger.isStopped(identifier) || desk.unkeptOf(vault).stops.has(identifier), wrongRevision: (recording) => ledger.wrongRevision(recording),
  };
}

/** As {@link decide}, on evidence that the practice has just given. */
export async function decideAnew(desk: Desk, row: AssignmentRow): Promise<Assessment> {
  if (desk.siteChanged) return { ok: false, reasons: ['site-changed'] };
  if (desk.roleEnded) return { ok: false, reasons: ['role-ended'] };
  return decideAs(row, await assess(offer(row.evidence), contextOf(desk)));
}

/** With what is known of its bytes. */
export function decideAs({ mediaRefused }: AssignmentRow, decision: Assessment): Assessment {
  return decision.ok && mediaRefused === decision.assured.manifestSha256 ? { ok: false, reasons: ['media-bytes-differ'] } : decision;
}

/** Short and stable, so that it can be read out over the telephone: says nothing to who has no access to the Task. */
export function reference(task: string): string {
  const letters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
  const code = [...createHash('sha256').update(task).digest().subarray(0, 6)].map((byte) => letters[byte % letters.length]).join('');
  return `W-${code.slice(0, 4)}-${code.slice(4)}`;
}

/** The list with the content of its rows, in its usual order: what is due first of what is still to be reviewed. */
export interface List {
  rows: ListRow[];
  withheld: WithheldRow[];
  unsigned: boolean;
  notYours: number;
  checking: number;
}
export interface ListRow extends WorklistRow {
  task: string;
  /** Of the evidence that the row was decided from: by the time that it is shown, the library may have moved on. */
  subject: Subject;
  /** ms since the epoch, to sort by. */
  dueAt: number;
  consulted: number;
}

const order = { 'in-progress': 0, new: 0, reviewed: 1 };

function listOf(desk: Desk, { passed, withheld, checking }: Decided): List {
  const vault = desk.vaultOrThrow();
  const look = vault.copies.look();
  const paused = vault.library.paused();
  // The person's own steps count from when they are taken, and not from when the practice has heard of them.
  const steps = new Notebook((work) => vault.library.work(work)).steps();
  const rows = passed.flatMap(({ name: { task }, outcome: { row, held, subject, due, consulted } }): ListRow[] => {
    const step = steps.get(task);
    if (step === 'rejected') return [];
    const progress = step === 'completed' ? 'reviewed' : step === 'in-progress' ? 'in-progress' : row.progress;
    const under = desk.downloads.stateOf(held.recording);
    const { sealed, received } = look(held);
    const total = held.media.size;
    const copy: CopyView = sealed
      ? { state: 'sealed', received: total, total, rate: null, problem: null }
      : {
          state: under?.state ?? (paused.has(held.recording) ? 'paused' : 'none'), received: under?.state === 'downloading' ? under.received : received, total,
          rate: under?.rate ?? null, problem: under?.problem ?? null,
        };
    return [{ ...row, progress, copy, task, subject, dueAt: due, consulted }];
  });
  rows.sort((a, b) => order[a.progress] - order[b.progress] || compare(a.dueAt, b.dueAt) || a.consulted - b.consulted);
  return { rows, withheld, checking, unsigned: desk.site.assurance === 'unsigned-permitted', notYours: desk.foreignOffered };
}

/** Of two Infinities neither is first. */
export const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/** All of it; a long one is decided for a while when nothing of it is remembered. */
export async function buildWorklist(desk: Desk): Promise<List> {
  const vault = desk.vaultOrThrow();
  let last: List | null = null;
  for await (const decided of decisionsOf(desk).growing(desk)) last = decided.checking === 0 ? listOf(desk, decided) : last;
  desk.stillOrThrow(vault);
  return last ?? await buildWorklist(desk);
}

/** What of it is decided by now, or in the moment that nobody minds. @param only Tasks of the rows that are wanted, without which all are */
export async function listNow(desk: Desk, only?: readonly string[]): Promise<List> {
  const vault = desk.vaultOrThrow();
  for await (const decided of decisionsOf(desk).growing(desk, only)) return listOf(desk, decided);
  desk.stillOrThrow(vault);
  throw new Error('no list');
}

/** Of these rows those that pass now; their content is still to be recorded before it is given. */
export async function rowsNow(desk: Desk, ids: readonly string[]): Promise<ListRow[]> {
  return listOf(desk, await decisionsOf(desk).of(desk, ids)).rows;
}

/** In this order they are of interest: what takes part of the line, what waits for the person, and last what waits its turn, of which there may be thousands. */
const comes: readonly CopyView['state'][] = ['downloading', 'paused', 'failed', 'queued'];

const crossing = ({ rows, ...list }: List): Worklist => ({
  ...list, ids: rows.map(({ id }) => id), downloads: comes.flatMap((state) => rows.filter(({ copy }) => copy.state === state).map(({ id }) => id)),
});

/** The list as a screen first asks for it; true when there is more to come, and nobody is bringing it. */
export async function firstWorklist(desk: Desk): Promise<{ worklist: Worklist; isPart: boolean }> {
  const list = await listNow(desk);
  recordListed(desk, list.rows);
  return { worklist: crossing(list), isPart: list.checking > 0 && desk.repaints.underWay === 0 };
}

/** So many entries are written at once, which takes a few milliseconds; the rest follow in their own time. */
const AT_ONCE = 25;
const LISTING_PAUSE_MS = 50;

type Named = Pick<ListRow, 'id' | 'subject'>;

/** Not recorded yet, of these: each recording once since the person unlocked; a row that moved on to another recording or patient anew. */
function unlisted(desk: Desk, rows: readonly Named[]): Named[] {
  return rows.filter(({ id, subject }) => {
    const before = desk.listed.get(id);
    return !before || subjectKey(before.subject) !== subjectKey(subject);
  });
}

/** What is put before the clinician is recorded before it is shown. */
export function writeListed(desk: Desk, rows: readonly Named[]): void {
  const { ledger } = desk.vaultOrThrow();
  const { journal } = desk;
  const anew = unlisted(desk, rows);
  if (anew.length === 0) return;
  const noted = ({ id, subject }: Named) => desk.listed.set(id, { subject, toldTo: performance.now() });
  if (anew.length > 1) {
    try {
      ledger.together(() => {
        for (const { subject } of anew) journal?.write({ event: 'listed', subject });
      });
      anew.forEach(noted);
      return;
    } catch {
      // One at a time: some of them may still fit.
    }
  }
  for (const row of anew) {
    journal?.write({ event: 'listed', subject: row.subject });
    noted(row);
  }
}

/** The list was put before the clinician: what of a long one is not on the screen yet is recorded a little later, and its content is not given before it is. */
export function recordListed(desk: Desk, rows: readonly Named[]): void {
  writeListed(desk, rows.slice(0, AT_ONCE));
  if (rows.length <= AT_ONCE) return;
  const vault = desk.vaultOrThrow();
  const rest = rows.slice(AT_ONCE);
  const { repaints: { begun } } = desk;
  void (async () => {
    for (let at = 0; at < rest.length; at += AT_ONCE) {
      await setTimeout(LISTING_PAUSE_MS);
      // A newer list goes on with what is left.
      if (desk.vault !== vault || !vault.unlocked || desk.repaints.begun !== begun) return;
      writeListed(desk, rest.slice(at, at + AT_ONCE));
    }
  })().catch((error: unknown) => log('fault', faultFields(error)));
}

/** Repaints the worklist; what it shows is recorded first. One that another overtakes paints nothing more: that one knows what has changed since. */
export async function showWorklist(desk: Desk): Promise<void> {
  const { repaints } = desk;
  const vault = desk.vaultOrThrow();
  repaints.begun += 1;
  const mine = repaints.begun;
  repaints.underWay += 1;
  try {
    for await (const decided of decisionsOf(desk).growing(desk)) {
      desk.stillOrThrow(vault);
      if (repaints.begun !== mine) return;
      const list = listOf(desk, decided);
      let recorded = false;
      try {
        recordListed(desk, list.rows);
        recorded = true;
      } finally {
        // What cannot be recorded is not shown; it must not keep on the screen what is gone.
        desk.machine.push('worklist', crossing(recorded ? list : { ...list, rows: list.rows.filter(({ id }) => desk.listed.has(id)) }));
      }
    }
  } finally {
    repaints.underWay -= 1;
  }
}
