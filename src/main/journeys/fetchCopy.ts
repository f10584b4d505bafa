/**
 * Brings one recording here: decided before, sealed on the way, compared with what was signed after, and only then openable. What came of a download
 * that broke off stays, sealed, and the next goes on behind it.
 */
import type { ProblemCode } from '../../preload/contract.ts';
import { confirmMedia } from '../assurance/confirm.ts';
import type { Assured } from '../assurance/assess.ts';
import { createHash } from 'node:crypto';
import { diskRefusal, Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import { downloadMedia, downloadText } from '../service/media.ts';
import type { PracticeHttp } from '../service/http.ts';
import type { AssignmentRow } from '../vault/library.ts';
import type { Transcript } from '../vault/sealedRecording.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk } from './desk.ts';
import { indexTranscript } from './reviewing/finding.ts';
import { fitOrThrow, takeWhatFits } from './storage.ts';
import { refreshRow } from './takeIn.ts';
import { decide, subjectOf } from './worklist.ts';

/** An hour of speech is about 100 kB of WebVTT. */
const TRANSCRIPT_LIMIT = 4 * 1024 * 1024;
const PROGRESS_MS = 400;

/** Resolves when a sealed, verified copy is here. Throws why there is none. @param changed repaints the worklist. */
export function fetchCopy(desk: Desk, row: AssignmentRow, changed: () => void): Promise<void> {
  const recording = row.recording ?? row.task;
  const { underWay } = desk.copyQueue;
  const vault = desk.vaultOrThrow();
  // One download at a time; a second call for the same recording of the same person waits for the first.
  const key = `${vault.id} ${recording}`;
  const running = underWay.get(key);
  if (running) return running;
  desk.copies.set(recording, { state: 'queued', received: 0, problem: null });
  changed();
  const work = desk.copyQueue.last.then(() => fetchNow(desk, vault, row, changed)).catch((fault: unknown) => {
    const error = diskRefusal(fault, 'download');
    const problem = problemOf(error);
    log('refused', { step: 'download', code: problem.code, ...faultFields(error) });
    const noTrouble = ['recording-withheld', 'recording-mismatch', 'locked'].includes(problem.code) || desk.vault !== vault || !vault.unlocked;
    if (noTrouble) desk.copies.delete(recording);
    else {
      desk.copies.set(recording, { state: 'failed', received: 0, problem });
      if (problem.code === 'disk-full' || problem.code === 'budget-full') desk.journal?.write({ event: 'denied', subject: subjectOf(row.evidence, desk.site), reasons: [problem.code] });
    }
    throw error;
  }).finally(() => {
    underWay.delete(key);
    // An answer that nobody has read to its end is let go.
    desk.downloads.get(recording)?.abort();
    desk.downloads.delete(recording);
    changed();
  });
  underWay.set(key, work);
  // A failed download must not stop the ones behind it.
  desk.copyQueue.last = work.catch(() => undefined);
  return work;
}

async function fetchNow(desk: Desk, vault: Vault, asked: AssignmentRow, changed: () => void): Promise<void> {
  // Somebody else may be here by the time this download has its turn.
  if (desk.vault !== vault || !vault.unlocked) throw new Failure('locked', 'locked before download');
  const { session } = desk;
  if (!session) throw new Failure('recording-not-here', 'not signed in');
  // What was asked for may have been withdrawn or decided otherwise while it waited its turn.
  const known = vault.library.assignment(asked.rowId);
  if (!known) throw new Failure('recording-withheld', 'withdrawn before download');
  const stop = new AbortController();
  // Before the first wait, so that a withdrawal finds it.
  desk.downloads.set(known.recording ?? known.task, stop);
  // What is not here is not read in each round: its evidence may be of yesterday.
  const row = await refreshRow(desk, known, 'whole');
  if (row?.recording !== known.recording) throw new Failure('recording-withheld', 'withdrawn before download');
  const decision = await decide(desk, row);
  if (!decision.ok) throw new Failure('recording-withheld', 'withheld before download');
  const { assured } = decision;
  desk.stillOrThrow(vault);
  const stopped = () => stop.signal.aborted;
  if (stopped()) throw new Failure('locked', 'stopped before download');
  if (vault.copies.holds(assured)) return;
  const here = vault.copies.received(assured);
  fitOrThrow(desk, assured.media.size - here);
  desk.copies.set(assured.recording, { state: 'downloading', received: here, problem: null });
  changed();

  const sameVault = () => desk.vault === vault && vault.unlocked;
  let painted = 0;
  const progress = (received: number) => {
    desk.copies.set(assured.recording, { state: 'downloading', received, problem: null });
    // Not while the list is being painted: to show how far this is must not put off what else has changed.
    if (Date.now() - painted < PROGRESS_MS || desk.repaints.underWay > 0) return;
    painted = Date.now();
    changed();
  };
  const download = async () => {
    const { binary, contentType, size } = assured.media;
    const ask = (from: number, etag: string | null) => downloadMedia(session.http, binary, contentType, stop.signal, { from, total: size, etag });
    try {
      const sealing = await vault.copies.seal(assured, ask, progress, stop.signal);
      return { sealing, confirmation: confirmMedia(assured, sealing) };
    } catch (error) {
      // More bytes than signed is the same finding as other bytes than signed.
      if (problemOf(error).code === 'recording-mismatch' && sameVault()) refuseMedia(desk, row, assured);
      throw error;
    }
  };
  let { sealing, confirmation } = await download();
  if (!confirmation.ok && sealing.resumed && sameVault() && !stopped()) {
    // Two answers may have been of two versions. The practice is judged by one whole answer.
    vault.copies.discard(sealing);
    ({ sealing, confirmation } = await download());
  }
  if (!confirmation.ok) {
    vault.copies.discard(sealing);
    if (sameVault()) refuseMedia(desk, row, assured);
    throw new Failure('recording-mismatch', 'bytes are not what was signed');
  }
  let transcript: Transcript | null;
  if (!sameVault()) throw new Failure('locked', 'locked during download');
  vault.library.received(assured.recording, sealing.sha256);
  // What was learned while the bytes came, and from the bytes: no copy is made of what would not be opened.
  const present = vault.library.assignment(row.rowId);
  if (!present || !(await decide(desk, present)).ok) {
    vault.copies.discard(sealing);
    throw new Failure('recording-withheld', 'withheld after download');
  }
  try {
    transcript = await fetchTranscript(session.http, assured, stop.signal);
    // The vault may have been locked while the bytes came: they stay, sealed, for the next time.
    if (!sameVault() || stopped()) throw new Failure('locked', 'locked during download');
    vault.library.decline(assured.recording, false);
    desk.journal?.write({ event: 'downloaded', subject: subjectOf(row.evidence, desk.site) });
  } catch (error) {
    vault.copies.pause(sealing);
    throw error;
  }
  vault.copies.publish(confirmation.confirmed, sealing, transcript, new Date(desk.now()).toISOString());
  if (transcript) indexTranscript(desk, row, transcript.vtt);
  desk.copies.delete(assured.recording);
  log('sealed', { bytes: sealing.plainBytes });
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

/** Kept only when its digest is the one that the transcriber signed: else the recording plays without captions. */
async function fetchTranscript(http: PracticeHttp, assured: Assured, signal: AbortSignal): Promise<Transcript | null> {
  const signed = assured.transcript;
  if (!signed) return null;
  const bytes = await downloadText(http, signed.binary, TRANSCRIPT_LIMIT, signal);
  if (!bytes || createHash('sha256').update(bytes).digest('base64url') !== signed.sha256) return null;
  return { sha256: signed.sha256, language: signed.language, vtt: bytes.toString('utf8') };
}

/** What failed so is tried again by itself: for want of a connection or a session, or because the practice was busy. A full disk waits for the person. */
const PASSING: readonly string[] = ['download-interrupted', 'practice-unreachable', 'practice-error', 'session-expired', 'recording-not-here'] satisfies ProblemCode[];

/** After a sync: what may be used offline comes here by itself, due first; sensitive recordings only when opened. */
export async function fetchWaiting(desk: Desk, changed: () => void): Promise<void> {
  const vault = desk.vaultOrThrow();
  const wanted: { row: AssignmentRow; due: string; bytes: number }[] = [];
  for (const row of vault.library.assignments()) {
    const decision = await decide(desk, row);
    if (!decision.ok || !decision.assured.offline || decision.assured.sensitive || vault.copies.holds(decision.assured) || vault.library.isDeclined(decision.assured.recording)) continue;
    const failed = desk.copies.get(decision.assured.recording)?.problem?.code;
    if (failed !== undefined && !PASSING.includes(failed)) continue;
    wanted.push({ row, due: decision.assured.due ?? '9', bytes: decision.assured.media.size - vault.copies.received(decision.assured) });
  }
  wanted.sort((a, b) => a.due.localeCompare(b.due));
  for (const { row } of takeWhatFits(desk, wanted)) void fetchCopy(desk, row, changed).catch(() => undefined);
}

