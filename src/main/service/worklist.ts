/** The clinician's assignments: every Task the practice answers with, whoever it belongs to. Deciding is assurance's. */
import { Failure } from '../platform/failure.ts';
import type { PracticeHttp } from './http.ts';
import { Bundle, Task } from '../fhir/resources.ts';

/** A practice that pages for ever must not hold the app: 500 pages of at least 20 are more than anyone is assigned. */
const MAX_PAGES = 500;

/** Follows `next` links on the same server. Throws `practice-error`, with {refusedPage} where the answer was 403, 404 or 410. */
export async function* searchEach(http: PracticeHttp, query: string): AsyncGenerator<unknown, void> {
  const seen = new Set<string>();
  let next: string | undefined = query;
  while (next !== undefined) {
    if (seen.has(next) || seen.size >= MAX_PAGES) throw new Failure('practice-error', 'paging does not end');
    seen.add(next);
    const answer = await http.json(next);
    if (answer === null) throw new Failure('practice-error', 'search refused', { refusedPage: seen.size });
    const bundle = Bundle.safeParse(answer);
    if (!bundle.success) throw new Failure('practice-error', 'answer is no Bundle');
    for (const entry of bundle.data.entry ?? []) yield entry.resource;
    next = bundle.data.link?.find((link) => link.relation === 'next')?.url;
  }
}

/** As {@link searchEach}, all at once. Entries that are no such resource are ignored by whoever asked. */
export async function search(http: PracticeHttp, query: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const resource of searchEach(http, query)) found.push(resource);
  return found;
}

/** @param owners "Practitioner/id" and "PractitionerRole/id" of this session. */
export async function listTasks(http: PracticeHttp, owners: string[]): Promise<Task[]> {
  const found = await search(http, `Task?owner=${owners.map(encodeURIComponent).join(',')}&_count=100`);
  const tasks = new Map<string, Task>();
  for (const resource of found) {
    const task = Task.safeParse(resource);
    if (task.success) tasks.set(task.data.id, task.data);
  }
  return [...tasks.values()];
}
