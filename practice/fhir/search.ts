import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { FhirError } from './error.ts';
import { meets, momentsWithin, sortKey, valuesAt, type Criterion } from './match.ts';
import { parametersOf } from './search-parameters.ts';
import type { Store, Stored } from './store.ts';

/** Small, so that even one clinician’s worklist comes in pages. */
const DEFAULT_PAGE = 8;
const LARGEST_PAGE = 1_000;
/** Says where the next page starts. Clients get it in a `next` link and never make it themselves. */
const PAGE = '_page';

export type SearchContext = {
  store: Store;
  fhirBase: string;
  /** What this caller may see; anything else is left out without a word. */
  visible: (resource: Stored) => boolean;
  /** Which types this caller's scopes let it search, for includes. */
  mayInclude: (type: string) => boolean;
  lenient: boolean;
  /** Parameters that are taken for granted, for the lie that ignores `owner`. */
  ignore: (name: string) => boolean;
};

type Sort = { key: string; descending: boolean };
type Query = { criteria: Criterion[]; sort: Sort[]; includes: string[]; revIncludes: string[]; count: number; from: number; kept: URLSearchParams };

/** A search as FHIR R4 asks for it: unknown parameters refused, pages with `next` links, `fullUrl` on each entry. */
export async function search(type: string, parameters: URLSearchParams, context: SearchContext): Promise<Bundle> {
  const query = readQuery(type, parameters, context.lenient);
  const criteria = query.criteria.filter(({ name }) => !context.ignore(name));
  const { page, total } = inOrderOfTime(type, query, criteria, context) ?? await pageOf(type, query, criteria, context);
  const extra = await included(type, page, query, context);
  const entry = [...page.map((one) => entryFor(one, 'match', context)), ...extra.map((one) => entryFor(one, 'include', context))];
  const link = [{ relation: 'self', url: pageUrl(type, query, query.from, context) }];
  const nextFrom = query.from + query.count;
  if (query.count > 0 && nextFrom < total) link.push({ relation: 'next', url: pageUrl(type, query, nextFrom, context) });
  return { resourceType: 'Bundle', type: 'searchset', total, link, ...(entry.length > 0 ? { entry } : {}) };
}

type Page = { page: Stored[]; total: number };

async function pageOf(type: string, query: Query, criteria: readonly Criterion[], context: SearchContext): Promise<Page> {
  const matching = (await context.store.all(type)).filter((one) => context.visible(one) && criteria.every((each) => meets(one, each, context.fhirBase)));
  const ordered = order(type, matching, query.sort);
  return { page: ordered.slice(query.from, query.from + query.count), total: ordered.length };
}

/** AuditEvents by nothing but when they came, as whoever follows them asks: of a million only the page is looked at. Undefined for every other question. */
function inOrderOfTime(type: string, { sort, from, count }: Query, criteria: readonly Criterion[], { store, visible }: SearchContext): Page | undefined {
  const [only, more] = sort;
  if (type !== 'AuditEvent' || only?.key !== '_lastUpdated' || more || criteria.some(({ name }) => name !== '_lastUpdated')) return undefined;
  const moments = momentsWithin(criteria);
  if (!moments) return undefined;
  // Who may see one may see all.
  if (!visible({ resourceType: 'AuditEvent', id: '' } as Stored)) return { page: [], total: 0 };
  return store.accessRecords.page(...moments, from, count, only.descending);
}

/** Everything of a type that meets a query such as `entity-name=…`, for conditional creation. */
export async function matchesOf(type: string, parameters: URLSearchParams, store: Store, fhirBase: string): Promise<Stored[]> {
  const { criteria } = readQuery(type, parameters, false);
  if (criteria.length === 0) throw new FhirError(400, 'invalid', 'If-None-Exist needs at least one search parameter');
  const named = type === 'AuditEvent' ? criteria.find(({ name, modifier, value }) => name === 'entity-name' && modifier === undefined && !value.includes(',')) : undefined;
  const candidates = (named && store.accessRecords.named(named.value)) ?? await store.all(type);
  return candidates.filter((one) => criteria.every((each) => meets(one, each, fhirBase)));
}

function readQuery(type: string, parameters: URLSearchParams, lenient: boolean): Query {
  const known = parametersOf(type) ?? {};
  const query: Query = { criteria: [], sort: [], includes: [], revIncludes: [], count: DEFAULT_PAGE, from: 0, kept: new URLSearchParams() };
  for (const [name, value] of parameters) {
    if (name !== PAGE) query.kept.append(name, value);
    if (name === '_count') query.count = Math.min(wholeNumber(name, value), LARGEST_PAGE);
    else if (name === PAGE) query.from = wholeNumber(name, value);
    else if (name === '_sort') query.sort = value.split(',').map((key) => readSort(key, known));
    else if (name === '_include') query.includes.push(value);
    else if (name === '_revinclude') query.revIncludes.push(value);
    else if (name === '_summary' && value === 'count') query.count = 0;
    else if (name === '_total' || (name === '_format' && value.includes('json'))) continue;
    else readCriterion(name, value);
  }
  return query;

  function readCriterion(name: string, value: string): void {
    const [plain = '', modifier] = name.split(':');
    const parameter = known[plain];
    const understood = parameter && (modifier === undefined || modifier === 'missing' || (modifier === 'exact' && parameter.kind === 'string') || (/^[A-Z]/.test(modifier) && parameter.kind === 'reference'));
    if (understood) query.criteria.push({ name: plain, modifier, value, parameter });
    else if (lenient) query.kept.delete(name);
    else throw new FhirError(400, 'not-supported', `${type} cannot be searched by "${name}"`);
  }
}

function readSort(key: string, known: Record<string, unknown>): Sort {
  const descending = key.startsWith('-');
  const plain = descending ? key.slice(1) : key;
  if (!(plain in known)) throw new FhirError(400, 'not-supported', `_sort: "${plain}" is not known`);
  return { key: plain, descending };
}

/** By the keys asked for, then by id, so that a page never repeats or skips one of two equals. */
function order(type: string, resources: Stored[], sort: Sort[]): Stored[] {
  const known = parametersOf(type) ?? {};
  const keyed = resources.map((resource) => ({
    resource,
    keys: sort.map(({ key }) => (known[key] ? sortKey(resource, known[key]) : '')),
  }));
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  keyed.sort((a, b) => {
    for (const [i, { descending }] of sort.entries()) {
      const by = compare(a.keys[i] ?? '', b.keys[i] ?? '');
      if (by !== 0) return descending ? -by : by;
    }
    return compare(a.resource.id, b.resource.id);
  });
  return keyed.map(({ resource }) => resource);
}

async function included(type: string, page: Stored[], query: Query, context: SearchContext): Promise<Stored[]> {
  const found = new Map<string, Stored>();
  const add = (resource: Stored): void => {
    if (context.visible(resource) && context.mayInclude(resource.resourceType)) found.set(`${resource.resourceType}/${resource.id}`, resource);
  };
  for (const include of query.includes) {
    const [source, name] = readInclude(include, '_include');
    if (source !== type) throw new FhirError(400, 'not-supported', `_include: "${include}" does not start at ${type}`);
    const paths = parametersOf(source)?.[name]?.paths ?? [];
    for (const reference of page.flatMap((one) => paths.flatMap((path) => references(one, path)))) {
      const [targetType = '', id = ''] = reference.split('/');
      const target = await context.store.find(targetType, id);
      if (target) add(target);
    }
  }
  const targets = new Set(page.map((one) => `${one.resourceType}/${one.id}`));
  for (const include of query.revIncludes) {
    const [source, name] = readInclude(include, '_revinclude');
    const paths = parametersOf(source)?.[name]?.paths ?? [];
    for (const one of await context.store.all(source)) {
      if (paths.some((path) => references(one, path).some((reference) => targets.has(reference)))) add(one);
    }
  }
  for (const target of targets) found.delete(target);
  return [...found.values()];
}

function readInclude(include: string, parameter: string): [source: string, name: string] {
  const [source = '', name = ''] = include.split(':');
  if (parametersOf(source)?.[name]?.kind !== 'reference') throw new FhirError(400, 'not-supported', `${parameter}: "${include}" is not known`);
  return [source, name];
}

export function references(resource: object, path: string): string[] {
  return valuesAt(resource, path).flatMap((value) => {
    const { reference } = value as { reference?: string };
    return reference === undefined ? [] : [reference];
  });
}

function entryFor(resource: Stored, mode: 'match' | 'include', { fhirBase }: SearchContext): BundleEntry {
  return { fullUrl: `${fhirBase}/${resource.resourceType}/${resource.id}`, resource, search: { mode } };
}

function pageUrl(type: string, query: Query, from: number, { fhirBase }: SearchContext): string {
  const parameters = new URLSearchParams(query.kept);
  if (from > 0) parameters.set(PAGE, String(from));
  const text = parameters.toString();
  return `${fhirBase}/${type}${text && `?${text}`}`;
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new FhirError(400, 'invalid', `${name}: "${value}" is not a whole number`);
  return Number(value);
}
