/** The worklist as it is shown: every row decided afresh from its evidence, now. */
import { createHash } from 'node:crypto';
import type { CopyView, Worklist, WithheldRow, WorklistRow } from '../../preload/contract.ts';
import { purposeOf } from '../assurance/admit.ts';
import { assess, type Assessment, type Context } from '../assurance/assess.ts';
import { forClinician, type ReasonCode } from '../assurance/reasons.ts';
import { recordingUrn } from '../assurance/recording.ts';
import type { Subject } from '../audit/entry.ts';
import { localReference } from '../fhir/reference.ts';
import { offer, type Evidence } from '../service/offered.ts';
import type { Site } from '../site.ts';
import type { AssignmentRow } from '../vault/library.ts';
import type { Desk } from './desk.ts';
import { subjectKey } from './presented.ts';

/** As the record names things: each by the one name that the decision knows it by, and nothing that somebody wrote at the practice. */
export function subjectOf({ task, recording }: Evidence, site: Site): Subject {
  return {
    recording: recording ? recordingUrn(recording) : null, document: recording ? `DocumentReference/${recording.id}` : null,
    patient: localReference(recording?.subject?.reference, site.fhirBase, 'Patient'), task: `Task/${task.id}`, purpose: purposeOf(task, site),
  };
}

/** What a row that is to be shown was decided about: by the time that it is, the library may have moved on. */
const decidedAbout = new WeakMap<{ id: string }, Subject>();

export function shownAs<T extends { id: string }>(row: T, evidence: Evidence, site: Site): T {
  decidedAbout.set(row, subjectOf(evidence, site));
  return row;
}

/** The decision on one row at this moment. Bytes that were once found wrong stay wrong until they are fetched again. */
export async function decide(desk: Desk, row: AssignmentRow): Promise<Assessment> {
  if (desk.vaultOrThrow().rolledBack) return { ok: false, reasons: ['rolled-back'] };
  return decideAnew(desk, row);
}

function contextOf(desk: Desk): Context {
  const { library, ledger } = desk.vaultOrThrow();
  return {
    reviewer: desk.reviewer(), site: desk.site, now: desk.now(), seen: (recording) => ledger.seen(recording), rivals: (mine) => library.rivals(mine),
    stopped: (identifier) => ledger.isStopped(identifier), wrongRevision: (recording) => ledger.wrongRevision(recording),
  };
}

/** As {@link decide}, on evidence that the practice has just given. */
export async function decideAnew(desk: Desk, row: AssignmentRow): Promise<Assessment> {
  if (desk.siteChanged) return { ok: false, reasons: ['site-changed'] };
  if (desk.roleEnded) return { ok: false, reasons: ['role-ended'] };
  const decision = await assess(offer(row.evidence), contextOf(desk));
  if (decision.ok && row.mediaRefused === decision.assured.manifestSha256) return { ok: false, reasons: ['media-bytes-differ'] };
  return decision;
}

/** Short and stable, so that it can be read out over the telephone: says nothing to who has no access to the Task. */
export function reference(task: string): string {
  const letters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
  const code = [...createHash('sha256').update(task).digest().subarray(0, 6)].map((byte) => letters[byte % letters.length]).join('');
  return `W-${code.slice(0, 4)}-${code.slice(4)}`;
}

function withheldRow(row: AssignmentRow, reasons: readonly ReasonCode[], now: number): WithheldRow {
  return {
    id: row.rowId, reference: reference(row.task), since: row.withheldSince ?? new Date(now).toISOString(),
    reasons: reasons.map((code) => ({ code, sentence: forClinician(code) })),
  };
}

export async function buildWorklist(desk: Desk): Promise<Worklist> {
  const vault = desk.vaultOrThrow();
  const rows: WorklistRow[] = [];
  const withheld: WithheldRow[] = [];
  for (const row of vault.library.assignments()) {
    const decision = await decide(desk, row);
    if (!decision.ok) {
      withheld.push(withheldRow(row, decision.reasons, desk.now()));
      continue;
    }
    const { assured } = decision;
    const { title, patient, review, purpose, due, progress, sensitive, sensitiveKinds, offline, startedAt, media, transcript } = assured;
    const waiting = desk.copies.get(assured.recording);
    const copy: CopyView = vault.copies.holds(assured)
      ? { state: 'sealed', received: media.size, total: media.size, problem: null }
      : { state: waiting?.state ?? 'none', received: waiting?.state === 'downloading' ? waiting.received : vault.copies.received(assured), total: media.size, problem: waiting?.problem ?? null };
    rows.push(shownAs({
      id: row.rowId, title, patient, consultedAt: startedAt, medium: media.contentType.startsWith('video/') ? 'video' : 'audio',
      review, purpose, due, progress, sensitive, sensitiveKinds, offline, hasTranscript: transcript !== null, copy,
    }, row.evidence, desk.site));
  }
  desk.stillOrThrow(vault);
  const order = { 'in-progress': 0, new: 0, reviewed: 1 };
  rows.sort((a, b) => order[a.progress] - order[b.progress] || (a.due ?? '9').localeCompare(b.due ?? '9') || a.consultedAt.localeCompare(b.consultedAt));
  return { rows, withheld, unsigned: desk.site.assurance === 'unsigned-permitted', notYours: desk.foreignOffered };
}

/** What was put before the clinician since they unlocked is recorded, each recording once; a row that moved on to another recording or patient anew. Written before it is shown. */
export function recordListed(desk: Desk, rows: readonly { id: string }[]): void {
  const { library } = desk.vaultOrThrow();
  for (const shown of rows) {
    const { id } = shown;
    const row = library.assignment(id);
    const subject = decidedAbout.get(shown) ?? (row && subjectOf(row.evidence, desk.site));
    if (!subject) continue;
    const before = desk.listed.get(id);
    if (before && subjectKey(before.subject) === subjectKey(subject)) continue;
    desk.journal?.write({ event: 'listed', subject });
    desk.listed.set(id, { subject, toldTo: performance.now() });
  }
}

/** Repaints the worklist; what it shows is recorded first. One that another overtakes paints nothing: that one knows what has changed since. */
export async function showWorklist(desk: Desk): Promise<void> {
  const { repaints } = desk;
  repaints.begun += 1;
  const mine = repaints.begun;
  repaints.underWay += 1;
  try {
    const worklist = await buildWorklist(desk);
    if (repaints.begun !== mine) return;
    try {
      recordListed(desk, worklist.rows);
    } finally {
      // What cannot be recorded is not shown; it must not keep on the screen what is gone.
      desk.machine.push('worklist', { ...worklist, rows: worklist.rows.filter(({ id }) => desk.listed.has(id)) });
    }
  } finally {
    repaints.underWay -= 1;
  }
}
