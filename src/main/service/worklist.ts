/** The clinician's assignments: every Task the practice answers with, whoever it belongs to. Deciding is assurance's. */
import { Task } from '../fhir/resources.ts';
import { Ahead } from './batch.ts';
import type { PracticeHttp } from './http.ts';
import { byId, eachById, oneOfEach, refuseOutcome, searchPages } from './search.ts';

/**
 * Assignments by when the practice last changed them, the longest ago first, page by page. One that changed while the pages were read may be there twice: the last is as it is.
 * @param owners "Practitioner/id" and "PractitionerRole/id" of this session. @param since FHIR instant (R4 §3.1.1.4.2 `_lastUpdated`), or null for all. @param statuses those alone
 */
export async function* taskPages(http: PracticeHttp, owners: readonly string[], since: string | null, statuses: readonly string[] = []): AsyncGenerator<Task[], void> {
  const changed = since === null ? '' : `&_lastUpdated=gt${encodeURIComponent(since)}`;
  const only = statuses.length === 0 ? '' : `&status=${statuses.join(',')}`;
  const said = new Map<string, string>();
  for await (const page of searchPages(http, `Task?owner=${owners.map(encodeURIComponent).join(',')}${only}${changed}&_sort=_lastUpdated&_count=100`)) {
    for (const resource of page) refuseOutcome(resource);
    const { byId: found, unclear } = oneOfEach('Task', Task, page);
    for (const [id, task] of found) {
      const saying = JSON.stringify(task);
      const before = said.get(id);
      if (before === saying) found.delete(id);
      else if (before !== undefined) unclear.add(id);
      said.set(id, saying);
    }
    for (const id of unclear) found.delete(id);
    // Asked for by its id it says one thing, or it says nothing.
    const settled = await byId(http, 'Task', Task, [...unclear].map((id) => `Task/${id}`));
    yield [...found.values(), ...settled.values()];
  }
}

/** As they are now. @param tasks "Task/id" */
export const tasksById = (http: PracticeHttp, tasks: readonly string[]): ReturnType<typeof eachById<Task>> => eachById(http, 'Task', Task, tasks);

/** As {@link tasksById}, in one request where the practice allows it. No assignment is gone because a batch lacks it: the practice is asked for that one by itself. */
export async function tasksTogether(http: PracticeHttp, tasks: readonly string[]): ReturnType<typeof tasksById> {
  const ahead = new Ahead(http);
  const answered = await eachById(ahead, 'Task', Task, tasks);
  const missing = tasks.filter((task) => !answered.found.has(task) && !answered.unread.has(task));
  if (!ahead.isUsed || missing.length === 0) return answered;
  const { found, unread } = await tasksById(http, missing);
  if (found.size > 0) http.mostTogether = 1;
  return { found: new Map([...answered.found, ...found]), unread: new Set([...answered.unread, ...unread]) };
}
