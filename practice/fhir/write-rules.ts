import type { List, QuestionnaireResponse, Resource, Task } from '@medplum/fhirtypes';
import type { Caller } from './access.ts';
import { FhirError, forbidden } from './error.ts';
import { LIFTED_BY, STOP_REASON } from '../systems.ts';
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

/** The practice's own rules for what may be written by whom; the format is checked elsewhere. */
export function checkWrite(caller: Caller, resource: Resource, before: Stored | undefined): void {
  switch (resource.resourceType) {
    case 'Task':
      checkTask(caller, resource, before);
      return;
    case 'List':
      checkList(resource, before);
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

function checkTask(caller: Caller, task: Task, before: Stored | undefined): void {
  if (caller.manager) return;
  if (before?.resourceType !== 'Task') throw forbidden('Only managers assign reviews');
  const untouched = (one: Task): string => JSON.stringify(sorted(Object.fromEntries(Object.entries(one).filter(([key]) => !CLINICIANS_PART.has(key)))));
  if (untouched(task) !== untouched(before)) throw forbidden('A clinician may change how far a review is, not whose it is or what it is about');
  if (task.status !== before.status && !STEPS[before.status]?.includes(task.status)) {
    throw new FhirError(422, 'business-rule', `A review cannot go from ${before.status} to ${task.status}`);
  }
}

/** The stop list only grows: what is on it stays as it is, and what lifts a stop names two people. */
function checkList(list: List, before: Stored | undefined): void {
  const was = before?.resourceType === 'List' ? before.entry ?? [] : [];
  const now = new Set(list.entry?.map((entry) => JSON.stringify(sorted(entry))));
  if (was.some((entry) => !now.has(JSON.stringify(sorted(entry))))) throw new FhirError(422, 'business-rule', 'Entries are never changed on a stop list, nor removed from it');
  for (const { flag, date, extension = [] } of list.entry ?? []) {
    if (!flag?.coding?.some(({ system, code }) => system === STOP_REASON && code === 'lifted')) continue;
    const by = new Set(extension.filter(({ url }) => url === LIFTED_BY).map(({ valueReference }) => valueReference?.reference));
    if (by.size < 2 || date === undefined) throw new FhirError(422, 'business-rule', 'A stop is lifted by two people, at a moment');
  }
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
