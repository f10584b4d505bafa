/** What comes here by itself: all that may be used offline, what is due first; nothing of it while the connection is metered. */
import type { ProblemCode } from '../../../preload/contract.ts';
import { readSettings } from '../../review/settings.ts';
import { Failure } from '../../platform/failure.ts';
import { decisionsOf, type Decided } from '../decisions.ts';
import type { Desk } from '../desk.ts';
import { orderFor, type Sought } from '../fetchCopy.ts';
import { takeWhatFits } from '../storage.ts';
import type { Urgency } from './queue.ts';

/** What failed so is tried again by itself: for want of a connection or a session, or because the practice was busy or its answers overtook each other. A full disk waits for the person. */
export const PASSING: readonly string[] = ['download-interrupted', 'practice-unreachable', 'practice-error', 'session-expired', 'recording-not-here', 'busy'] satisfies ProblemCode[];

interface Wanted extends Sought {
  urgency: Urgency;
  bytes: number;
  isUnderWay: boolean;
}

/** What nobody asks for waits while the person has chosen so, or the system says that its connection is metered. */
export async function heedConnection(desk: Desk): Promise<void> {
  const vault = desk.vaultOrThrow();
  const isChosen = () => readSettings((work) => vault.library.work(work), desk.site.idleLockMinutes).onlyAsked;
  const isMetered = !isChosen() && await desk.machine.isMetered();
  if (desk.vault !== vault || !vault.unlocked) return;
  // Asked after the wait: the person may have chosen meanwhile.
  const onlyAsked = isChosen();
  const before = desk.downloads.waiting;
  desk.downloads.hold(onlyAsked ? 'chosen' : isMetered ? 'metered' : null);
  if (before?.why !== desk.downloads.waiting?.why) desk.stand({});
}

/**
 * After a sync. Sensitive recordings come only when they are opened or asked for; what was asked for and broke off goes on. Which these are is taken from what the list has decided:
 * each is decided anew before a byte of it is asked for.
 */
export async function fetchWaiting(desk: Desk, changed: () => void): Promise<void> {
  const vault = desk.vaultOrThrow();
  const { downloads } = desk;
  await heedConnection(desk);
  desk.stillOrThrow(vault);
  const wanted = await wantedNow(desk);
  const room = await takeWhatFits(desk, vault, wanted);
  // Some of it may have been paused or cancelled since it was wanted.
  const not = vault.library.notByThemselves();
  const fits = room.filter(({ recording }) => !not.has(recording));
  downloads.keepOfThemselves(new Set(fits.map(({ recording }) => recording)), new Failure('download-stopped', 'does not come by itself any more'));
  downloads.diskFull = false;
  downloads.askForMany(fits.map((one) => orderFor(desk, vault, one, one.urgency, changed)));
  desk.stand({});
}

/** One of each recording: what is under way, then what is due first. */
async function wantedNow(desk: Desk): Promise<Wanted[]> {
  const vault = desk.vaultOrThrow();
  const wanted = new Map<string, Wanted>();
  const look = vault.copies.look();
  const not = vault.library.notByThemselves();
  for (const { name, outcome: { held, due, row } } of (await decidedNow(desk)).passed) {
    const { recording } = held;
    const failed = desk.downloads.failure(recording);
    const { sealed, received } = look(held);
    if (sealed || not.has(recording) || (failed && !PASSING.includes(failed.problem.code))) continue;
    // A person asked for it once, and it broke off.
    const wasAsked = failed !== null && failed.urgency !== 'itself';
    if (!wasAsked && (!row.offline || row.sensitive)) continue;
    const one: Wanted = {
      task: name.task, recording, urgency: wasAsked ? 'asked' : 'itself', due: row.progress === 'reviewed' ? Infinity : due, bytes: held.media.size - received,
      isUnderWay: desk.downloads.isUnderWay(recording),
    };
    if (one.due < (wanted.get(recording)?.due ?? Infinity) || !wanted.has(recording)) wanted.set(recording, one);
  }
  return [...wanted.values()].sort((a, b) => Number(b.isUnderWay) - Number(a.isUnderWay) || (a.due === b.due ? 0 : a.due - b.due));
}

async function decidedNow(desk: Desk): Promise<Decided> {
  const vault = desk.vaultOrThrow();
  let all: Decided = { passed: [], withheld: [], checking: 0 };
  for await (const decided of decisionsOf(desk).growing(desk)) all = decided;
  desk.stillOrThrow(vault);
  return all;
}
