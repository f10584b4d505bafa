/** The practice's stop list as it comes: all Lists of that code, united. What counts of it is assurance's. */
import { z } from 'zod';
import { Failure } from '../platform/failure.ts';
import { latest, moment } from '../fhir/period.ts';
import { localReference } from '../fhir/reference.ts';
import { hasCode, List, ListEntry, PractitionerRole, type CodeableConcept } from '../fhir/resources.ts';
import { EVERYTHING, LIFTED_BY, LIST_CODE, STOP_REASON } from '../fhir/systems.ts';
import type { PracticeHttp } from './http.ts';
import { byId, searchEach } from './search.ts';

export interface ListedStop {
  system: string;
  value: string;
  /** ms since the epoch, the last one that the entry's date may mean; null where it has none. */
  at: number | null;
  /** Code of why, and a reference to what it is about, where the entry says so: for managers, decided by neither. */
  reason?: string | undefined;
  about?: string | undefined;
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

/** Throws what ends the session, and nothing else: whatever else keeps the list from being read makes it unreadable. */
export async function readStopList(http: PracticeHttp): Promise<StopList> {
  const list: StopList = { state: 'read', found: false, stops: [], lifts: [] };
  try {
    for await (const resource of searchEach(http, `List?code=${encodeURIComponent(`${LIST_CODE}|stop-list`)}&_count=100`)) takeIn(list, resource);
  } catch (error) {
    if (!(error instanceof Failure) || endsSession(error)) throw error;
    list.state = error.detail?.refusedPage === 1 ? 'absent' : 'unreadable';
  }
  await nameRoles(http, list.lifts);
  return list;
}

export const endsSession = ({ code }: Failure): boolean => code === 'session-expired' || code === 'identity-mismatch';

function takeIn(list: StopList, resource: unknown): void {
  const type = (resource as { resourceType?: unknown } | null | undefined)?.resourceType;
  // A server that could not answer in full says so inside the Bundle.
  if (type === 'OperationOutcome') list.state = 'unreadable';
  if (type !== 'List') return;
  const parsed = List.safeParse(resource);
  if (!parsed.success) list.state = 'unreadable';
  if (!parsed.success || !hasCode(parsed.data.code, LIST_CODE, 'stop-list')) return;
  list.found = true;
  for (const raw of parsed.data.entry ?? []) if (!takeEntry(list, raw)) list.state = 'unreadable';
}

const Stop = ListEntry.pick({ item: true, flag: true });
const Item = z.object({ item: z.object({ reference: z.string().max(200) }) });

const saidOf = (flag: CodeableConcept | undefined, raw: unknown) => ({ reason: flag?.coding?.find(({ system }) => system === STOP_REASON)?.code, about: Item.safeParse(raw).data?.item.reference });

/** False for an entry that is not understood. */
function takeEntry(list: StopList, raw: unknown): boolean {
  const entry = ListEntry.safeParse(raw);
  if (!entry.success) {
    // What else it says cannot be read; that it stops this can.
    const stop = Stop.safeParse(raw);
    if (stop.success && !hasCode(stop.data.flag, STOP_REASON, 'lifted')) list.stops.push({ ...stop.data.item.identifier, at: null, ...saidOf(stop.data.flag, raw) });
    return false;
  }
  const { item: { identifier }, flag, date, extension, modifierExtension } = entry.data;
  // Our own system has one value. Another may mean anything.
  if (identifier.system === EVERYTHING.system && identifier.value !== EVERYTHING.value) return false;
  if (!hasCode(flag, STOP_REASON, 'lifted')) {
    const at = latest(date);
    list.stops.push({ ...identifier, at: Number.isNaN(at) ? null : at, ...saidOf(flag, raw) });
    return true;
  }
  const at = moment(date);
  if (Number.isNaN(at) || modifierExtension) return false;
  list.lifts.push({ ...identifier, at, by: (extension ?? []).flatMap(({ url, valueReference }) => (url === LIFTED_BY && valueReference?.reference ? [valueReference.reference] : [])) });
  return true;
}

/** Two roles may be one person's: whose a role is must be read, or it is nobody's. */
async function nameRoles(http: PracticeHttp, lifts: readonly ListedLift[]): Promise<void> {
  const roleOf = (reference: string) => localReference(reference, http.fhirBase, 'PractitionerRole');
  const roles = await byId(http, 'PractitionerRole', PractitionerRole, lifts.flatMap(({ by }) => by.map(roleOf))).catch((error: unknown) => {
    if (!(error instanceof Failure) || endsSession(error)) throw error;
    return new Map<string, PractitionerRole>();
  });
  for (const lift of lifts) {
    lift.by = lift.by.flatMap((reference) => {
      const person = roles.get(roleOf(reference) ?? '')?.practitioner?.reference ?? reference;
      return localReference(person, http.fhirBase, 'Practitioner') ?? [];
    });
  }
}
