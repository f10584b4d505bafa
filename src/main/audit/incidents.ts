/**
 * The practice's register of incidents, from the managers' own entries: each saving is one, whole, and none is ever changed. What is asked for is UK GDPR
 * Articles 33 and 34. The register names no patient: what is written in it goes to the practice's server.
 */
import { z } from 'zod';
import { IncidentFields, IncidentTrigger, type Incident, type Proof } from '../../preload/console.ts';
import { Failure } from '../platform/failure.ts';
import { BODY_LIMIT } from './chain.ts';
import type { ManagerEvent } from './entry.ts';
import { againstClosing, againstReporting, againstSaving, type Hindrance } from './hindrances.ts';
import { counted, momentWords } from './printed/words.ts';

export type IncidentEvent = Extract<ManagerEvent, { event: 'incident' }>;

/** Nobody saves so often: a number beyond it is no version. */
const HIGHEST = 1_000_000;

/** An entry's body of this event, as far as the register reads it. */
const Version = z.object({
  event: z.literal('incident'), incident: z.uuid(), revision: z.number().int().min(1).max(HIGHEST), state: z.enum(['open', 'closed']), trigger: IncidentTrigger, fields: IncidentFields,
  note: z.string().max(20_000), id: z.string(), seq: z.number().int(), device: z.string(), at: z.iso.datetime({ offset: true }), actor: z.object({ sds: z.string(), name: z.string() }),
});
type Version = z.infer<typeof Version> & { proof: Proof };

export type Registered = Omit<Incident, 'againstReporting' | 'againstClosing'>;

/** In order of number, then time, then chain: the same whatever order they came in. */
const inOrder = (a: Version, b: Version): number =>
  a.revision - b.revision || Date.parse(a.at) - Date.parse(b.at) || a.actor.sds.localeCompare(b.actor.sds) || a.device.localeCompare(b.device) || a.seq - b.seq;

/**
 * Entries of the event `incident`, in any order, repeated or not → the register, newest first. Of two versions with one number both stay and the later in time
 * counts. A version whose chain is broken stays, and counts only where no other does. What differs in anything is another version: an entry's name proves nothing of what is in it.
 */
export function register(entries: Iterable<{ body: unknown; proof: Proof }>): { incidents: Registered[]; unreadable: number } {
  const incidents = new Map<string, Map<string, Version>>();
  let unreadable = 0;
  for (const { body, proof } of entries) {
    const read = Version.safeParse(body);
    if (!read.success) {
      unreadable += 1;
      continue;
    }
    const version = { ...read.data, proof };
    const versions = incidents.get(version.incident) ?? new Map<string, Version>();
    const whole = JSON.stringify(body);
    // A copy of it that does not hold takes nothing from it.
    if (!versions.has(whole) || proof !== 'broken') versions.set(whole, version);
    incidents.set(version.incident, versions);
  }
  const registered = [...incidents.values()].map((versions) => incidentOf([...versions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, version]) => version).sort(inOrder)));
  return { incidents: registered.sort((a, b) => Date.parse(b.openedAt) - Date.parse(a.openedAt) || a.id.localeCompare(b.id)), unreadable };
}

function incidentOf(versions: Version[]): Registered {
  const sound = versions.filter(({ proof }) => proof !== 'broken');
  const counting = sound.length > 0 ? sound : versions;
  const first = counting[0];
  const current = counting.at(-1);
  if (!first || !current) throw new Error('an incident without a version');
  return {
    id: current.incident, trigger: first.trigger, state: current.state, openedAt: first.at, openedBy: first.actor.name, fields: current.fields, revision: current.revision,
    versions: versions.map(({ revision, at, actor, note, state, fields }) => ({ version: revision, at, by: actor.name, note, state, fields })),
    remarks: remarksOn(versions, counting, current),
  };
}

function remarksOn(versions: Version[], counting: Version[], current: Version): string[] {
  const written = ({ actor, at }: Version) => `by ${actor.name} on ${momentWords(at)}`;
  const remarks: string[] = [];
  const known = new Set(versions.map(({ revision }) => revision));
  const absent = current.revision - [...known].filter((revision) => revision <= current.revision).length;
  if (absent > 0) remarks.push(`${counted(absent, 'version')} before version ${current.revision} ${absent === 1 ? 'is' : 'are'} not in the record as far as it has been read.`);
  for (const number of known) {
    const rivals = counting.filter(({ revision }) => revision === number);
    if (rivals.length < 2) continue;
    remarks.push(`Version ${number} was written ${rivals.length === 2 ? 'twice' : `${rivals.length} times`}: ${rivals.map(written).join('; ')}. All are kept; the last of these counts. Check that nothing of the others is missing from it.`);
  }
  for (const version of versions) {
    if (version.proof === 'broken') remarks.push(`Version ${version.revision}, ${written(version)}, stands in a chain that does not hold${counting.includes(version) ? '' : ', so it does not count'}.`);
    if (version.proof === 'unenrolled') remarks.push(`Version ${version.revision}, ${written(version)}, comes from a computer that no manager has enrolled.`);
  }
  return remarks;
}

/** What an entry has beside its event is less than the difference. */
const LONGEST = BODY_LIMIT - 4096;

/**
 * The next version, to be written into the manager's chain. `incident` is what the manager had before them: two who work on one version at a time make two with
 * one number, which the register says. `act-refused` when something stands against it, with all of it in words.
 */
export function next(incident: Registered, changes: { fields?: Partial<IncidentFields>; state?: Incident['state'] }, note: string, now: number): IncidentEvent {
  const fields = IncidentFields.parse({ ...incident.fields, ...changes.fields });
  const state = changes.state ?? incident.state;
  const against = state === 'closed' ? againstClosing(fields, now) : againstSaving(fields, now);
  if (against.length > 0) throw new Failure('act-refused', 'incident is not fit to be saved so', { why: 'incident-unfit', against: against.map(({ sentence }) => sentence).join(' ') });
  const event: IncidentEvent = { event: 'incident', incident: incident.id, revision: Math.min(incident.revision + 1, HIGHEST), state, trigger: incident.trigger, fields, note };
  // Longer than any reader takes: it would come back as unreadable.
  if (Buffer.byteLength(JSON.stringify(event)) > LONGEST) throw new Failure('act-refused', 'incident is too long', { why: 'incident-too-long' });
  return event;
}

/** As the screens have it: with what stands against reporting and closing it now. */
export function viewOf(incident: Registered, now: number): Incident {
  const sentences = (against: readonly Hindrance[]) => against.map(({ sentence }) => sentence);
  return { ...incident, againstReporting: sentences(againstReporting(incident.fields, now)), againstClosing: sentences(againstClosing(incident.fields, now)) };
}
