/**
 * Defects that are put in between the app and what it stands on, one at a time: a run with any of them must find it. Each is something that a change of the app could
 * bring about.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fetch } from '../../src/main/service/http.ts';
import type { Vault } from '../../src/main/vault/vault.ts';
import type { Kind } from './oracle.ts';
import { MARKS } from './marks.ts';
import type { Deed, Step } from './plan.ts';

interface Plant {
  /** What a run says of it. */
  found: Kind;
  /** What happens in its control run, so that it shows. */
  steps: readonly Step[];
  /** How the app's requests go out. */
  fetch?: (fetch: Fetch) => Fetch;
  /** After a secret was given. */
  unlocked?: (vault: Vault, survived: boolean) => void;
  wrote?: (profile: string, text: string) => void;
}

const pathOf = (url: string): string => new URL(url).pathname;
const isRead = (url: string, init?: RequestInit): boolean => (init?.method ?? 'GET') === 'GET' && pathOf(url).startsWith('/fhir/');

type Bundle = { entry?: { resource?: { resourceType?: string; id?: string } }[]; total?: number };
/** Each bundle of such a type as it would be. */
const rewriting = (type: string, to: (bundle: Bundle) => void): Plant['fetch'] => (fetch) => async (url, init) => {
  const response = await fetch(url, init);
  if (!isRead(url, init) || pathOf(url) !== `/fhir/${type}` || !response.ok) return response;
  const bundle = await response.json() as Bundle;
  to(bundle);
  return Response.json(bundle, { headers: { 'content-type': 'application/fhir+json' } });
};

const sync: Step = { do: 'sync' };
const deeds = (task: number, ...what: Deed[]): Step[] => [{ do: 'open', task }, ...what.map((one): Step => ({ do: 'deed', task, what: one })), { do: 'close' }];
const note = (n: number): Deed => ({ deed: 'note', text: `Note ${n} of a control, ${MARKS.words}${n}` });

export const plants = {
  /** Nothing says that there must not be one already. */
  'creates without a condition': {
    found: 'duplicated',
    steps: [{ do: 'weather', is: 'twice' }, sync, ...deeds(1, note(1)), sync],
    fetch: (fetch) => (url, init) => {
      const headers = new Headers(init?.headers);
      headers.delete('if-none-exist');
      return fetch(url, { ...init, headers });
    },
  },
  /** What was answered once is answered for ever. */
  'remembers every answer': {
    found: 'staleOpen',
    steps: [sync, { do: 'open', task: 8 }, { do: 'change', change: 'withdraw consent', task: 8 }, { do: 'poll' }, { do: 'close' }, sync, { do: 'open', task: 8 }],
    fetch: (fetch) => {
      const known = new Map<string, { status: number; headers: [string, string][]; body: ArrayBuffer }>();
      return async (url, init) => {
        if (!isRead(url, init) || !/^\/fhir\/(Task|Consent|List)$/.test(pathOf(url))) return fetch(url, init);
        const before = known.get(url);
        if (before) return new Response(before.body, before);
        const response = await fetch(url, init);
        const answer = { status: response.status, headers: [...response.headers], body: await response.arrayBuffer() };
        if (response.ok) known.set(url, answer);
        return new Response(answer.body, answer);
      };
    },
  },
  'loses what waits when it is killed': {
    found: 'lost',
    steps: [sync, { do: 'offline' }, ...deeds(1, note(1)), { do: 'kill' }, { do: 'online' }, sync],
    unlocked: (vault, survived) => {
      if (survived) vault.library.work((db) => db.prepare('DELETE FROM outgoing').run());
    },
  },
  /** The record of access counts as delivered, and some of it never went. */
  'takes silence for a receipt': {
    found: 'lost',
    steps: [sync, ...deeds(1, note(1))],
    fetch: (fetch) => {
      let count = 0;
      return async (url, init) => {
        if (pathOf(url) !== '/fhir/AuditEvent' || init?.method !== 'POST' || (count += 1) % 7 !== 0) return fetch(url, init);
        return Response.json({ ...JSON.parse(init.body as string) as object, id: `never-${count}` }, { status: 201 });
      };
    },
  },
  'misses an assignment': {
    found: 'lost',
    steps: [sync],
    fetch: rewriting('Task', (bundle) => {
      bundle.entry = (bundle.entry ?? []).filter(({ resource }) => resource?.resourceType !== 'Task' || resource.id !== 'task-02');
    }),
  },
  'leaves words on the disk': {
    found: 'plaintext',
    steps: [sync, ...deeds(1, note(1))],
    wrote: (profile, text) => writeFileSync(join(profile, 'unsaved.txt'), text),
  },
} satisfies Record<string, Plant>;
export type PlantName = keyof typeof plants;
export const plantNames = Object.keys(plants) as PlantName[];
export const plantOf = (name: PlantName | null): Partial<Plant> => (name === null ? {} : plants[name]);
