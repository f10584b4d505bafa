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
async function room(desk: Desk, vault: Vault): Promise<{ used: number; budget: number; free: number }> {
  const { bavail, bsize } = await statfs(desk.machine.profile);
  desk.stillOrThrow(vault);
  return { used: vault.copies.usedBytes(), budget: desk.site.diskBudgetBytes, free: Math.max(0, bavail * bsize - DISK_RESERVE_BYTES) };
}

/** `budget-full` {needed, free} when a copy of this size does not fit into what the practice allows. The disk itself is asked when sealing begins. */
export function fitOrThrow(desk: Desk, bytes: number): void {
  const free = Math.max(0, desk.site.diskBudgetBytes - desk.vaultOrThrow().copies.usedBytes());
  if (bytes > free) throw new Failure('budget-full', 'over the budget for copies', { needed: bytes, free });
}

/** Of what is wanted, in the order in which it is wanted: what fits. What does not is said on the standing banner. */
export function takeWhatFits<T extends { bytes: number }>(desk: Desk, wanted: readonly T[]): T[] {
  let free = desk.site.diskBudgetBytes - desk.vaultOrThrow().copies.usedBytes();
  const fits: T[] = [];
  let waiting = 0;
  let missing = 0;
  for (const one of wanted) {
    if (one.bytes <= free) {
      free -= one.bytes;
      fits.push(one);
    } else {
      waiting += 1;
      missing += one.bytes;
    }
  }
  desk.stand({ noRoom: waiting > 0 ? { waiting, needed: missing - Math.max(0, free) } : null });
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
  for (const { task } of library.assignmentNames().filter(({ recording }) => recording !== null && here.has(recording))) {
    const row = library.assignmentOf(task);
    if (!row) continue;
    const decision = await decide(desk, row);
    desk.stillOrThrow(vault);
    if (!decision.ok) continue;
    const stored = copies.stored(decision.assured.recording);
    // A download that has just begun takes no room yet.
    if (stored && stored.bytes > 0) kept.push({ row, assured: decision.assured, ...stored });
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
    desk.stopDownload(row.recording);
    vault.library.decline(row.recording, true);
    destroyCopy(desk, vault, row.recording, subjectOf(row.evidence, desk.site), 'removed-by-person');
  }
}
