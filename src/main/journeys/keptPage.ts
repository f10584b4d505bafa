/** What is kept of an incident, and its page; that one is kept, whose and until when is kept.ts, which the first screen waits for and which brings none of this along. */
import { z } from 'zod';
import { Finding, Ladder, PatientRef, Proof, RecordingRef, type IncidentFields, type Kept, type KeptPage } from '../../preload/console.ts';
import type { KeptState } from '../../preload/contract.ts';
import type { EntryBody } from '../audit/entry.ts';
import { next, register, viewOf, type Registered } from '../audit/incidents.ts';
import type { Journal } from '../audit/journal.ts';
import { Failure } from '../platform/failure.ts';
import { issueLease, offlineRefusal } from '../vault/lease.ts';
import { KEPT_NOTE, type Vault } from '../vault/vault.ts';
import { showSignIn } from './arrive.ts';
import { refused } from './console/acts.ts';
import type { Desk, Person } from './desk.ts';
import { CONTENT, keepNote, keptHere, removeKept, type Note } from './kept.ts';
import { standUp } from './vaults.ts';

/** What was known when it was kept. `head`: the last entry of this chain then; versions after it are in the ledger. */
const Content = z.object({
  incident: z.string(), head: z.number(), versions: z.array(z.object({ body: z.unknown(), proof: Proof })), ladder: Ladder, recordings: z.array(RecordingRef), patients: z.array(PatientRef),
  findings: z.array(Finding), verified: z.number(), entries: z.number(),
});
export type Content = z.infer<typeof Content>;

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
