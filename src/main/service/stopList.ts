/** The practice's stop list as it comes: all Lists of that code, united. What counts of it is assurance's. */
import { Failure } from '../platform/failure.ts';
import { moment } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import { List, ListEntry, PractitionerRole, type CodeableConcept } from '../fhir/resources.ts';
import type { PracticeHttp } from './http.ts';
import { byId, searchEach } from './search.ts';

const VR = 'https://viewing-room.example/fhir';
const LIST_CODE = { system: `${VR}/CodeSystem/list`, code: 'stop-list' };
const LIFTED = { system: `${VR}/CodeSystem/stop-reason`, code: 'lifted' };
const LIFTED_BY = `${VR}/StructureDefinition/lifted-by`;
/** Our own system has one value. Another may mean anything, so that it is not understood. */
const STOP = { system: `${VR}/stop`, value: 'all' };

export interface ListedStop {
  system: string;
  value: string;
  /** ms since the epoch; null where the entry names no moment. */
  at: number | null;
}

export interface ListedLift {
  system: string;
  value: string;
  at: number;
  /** "Practitioner/id" of everyone who lifted it; whoever cannot be told from the others is not among them. */
  by: string[];
}

/** `absent`: the practice gives this person no Lists at all. `unreadable`: not all of it was read and understood; what was is here. */
export interface StopList {
  state: 'read' | 'absent' | 'unreadable';
  /** There was a List of that code. */
  found: boolean;
  stops: ListedStop[];
  lifts: ListedLift[];
}

const has = (concept: CodeableConcept | undefined, wanted: { system: string; code: string }): boolean =>
  (concept?.coding ?? []).some(({ system, code }) => system === wanted.system && code === wanted.code);

/** Throws `session-expired` alone: whatever else keeps the list from being read makes it unreadable. */
export async function readStopList(http: PracticeHttp): Promise<StopList> {
  const list: StopList = { state: 'read', found: false, stops: [], lifts: [] };
  try {
    for await (const resource of searchEach(http, `List?code=${encodeURIComponent(`${LIST_CODE.system}|${LIST_CODE.code}`)}&_count=100`)) takeIn(list, resource);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'session-expired') throw error;
    list.state = error.detail?.refusedPage === 1 ? 'absent' : 'unreadable';
  }
  await nameRoles(http, list.lifts);
  return list;
}

function takeIn(list: StopList, resource: unknown): void {
  const type = (resource as { resourceType?: unknown } | null | undefined)?.resourceType;
  // A server that could not answer in full says so inside the Bundle.
  if (type === 'OperationOutcome') list.state = 'unreadable';
  if (type !== 'List') return;
  const parsed = List.safeParse(resource);
  if (!parsed.success) list.state = 'unreadable';
  if (!parsed.success || !has(parsed.data.code, LIST_CODE)) return;
  list.found = true;
  for (const raw of parsed.data.entry ?? []) if (!takeEntry(list, raw)) list.state = 'unreadable';
}

/** False for an entry that is not understood. */
function takeEntry(list: StopList, raw: unknown): boolean {
  const entry = ListEntry.safeParse(raw);
  if (!entry.success) return false;
  const { item: { identifier }, flag, date, extension, modifierExtension } = entry.data;
  if (identifier.system === STOP.system && identifier.value !== STOP.value) return false;
  const at = moment(date);
  if (!has(flag, LIFTED)) {
    list.stops.push({ ...identifier, at: Number.isNaN(at) ? null : at });
    return true;
  }
  if (Number.isNaN(at) || modifierExtension) return false;
  list.lifts.push({ ...identifier, at, by: (extension ?? []).flatMap(({ url, valueReference }) => (url === LIFTED_BY && valueReference?.reference ? [valueReference.reference] : [])) });
  return true;
}

/** Two roles may be one person's: whose a role is must be read, or it is nobody's. */
async function nameRoles(http: PracticeHttp, lifts: readonly ListedLift[]): Promise<void> {
  const roleOf = (reference: string) => localReference(reference, http.fhirBase, 'PractitionerRole');
  const roles = await byId(http, 'PractitionerRole', PractitionerRole, lifts.flatMap(({ by }) => by.map(roleOf))).catch((error: unknown) => {
    if (!(error instanceof Failure) || error.code === 'session-expired') throw error;
    return new Map<string, PractitionerRole>();
  });
  for (const lift of lifts) {
    lift.by = lift.by.flatMap((reference) => {
      const person = roles.get(roleOf(reference) ?? '')?.practitioner?.reference ?? reference;
      return localReference(person, http.fhirBase, 'Practitioner') ?? [];
    });
  }
}
