/** The assignments of who is signed in, asked for as a sync asks (journeys/sync.ts). */
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import { ownedBy, type Reviewer } from '../assurance/admit.ts';
import type { Task } from '../fhir/resources.ts';
import { Progress } from '../journeys/syncProgress.ts';
import { searchPages } from '../service/search.ts';
import type { PracticeHttp } from '../service/http.ts';
import { taskPages } from '../service/worklist.ts';
import { line, missing, notTried, ok, warning, type Outcome } from './lines.ts';
import { saidOf } from './reasons.ts';

/** So many pages are asked for at most to see that they go on. */
const FEW_PAGES = 4;

const counted = (count: number): string => `${count} ${count === 1 ? 'assignment' : 'assignments'}`;

/** @returns those that are this person's as well; null where they could not be asked for */
export async function checkWorklist(http: PracticeHttp, reviewer: Reviewer, now: number): Promise<{ lines: SiteCheckLine[]; mine: Task[] | null }> {
  const kept = new Map<string, string | null>();
  const progress = () => new Progress({ get: (key) => kept.get(key) ?? null, set: (key, value) => void kept.set(key, value) }, 'check', now, false);
  const tasks = new Map<string, Task>();
  const first = progress();
  try {
    for await (const page of taskPages(http, reviewer.owners, null)) {
      first.listed(page, http.serverTime);
      for (const task of page) tasks.set(task.id, task);
    }
  } catch (error) {
    return { lines: [line('worklist.search', missing(saidOf(error)))], mine: null };
  }
  first.done();
  const mine = [...tasks.values()].filter((task) => ownedBy(task, reviewer, http.fhirBase));
  const others = tasks.size - mine.length;
  const found = others > 0 ? missing(`${others} of ${counted(tasks.size)} are other people’s; the app shows none of those, but the server should not give them`) : ok(counted(mine.length));
  return { lines: [line('worklist.search', found), line('worklist.changes', await changes(http, reviewer, progress(), tasks.size)), line('worklist.pages', await pages(http, reviewer, tasks.size))], mine };
}

async function changes(http: PracticeHttp, { owners }: Reviewer, progress: Progress, count: number): Promise<Outcome> {
  if (count === 0) return notTried('there is no assignment');
  const { since } = progress;
  if (since === null) return warning('no Task says when it was changed (meta.lastUpdated)');
  const changed = new Map<string, Task>();
  try {
    for await (const page of taskPages(http, owners, since)) for (const task of page) changed.set(`Task/${task.id}`, task);
  } catch (error) {
    return missing(saidOf(error));
  }
  return progress.isBelied(changed) ? warning('what was changed last is not in the answer') : ok('what was changed last is in the answer');
}

/** Small pages, so that there are several. A server may give fewer or more than it is asked for. */
async function pages(http: PracticeHttp, { owners }: Reviewer, count: number): Promise<Outcome> {
  if (count < 2) return notTried('there are fewer than two assignments');
  const size = Math.ceil(count / FEW_PAGES);
  const ids = new Set<unknown>();
  let seen = 0;
  try {
    for await (const page of searchPages(http, `Task?owner=${owners.map(encodeURIComponent).join(',')}&_sort=_lastUpdated&_count=${size}`)) {
      seen += 1;
      for (const resource of page) if ((resource as { resourceType?: unknown } | null)?.resourceType === 'Task') ids.add((resource as { id?: unknown }).id);
    }
  } catch (error) {
    return missing(seen === 0 ? saidOf(error) : `page ${seen + 1}: ${saidOf(error)}`);
  }
  if (ids.size < count) return missing(`in ${seen} pages there were ${ids.size} of ${counted(count)}`);
  return seen === 1 ? warning('the server gives all on one page, whatever _count says', 'Heed _count, or see that one answer stays below 20 MB however many assignments somebody has.') : ok(`${seen} pages`);
}
