/** The practice's register of incidents: read from the managers' own entries, and written as such. */
import { randomUUID } from 'node:crypto';
import type { Incident, IncidentFields } from '../../../preload/console.ts';
import type { EntryBody } from '../../audit/entry.ts';
import { againstClosing, againstReporting, next, open, register, type Cause, type IncidentEvent, type Registered } from '../../audit/incidents.ts';
import { parseStrict } from '../../platform/json.ts';
import { Failure } from '../../platform/failure.ts';
import type { Desk } from '../desk.ts';
import type { About, Console } from './console.ts';
import { allEvents, everything } from './console.ts';

/** What a manager wrote in this session counts before the practice has given it back. */
const written = new WeakMap<Console, EntryBody[]>();

export async function readRegister(console: Console): Promise<Registered[]> {
  const found: Parameters<typeof register>[0] extends Iterable<infer One> ? One[] : never = [];
  for await (const { id, proof } of allEvents(console, { ...everything(), events: ['incident'] })) {
    const { entry } = await console.trail.ask('details', { id });
    found.push({ body: bodyOf(entry), proof });
  }
  // Each once: an entry that has come back is the same one.
  const back = new Set(found.map(({ body }) => (body as Partial<EntryBody> | null)?.id));
  for (const body of written.get(console) ?? []) if (!back.has(body.id)) found.push({ body, proof: 'verified' });
  return register(found).incidents;
}

function bodyOf(entry: string): unknown {
  try {
    return parseStrict(entry);
  } catch {
    return null;
  }
}

/** As the screens have it: with what stands against reporting and closing it now. */
export function viewOf(desk: Desk, incident: Registered): Incident {
  const now = desk.now();
  return { ...incident, againstReporting: againstReporting(incident.fields, now).map(({ sentence }) => sentence), againstClosing: againstClosing(incident.fields, now).map(({ sentence }) => sentence) };
}

export async function incidentCalled(console: Console, id: string): Promise<Registered> {
  const found = (await readRegister(console)).find((one) => one.id === id);
  if (!found) throw new Failure('bad-request', 'no such incident');
  return found;
}

async function write(console: Console, event: IncidentEvent): Promise<Registered> {
  const { manager } = console;
  manager.journal.write(event);
  const head = manager.vault.ledger.head();
  const [entry] = head ? manager.vault.ledger.entries(head.seq, 1) : [];
  if (entry) written.set(console, [...(written.get(console) ?? []), JSON.parse(entry.body.toString('utf8')) as EntryBody]);
  return incidentCalled(console, event.incident);
}

/** Opens one about these recordings and patients, filled in with what the record says. */
export async function openIncident(desk: Desk, console: Console, trigger: Incident['trigger'], about: About, note: string): Promise<Registered> {
  const { recordings = [], patients = [] } = about;
  const ladder = await console.ladder(recordings.length > 0 ? { recordings } : { patients });
  const event = open({ incident: randomUUID(), cause: await causeOf(console, trigger, about), ladder, recordings, patients, support: desk.site.support });
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

/** @param seen the number of the version that the manager had before them: one that somebody saved meanwhile stays, and the two are said to differ */
export async function saveIncident(desk: Desk, console: Console, id: string, fields: IncidentFields, seen: number, note: string): Promise<Registered> {
  const incident = await incidentCalled(console, id);
  if (incident.state === 'closed') throw new Failure('bad-request', 'incident is closed');
  return write(console, next({ ...incident, revision: Math.min(seen, incident.revision) }, { fields }, note, desk.now()));
}

export async function closeIncident(desk: Desk, console: Console, id: string, note: string): Promise<Registered> {
  const incident = await incidentCalled(console, id);
  if (incident.state === 'closed') throw new Failure('bad-request', 'incident is closed');
  return write(console, next(incident, { state: 'closed' }, note, desk.now()));
}
