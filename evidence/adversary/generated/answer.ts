/**
 * A FHIR server that answers from one changed graph. It finds things where they were before the change, so that a lie in a resource is always told to whoever asks
 * for it, and also where they are after it.
 */
import { addressOf, idOf, type Fields, type Graph, type Json } from './graph.ts';

export const FHIR_BASE = 'https://practice.example/fhir';

const references = (value: Json | undefined): string[] => [value ?? []].flat().flatMap((one) => {
  const { reference } = (one ?? {}) as Fields;
  return typeof reference === 'string' ? [reference] : [];
});

const pointsTo: Record<string, (resource: Fields) => string[]> = {
  target: (resource) => references(resource.target),
  relatesto: (resource) => (Array.isArray(resource.relatesTo) ? resource.relatesTo : []).flatMap((one) => references((one as Fields | null)?.target)),
  _id: (resource) => [idOf(resource)],
};

/** @param told the graph after the change; @param was before it; @param beside graphs of others, as they are */
export function answersFrom(told: Graph, was: Graph, beside: readonly Graph[]): (url: string) => Promise<Response> {
  const held = [...was.resources].map(([part, before]) => ({ before, now: told.resources.get(part) ?? before, mine: true }));
  // One record of this practice, one of this person: what both graphs have is there once, and told as it was changed.
  const own = new Set(held.map(({ before }) => addressOf(before)));
  for (const now of beside.flatMap(({ resources }) => [...resources.values()])) if (!own.has(addressOf(now))) held.push({ before: now, now, mine: false });
  return async (url) => {
    const { pathname, searchParams } = new URL(url);
    const [type = '', id] = pathname.slice(new URL(FHIR_BASE).pathname.length + 1).split('/');
    if (type === 'Binary') {
      const bytes = [told, ...beside].map(({ binaries }) => binaries.get(id ?? '')).find((found) => found);
      return bytes ? new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/octet-stream' } }) : new Response('{}', { status: 404 });
    }
    const entries: unknown[] = [];
    const asked = [...searchParams].filter(([name]) => name in pointsTo);
    for (const { before, now, mine } of held) {
      if (before.resourceType !== type || (type === 'Task' && !mine)) continue;
      const meets = (resource: Fields) => asked.every(([name, wanted]) => pointsTo[name]?.(resource).some((one) => wanted.split(',').includes(one)));
      if (meets(before) || meets(now)) entries.push({ resource: now });
    }
    return new Response(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: entries }), { headers: { 'content-type': 'application/fhir+json' } });
  };
}
