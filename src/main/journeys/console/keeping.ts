/** Puts one incident under the manager's secret, to work on where the practice cannot be reached. The vault is open for as long as that takes. */
import type { KeptState } from '../../../preload/contract.ts';
import type { Ladder, PatientRef, RecordingRef } from '../../../preload/console.ts';
import type { Registered } from '../../audit/incidents.ts';
import { countRungs } from '../../audit/reach.ts';
import { Failure } from '../../platform/failure.ts';
import { patientView } from '../../service/subjects.ts';
import type { Desk } from '../desk.ts';
import { keptHere, removeKept, renewKept } from '../kept.ts';
import { keptState, putKept, type Content } from '../keptPage.ts';
import { afterUnlock, refusedSecret } from '../lock.ts';
import { personOf } from '../whose.ts';
import { stillHere, type Manager } from './acts.ts';
import { subjectsOf } from './assignments.ts';
import { aboutOf, type Console } from './console.ts';
import { incidentCalled, readRegister, versions } from './register.ts';

/** @param secret of the manager's vault, which has this one from now on where it had none */
export async function keepIncident(desk: Desk, console: Console, id: string, secret: string): Promise<KeptState> {
  const { manager } = console;
  const { vault, journal, person } = manager;
  const incident = await incidentCalled(console, id);
  if (incident.state === 'closed') throw new Failure('bad-request', 'incident is closed');
  const content = await contentOf(desk, console, incident);
  stillHere(desk, manager);
  const finished = await unlockFor(desk, manager, secret);
  try {
    stillHere(desk, manager);
    afterUnlock(vault, journal, finished);
    putKept(desk, vault, journal, person, content, incident.revision);
    // Of a manager alone there is nothing else that an older copy of the store could bring back.
    if (personOf(vault)?.role.kind === 'manager') vault.broughtUpToDate();
  } finally {
    vault.lock();
  }
  return keptState(desk);
}

/** The practice has answered: the time without it begins anew, and what was closed meanwhile, by whomever, is not kept any more. */
export async function lookAfterKept(desk: Desk, console: Console): Promise<void> {
  const { vault, journal } = console.manager;
  const kept = keptHere(vault);
  if (!kept) return;
  const incident = (await readRegister(console)).find(({ id }) => id === kept.incident);
  stillHere(desk, console.manager);
  if (incident?.state === 'closed') removeKept(vault, journal, 'closed');
  else renewKept(desk, vault);
}

async function unlockFor(desk: Desk, { vault }: Manager, secret: string): Promise<{ recording: string; cause: string }[]> {
  if (vault.unlocked) throw new Failure('busy', 'it is being kept already');
  if (vault.rule === null) {
    await vault.setSecret(secret, desk.secretRule());
    return [];
  }
  try {
    return await vault.unlock(secret, desk.machine.now());
  } catch (error) {
    await refusedSecret(desk, vault, error);
    throw error;
  }
}

/** What the incident's page shows, with the names that the practice gives now. */
async function contentOf(desk: Desk, console: Console, { id, fields }: Registered): Promise<Content> {
  const { manager } = console;
  const known = (await versions(console)).filter(({ body }) => (body as { incident?: unknown } | null)?.incident === id);
  const about = aboutOf(fields);
  const ladder: Ladder = about ? await console.ladder(about) : { rows: [], people: countRungs([]), recordings: countRungs([]), exposedSeconds: 0, complete: console.state().complete };
  const subjects = subjectsOf(desk);
  const urns = fields.recordings.filter((one) => one.startsWith('urn:'));
  const named = await subjects.recordingsNamed(urns);
  const patients = new Set([...fields.patients, ...fields.corrections.flatMap(({ patient }) => patient ?? []), ...ladder.rows.flatMap(({ patient }) => patient?.patient ?? [])]);
  const names = await subjects.patients(patients);
  const [findings, head] = [await console.findings(), manager.vault.ledger.head()];
  const { verified, entries } = console.state();
  const recordings = urns.map((recording): RecordingRef => {
    const of = named.get(recording);
    return { recording, document: of?.document ?? null, title: of?.title ?? null, consultedAt: of?.consultedAt ?? null };
  });
  return { incident: id, head: head?.seq ?? 0, versions: known, ladder, recordings, patients: [...patients].map((one): PatientRef => patientView(one, names.get(one))), findings, verified, entries };
}
