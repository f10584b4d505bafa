/**
 * One incident on this computer, to work on offline. What its page shows is in the library of the manager's own vault, so it opens with their secret alone (keptPage.ts); the ledger
 * notes which one it is, whose, and until when. What the ledger does not note is not here, and goes with the next unlock where it could not go at once.
 */
import { z } from 'zod';
import type { RemoveCause } from '../audit/entry.ts';
import type { Journal } from '../audit/journal.ts';
import { advance, issueLease, Lease, offlineRefusal } from '../vault/lease.ts';
import { KEPT_NOTE, type Vault } from '../vault/vault.ts';
import type { Desk, Person } from './desk.ts';
import { renewKeys } from './destroy.ts';
import { journalOf, personOf } from './whose.ts';

/** Ends the name of a vault on the sign-in screen where it is to be opened for this alone. */
export const KEPT = ':kept';
/** In the library. */
export const CONTENT = 'kept';

const Note = z.object({ incident: z.string(), keptAt: z.string(), person: z.custom<Person>((value) => typeof value === 'object' && value !== null), lease: Lease });
export type Note = z.infer<typeof Note>;

/** Null also for a note that cannot be read. */
export function keptHere(vault: Vault): Note | null {
  const text = vault.ledger.get(KEPT_NOTE);
  return text === null ? null : Note.safeParse(JSON.parse(text)).data ?? null;
}

export const keepNote = (vault: Vault, note: Note) => vault.ledger.set(KEPT_NOTE, JSON.stringify(note));

/** From here on nothing of it opens. A vault that has nothing else gives up its secret with it; else the content goes now, or where the vault is locked with the next unlock. */
export function removeKept(vault: Vault, journal: Journal, cause: RemoveCause): void {
  const kept = keptHere(vault);
  if (vault.ledger.get(KEPT_NOTE) === null) return;
  vault.ledger.set(KEPT_NOTE, null);
  if (personOf(vault)?.role.kind !== 'clinician') vault.destroyContent();
  else {
    vault.ledger.oweRenewal();
    forgetUnnoted(vault);
  }
  if (kept) journal.write({ event: 'incident-removed', incident: kept.incident, cause });
  renewKeys(vault);
}

/** What was removed while the vault was locked. */
export function forgetUnnoted(vault: Vault): void {
  if (vault.unlocked && vault.ledger.get(KEPT_NOTE) === null && vault.library.get(CONTENT) !== null) vault.library.forgetValue(CONTENT);
}

/** The time without the practice goes on, and ends what is kept when it is over. */
export function endExpired(desk: Desk, vault: Vault): void {
  const kept = keptHere(vault);
  if (!kept) return;
  const clock = desk.clock();
  if (offlineRefusal(kept.lease, clock)) removeKept(vault, journalOf({ machine: desk.machine, now: () => desk.now() }, vault, kept.person), 'lease-ended');
  else keepNote(vault, { ...kept, lease: advance(kept.lease, clock) });
}

/** The practice has answered this manager: the time begins anew. */
export function renewKept(desk: Desk, vault: Vault): void {
  const kept = keptHere(vault);
  if (kept) keepNote(vault, { ...kept, lease: issueLease(desk.clock(), desk.site.offline.leaseHours) });
}

/** The practice was asked which roles this person has. */
export function endForRole(desk: Desk, vault: Vault, roles: readonly { id: string; kind: string }[]): void {
  const kept = keptHere(vault);
  if (!kept || roles.some(({ id, kind }) => id === kept.person.role.id && kind === kept.person.role.kind)) return;
  removeKept(vault, journalOf({ machine: desk.machine, now: () => desk.now() }, vault, kept.person), 'role-ended');
}
