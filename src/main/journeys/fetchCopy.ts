/**
 * Brings one recording here: decided before, sealed on the way, compared with what was signed after, and only then openable. What came of a download
 * that broke off stays, sealed, and the next goes on behind it.
 */
import type { Problem } from '../../preload/contract.ts';
import { confirmMedia, type Confirmed } from '../assurance/confirm.ts';
import type { Assured } from '../assurance/assess.ts';
import { createHash } from 'node:crypto';
import { diskRefusal, Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import { downloadMedia, downloadText } from '../service/media.ts';
import type { PracticeHttp } from '../service/http.ts';
import type { AssignmentRow } from '../vault/library.ts';
import type { Sealing } from '../vault/copies.ts';
import type { Transcript } from '../vault/sealedRecording.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk } from './desk.ts';
import type { Order, Turn, Urgency } from './downloads/queue.ts';
import { indexTranscript } from './reviewing/finding.ts';
import { fitOrThrow, room } from './storage.ts';
import { refreshRow } from './takeIn.ts';
import { decide, subjectOf } from './worklist.ts';

/** An hour of speech is about 100 kB of WebVTT. */
const TRANSCRIPT_LIMIT = 4 * 1024 * 1024;

/**
 * Resolves when a sealed, verified copy is here. Throws why there is none: `download-stopped` where the person paused or cancelled it.
 * @param changed repaints the worklist. @param urgency `opened`: somebody waits for it before the screen, and it has the line to itself
 */
export function fetchCopy(desk: Desk, row: AssignmentRow, changed: () => void, urgency: 'opened' | 'asked' = 'asked'): Promise<void> {
  const vault = desk.vaultOrThrow();
  const sought = { task: row.task, recording: nameOf(row), due: dueOf(row) };
  vault.library.askFor(sought.recording);
  return desk.downloads.ask(orderFor(desk, vault, sought, urgency, changed));
}

/** A recording that is to come. */
export interface Sought {
  task: string;
  recording: string;
  /** ms since the epoch; Infinity: no date. */
  due: number;
}

export function orderFor(desk: Desk, vault: Vault, sought: Sought, urgency: Urgency, changed: () => void): Order {
  const { recording, due } = sought;
  const run = (turn: Turn) => fetchNow(desk, vault, sought, turn).catch((fault: unknown) => {
    throw diskRefusal(fault, 'download');
  });
  return { recording, urgency, due, run, problemOf: (error) => saidOf(desk, vault, sought, error), changed };
}

/** What a row without a recording asks for is refused, under its own name. */
const nameOf = ({ recording, task }: AssignmentRow): string => recording ?? task;

/** When it is to be reviewed by, ms since the epoch; what has no date, or is reviewed, comes last. */
function dueOf({ evidence: { task } }: AssignmentRow): number {
  const due = Date.parse(task.restriction?.period?.end ?? '');
  return task.status === 'completed' || Number.isNaN(due) ? Infinity : due;
}

/** What is said beside a recording that did not come, and recorded of it; null where that is said elsewhere. */
function saidOf(desk: Desk, vault: Vault, { task }: Sought, error: unknown): Problem | null {
  const problem = problemOf(error);
  log('refused', { step: 'download', code: problem.code, ...faultFields(error) });
  if (['recording-withheld', 'recording-mismatch', 'locked'].includes(problem.code) || desk.vault !== vault || !vault.unlocked) return null;
  if (problem.code === 'practice-unreachable') desk.unreached = true;
  const row = vault.library.assignmentOf(task);
  if (row && (problem.code === 'disk-full' || problem.code === 'budget-full')) desk.journal?.write({ event: 'denied', subject: subjectOf(row.evidence, desk.site), reasons: [problem.code] });
  return problem;
}

async function fetchNow(desk: Desk, vault: Vault, sought: Sought, { signal, begin, progress }: Turn): Promise<void> {
  // Somebody else may be here by the time this download has its turn.
  if (desk.vault !== vault || !vault.unlocked) throw new Failure('locked', 'locked before download');
  const { session } = desk;
  if (!session) throw new Failure('recording-not-here', 'not signed in');
  // What was asked for may have been withdrawn, moved or decided otherwise while it waited its turn.
  const known = vault.library.assignmentOf(sought.task);
  if (!known || nameOf(known) !== sought.recording) throw new Failure('recording-withheld', 'withdrawn before download');
  // What is not here is not read in each round: its evidence may be of yesterday.
  const row = await refreshRow(desk, known, 'whole');
  if (row?.recording !== known.recording) throw new Failure('recording-withheld', 'withdrawn before download');
  const decision = await decide(desk, row);
  if (!decision.ok) throw new Failure('recording-withheld', 'withheld before download');
  const { assured } = decision;
  desk.stillOrThrow(vault);
  const stopped = () => signal.aborted;
  const stopIfStopped = () => {
    if (stopped()) throw new Failure('locked', 'stopped before download');
  };
  stopIfStopped();
  if (vault.copies.holds(assured)) return;
  const space = await room(desk, vault);
  stopIfStopped();
  const here = vault.copies.received(assured);
  // No wait between these: what is found free is taken.
  fitOrThrow(space, assured.media.size - here, desk.downloads.toCome(new Set([assured.recording])));
  begin(here, () => assured.media.size - vault.copies.received(assured));

  const sameVault = () => desk.vault === vault && vault.unlocked;
  // The vault may have been locked while something came: what is here stays, sealed, for the next time.
  const goOnOrThrow = () => {
    if (!sameVault() || stopped()) throw new Failure('locked', 'locked during download');
  };
  /** Answers that what is here was put together from. */
  let answers = here > 0 ? 1 : 0;
  /** Null where the bytes are not what was signed. */
  const download = async (inOne: boolean): Promise<{ sealing: Sealing; confirmed: Confirmed } | null> => {
    const { binary, contentType, size } = assured.media;
    const ask = async (from: number, etag: string | null) => {
      const body = await downloadMedia(session.http, binary, contentType, signal, { from, total: size, etag });
      // Where it was asked for a rest and gave the whole, nothing else is kept.
      answers = from > 0 && body.from === 0 ? 1 : answers + 1;
      return body;
    };
    try {
      const sealing = await vault.copies.seal(assured, ask, progress, signal, inOne);
      const confirmation = confirmMedia(assured, sealing);
      if (confirmation.ok) return { sealing, confirmed: confirmation.confirmed };
      vault.copies.discard(sealing);
    } catch (error) {
      // More bytes than signed, or a block of it that differs, is the same finding as other bytes than signed.
      if (problemOf(error).code !== 'recording-mismatch') throw error;
    }
    return null;
  };
  // More than one may have been of two versions: the practice is judged by one whole answer.
  const whole = await download(false) ?? (answers > 1 && sameVault() ? await download(true) : null);
  if (!whole) {
    if (sameVault()) refuseMedia(desk, row, assured);
    throw new Failure('recording-mismatch', 'bytes are not what was signed');
  }
  const { sealing, confirmed } = whole;
  let transcript: Transcript | null;
  try {
    if (!sameVault()) throw new Failure('locked', 'locked during download');
    vault.library.received(assured.recording, sealing.sha256);
    transcript = await fetchTranscript(session.http, assured, signal);
    goOnOrThrow();
    // What was learned while they came, and from the bytes: no copy is made of what would not be opened, or is signed anew, nor of a row that has become another patient's.
    const present = vault.library.assignment(row.rowId);
    const last = present && await decide(desk, present);
    goOnOrThrow();
    if (!last?.ok || last.assured.manifestSha256 !== assured.manifestSha256) {
      vault.copies.discard(sealing);
      throw new Failure('recording-withheld', 'withheld after download');
    }
    desk.journal?.write({ event: 'downloaded', subject: subjectOf(row.evidence, desk.site) });
  } catch (error) {
    vault.copies.pause(sealing);
    throw error;
  }
  vault.copies.publish(confirmed, sealing, transcript, new Date(desk.now()).toISOString());
  if (transcript) indexTranscript(desk, row, transcript.vtt);
  log('sealed', { kilobytes: Math.ceil(sealing.plainBytes / 1000) });
}

function refuseMedia(desk: Desk, row: AssignmentRow, assured: Assured): void {
  if (!desk.vault?.unlocked) return;
  // As it is now: what was taken in of it while the bytes came stays.
  const present = desk.vault.library.assignment(row.rowId);
  if (!present) return;
  const since = present.withheldSince ?? new Date(desk.now()).toISOString();
  desk.vault.library.saveAssignment({ ...present, mediaRefused: assured.manifestSha256, withheldSince: since });
  desk.journal?.write({ event: 'withheld', subject: subjectOf(row.evidence, desk.site), reasons: ['media-bytes-differ'] });
  log('withheld', { count: 1 });
}

/** Null where it is not to be had, or its digest is not the one that the transcriber signed: the recording plays without captions, and a copy without them stays so until it is fetched anew. */
export async function fetchTranscript(http: PracticeHttp, assured: Assured, signal: AbortSignal): Promise<Transcript | null> {
  const signed = assured.transcript;
  if (!signed) return null;
  const bytes = await downloadText(http, signed.binary, TRANSCRIPT_LIMIT, signal);
  if (!bytes || createHash('sha256').update(bytes).digest('base64url') !== signed.sha256) return null;
  return { sha256: signed.sha256, language: signed.language, vtt: bytes.toString('utf8') };
}
