/** A recording that is watched while it comes: brought as far as it may be watched, and brought on for as long as it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Assured } from '../assurance/assess.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { waitAfter } from '../platform/pace.ts';
import type { AssignmentRow } from '../vault/library.ts';
import type { Transcript } from '../vault/sealedRecording.ts';
import type { Vault } from '../vault/vault.ts';
import type { Desk } from './desk.ts';
import { PASSING } from './downloads/prefetch.ts';
import { fetchCopy, fetchTranscript } from './fetchCopy.ts';
import { revokeGrant } from './revoke.ts';

/** Under way, with its first block here. */
export interface Coming {
  row: AssignmentRow;
  manifestSha256: string;
  transcript: Transcript | null;
  download: Promise<void>;
}

/** How soon what somebody watches is asked for again where it broke off, ms. */
const AGAIN_MS = 1_000;
const LONGEST_MS = 15_000;

/** Null when all of it is here, which without signed blocks is waited for. Throws why it does not come. @param changed repaints the worklist. */
export async function bring(desk: Desk, row: AssignmentRow, assured: Assured, changed: () => void): Promise<Coming | null> {
  const { session } = desk;
  const { copies } = desk.vaultOrThrow();
  const download = fetchCopy(desk, row, changed, 'opened');
  if (!session || !assured.blocks || assured.blocks.sha256.length < 2) {
    await download;
    return null;
  }
  const over = new AbortController();
  // Whatever becomes of it, nobody waits for its beginning any more.
  download.then(() => over.abort(new Failure('internal', 'it is here')), (error: unknown) => over.abort(error));
  const beside = copies.begun(assured, over.signal).then(() => fetchTranscript(session.http, assured, over.signal));
  const transcript = await Promise.race([download.then(() => null), beside]);
  // It came whole, with its transcript, before that came beside it.
  if (copies.holds(assured)) return null;
  return { row, manifestSha256: assured.manifestSha256, transcript, download };
}

/** For as long as this is watched, what breaks off is asked for again; what cannot be had ends it, and so does whatever keeps it from being asked for. */
export async function bringOn(desk: Desk, grant: string, coming: Coming, changed: () => void): Promise<void> {
  const vault = desk.vaultOrThrow();
  const isWatched = () => desk.watching.has(grant) && desk.vault === vault && vault.unlocked;
  try {
    await askAgain(desk, vault, isWatched, coming, changed);
  } catch (error) {
    if (isWatched()) await revokeGrant(desk, grant, error instanceof Failure ? error : new Failure('internal', 'download failed'));
  }
}

async function askAgain(desk: Desk, vault: Vault, isWatched: () => boolean, { row, download }: Coming, changed: () => void): Promise<void> {
  const recording = row.recording ?? '';
  const here = () => vault.copies.stored(recording)?.bytes ?? 0;
  let coming = download;
  for (let failures = 0; ; failures += 1) {
    const before = here();
    try {
      await coming;
      return;
    } catch (error) {
      if (!isWatched()) return;
      if (!PASSING.includes(problemOf(error).code)) throw error;
    }
    if (here() > before) failures = 0;
    await sleep(waitAfter(failures, AGAIN_MS, LONGEST_MS), undefined, { ref: false });
    if (!isWatched()) return;
    // While nothing of it came.
    if (vault.library.paused().has(recording)) throw new Failure('download-stopped', 'paused by the person');
    coming = fetchCopy(desk, row, changed, 'opened');
  }
}
