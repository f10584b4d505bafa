/** The clinician's assignments: every Task the practice answers with, whoever it belongs to. Deciding is assurance's. */
import type { PracticeHttp } from './http.ts';
import { Task } from '../fhir/resources.ts';
import { byId, oneOfEach, search } from './search.ts';

/** @param owners "Practitioner/id" and "PractitionerRole/id" of this session. */
export async function listTasks(http: PracticeHttp, owners: string[]): Promise<Task[]> {
  const found = oneOfEach('Task', Task, await search(http, `Task?owner=${owners.map(encodeURIComponent).join(',')}&_count=100`));
  // One that changed while the pages were read is there as it was and as it is: asked for by its id it says one thing, or it says nothing.
  const settled = await byId(http, 'Task', Task, [...found.unclear].map((id) => `Task/${id}`));
  return [...found.byId.values(), ...settled.values()];
}
