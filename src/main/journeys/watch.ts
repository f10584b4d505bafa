/** Opening a recording: asked again, decided again, recorded on disk, and only then decrypted. */
import { randomUUID } from 'node:crypto';
import type { OpenRecording, PlaybackReport } from '../../preload/contract.ts';
import type { Assured } from '../assurance/assess.ts';
import { forClinician } from '../assurance/reasons.ts';
import type { Subject } from '../audit/entry.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import { newGrantId } from '../playback/grants.ts';
import { RECORDING_SCHEME } from '../playback/protocol.ts';
import { offlineRefusal } from '../vault/lease.ts';
import type { AssignmentRow } from '../vault/library.ts';
import { destroyCopy } from './destroy.ts';
import type { Desk, Opening } from './desk.ts';
import { revokeAll, revokeGrant } from './revoke.ts';
import { stopListRefusal } from './stops.ts';
import { Seen } from '../review/seen.ts';
import { askAnew, noteWatched } from './reviewing/reviewing.ts';
import { refreshRow } from './takeIn.ts';
import { bring, bringOn, type Coming } from './watchArriving.ts';
import { decide, reference, subjectOf } from './worklist.ts';

/** After the page's first report of a recording, ms: by then its picture is mostly on the screen, and asking earlier took time from that. */
export const ASK_AFTER_MS = 500;

/** The row as the practice has it now; offline, as it was kept, if offline use is allowed at all. */
async function currentRow(desk: Desk, rowId: string): Promise<{ row: AssignmentRow; online: boolean }> {
  const vault = desk.vaultOrThrow();
  const row = vault.library.assignment(rowId);
  if (!row) throw new Failure('recording-withheld', 'no such row');
  if (desk.session) {
    try {
      const fresh = await refreshRow(desk, row);
      // Another recording's or patient's by now is another row, which nobody has chosen.
      if (fresh?.rowId !== rowId) throw new Failure('recording-withheld', 'withdrawn', { cause: 'assignment-withdrawn' });
      desk.stand({ online: true });
      const refusal = stopListRefusal(desk);
      if (refusal) {
        desk.journal?.write({ event: 'denied', subject: subjectOf(row.evidence, desk.site), reasons: [refusal.code] });
        throw refusal;
      }
      return { row: fresh, online: true };
    } catch (error) {
      desk.stillOrThrow(vault);
      const { code } = problemOf(error);
      if (code !== 'practice-unreachable' && code !== 'session-expired') throw error;
      desk.stand({ online: false });
    }
  }
  const refusal = offlineRefusal(desk.lease(), desk.clock());
  if (refusal) {
    desk.journal?.write({ event: 'denied', subject: subjectOf(row.evidence, desk.site), reasons: [refusal] });
    throw new Failure(refusal, 'offline use refused');
  }
  return { row, online: false };
}

/** @param window the web contents that will play it. @param changed repaints the worklist. */
export async function openRecording(desk: Desk, window: number, rowId: string, changed: () => void): Promise<OpenRecording> {
  const vault = desk.vaultOrThrow();
  const busy = new Failure('busy', 'another recording was opened');
  // One recording on screen at a time: what is beside the player is always this patient.
  const before = revokeAll(desk, busy);
  const opening: Opening = { ended: null };
  desk.opening = opening;
  // Asked after every wait: a lock, somebody else, a withdrawal or another opening may have come first.
  const stillWanted = () => {
    if (opening.ended) throw opening.ended;
    desk.stillOrThrow(vault);
  };
  await before;
  stillWanted();
  if (desk.siteChanged) throw new Failure('site-file-changed', 'site changed since the last sign-in');
  const { row: current, online } = await currentRow(desk, rowId);
  stillWanted();
  const known = await decide(desk, current);
  stillWanted();
  let coming: Coming | null = null;
  if (known.ok && !vault.copies.holds(known.assured)) {
    if (!online) throw new Failure('recording-not-here', 'no copy and no practice');
    coming = await bring(desk, current, known.assured, changed);
    stillWanted();
  }
  const row = vault.library.assignment(rowId);
  if (!row) throw new Failure('recording-withheld', 'withdrawn', { cause: 'assignment-withdrawn' });
  const subject = subjectOf(row.evidence, desk.site);
  // From here on a withdrawal finds the grant, although nothing can be read through it yet.
  const grant = newGrantId();
  desk.watching.set(grant, { rowId, subject, recording: row.recording ?? row.task, opening, seen: new Seen() });
  try {
    const decision = await decide(desk, row);
    stillWanted();
    if (!decision.ok) {
      desk.journal?.write({ event: 'denied', subject, reasons: decision.reasons });
      changed();
      throw new Failure('recording-withheld', 'withheld', { sentence: forClinician(decision.reasons[0]), reference: reference(row.task) });
    }
    if (!online && !decision.assured.offline) {
      desk.journal?.write({ event: 'denied', subject, reasons: ['offline-not-permitted'] });
      throw new Failure('recording-not-here', 'not for offline use', { reason: 'offline-not-permitted' });
    }
    return await present(desk, window, grant, rowId, decision.assured, coming, subject, stillWanted, changed);
  } catch (error) {
    desk.watching.delete(grant);
    // What another opening asked for is another's.
    if (desk.opening === opening) desk.downloads.standBack();
    throw error;
  } finally {
    if (desk.opening === opening) desk.opening = null;
  }
}

async function present(desk: Desk, window: number, grant: string, rowId: string, assured: Assured, coming: Coming | null, subject: Subject, stillWanted: () => void, changed: () => void): Promise<OpenRecording> {
  const vault = desk.vaultOrThrow();
  const { journal, person } = desk;
  if (!journal || !person) throw new Failure('locked', 'nobody is here');
  const arriving = vault.copies.holds(assured) ? null : coming;
  // What comes is of another revision than what was decided now.
  if (arriving && arriving.manifestSha256 !== assured.manifestSha256) throw new Failure('download-interrupted', 'signed anew while it came');
  // On disk before the first byte is decrypted; when it cannot be written, nothing plays.
  journal.write({ event: 'opened', subject });
  vault.library.opened(assured.recording, new Date(desk.now()).toISOString());
  const session = randomUUID();
  let recording;
  try {
    recording = arriving ? vault.copies.watch(assured, arriving.transcript) : await vault.copies.open(assured);
  } catch (error) {
    stillWanted();
    if (problemOf(error).code === 'recording-corrupt') destroyCorrupt(desk, assured.recording, subject, changed);
    throw error;
  }
  let transcript: OpenRecording['transcript'];
  try {
    stillWanted();
    const kept = recording.transcript;
    transcript = kept && kept.sha256 === assured.transcript?.sha256 ? { language: kept.language, vtt: kept.vtt } : null;
    if (transcript) journal.write({ event: 'exposed', subject, session, transcript: true });
  } catch (error) {
    await recording.close();
    throw error;
  }
  desk.shown = { grant, rowId, task: `Task/${assured.evidence.task.id}`, subject, recording: assured.recording, revision: assured.revision, sensitive: assured.sensitive };
  const seen = desk.watching.get(grant)?.seen ?? new Seen();
  desk.grants.issue(window, recording, () => (exposure) => journal.write({ event: 'exposed', subject, session, ...exposure }), grant, () => keepSeen(desk, grant, seen));
  if (arriving) bringOn(desk, grant, arriving, changed).catch((fault: unknown) => log('fault', faultFields(fault)));
  log('opened');
  const { patient, startedAt, endedAt, clinicians, review, purpose, sensitive, sensitiveKinds, title, media } = assured;
  return {
    grant, mediaUrl: `${RECORDING_SCHEME}://${grant}/media`, contentType: media.contentType, medium: media.contentType.startsWith('video/') ? 'video' : 'audio', arriving: arriving !== null,
    title, patient, consultation: { startedAt, endedAt, clinicians }, review, purpose, sensitive, sensitiveKinds, unsigned: !assured.signed, transcript,
    transcriptAbsent: transcript ? null : assured.transcriptAbsent ?? 'mismatch',
    watermark: { name: person.name, role: person.role.name, odsCode: desk.site.practice.odsCode },
  };
}

/** A copy that does not open is destroyed and recorded; the practice still has the recording, and it can be fetched again. */
function destroyCorrupt(desk: Desk, recording: string, subject: Subject, changed: () => void): void {
  if (!desk.vault?.unlocked) return;
  destroyCopy(desk, desk.vault, recording, subject, 'copy-corrupt');
  changed();
}

/** Reading failed part way: the copy changed on disk since it was opened. */
export async function mediaBroke(desk: Desk, grant: string, error: unknown, changed: () => void): Promise<void> {
  const watched = desk.watching.get(grant);
  if (!watched) return;
  log('fault', faultFields(error));
  await revokeGrant(desk, grant, error instanceof Failure ? error : new Failure('internal', 'reading failed'));
  if (problemOf(error).code === 'recording-corrupt') destroyCorrupt(desk, watched.recording, watched.subject, changed);
}

export async function closeRecording(desk: Desk, window: number, grant: string): Promise<void> {
  const watched = desk.watching.get(grant);
  if (!watched || !desk.grants.find(grant, window)) return;
  desk.watching.delete(grant);
  desk.downloads.standBack();
  await desk.grants.revoke(grant);
  desk.journal?.write({ event: 'closed', subject: watched.subject });
}

function keepSeen(desk: Desk, grant: string, seen: Seen): void {
  const taken = seen.take();
  if (!taken) return;
  try {
    noteWatched(desk, grant, taken.media, taken.position);
  } catch (error) {
    log('fault', faultFields(error));
  }
}

/** Nothing here waits for the disk: a jump waits for its bytes meanwhile. */
export async function reportPlayback(desk: Desk, window: number, report: PlaybackReport): Promise<void> {
  const grant = desk.grants.find(report.grant, window);
  const watched = desk.watching.get(report.grant);
  if (!grant || !watched) return;
  grant.exposure.report(report.intervals, report.visible && report.focused, report.playing ? { position: report.position, at: performance.now() } : null);
  if (!watched.seen.hasBegun && desk.session) {
    setTimeout(() => {
      if (desk.watching.has(report.grant)) void askAnew(desk, watched.rowId);
    }, ASK_AFTER_MS);
  }
  watched.seen.report(report.intervals, report.position);
}

/** The player cannot decode what was signed: the bytes are right, the format is not one this computer plays. */
export async function reportUndecodable(desk: Desk, window: number, grant: string): Promise<void> {
  const watched = desk.watching.get(grant);
  if (!watched || !desk.grants.find(grant, window)) return;
  desk.journal?.write({ event: 'denied', subject: watched.subject, reasons: ['undecodable'] });
  await closeRecording(desk, window, grant);
}
