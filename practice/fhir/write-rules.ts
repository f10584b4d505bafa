import type { List, ListEntry, Provenance, QuestionnaireResponse, Resource, Task } from '@medplum/fhirtypes';
import type { Caller } from './access.ts';
import { FhirError, forbidden } from './error.ts';
import { roleId } from '../seed/staff.ts';
import { ENROLLED_BY, LIFTED_BY, PROPOSED_BY, STOP_REASON, VR } from '../systems.ts';
import { references } from './search.ts';
import type { Stored } from './store.ts';

/** What a clinician's change of a Task may touch: how the review goes, never whose it is or what it is about. */
const CLINICIANS_PART: ReadonlySet<string> = new Set([
  'meta', 'text', 'status', 'statusReason', 'businessStatus', 'output', 'note', 'lastModified', 'executionPeriod',
]);
const STEPS: Partial<Record<Task['status'], readonly Task['status'][]>> = {
  requested: ['accepted', 'in-progress', 'completed', 'rejected'],
  accepted: ['in-progress', 'completed', 'rejected'],
  'in-progress': ['completed', 'rejected'],
};

/** The practice's own rules for what may be written by whom; the format is checked elsewhere. @param names of the caller and of the caller as manager, where the server has names of its own */
export function checkWrite(caller: Caller, resource: Resource, before: Stored | undefined, names: ReadonlySet<string> = asMyself(caller)): void {
  switch (resource.resourceType) {
    case 'Task':
      checkTask(caller, resource, before, names);
      return;
    case 'List':
      checkList(caller, resource, before);
      return;
    case 'Provenance':
      checkProvenance(resource, before, names);
      return;
    case 'QuestionnaireResponse':
      checkAuthor(caller, resource, before);
      return;
    case 'Communication':
      if (!references(resource, 'sender').includes(myReference(caller))) throw forbidden('A message is sent in one’s own name');
      return;
    case 'AuditEvent':
      if (before) throw new FhirError(405, 'not-supported', 'An access record is never changed');
      return;
    default:
  }
}

const ENDED: readonly Task['status'][] = ['cancelled', 'entered-in-error', 'rejected'];

function checkTask(caller: Caller, task: Task, before: Stored | undefined, names: ReadonlySet<string>): void {
  if (caller.manager) {
    if (!before && !names.has(task.requester?.reference ?? '')) throw forbidden('A review is asked for in one’s own name');
    if (before?.resourceType === 'Task' && ENDED.includes(before.status) && task.status !== before.status) throw new FhirError(422, 'business-rule', 'What has ended is assigned anew');
    return;
  }
  if (before?.resourceType !== 'Task') throw forbidden('Only managers assign reviews');
  const untouched = (one: Task): string => JSON.stringify(sorted(Object.fromEntries(Object.entries(one).filter(([key]) => !CLINICIANS_PART.has(key)))));
  if (untouched(task) !== untouched(before)) throw forbidden('A clinician may change how far a review is, not whose it is or what it is about');
  if (task.status !== before.status && !STEPS[before.status]?.includes(task.status)) {
    throw new FhirError(422, 'business-rule', `A review cannot go from ${before.status} to ${task.status}`);
  }
}

/** A List only grows: what is on it stays as it is, and so does what it is. What is added is decided in one's own name, and a stop is lifted in two. */
function checkList(caller: Caller, list: List, before: Stored | undefined): void {
  const was = before?.resourceType === 'List' ? before : undefined;
  const text = (entry: ListEntry): string => JSON.stringify(sorted(entry));
  const [had, now] = [new Set(was?.entry?.map(text)), new Set(list.entry?.map(text))];
  if ([...had].some((entry) => !now.has(entry))) throw new FhirError(422, 'business-rule', 'Entries are never changed on a list, nor removed from it');
  if (was && JSON.stringify(sorted(was.code)) !== JSON.stringify(sorted(list.code))) throw new FhirError(422, 'business-rule', 'A list stays what it is');
  const people = ({ extension = [] }: ListEntry, as: string) => new Set(extension.filter(({ url }) => url === as).map(({ valueReference }) => valueReference?.reference));
  const isOf = (code: string) => list.code?.coding?.some((coding) => coding.system === `${VR}/CodeSystem/list` && coding.code === code) === true;
  for (const entry of (list.entry ?? []).filter((one) => !had.has(text(one)))) {
    const lifts = entry.flag?.coding?.some(({ system, code }) => system === STOP_REASON && code === 'lifted') === true;
    const lifters = people(entry, LIFTED_BY);
    if (lifts && (lifters.size < 2 || entry.date === undefined)) throw new FhirError(422, 'business-rule', 'A stop is lifted by two people, at a moment');
    const named = [...(lifts ? [lifters] : []), ...(isOf('device-list') ? [people(entry, ENROLLED_BY)] : []), ...(isOf('lift-proposals') ? [people(entry, PROPOSED_BY)] : [])];
    if (named.some((them) => !them.has(myReference(caller)))) throw forbidden('What is decided on a list is decided in one’s own name');
  }
}

/** Managers sign assignments, and nothing about a recording. */
function checkProvenance({ agent, target }: Provenance, before: Stored | undefined, names: ReadonlySet<string>): void {
  if (before) throw new FhirError(405, 'not-supported', 'A signature is never changed');
  if (agent.some(({ who }) => !names.has(who.reference ?? ''))) throw forbidden('A signature is given in one’s own name');
  if (target.some(({ reference }) => !reference?.startsWith('Task/'))) throw forbidden('Managers sign assignments');
}

/** The caller, and the caller as manager. */
function asMyself(caller: Caller): Set<string> {
  return new Set([myReference(caller), `PractitionerRole/${roleId(caller.person, 'manager')}`]);
}

function checkAuthor(caller: Caller, response: QuestionnaireResponse, before: Stored | undefined): void {
  const mine = myReference(caller);
  const authors = [response.author?.reference, before?.resourceType === 'QuestionnaireResponse' ? before.author?.reference : mine];
  if (authors.some((author) => author !== mine)) throw forbidden('A review is written in one’s own name');
}

function myReference(caller: Caller): string {
  return `Practitioner/${caller.person.practitionerId}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
