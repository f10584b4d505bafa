/** The practice's register of incidents: read from the managers' own entries, and written as such. */
import { randomUUID } from 'node:crypto';
import type { Incident, IncidentFields, Proof } from '../../../preload/console.ts';
import type { EntryBody } from '../../audit/entry.ts';
import { next, register, type IncidentEvent, type Registered } from '../../audit/incidents.ts';
import { open, type Cause } from '../../audit/opening.ts';
import { parseStrict } from '../../platform/json.ts';
import { Failure } from '../../platform/failure.ts';
import type { Desk } from '../desk.ts';
import { refused } from './acts.ts';
import { aboutOf, everything, type About, type Console } from './console.ts';
import { keptHere, removeKept } from '../kept.ts';

/** What this manager wrote on this computer counts before the practice has given it back: versions in their own chain, and how far it was looked through. */
const written = new WeakMap<Console, { entries: string[]; seq: number }>();

function ownVersions(console: Console): string[] {
  const own = written.get(console) ?? { entries: [], seq: 0 };
  written.set(console, own);
  const { ledger } = console.manager.vault;
  for (const { seq, body } of ledger.entriesFrom(own.seq + 1)) {
    const entry = body.toString('utf8');
    if ((JSON.parse(entry) as EntryBody).event === 'incident') own.entries.push(entry);
    own.seq = seq;
  }
  return own.entries;
}

/** A version as the register takes it. */
export interface Version {
  body: unknown;
  proof: Proof;
}

/** Every version that is known now, of every incident. */
export async function versions(console: Console): Promise<Version[]> {
  const given = await console.trail.ask('bodies', { event: 'incident' });
  // Each once: an entry that has come back is the same one, to the byte. What only has its name is another.
  const back = new Set(given.map(({ entry }) => entry));
  const own = ownVersions(console).filter((entry) => !back.has(entry)).map((entry) => ({ entry, proof: 'verified' as const }));
  return [...given, ...own].map(({ entry, proof }) => ({ body: bodyOf(entry), proof }));
}

export const readRegister = async (console: Console): Promise<Registered[]> => register(await versions(console)).incidents;

function bodyOf(entry: string): unknown {
  try {
    return parseStrict(entry);
  } catch {
    return null;
  }
}

export async function incidentCalled(console: Console, id: string): Promise<Registered> {
  const found = (await readRegister(console)).find((one) => one.id === id);
  if (!found) throw new Failure('bad-request', 'no such incident');
  return found;
}

async function write(console: Console, event: IncidentEvent): Promise<Registered> {
  console.manager.journal.write(event);
  return incidentCalled(console, event.incident);
}

/** Opens one about these recordings and patients, filled in with what the record says. */
export async function openIncident(desk: Desk, console: Console, trigger: Incident['trigger'], about: About, note: string): Promise<Registered> {
  const { recordings = [], patients = [] } = about;
  const of = aboutOf({ recordings, patients });
  const event = open({ incident: randomUUID(), cause: of ? await causeOf(console, trigger, about) : { trigger: 'query' }, ladder: of && await console.ladder(of), recordings, patients, support: desk.site.support });
  return write(console, { ...event, note: note.trim() === '' ? event.note : note });
}

/** The latest entry of that kind about these recordings; where there is none it was a question. */
async function causeOf(console: Console, trigger: Incident['trigger'], { recordings = [], patients = [] }: About): Promise<Cause> {
  if (trigger === 'query') return { trigger };
  const about = recordings.length > 0 ? { recordings } : { patients };
  if (trigger === 'flag') {
    const named = new Set([...recordings, ...patients]);
    const flag = (await console.flags()).find(({ recording, patient }) => named.has(recording?.recording ?? '') || named.has(patient?.patient ?? ''));
    return flag ? { trigger, at: flag.at, kind: flag.kind } : { trigger: 'query' };
  }
  const { rows: [row] } = await console.trail.ask('events', { filter: { ...everything(about), events: [trigger] }, next: null, limit: 1 });
  if (!row) return { trigger: 'query' };
  return trigger === 'withheld' ? { trigger, at: row.at, reasons: row.detail === '' ? [] : row.detail.split(/,\s*/) } : { trigger, at: row.at };
}

/** @param seen the number of the version that the manager had before them: where somebody has saved another meanwhile, nothing is written, and they are told */
export async function saveIncident(desk: Desk, console: Console, id: string, fields: IncidentFields, seen: number, note: string): Promise<Registered> {
  const incident = await incidentCalled(console, id);
  if (incident.state === 'closed') throw new Failure('bad-request', 'incident is closed');
  if (incident.revision !== seen) throw refused('incident-newer');
  return write(console, next(incident, { fields }, note, desk.now()));
}

/** Once it is closed nothing of it is kept to work on. @param seen as for {@link saveIncident}: nobody closes what they have not seen */
export async function closeIncident(desk: Desk, console: Console, id: string, seen: number, note: string): Promise<Registered> {
  const incident = await incidentCalled(console, id);
  if (incident.state === 'closed') throw new Failure('bad-request', 'incident is closed');
  if (incident.revision !== seen) throw refused('incident-newer');
  const closed = await write(console, next(incident, { state: 'closed' }, note, desk.now()));
  if (keptHere(console.manager.vault)?.incident === id) removeKept(console.manager.vault, console.manager.journal, 'closed');
  return closed;
}
