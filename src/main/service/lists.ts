/** The practice's Lists that only grow: reading all of one code, and adding to one. */
import { z } from 'zod';
import { Failure } from '../platform/failure.ts';
import { hasCode, List } from '../fhir/resources.ts';
import { LIST_CODE } from '../fhir/systems.ts';
import type { PracticeHttp } from './http.ts';
import { search } from './search.ts';
import { endsSession } from './stopList.ts';
import { change, create, holds } from './writing.ts';

export type ListName = 'stop-list' | 'device-list' | 'lift-proposals';

export interface ListEntries {
  /** As {@link StopList.state}: `absent` is a practice that gives this person no Lists. */
  state: 'read' | 'absent' | 'unreadable';
  /** As they came, List by List. */
  entries: unknown[];
}

const query = (name: ListName) => `code=${encodeURIComponent(`${LIST_CODE}|${name}`)}`;

/** Lists of this code by "List/id"; one that cannot be read is nothing to add to, and says so. */
async function listsOf(http: PracticeHttp, name: ListName): Promise<{ found: Map<string, unknown[]>; unread: boolean }> {
  const found = new Map<string, unknown[]>();
  let unread = false;
  for (const resource of await search(http, `List?${query(name)}&_count=100`)) {
    if ((resource as { resourceType?: unknown } | null | undefined)?.resourceType !== 'List') continue;
    const parsed = List.safeParse(resource);
    if (!parsed.success) unread = true;
    else if (hasCode(parsed.data.code, LIST_CODE, name)) {
      // One list that is answered in two ways counts in both.
      const reference = `List/${parsed.data.id}`;
      found.set(reference, [...(found.get(reference) ?? []), ...(parsed.data.entry ?? [])]);
    }
  }
  return { found, unread };
}

/** Throws what ends the session, and nothing else. */
export async function readEntries(http: PracticeHttp, name: ListName): Promise<ListEntries> {
  try {
    const { found, unread } = await listsOf(http, name);
    return { state: unread ? 'unreadable' : 'read', entries: [...found.values()].flat() };
  } catch (error) {
    if (!(error instanceof Failure) || endsSession(error)) throw error;
    return { state: error.detail?.refusedPage === 1 ? 'absent' : 'unreadable', entries: [] };
  }
}

const Entries = z.array(z.unknown()).default([]);

/**
 * Adds entries at the end, to the first List of this code by id, or to a new one where there is none. Entries that are there already are not added again.
 * @param source reference of who makes a new one @param now ISO time
 */
export async function addEntries(http: PracticeHttp, name: ListName, entries: readonly Record<string, unknown>[], source: string, now: string): Promise<void> {
  const { found, unread } = await listsOf(http, name);
  if (found.size === 0 && unread) throw new Failure('practice-error', 'list cannot be read');
  let [reference] = [...found.keys()].sort();
  if (reference === undefined) {
    const made = await create(http, {
      resourceType: 'List', status: 'current', mode: 'working', title: titles[name], date: now, source: { reference: source }, entry: entries,
      code: { coding: [{ system: LIST_CODE, code: name }] },
    }, query(name));
    if (made.same) return;
    // Somebody else made it at the same moment.
    reference = `List/${made.kept.id}`;
  }
  await change(http, reference, (before) => {
    // What was read is a List of this code, or it is none to add to.
    const list = List.safeParse(before);
    if (!list.success || !hasCode(list.data.code, LIST_CODE, name)) throw new Failure('practice-error', 'list cannot be read');
    const there = Entries.parse(before.entry);
    const missing = entries.filter((entry) => !there.some((one) => holds(one, entry)));
    // R4 lst-1: only an empty list has a reason for being empty.
    const { emptyReason: _reason, ...rest } = before;
    return missing.length === 0 ? null : { ...rest, date: now, entry: [...there, ...missing] };
  });
}

const titles: Record<ListName, string> = { 'stop-list': 'Stop list', 'device-list': 'Computers that may record access', 'lift-proposals': 'Stops that one person wishes to lift' };
