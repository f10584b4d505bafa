/**
 * One incident on this computer, to work on offline. What its page shows is in the library of the manager's own vault, so it opens with their secret alone; the ledger
 * notes which one it is, whose, and until when. What the ledger does not note is not here, and goes with the next unlock where it could not go at once.
 */
import { z } from 'zod';
import { Finding, Ladder, PatientRef, Proof, RecordingRef, type IncidentFields, type Kept, type KeptPage } from '../../preload/console.ts';
import type { KeptState } from '../../preload/contract.ts';
import type { EntryBody, RemoveCause } from '../audit/entry.ts';
import { next, register, viewOf, type Registered } from '../audit/incidents.ts';
import type { Journal } from '../audit/journal.ts';
import { Failure } from '../platform/failure.ts';
import { advance, issueLease, Lease, offlineRefusal } from '../vault/lease.ts';
import { KEPT_NOTE, type Vault } from '../vault/vault.ts';
import { showSignIn } from './arrive.ts';
import { refused } from './console/acts.ts';
import type { Desk, Person } from './desk.ts';
import { renewKeys } from './destroy.ts';
import { standUp } from './vaults.ts';
import { journalOf, personOf } from './whose.ts';

/** Ends the name of a vault on the sign-in screen where it is to be opened for this alone. */
export const KEPT = ':kept';
/** In the library. */
const CONTENT = 'kept';

const Note = z.object({ incident: z.string(), keptAt: z.string(), person: z.custom<Person>((value) => typeof value === 'object' && value !== null), lease: Lease });
type Note = z.infer<typeof Note>;

/** What was known when it was kept. `head`: the last entry of this chain then; versions after it are in the ledger. */
const Content = z.object({
  incident: z.string(), head: z.number(), versions: z.array(z.object({ body: z.unknown(), proof: Proof })), ladder: Ladder, recordings: z.array(RecordingRef), patients: z.array(PatientRef),
  findings: z.array(Finding), verified: z.number(), entries: z.number(),
});
export type Content = z.infer<typeof Content>;

/** Null also for a note that cannot be read. */
export function keptHere(vault: Vault): Note | null {
  const text = vault.ledger.get(KEPT_NOTE);
  return text === null ? null : Note.safeParse(JSON.parse(text)).data ?? null;
}

const keepNote = (vault: Vault, note: Note) => vault.ledger.set(KEPT_NOTE, JSON.stringify(note));
const untilOf = ({ lease }: Note): string => new Date(lease.expires).toISOString();
const keptOf = (note: Note | null): Kept | null => note && { incident: note.incident, keptAt: note.keptAt, until: untilOf(note) };

export function keptState(desk: Desk): KeptState {
  const { vault, person } = desk;
  if (!vault || person?.role.kind !== 'manager') throw new Failure('bad-request', 'no manager is here');
  return { kept: keptOf(keptHere(vault)), rule: vault.rule ?? desk.secretRule(), secretSet: vault.rule !== null };
}

/** Into the open vault, in place of what was kept before. Recorded first. */
export function putKept(desk: Desk, vault: Vault, journal: Journal, person: Person, content: Content, revision: number): void {
  const before = keptHere(vault);
  if (before && before.incident !== content.incident) journal.write({ event: 'incident-removed', incident: before.incident, cause: 'replaced' });
  journal.write({ event: 'incident-kept', incident: content.incident, revision });
  vault.ledger.set(KEPT_NOTE, null);
  vault.library.set(CONTENT, JSON.stringify(content));
  keepNote(vault, { incident: content.incident, keptAt: new Date(desk.now()).toISOString(), person, lease: issueLease(desk.clock(), desk.site.offline.leaseHours) });
}

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

/** Of a manager who came in for this alone; throws for everybody else, and for what cannot be shown any more. */
function openKept(desk: Desk): { vault: Vault; journal: Journal; note: Note; content: Content } {
  const { vault, journal, keptOnly } = desk;
  if (!keptOnly || !vault?.unlocked || !journal) throw new Failure('locked', 'nothing kept is open');
  if (desk.siteChanged) throw new Failure('site-file-changed', 'site changed since the last sign-in');
  if (vault.rolledBack) throw new Failure('rolled-back', 'older copy of the store');
  const note = keptHere(vault);
  if (!note) throw new Failure('lease-ended', 'nothing is kept any more');
  const refusal = offlineRefusal(note.lease, desk.clock());
  if (refusal) throw new Failure(refusal, 'offline use refused');
  const content = Content.parse(JSON.parse(vault.library.get(CONTENT) ?? '{}'));
  if (content.incident !== note.incident) throw new Failure('library-corrupt', 'another incident is kept than was noted');
  return { vault, journal, note, content };
}

/** The versions that were kept, and those that this manager has written on this computer since. */
function incidentOf({ vault, content }: Pick<ReturnType<typeof openKept>, 'vault' | 'content'>): Registered {
  const known = [...content.versions];
  for (const { body } of vault.ledger.entriesFrom(content.head + 1)) {
    const entry = JSON.parse(body.toString('utf8')) as EntryBody;
    if (entry.event === 'incident' && entry.incident === content.incident) known.push({ body: entry, proof: 'verified' });
  }
  const [incident] = register(known).incidents;
  if (!incident) throw new Failure('library-corrupt', 'no version is kept');
  return incident;
}

export function keptPage(desk: Desk): KeptPage {
  const open = openKept(desk);
  const { ladder, recordings, patients, findings, verified, entries } = open.content;
  return { incident: viewOf(incidentOf(open), desk.now()), keptAt: open.note.keptAt, until: untilOf(open.note), ladder, recordings, patients, findings, verified, entries };
}

/** A version in this manager's own chain, delivered as every entry is. @param seen the number of the version that it was written over */
export function saveKept(desk: Desk, fields: IncidentFields, seen: number, note: string): KeptPage {
  const open = openKept(desk);
  const incident = incidentOf(open);
  if (incident.revision !== seen) throw refused('incident-newer');
  if (incident.state === 'closed') throw new Failure('bad-request', 'incident is closed');
  open.journal.write(next(incident, { fields }, note, desk.now()));
  return keptPage(desk);
}

/** The manager says so, connected or not. */
export async function removeByPerson(desk: Desk): Promise<KeptState> {
  const { vault, journal, keptOnly } = desk;
  const state = keptState(desk);
  if (!vault || !journal) throw new Failure('locked', 'nobody is here');
  removeKept(vault, journal, 'removed-by-person');
  if (keptOnly) await leaveKept(desk);
  return { ...state, kept: null, rule: vault.rule ?? desk.secretRule(), secretSet: vault.rule !== null };
}

/** Nothing is kept any more: whoever came in for it is not in. */
export async function leaveKept(desk: Desk): Promise<void> {
  standUp(desk);
  await showSignIn(desk, null);
}
