/** The room that copies take on this computer: how much there is, which copies had best go, and removing those that the person chooses. */
import { statfs } from 'node:fs/promises';
import type { StorageView } from '../../preload/contract.ts';
import type { Assured } from '../assurance/assess.ts';
import { Failure } from '../platform/failure.ts';
import type { AssignmentRow } from '../vault/library.ts';
import type { Vault } from '../vault/vault.ts';
import { DISK_RESERVE_BYTES } from '../vault/copies.ts';
import type { Desk } from './desk.ts';
import { destroyCopy } from './destroy.ts';
import { decide, subjectOf, writeListed } from './worklist.ts';

/** Bytes that copies use and may use, and that the disk has beyond its reserve. */
interface Room {
  used: number;
  budget: number;
  free: number;
}

export async function room(desk: Desk, vault: Vault): Promise<Room> {
  const { bavail, bsize } = await statfs(desk.machine.profile);
  desk.stillOrThrow(vault);
  return { used: vault.copies.usedBytes(), budget: desk.site.diskBudgetBytes, free: Math.max(0, bavail * bsize - DISK_RESERVE_BYTES) };
}

/**
 * `budget-full` {needed, free} when a copy of this size does not fit into what the practice allows, `disk-full` when not onto the disk.
 * @param taken bytes that other downloads under way will still write: as good as here
 */
export function fitOrThrow({ used, budget, free: onDisk }: Room, bytes: number, taken: number): void {
  const allowed = Math.max(0, budget - used - taken);
  if (bytes > allowed) throw new Failure('budget-full', 'over the budget for copies', { needed: bytes, free: allowed });
  const free = Math.max(0, onDisk - taken);
  if (bytes > free) throw new Failure('disk-full', 'recording does not fit', { needed: bytes, free });
}

interface Wanted {
  recording: string;
  bytes: number;
  /** ms since the epoch. */
  due: number;
}

/** Of what is wanted, in the order in which it is wanted: what fits. What does not is said on the standing banner, and how much of that is due before offline use ends. */
export async function takeWhatFits<T extends Wanted>(desk: Desk, vault: Vault, wanted: readonly T[]): Promise<T[]> {
  const { used, budget, free: onDisk } = await room(desk, vault);
  // What else is under way was asked for, and comes first.
  let free = Math.min(budget - used, onDisk) - desk.downloads.toCome(new Set(wanted.map(({ recording }) => recording)));
  const fits: T[] = [];
  const left: T[] = [];
  for (const one of wanted) {
    if (one.bytes <= free) {
      free -= one.bytes;
      fits.push(one);
    } else left.push(one);
  }
  const needed = left.reduce((sum, { bytes }) => sum + bytes, 0) - Math.max(0, free);
  const leaseEnds = desk.lease()?.expires ?? -Infinity;
  desk.stand({ noRoom: left.length > 0 ? { waiting: left.length, needed, dueOffline: left.filter(({ due }) => due <= leaseEnds).length } : null });
  return fits;
}

interface Kept {
  row: AssignmentRow;
  assured: Assured;
  bytes: number;
  partial: boolean;
  lastOpened: string | null;
}

/** Is to be reviewed without the practice: never suggested for removal. */
const isDue = ({ assured }: Kept) => assured.progress !== 'reviewed' && assured.offline;

async function keptCopies(desk: Desk, vault: Vault): Promise<Kept[]> {
  const { library, copies } = vault;
  const kept: Kept[] = [];
  const here = new Set(library.recordingsHere());
  const paused = library.paused();
  for (const { task } of library.assignmentNames().filter(({ recording }) => recording !== null && here.has(recording))) {
    const row = library.assignmentOf(task);
    if (!row) continue;
    const decision = await decide(desk, row);
    desk.stillOrThrow(vault);
    if (!decision.ok) continue;
    const stored = copies.stored(decision.assured.recording);
    // What is coming, or is paused, is steered where downloads are, and is no copy yet.
    const isComing = desk.downloads.stateOf(decision.assured.recording) !== null || paused.has(decision.assured.recording);
    if (stored && stored.bytes > 0 && !(stored.partial && isComing)) kept.push({ row, assured: decision.assured, ...stored });
  }
  // Reviewed first, then what is not for offline use, and of each what has been left alone longest.
  const rank = (copy: Kept) => (copy.assured.progress === 'reviewed' ? 0 : isDue(copy) ? 2 : 1);
  return kept.sort((a, b) => rank(a) - rank(b) || (a.lastOpened ?? '').localeCompare(b.lastOpened ?? '') || (b.assured.due ?? '9').localeCompare(a.assured.due ?? '9'));
}

export async function storage(desk: Desk): Promise<StorageView> {
  const vault = desk.vaultOrThrow();
  const kept = await keptCopies(desk, vault);
  // Names are shown here too.
  writeListed(desk, kept.map(({ row }) => ({ id: row.rowId, subject: subjectOf(row.evidence, desk.site) })));
  const { used, budget, free } = await room(desk, vault);
  const { waiting, needed } = desk.standing().noRoom ?? { waiting: 0, needed: 0 };
  let missing = needed;
  return {
    used, budget, free, waiting, needed,
    copies: kept.map((copy) => {
      const suggested = missing > 0 && !isDue(copy);
      if (suggested) missing -= copy.bytes;
      const { title, patient, progress, due } = copy.assured;
      return { id: copy.row.rowId, title, patient, bytes: copy.bytes, partial: copy.partial, progress, due, lastOpened: copy.lastOpened, suggested };
    }),
  };
}

/** What is on screen or on its way stays; the rest goes for good from this computer, and can be downloaded again. */
export async function removeCopies(desk: Desk, rowIds: readonly string[]): Promise<void> {
  const vault = desk.vaultOrThrow();
  for (const id of rowIds) {
    const row = vault.library.assignment(id);
    if (!row?.recording) throw new Failure('bad-request', 'no such row');
    if ([...desk.watching.values()].some(({ rowId, recording }) => rowId === id || recording === row.recording)) throw new Failure('busy', 'recording is open');
    desk.downloads.stop(row.recording, new Failure('download-stopped', 'removed by the person'));
    vault.library.decline(row.recording);
    destroyCopy(desk, vault, row.recording, subjectOf(row.evidence, desk.site), 'removed-by-person');
  }
  desk.downloads.forgetWantOfRoom();
}
