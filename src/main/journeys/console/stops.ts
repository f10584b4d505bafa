/** Stopping for the whole practice, and lifting, which takes two managers: one proposes, another one confirms. */
import type { StopTarget } from '../../../preload/console.ts';
import { whatCounts, stopKey, stoppedRecording } from '../../assurance/stops.ts';
import { urn } from '../../assurance/statements.ts';
import { byNameAlone, type ManagerEvent, type Subject } from '../../audit/entry.ts';
import { CLOCK_DIFFERENCE_MS } from '../../fhir/period.ts';
import { localReference } from '../../fhir/reference.ts';
import { identifiersOf, Patient } from '../../fhir/resources.ts';
import { EVERYTHING, NHS_NUMBER, SDS_USER_ID, URI } from '../../fhir/systems.ts';
import { Failure } from '../../platform/failure.ts';
import { readRoles } from '../../service/people.ts';
import { byId } from '../../service/search.ts';
import { readStopList, type ListedStop, type StopList } from '../../service/stopList.ts';
import { addLifts, addProposals, addStops, readProposals, type LiftProposal, type Stopped } from '../../service/stopping.ts';
import { sessionRoles } from '../../session/roles.ts';
import type { Desk } from '../desk.ts';
import { act, managerHere, readerHere, reasonCode, refused, type Manager } from './acts.ts';

/** One identifier that is stopped now. */
export interface StandingStop {
  /** Opaque. */
  id: string;
  target: StopTarget['kind'];
  /** urn:uuid; "Patient/id", where the entry says whose identifier it is. */
  recording: string | null;
  patient: string | null;
  /** ISO time; null for one whose entry has none. */
  since: string | null;
  reason: string | null;
  /** Who proposed to lift it since. `mine`: somebody else must confirm it. */
  proposals: { by: string; at: string; reason: string; mine: boolean }[];
}

interface Standing extends Stopped {
  entry: ListedStop;
  /** ms, as {@link whatCounts} has it. */
  at: number;
  proposals: LiftProposal[];
}

interface Stops {
  list: StopList;
  standing: Map<string, Standing>;
}

async function readStanding(desk: Desk, { http }: Manager): Promise<Stops> {
  const [list, { proposals }] = await Promise.all([readStopList(http), readProposals(http, desk.now())]);
  const { stops, lifts } = whatCounts(list, desk.now());
  const standing = new Map<string, Standing>();
  for (const [index, { identifier, at }] of stops.entries()) {
    const entry = list.stops[index];
    const before = standing.get(identifier);
    if (!entry || lifts.some((lift) => lift.identifier === identifier && lift.at > at) || (before && before.at > at)) continue;
    standing.set(identifier, { system: entry.system, value: entry.value, entry, at, proposals: [] });
  }
  for (const proposal of proposals) {
    const of = standing.get(stopKey(proposal));
    if (of && proposal.at > of.at) of.proposals.push(proposal);
  }
  return { list, standing };
}

function targetOf({ system, value, entry }: Standing, fhirBase: string): Pick<StandingStop, 'target' | 'recording' | 'patient'> {
  const recording = stoppedRecording({ system, value });
  if (recording !== null) return { target: 'recording', recording, patient: null };
  if (system === EVERYTHING.system) return { target: 'all', recording: null, patient: null };
  return { target: 'patient', recording: null, patient: localReference(entry.about, fhirBase, 'Patient') };
}

/** What stands at the practice now, latest first. */
export async function readStops(desk: Desk): Promise<{ state: StopList['state']; stops: StandingStop[] }> {
  const manager = readerHere(desk);
  const { list, standing } = await readStanding(desk, manager);
  const latestFirst = [...standing].sort(([, a], [, b]) => b.at - a.at);
  return {
    state: list.state,
    stops: latestFirst.map(([id, one]) => ({
      id, ...targetOf(one, manager.http.fhirBase), since: one.entry.at === null ? null : new Date(one.entry.at).toISOString(), reason: one.entry.reason ?? null,
      proposals: one.proposals.map(({ by, at, reason }) => ({ by, at: new Date(at).toISOString(), reason, mine: by === manager.me })),
    })),
  };
}

const ofPatient = (patient: string): Subject => ({ recording: null, document: null, patient, task: null, purpose: null });

/** What is stopped by which identifiers: of a patient by each that their record has. */
async function identifiersFor(http: Manager['http'], target: StopTarget): Promise<{ stops: (Stopped & { about: string | null })[]; subject: Subject | null }> {
  switch (target.kind) {
    case 'all':
      return { stops: [{ ...EVERYTHING, about: null }], subject: null };
    case 'recording': {
      const recording = urn.safeParse(target.recording.toLowerCase()).data;
      if (recording === undefined) throw new Failure('bad-request', 'no such recording');
      return { stops: [{ system: URI, value: recording, about: null }], subject: byNameAlone(recording) };
    }
    case 'patient': {
      const patient = (await byId(http, 'Patient', Patient, [target.patient])).get(target.patient);
      const held = (patient?.identifier ?? []).flatMap(({ system, value }) => (system && value ? [{ system, value, about: target.patient }] : []));
      if (held.length === 0) throw refused('no-identifier');
      return { stops: held.sort((a, b) => Number(b.system === NHS_NUMBER) - Number(a.system === NHS_NUMBER)), subject: ofPatient(target.patient) };
    }
  }
}

/** Everybody's app asks for the list at most 60 seconds later while it plays, 5 minutes otherwise. @param reason its code */
export async function stop(desk: Desk, target: StopTarget, reason: string): Promise<void> {
  const manager = managerHere(desk);
  const code = reasonCode(reason);
  const { stops, subject } = await identifiersFor(manager.http, target);
  await act(desk, manager, [{ event: 'stopped', target: target.kind, subject, reason: code }], () => addStops(manager.http, stops, code, new Date(desk.now()).toISOString(), manager.role));
}

function chosen({ list, standing }: Stops, ids: readonly string[]): Standing[] {
  // Half a list may hide the stop that came later.
  if (list.state !== 'read') throw refused('list-unreadable');
  return ids.map((id) => {
    const one = standing.get(id);
    if (!one) throw refused('not-standing');
    return one;
  });
}

/** One event for each thing, however many identifiers stop it. */
function liftEvents(stops: readonly Standing[], reason: (stop: Standing) => string, fhirBase: string): ManagerEvent[] {
  const events = stops.map((one): ManagerEvent => {
    const { target, recording, patient } = targetOf(one, fhirBase);
    return { event: 'lifted', target, subject: recording === null ? patient === null ? null : ofPatient(patient) : byNameAlone(recording), reason: reason(one) };
  });
  return events.filter((event, index) => events.findIndex((other) => JSON.stringify(other) === JSON.stringify(event)) === index);
}

/** Lifts nothing: says to another manager that it should be. @param ids of {@link StandingStop}s @param reason its code */
export async function proposeLift(desk: Desk, ids: readonly string[], reason: string): Promise<void> {
  const manager = managerHere(desk);
  const code = reasonCode(reason);
  const stops = chosen(await readStanding(desk, manager), ids);
  if (stops.every(({ proposals }) => proposals.some(({ by }) => by === manager.me))) throw refused('proposed-already');
  await act(desk, manager, liftEvents(stops, () => `proposed:${code}`, manager.http.fhirBase), () => addProposals(manager.http, stops, code, manager.me, new Date(desk.now()).toISOString(), manager.role));
}

/** Lifts what another manager proposed to lift, in both names. @param ids of {@link StandingStop}s */
export async function confirmLift(desk: Desk, ids: readonly string[]): Promise<void> {
  const manager = managerHere(desk);
  const stops = chosen(await readStanding(desk, manager), ids);
  const others = await otherManagers(desk, manager, new Set(stops.flatMap(({ proposals }) => proposals.map(({ by }) => by))));
  const now = Math.ceil(desk.now());
  const lifts = stops.map((one) => {
    const { system, value, at, proposals } = one;
    if (proposals.length === 0) throw refused('not-proposed');
    const proposal = proposals.find(({ by }) => others.has(by));
    if (!proposal) throw refused('second-person');
    // Later than the stop, and not so far ahead that nobody would take it.
    if (at >= now + CLOCK_DIFFERENCE_MS) throw refused('dated-ahead');
    return { one, proposal, lift: { system, value, at: Math.max(now, at + 1), by: [proposal.by, manager.me] as const } };
  });
  const reasonOf = (stop: Standing) => `confirmed:${lifts.find(({ one }) => one === stop)?.proposal.reason ?? ''}`;
  await act(desk, manager, liftEvents(stops, reasonOf, manager.http.fhirBase), () => addLifts(manager.http, lifts.map(({ lift }) => lift), new Date(now).toISOString(), manager.role));
}

/** Of these people those whom the practice names as managers now, and who are not the one who is here by either root. @param people "Practitioner/id" */
async function otherManagers(desk: Desk, { http, me, person }: Manager, people: ReadonlySet<string>): Promise<Set<string>> {
  const others = new Set<string>();
  for (const one of people) {
    if (one === me) continue;
    const id = one.slice('Practitioner/'.length);
    const staff = await readRoles(http, id);
    const ids = staff ? identifiersOf(staff.practitioner, SDS_USER_ID) : [];
    if (!staff || staff.practitioner.active === false || ids.length === 0 || ids.includes(person.sds)) continue;
    if (sessionRoles(staff.roles, id, desk.site, desk.now()).some(({ kind }) => kind === 'manager')) others.add(one);
  }
  return others;
}
